package loadtest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"confab/faulttest"
)

// dialled is a TCP connection and its other end.
func dialled(t *testing.T) (mine net.Conn, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if mine, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	return mine, other.(*net.TCPConn)
}

// listening is a crowd of one socket, the other end, and the frames that came.
func listening(t *testing.T, early []byte) (*crowd, *socket, *net.TCPConn, chan string) {
	t.Helper()
	mine, theirs := dialled(t)
	r := newRun(Options{})
	t.Cleanup(r.unwatch)
	c := &crowd{run: r}
	s := &socket{conn: mine, in: bufio.NewReaderSize(mine, socketBuffer)}
	if len(early) > 0 {
		mustWrite(t, theirs, early)
		if _, err := s.in.Peek(len(early)); err != nil {
			t.Fatal(err)
		}
	}
	frames := make(chan string, 100)
	c.listen(t.Context(), s, func(raw []byte) { frames <- string(raw) })
	t.Cleanup(s.cut)
	return c, s, theirs, frames
}

func mustWrite(t *testing.T, c net.Conn, b []byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
}

func (c *crowd) awaitLoss(t *testing.T) error {
	t.Helper()
	for {
		if n, reason := c.losses(); n > 0 {
			if n > 1 || c.run.disconnects.Load() != 1 {
				t.Errorf("%d losses of one socket", n)
			}
			return reason
		}
		select {
		case <-time.After(time.Millisecond):
		case <-t.Context().Done():
			t.Fatal("no loss")
		}
	}
}

func TestAWatchedSocketHearsWholeFrames(t *testing.T) {
	texts := []string{"early", "one", strings.Repeat("x", 200_000), "three", "four"}
	all := sent(texts...)
	_, _, theirs, frames := listening(t, all[:10])
	for piece := range slices.Chunk(all[10:200], 1) {
		mustWrite(t, theirs, piece)
	}
	mustWrite(t, theirs, all[200:])
	for i, want := range texts {
		if got := <-frames; got != want {
			t.Fatalf("frame %d: got %.20q, %d bytes", i, got, len(got))
		}
	}
	pong := make([]byte, 8)
	if _, err := io.ReadFull(theirs, pong); err != nil || string(pong[6:]) != "hi" {
		t.Errorf("the ping was answered with %q, %v", pong, err)
	}
}

func TestALossIsTold(t *testing.T) {
	t.Run("with the last frame before it", func(t *testing.T) {
		c, _, theirs, frames := listening(t, nil)
		mustWrite(t, theirs, sent("last"))
		_ = theirs.Close()
		if got := <-frames; got != "last" {
			t.Errorf("got %q", got)
		}
		if err := c.awaitLoss(t); !errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a reset", func(t *testing.T) {
		c, _, theirs, _ := listening(t, nil)
		_ = theirs.SetLinger(0)
		_ = theirs.Close()
		if err := c.awaitLoss(t); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a goodbye", func(t *testing.T) {
		c, _, theirs, _ := listening(t, nil)
		mustWrite(t, theirs, appendServerFrame(nil, opClose, "\x03\xe9bye"))
		_ = theirs.Close()
		var closed *closedError
		if err := c.awaitLoss(t); !errors.As(err, &closed) || closed.code != 1001 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("before it was watched", func(t *testing.T) {
		c, _, _, _ := listening(t, appendServerFrame(nil, opClose, "\x03\xe9bye"))
		if n, _ := c.losses(); n != 1 {
			t.Errorf("%d losses", n)
		}
	})
}

func TestWritingToAFullSocketDoesNotWaitAndLosesNothing(t *testing.T) {
	_, s, theirs, _ := listening(t, nil)
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere it waits")
	}
	if !s.watched {
		t.Fatal("the socket is not watched")
	}
	const frames, size = 400, 60_000
	for i := range frames {
		if err := s.write(opText, []byte(strings.Repeat(string(rune('a'+i%26)), size))); err != nil {
			t.Fatal(err)
		}
	}
	in := bufio.NewReader(theirs)
	frame := make([]byte, size+8)
	for i := range frames {
		if _, err := io.ReadFull(in, frame); err != nil {
			t.Fatal(err)
		}
		if frame[8] != byte('a'+i%26) || frame[len(frame)-1] != frame[8] {
			t.Fatalf("frame %d is %q", i, frame[:20])
		}
	}
}

// watched dials by a watch; the test is left out where there is none.
func watched(t *testing.T, to net.Addr) net.Conn {
	t.Helper()
	w, err := newWatch()
	if errors.Is(err, errNotWatched) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.stop)
	c, err := w.dial(netip.MustParseAddrPort(to.String()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestADialledSocketReadsAndWrites(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Logf("this machine has no such address: %v", err)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		c := watched(t, l.Addr())
		mustWrite(t, c, []byte("hello"))
		theirs, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		in := make([]byte, 5)
		if _, err := io.ReadFull(theirs, in); err != nil || string(in) != "hello" {
			t.Errorf("got %q, %v", in, err)
		}
		mustWrite(t, theirs, []byte("and back"))
		_ = theirs.Close()
		if all, err := io.ReadAll(struct{ io.Reader }{c}); err != nil || string(all) != "and back" {
			t.Errorf("got %q, %v", all, err)
		}
		_ = l.Close()
	}
}

func TestADialledSocketFindsNobody(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if _, err := watched(t, l.Addr()).Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v", err)
	}
}

func TestReadingADialledSocketEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := watched(t, l.Addr())
	_ = c.SetDeadline(time.Now().Add(time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("at its deadline: got %v", err)
	}
	_ = c.SetDeadline(time.Time{})
	ended := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		ended <- err
	}()
	_ = c.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("when it is closed: got %v", err)
	}
}

