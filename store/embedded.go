package store

import (
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"go.uber.org/zap"
)

const embeddedTick = time.Second // how coarsely keys expire in the embedded store

// Embedded is a store inside this process, on loopback or without any socket. Nothing of it outlives the process.
type Embedded struct {
	mini *miniredis.Miniredis
	stop chan struct{}
	done sync.WaitGroup
}

// StartEmbedded starts one on a free port of the loopback interface. Whoever starts closes.
func StartEmbedded(log *zap.Logger) (*Embedded, error) {
	e := newEmbedded()
	if err := e.mini.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the embedded store: %w", err)
	}
	log.Info("embedded store: in memory, for one node; nothing is kept when the program ends", zap.String("address", e.mini.Addr()))
	e.run()
	return e, nil
}

// NewMemory starts one without a socket: connections come by ServeConn. Its clock is that of this process, also
// where that is a simulated one.
func NewMemory(*zap.Logger) *Embedded {
	e := newEmbedded()
	if conn, err := e.mini.Dial(); err == nil { // makes the server; it fails only if there is one
		conn.Close()
	}
	e.run()
	return e
}

func newEmbedded() *Embedded {
	return &Embedded{mini: miniredis.NewMiniRedis(), stop: make(chan struct{})}
}

// run moves the expiry of keys on, which the server does not do by itself.
func (e *Embedded) run() {
	e.done.Go(func() {
		ticker := time.NewTicker(embeddedTick)
		defer ticker.Stop()
		last := time.Now()
		for {
			select {
			case <-e.stop:
				return
			case now := <-ticker.C:
				e.mini.FastForward(now.Sub(last))
				last = now
			}
		}
	})
}

// URL is for Options.URL.
func (e *Embedded) URL() string {
	if addr := e.mini.Addr(); e.listens() {
		return "redis://" + addr
	}
	return "redis://embedded:6379" // for a dialer that leads to ServeConn
}

func (e *Embedded) listens() bool { return e.mini.Server().Addr() != nil }

// ServeConn answers one connection, until it closes. It returns at once. The connection must hold what is written to
// it: with a bare net.Pipe, a client that sends much and the server that answers wait for each other.
func (e *Embedded) ServeConn(c net.Conn) { e.mini.Server().ServeConn(c) }

// Server gives access to the server itself, for tests that add, break or look into commands.
func (e *Embedded) Server() *server.Server { return e.mini.Server() }

// Mini gives access to the data, for tests that freeze the clock or damage what is kept.
func (e *Embedded) Mini() *miniredis.Miniredis { return e.mini }

// Close drops all connections and everything kept.
func (e *Embedded) Close() error {
	close(e.stop)
	e.done.Wait()
	e.mini.Close()
	return nil
}
