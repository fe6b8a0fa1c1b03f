package storetest_test

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

func TestTheStoreRunsOnASimulatedClockWithoutSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := store.NewMemory(zap.NewNop())
		defer e.Close()
		ear := &storetest.Ear{}
		ctx, cancel := context.WithCancel(context.Background())
		s, err := store.Open(ctx, store.Options{URL: e.URL(), Node: "n1", IDs: chat.NewIDs(nil), Log: zap.NewNop(), Embedded: true,
			Dialer: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				e.ServeConn(newHolding(theirs))
				return ours, nil
			}})
		must(t, err)
		s.Listen(ear)
		ran := make(chan error, 1)
		go func() { ran <- s.Run(ctx) }()
		storetest.Follow(t, s, acct)
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
		synctest.Wait()
		if len(ear.Bells(store.BellEntry)) != 1 || s.Durability() != store.Memory {
			t.Fatal(ear.Bells(store.BellEntry), s.Durability())
		}
		held, err := s.Lease(ctx, "jobs", "a", 2*time.Second)
		if err != nil || !held {
			t.Fatal(held, err)
		}
		e.Mini().HIncrBy(s.Key(acct, "f"), "n", 1)
		e.Mini().HSet(s.Key(acct, "f"), "e", "stolen")
		if _, err := e.Mini().ZAdd(s.Key(acct, "inbox"), 2, "quiet"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second) // of the simulated clock
		synctest.Wait()
		if !ear.Told("quiet") || s.Ready() != nil {
			t.Fatalf("told %v, ready %v", ear.Told("quiet"), s.Ready())
		}
		if held, err = s.Lease(ctx, "jobs", "b", time.Second); err != nil || !held {
			t.Fatal("the lease did not run out", err)
		}
		cancel()
		must(t, <-ran)
		must(t, s.Close())
	})
}

// holding is a pipe's end that holds what is written until the other side reads it, as a socket does.
type holding struct {
	net.Conn
	held chan []byte
	done sync.WaitGroup
	once sync.Once
}

func newHolding(c net.Conn) *holding {
	h := &holding{Conn: c, held: make(chan []byte, 1024)}
	h.done.Go(func() {
		for p := range h.held {
			if _, err := c.Write(p); err != nil {
				continue // the other side is gone: what comes is dropped
			}
		}
	})
	return h
}

func (h *holding) Write(p []byte) (int, error) {
	h.held <- slices.Clone(p)
	return len(p), nil
}

func (h *holding) Close() error {
	err := h.Conn.Close()
	h.once.Do(func() { close(h.held) })
	h.done.Wait()
	return err
}