// overTCP runs a scenario against a model server on real sockets.
func overTCP(t *testing.T, o Options, bugs faulttest.ModelBugs) *Result {
	t.Helper()
	model := faulttest.NewModel()
	model.Bugs = bugs
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: model}
	go server.Serve(l)
	o.URLs, o.Account, o.AgentEmail, o.AgentPassword = []string{"ws://" + l.Addr().String()}, "demo", "agent@demo.test", "secret"
	o.Duration, o.Warmup, o.Settle, o.Parallel, o.Size = 500*time.Millisecond, 100*time.Millisecond, 5*time.Second, 8, 128
	result, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	_ = server.Close()
	model.Wait()
	return result
}

func TestWatchedScenariosAreClean(t *testing.T) {
	r := overTCP(t, Options{Scenario: Chat, Connections: 20, Rate: 100, BothWays: true}, faulttest.ModelBugs{})
	if err := r.Verdict(); err != nil || r.Sent == 0 || r.Delivery.Count != r.Delivered || r.Answer.Count != r.Delivered {
		t.Errorf("chat: %v\n%s", err, r.Table())
	}
	r = overTCP(t, Options{Scenario: Idle, Connections: 20}, faulttest.ModelBugs{})
	if err := r.Verdict(); err != nil || r.Disconnects != 0 {
		t.Errorf("idle: %v\n%s", err, r.Table())
	}
	r = overTCP(t, Options{Scenario: Reconnect, Connections: 20, History: 5}, faulttest.ModelBugs{})
	if err := r.Verdict(); err != nil || r.Storm.Recovered != 20 || r.Storm.Entries != 80 {
		t.Errorf("reconnect: %v\n%s", err, r.Table())
	}
}

func TestWatchedScenariosFindPlantedFaults(t *testing.T) {
	for name, test := range map[string]struct {
		scenario Scenario
		bugs     faulttest.ModelBugs
		found    func(*Result) bool
	}{
		"acknowledged and not kept": {Chat, faulttest.ModelBugs{AckUnkept: 10}, func(r *Result) bool { return r.Faults.Lost+r.Faults.Reordered > 0 }},
		"kept twice":                {Chat, faulttest.ModelBugs{KeepTwice: 10}, func(r *Result) bool { return r.Faults.Doubled > 0 }},
		"another's text":            {Chat, faulttest.ModelBugs{SwapText: 10}, func(r *Result) bool { return r.Faults.Doubled > 0 && r.Faults.Lost > 0 }},
		"cut":                       {Chat, faulttest.ModelBugs{DropAck: 10}, func(r *Result) bool { return r.Faults.Lost > 0 && r.Disconnects > 0 }},
		"history lost":              {Reconnect, faulttest.ModelBugs{AckUnkept: 10}, func(r *Result) bool { return r.Faults.Lost > 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := overTCP(t, Options{Scenario: test.scenario, Connections: 20, Rate: 100, History: 5}, test.bugs)
			if !test.found(r) || r.Verdict() == nil {
				t.Errorf("not found:\n%s", r.Table())
			}
		})
	}
}
