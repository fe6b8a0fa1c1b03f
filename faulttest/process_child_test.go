//go:build processes

package faulttest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const (
	pollGap   = 20 * time.Millisecond
	tailBytes = 4 << 10 // of a process's log, shown when a test fails
)

// await looks again and again until cond is true. It ends the test if that takes too long.
func await(t *testing.T, what string, within time.Duration, cond func() bool) {
	t.Helper()
	if !came(within, cond) {
		t.Fatalf("waited %v in vain: %s", within, what)
	}
}

// came is await without an end to the test. Cond is looked at once more at the very end.
func came(within time.Duration, cond func() bool) bool {
	over := time.NewTimer(within)
	defer over.Stop()
	tick := time.NewTicker(pollGap)
	defer tick.Stop()
	for !cond() {
		select {
		case <-over.C:
			return cond()
		case <-tick.C:
		}
	}
	return true
}

// child is a process that a test started. Only the test's goroutine uses it.
type child struct {
	name   string
	cmd    *exec.Cmd
	log    string        // file of its output
	exited chan struct{} // closed when it is gone
	result error         // of Wait, once it is
}

// startChild runs a program until it ends or the test does. All lives of one name write to one file.
func startChild(t *testing.T, dir, name, program string, args ...string) *child {
	t.Helper()
	c := &child{name: name, log: filepath.Join(dir, name+".log"), exited: make(chan struct{})}
	out, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c.cmd = exec.Command(program, args...)
	c.cmd.Stdout, c.cmd.Stderr = out, out
	c.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir} // no settings but those of the flags
	if err := c.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		c.result = c.cmd.Wait()
		close(c.exited)
	}()
	t.Cleanup(c.end)
	return c
}

func (c *child) running() bool {
	select {
	case <-c.exited:
		return false
	default:
		return true
	}
}

// end kills the process, if it runs, and waits until it is gone. SIGKILL works on a stopped process too.
func (c *child) end() {
	_ = c.cmd.Process.Kill() // an error says that it is gone
	<-c.exited
}

func (c *child) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%v to %s: %v", s, c.name, err)
	}
}

// stopped waits for the end of the process and returns its result: nil for exit code 0.
func (c *child) stopped(t *testing.T, within time.Duration) error {
	t.Helper()
	await(t, c.name+" ends", within, func() bool { return !c.running() })
	return c.result
}

// tail is the end of what the process said.
func (c *child) tail() string {
	raw, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(raw[max(0, len(raw)-tailBytes):]))
}

// freeAddress is one on which nobody listens at this moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
