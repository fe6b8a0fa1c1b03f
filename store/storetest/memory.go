package storetest

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"

	"go.uber.org/zap"

	"confab/store"
)

// Memory starts a store without a socket, until the test ends, and returns what Open needs to reach it. In a bubble of
// testing/synctest both live by its clock, which stands still while anybody works: no load makes anything late there.
func Memory(t testing.TB) (*store.Embedded, func(*store.Options)) {
	t.Helper()
	e := store.NewMemory(zap.NewNop())
	t.Cleanup(func() { e.Close() })
	return e, func(o *store.Options) {
		o.Embedded = true
		o.Dialer = func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			e.ServeConn(newHolding(theirs))
			return ours, nil
		}
	}
}

// holding is a pipe's end that holds what is written until the other side reads it, as a socket does.
type holding struct {
	net.Conn
	held  chan []byte
	gone  chan struct{}
	once  sync.Once
	wrote sync.WaitGroup
}

func newHolding(c net.Conn) *holding {
	h := &holding{Conn: c, held: make(chan []byte, 1024), gone: make(chan struct{})}
	h.wrote.Go(h.write)
	return h
}

func (h *holding) write() {
	for {
		select {
		case p := <-h.held:
			h.Conn.Write(p) // if the other side is gone, what comes is dropped
		case <-h.gone:
			return
		}
	}
}

func (h *holding) Write(p []byte) (int, error) {
	select {
	case h.held <- slices.Clone(p):
		return len(p), nil
	case <-h.gone:
		return 0, net.ErrClosed
	}
}

func (h *holding) Close() error {
	h.once.Do(func() { close(h.gone) })
	err := h.Conn.Close()
	h.wrote.Wait()
	return err
}
