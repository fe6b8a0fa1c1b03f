package loadtest

import (
	"context"
	"fmt"
	"time"

	"confab/wire"
)

// idle connects visitors, each in a thread of its own, and lets them be: what does a socket cost that does nothing?
func (r *run) idle(ctx context.Context) error {
	c := &crowd{run: r, sockets: make([]*socket, r.o.Connections)}
	running, stop := context.WithCancel(ctx)
	defer c.end()
	defer stop()
	gauge := newGauge(r.o)
	gauge.begin()
	begun := time.Now()
	r.progress.phase.Store("connecting")
	err := r.each(ctx, r.o.Connections, func(ctx context.Context, i int) error {
		s, err := r.visit(ctx, i, visitor(r.o.Account, ""))
		if err != nil {
			return err
		}
		c.sockets[i] = s
		c.listen(running, s, func([]byte) {})
		r.delivered.Add(1)
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.connected(gauge, begun); err != nil {
		return err
	}
	return r.rest(running, c, gauge)
}

// visit connects a visitor and reads until it has caught up.
func (r *run) visit(ctx context.Context, i int, auth wire.Auth) (*socket, error) {
	s, err := dialSocket(ctx, &r.o, r.o.node(i))
	if err != nil {
		return nil, err
	}
	_, err = s.greet(auth)
	if err == nil {
		var done wire.CaughtUp
		err = s.await(wire.TypeCaughtUp, &done)
	}
	if err != nil {
		s.cut()
		return nil, fmt.Errorf("socket %d: %w", i, err)
	}
	return s, nil
}

// connected notes what connecting cost.
func (r *run) connected(g *gauge, begun time.Time) error {
	r.found.ConnectSeconds = time.Since(begun).Seconds()
	u, err := g.end()
	if err != nil {
		return err
	}
	if u.nodes.cpu > 0 {
		r.found.ConnectsPerCPUSecond = float64(r.o.Connections) / u.nodes.cpu.Seconds()
	}
	return nil
}

// rest waits and reads the memory at the end. A socket that ended meanwhile is a fault.
func (r *run) rest(ctx context.Context, c *crowd, g *gauge) error {
	r.progress.phase.Store("resting")
	busy := newGauge(r.o)
	busy.begin()
	still, cancel := context.WithTimeout(ctx, r.o.Duration)
	defer cancel()
	c.sweep(still)
	if err := ctx.Err(); err != nil {
		return err
	}
	grown, err := g.end()
	if err != nil {
		return err
	}
	resting, err := busy.end()
	if err != nil {
		return err
	}
	r.found.KiBPerConnection = max(0, float64(grown.nodes.rss)/1024/float64(r.o.Connections))
	r.found.note(resting)
	if n, reason := c.losses(); n > 0 {
		r.found.Faults.Lost += n
		r.found.Faults.example("%d sockets ended by themselves; the first: %v", n, reason)
	}
	return nil
}
