package faulttest

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// joined pair of ends, from "a" to "b:1".
func ends(t *testing.T, n *Network) (near, far net.Conn) {
	t.Helper()
	l, err := n.Listen("b:1")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if near, err = n.Dialer("a")(t.Context(), "tcp", "b:1"); err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return near, far
}

func bubble(t *testing.T, run func(t *testing.T, n *Network)) {
	synctest.Test(t, func(t *testing.T) { run(t, NewNetwork()) })
}

func mustRead(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
}

func mustFail(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func TestBytesArriveInOrderAndWithoutAReader(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		near, far := ends(t, n)
		for _, s := range []string{"one ", "two ", "three"} {
			if _, err := near.Write([]byte(s)); err != nil {
				t.Fatal(err)
			}
		}
		mustRead(t, far, "one two three")
		near.Write([]byte("rest"))
		near.Close()
		mustRead(t, far, "rest")
		_, err := far.Read(make([]byte, 1))
		mustFail(t, err, io.EOF)
		_, err = far.Write([]byte("x"))
		mustFail(t, err, syscall.EPIPE)
		far.Close()
		if n.Open() != 0 {
			t.Error(n)
		}
	})
}

func TestDeadlinesObeyTheClock(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		near, far := ends(t, n)
		begun := time.Now()
		near.SetReadDeadline(begun.Add(time.Minute))
		_, err := near.Read(make([]byte, 1))
		mustFail(t, err, os.ErrDeadlineExceeded)
		if passed := time.Since(begun); passed != time.Minute {
			t.Errorf("after %v", passed)
		}
		near.SetReadDeadline(time.Time{})
		near.SetWriteDeadline(time.Now().Add(time.Second))
		near.Write(make([]byte, streamBytes))
		_, err = near.Write([]byte("too much"))
		mustFail(t, err, os.ErrDeadlineExceeded)
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v is no timeout", err)
		}
		near.Close()
		far.Close()
	})
}

func TestLatencyKeepsTheOrder(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		late := time.Second
		n.SetLatency(func(from, _ string) time.Duration {
			if from == "a" {
				return late
			}
			return 0
		})
		near, far := ends(t, n)
		begun := time.Now()
		near.Write([]byte("slow "))
		late = time.Millisecond
		near.Write([]byte("fast"))
		mustRead(t, far, "slow fast")
		if passed := time.Since(begun); passed != time.Second {
			t.Errorf("after %v", passed)
		}
		far.Write([]byte("back"))
		mustRead(t, near, "back")
		near.Close()
		far.Close()
	})
}

func TestCutResetsBothEnds(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		near, far := ends(t, n)
		near.Write([]byte("lost on the way"))
		if n.Cut(func(from, to string) bool { return from == "x" }) != 0 || n.CutHost("b") != 1 {
			t.Fatal("wrong connections were cut")
		}
		_, err := far.Read(make([]byte, 1))
		mustFail(t, err, syscall.ECONNRESET)
		_, err = near.Write([]byte("x"))
		mustFail(t, err, syscall.ECONNRESET)
		near.Close()
		far.Close()
	})
}

func TestFreezeHoldsBytesAndDials(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		near, far := ends(t, n)
		l, _ := n.Listen("b:2")
		n.Freeze("b")
		near.Write([]byte("later"))
		far.SetReadDeadline(time.Now().Add(time.Second))
		_, err := far.Read(make([]byte, 1))
		mustFail(t, err, os.ErrDeadlineExceeded)
		far.SetReadDeadline(time.Time{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = n.Dialer("a")(ctx, "tcp", "b:2")
		mustFail(t, err, context.DeadlineExceeded)
		time.AfterFunc(time.Minute, func() { n.Thaw("b") })
		begun := time.Now()
		other, err := n.Dialer("a")(t.Context(), "tcp", "b:2")
		if err != nil || time.Since(begun) != time.Minute {
			t.Fatalf("%v after %v", err, time.Since(begun))
		}
		mustRead(t, far, "later")
		for _, c := range []io.Closer{near, far, other, l} {
			c.Close()
		}
	})
}

func TestKilledHostRefuses(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		l, _ := n.Listen("b:1")
		near, err := n.Dialer("a")(t.Context(), "tcp", "b:1")
		if err != nil {
			t.Fatal(err)
		}
		n.Kill("b")
		_, err = near.Read(make([]byte, 1))
		mustFail(t, err, syscall.ECONNRESET)
		_, err = n.Dialer("a")(t.Context(), "tcp", "b:1")
		mustFail(t, err, syscall.ECONNREFUSED)
		_, err = l.Accept()
		mustFail(t, err, net.ErrClosed)
		near.Close()
		again, err := n.Listen("b:1")
		if err != nil {
			t.Fatalf("the address is not free: %v", err)
		}
		again.Close()
	})
}

func TestFilterDropsDoublesAndDelays(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		n.SetFilter(func(from, _ string) Filter {
			if from != "a" {
				return nil
			}
			return func(p []byte, pass func([]byte, time.Duration)) {
				switch string(p) {
				case "drop":
				case "twice ":
					pass(p, 0)
					pass(p, 0)
				case "late ":
					pass(p, time.Second)
				default:
					pass(p, 0)
				}
			}
		})
		near, far := ends(t, n)
		for _, s := range []string{"late ", "drop", "twice ", "plain "} {
			near.Write([]byte(s))
		}
		mustRead(t, far, "twice twice plain late ")
		near.Close()
		far.Close()
	})
}

func TestWritersWhoLetNoTimePassAreFoundAndBroken(t *testing.T) {
	bubble(t, func(t *testing.T, n *Network) {
		found := 0
		n.SetPatience(10, func() { found++ })
		near, far := ends(t, n)
		mustWrite := func(count int) {
			for range count {
				if _, err := near.Write([]byte("x")); err != nil {
					t.Fatal(err)
				}
			}
		}
		mustWrite(10)
		time.Sleep(time.Nanosecond)
		mustWrite(10)
		if found != 0 {
			t.Fatal("found although time passed")
		}
		for range 2 {
			_, err := near.Write([]byte("x"))
			mustFail(t, err, syscall.ECONNRESET)
		}
		_, err := far.Read(make([]byte, 1))
		mustFail(t, err, syscall.ECONNRESET)
		if found != 1 {
			t.Errorf("found %d times, want once", found)
		}
	})
}
