// Package storetest starts stores for tests, embedded and real ones, and holds the suite that both must pass.
package storetest

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

const patience = 20 * time.Second // for what must happen; a test fails after it

// Server is a redis-server of one test.
type Server struct {
	Dir, Socket string
	args        []string
	cmd         *exec.Cmd
}

// Start runs a redis-server that syncs every write, on a socket in a folder of its own, until the test ends.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	return StartIn(t, t.TempDir(), args...)
}

// StartIn does so on data that is there already.
func StartIn(t testing.TB, dir string, args ...string) *Server {
	t.Helper()
	s := &Server{Dir: dir, Socket: filepath.Join(dir, "s"), args: append([]string{"--port", "0", "--unixsocket", filepath.Join(dir, "s"),
		"--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--aof-use-rdb-preamble", "no"}, args...)}
	s.Launch(t)
	t.Cleanup(s.Kill)
	return s
}

// Launch starts it, again after Kill.
func (s *Server) Launch(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command("redis-server", s.args...)
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("redis-server: %v", err)
	}
	c := s.Client()
	defer c.Close()
	Eventually(t, "redis-server answers", func() bool { return c.Ping(context.Background()).Err() == nil })
}

// Kill ends it at once.
func (s *Server) Kill() { s.signal(syscall.SIGKILL) }

// Stop ends it in order.
func (s *Server) Stop() { s.signal(syscall.SIGTERM) }

// Freeze stops it in the middle of whatever it does; its connections stay. Thaw lets it go on.
func (s *Server) Freeze() error { return s.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw undoes Freeze.
func (s *Server) Thaw() error { return s.cmd.Process.Signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(sig)
	s.cmd.Wait()
	s.cmd = nil
}

// URL is for store.Options.
func (s *Server) URL() string { return "unix://" + s.Socket }

// Client is a plain one, for what the test does behind the store's back.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Network: "unix", Addr: s.Socket, Protocol: 2, DisableIdentity: true, MaxRetries: -1})
}

// FreePort returns a TCP port that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}

// Eventually fails the test if cond does not come true.
func Eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come true: %s", what)
		}
		<-tick.C
	}
}

// Open opens a store as one node and runs it until the test ends. hear may be nil.
func Open(t testing.TB, url string, hear store.Listener, change ...func(*store.Options)) *store.Store {
	t.Helper()
	ids := chat.NewIDs(nil)
	o := store.Options{URL: url, Node: ids.New(), IDs: ids, Log: zap.NewNop()}
	for _, c := range change {
		c(&o)
	}
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if hear != nil {
		s.Listen(hear)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
		s.Close()
	})
	return s
}

// Ear is a Listener that remembers.
type Ear struct {
	mu       sync.Mutex
	bells    []store.Bell
	changed  map[chat.ThreadID]int
	verified int
}

func (e *Ear) Bell(_ chat.AccountID, b store.Bell) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b.Data = append([]byte(nil), b.Data...)
	e.bells = append(e.bells, b)
}

func (e *Ear) Changed(_ chat.AccountID, threads []chat.ThreadID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.changed == nil {
		e.changed = map[chat.ThreadID]int{}
	}
	for _, t := range threads {
		e.changed[t]++
	}
}

func (e *Ear) Verify(chat.AccountID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.verified++
}

// Bells returns those of a kind.
func (e *Ear) Bells(kind store.BellKind) []store.Bell {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []store.Bell
	for _, b := range e.bells {
		if b.Kind == kind {
			out = append(out, b)
		}
	}
	return out
}

// Told tells whether a thread was reported as changed.
func (e *Ear) Told(t chat.ThreadID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.changed[t] > 0
}

// Verified counts the calls of Verify.
func (e *Ear) Verified() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.verified
}

// Follow waits until the account is followed.
func Follow(t testing.TB, s *store.Store, account chat.AccountID) {
	t.Helper()
	done := make(chan error, 1)
	s.Follow(account, func(err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatalf("follow: %v", err)
	}
}

// Note is a commit of one message that changes no state, to a thread that has none: set Expect where it has one.
func Note(account chat.AccountID, thread chat.ThreadID, author, cmid, text string) store.Commit {
	return store.Commit{Account: account, Thread: thread, Entries: []chat.Entry{{
		EID: chat.EntryID(chat.NewIDs(nil).New()), CMID: chat.ClientMessageID(cmid), Kind: chat.KindMessage,
		Author: chat.Actor{Kind: chat.Visitor, ID: author}, At: chat.At(time.Now()), Text: text,
	}}}
}

// Append commits and waits.
func Append(s *store.Store, c store.Commit) (store.Committed, error) {
	type result struct {
		c   store.Committed
		err error
	}
	ch := make(chan result, 1)
	s.Append(c, func(c store.Committed, err error) { ch <- result{c, err} })
	r := <-ch
	return r.c, r.err
}

// MustAppend commits a message and returns its cursor.
func MustAppend(t testing.TB, s *store.Store, c store.Commit) chat.Cursor {
	t.Helper()
	r, err := Append(s, c)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	return r.Main
}

// Since reads and waits.
func Since(t testing.TB, s *store.Store, account chat.AccountID, thread chat.ThreadID, cur *chat.Cursor, known ...chat.Cursor) store.Page {
	t.Helper()
	type result struct {
		p   store.Page
		err error
	}
	ch := make(chan result, 1)
	s.Since(account, thread, cur, known, func(p store.Page, err error) { ch <- result{p, err} })
	r := <-ch
	if r.err != nil {
		t.Fatalf("since: %v", r.err)
	}
	return r.p
}

// Log reads a whole thread.
func Log(t testing.TB, s *store.Store, account chat.AccountID, thread chat.ThreadID) []store.Numbered {
	t.Helper()
	var all []store.Numbered
	for cur := (chat.Cursor{}); ; {
		p := Since(t, s, account, thread, &cur)
		all = append(all, p.Entries...)
		if !p.More {
			return all
		}
		last := all[len(all)-1]
		cur = chat.Cursor{Seq: last.Seq, EID: last.EID}
	}
}

// Texts are the raw entries joined, for looking into them.
func Texts(entries []store.Numbered) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%d %s\n", e.Seq, e.Raw)
	}
	return b.String()
}
