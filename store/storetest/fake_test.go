package storetest_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"confab/store"
)

// fake is a Redis that answers one command wrongly. Whatever else it is asked it passes to a real store, in order.
type fake struct {
	listener net.Listener
	behind   string
	running  sync.WaitGroup

	mu     sync.Mutex
	broken string // name of the command
	answer string // raw; "" closes the connection, silent never answers
	hits   int
	conns  map[net.Conn]bool
}

const silent = "silent"

func startFake(t *testing.T) *fake {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{listener: l, behind: strings.TrimPrefix(e.URL(), "redis://"), conns: map[net.Conn]bool{}}
	f.running.Go(f.accept)
	t.Cleanup(func() {
		l.Close()
		f.drop()
		f.running.Wait()
	})
	return f
}

func (f *fake) url() string { return "redis://" + f.listener.Addr().String() }

// set breaks a command, or with "" none, and closes all connections, so that every step is gone through again.
func (f *fake) set(command, answer string) {
	f.mu.Lock()
	f.broken, f.answer, f.hits = command, answer, 0
	f.mu.Unlock()
	f.drop()
}

func (f *fake) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.conns {
		c.Close()
	}
	clear(f.conns)
}

func (f *fake) hit() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hits
}

// wrong returns the wrong answer to the command, if there is one.
func (f *fake) wrong(command string) (answer string, broken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken == "" || !strings.EqualFold(command, f.broken) {
		return "", false
	}
	f.hits++
	return f.answer, true
}

func (f *fake) accept() {
	for {
		c, err := f.listener.Accept()
		if err != nil {
			return
		}
		back, err := net.Dial("tcp", f.behind)
		if err != nil {
			c.Close()
			continue
		}
		f.mu.Lock()
		f.conns[c], f.conns[back] = true, true
		f.mu.Unlock()
		f.running.Go(func() {
			defer c.Close()
			defer back.Close()
			f.serve(c, back)
		})
	}
}

func (f *fake) serve(c, back net.Conn) {
	asked, answered, subscribed := bufio.NewReader(c), bufio.NewReader(back), false
	for {
		raw, name, err := request(asked)
		if err != nil {
			return
		}
		answer, broken := f.wrong(name)
		switch {
		case broken && answer == silent:
			_, _ = io.Copy(io.Discard, asked) // until the other side has enough
			return
		case broken && answer == "":
			return
		case broken:
			_, err = io.WriteString(c, answer)
		default:
			if _, err = io.WriteString(back, raw); err == nil && !subscribed {
				if subscribed = strings.EqualFold(name, "SUBSCRIBE"); subscribed {
					f.running.Go(func() { _, _ = io.Copy(c, answered) }) // ends with either connection
				} else {
					err = pass(answered, c)
				}
			}
		}
		if err != nil {
			return
		}
	}
}

// request reads a command, a list of strings.
func request(r *bufio.Reader) (raw, name string, err error) {
	head, n, err := header(r)
	if err != nil || head[0] != '*' {
		return "", "", fmt.Errorf("no command: %q, %w", head, err)
	}
	raw = head
	for i := range n {
		line, length, err := header(r)
		if err != nil {
			return "", "", err
		}
		text := make([]byte, length+2)
		if _, err := io.ReadFull(r, text); err != nil {
			return "", "", err
		}
		if i == 0 {
			name = string(text[:length])
		}
		raw += line + string(text)
	}
	return raw, name, nil
}

func header(r *bufio.Reader) (line string, n int, err error) {
	if line, err = r.ReadString('\n'); err != nil {
		return "", 0, err
	}
	n, _ = strconv.Atoi(strings.TrimSpace(line[1:])) // only lengths are looked at
	return line, n, nil
}

// pass hands on one reply.
func pass(r *bufio.Reader, to io.Writer) error {
	line, n, err := header(r)
	if err == nil {
		_, err = io.WriteString(to, line)
	}
	switch {
	case err != nil:
		return err
	case line[0] == '$' && n >= 0:
		_, err = io.CopyN(to, r, int64(n)+2)
	case line[0] == '*':
		for range n {
			if err := pass(r, to); err != nil {
				return err
			}
		}
	}
	return err
}
