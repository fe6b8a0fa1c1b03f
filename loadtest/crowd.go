package loadtest

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"confab/wire"
)

// crowd is many lean sockets, and one sweep that lets each be heard in time.
type crowd struct {
	run     *run
	sockets []*socket
	readers sync.WaitGroup // of sockets that are not watched

	mu     sync.Mutex
	lost   int
	reason error // of the first loss
}

// join adds a socket.
func (c *crowd) join(s *socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sockets = append(c.sockets, s)
}

// listen reads a socket until it ends, and calls handle for each frame, one after the other. The socket's own read is
// not used any more.
func (c *crowd) listen(ctx context.Context, s *socket, handle func(raw []byte)) {
	take := func(in []byte, err error) bool {
		if fault := s.feed(in, handle); fault != nil {
			err = fault
		}
		if err != nil && ctx.Err() == nil {
			c.lose(err)
		}
		return err == nil
	}
	early, _ := s.in.Peek(s.in.Buffered())
	if s.in = nil; !take(early, nil) || c.run.watches(s, take) {
		return
	}
	c.readers.Go(func() {
		in := make([]byte, socketBuffer)
		for {
			n, err := s.conn.Read(in)
			if !take(in[:n], err) {
				return
			}
		}
	})
}

func (c *crowd) lose(err error) {
	c.run.disconnects.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost++; c.reason == nil {
		c.reason = err
	}
}

// losses tells how many sockets ended by themselves and why the first did.
func (c *crowd) losses() (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost, c.reason
}

var ping, _ = json.Marshal(wire.Ping{T: wire.TypePing})

// sweep pings every socket once in its heartbeat, evenly spread, until ctx ends. Agents' are shorter than visitors'.
func (c *crowd) sweep(ctx context.Context) {
	alike := map[time.Duration][]*socket{}
	for _, s := range c.sockets {
		alike[s.heartbeat] = append(alike[s.heartbeat], s)
	}
	var sweeps sync.WaitGroup
	for heartbeat, sockets := range alike {
		sweeps.Go(func() { sweepEvery(ctx, heartbeat, sockets) })
	}
	sweeps.Wait()
}

func sweepEvery(ctx context.Context, heartbeat time.Duration, sockets []*socket) {
	const steps = 100
	ticker := time.NewTicker(heartbeat / steps)
	defer ticker.Stop()
	for step := 0; ; step++ {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		for i := step % steps; i < len(sockets); i += steps {
			_ = sockets[i].write(opText, ping) // its reader sees the end
		}
	}
}

// end closes all sockets and waits for their readers.
func (c *crowd) end() {
	for _, s := range c.sockets {
		if s != nil {
			s.close()
		}
	}
	c.readers.Wait()
}
