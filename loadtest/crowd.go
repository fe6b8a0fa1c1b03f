package loadtest

import (
	"context"
	"sync"
	"time"

	"confab/wire"
)

// crowd is many lean sockets with a reader each, and one sweep that lets each be heard in time.
type crowd struct {
	run     *run
	sockets []*socket
	period  time.Duration // of the sweep: a heartbeat
	readers sync.WaitGroup

	mu     sync.Mutex
	lost   int
	reason error // of the first loss
}

// join adds a socket that is swept every period.
func (c *crowd) join(s *socket, period time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sockets, c.period = append(c.sockets, s), period
}

// listen reads a socket until it ends, and calls handle for each frame.
func (c *crowd) listen(ctx context.Context, s *socket, handle func(raw []byte)) {
	c.readers.Go(func() {
		for {
			raw, err := s.read()
			if err != nil {
				if ctx.Err() == nil {
					c.lose(err)
				}
				return
			}
			handle(raw)
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

// sweep pings every socket once a period, evenly spread, until ctx ends.
func (c *crowd) sweep(ctx context.Context) {
	const steps = 100
	ticker := time.NewTicker(c.period / steps)
	defer ticker.Stop()
	for step := 0; ; step++ {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		for i := step % steps; i < len(c.sockets); i += steps {
			_ = c.sockets[i].send(wire.Ping{T: wire.TypePing}) // its reader sees the end
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

func heartbeatOf(h wire.Hello) time.Duration {
	return time.Duration(h.HeartbeatMillis) * time.Millisecond * 8 / 10
}
