package loadtest

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"confab/wire"
)

// fanout lets one visitor write into one thread that all other sockets read.
func (r *run) fanout(ctx context.Context) error {
	if len(r.o.NodePIDs) > 0 {
		r.progress.phase.Store("measuring the ceiling")
		ceiling, err := measureCeiling(ctx, r.o, ceilingTime)
		if err != nil {
			return fmt.Errorf("measure the ceiling: %w", err)
		}
		r.found.Ceiling = ceiling
	}
	clients, stop := context.WithCancel(ctx)
	c := &crowd{run: r, sockets: make([]*socket, r.o.Connections)}
	var running errgroup.Group
	err := r.fan(ctx, clients, c, &running)
	stop()
	c.end()
	if failed := running.Wait(); err == nil {
		err = failed
	}
	return err
}

func (r *run) fan(ctx, clients context.Context, c *crowd, running *errgroup.Group) error {
	source := newSpeaker(part{run: r, name: "the thread", heard: -1, out: r.ledger("the thread", r.o.Connections)})
	starting, cancel := context.WithTimeout(ctx, socketTimeout)
	defer cancel()
	if _, err := source.start(starting, lifetime{clients, running}, ""); err != nil {
		return fmt.Errorf("the writing visitor cannot connect: %w", err)
	}
	r.progress.phase.Store("connecting")
	err := r.each(ctx, r.o.Connections, func(ctx context.Context, i int) error {
		return r.follow(ctx, clients, c, source, i)
	})
	if err != nil {
		return err
	}
	running.Go(func() error { c.sweep(clients); return nil })
	if err := r.pace(ctx, func(_ int, due time.Time) { source.say(due) }); err != nil {
		return err
	}
	r.settle(ctx)
	if n, reason := c.losses(); n > 0 {
		r.found.Faults.example("%d readers ended by themselves; the first: %v", n, reason)
	}
	return nil
}

// follow connects reader i as an agent and subscribes it to the thread.
func (r *run) follow(ctx, clients context.Context, c *crowd, source *speaker, i int) error {
	auth, err := r.agent.auth(ctx)
	if err != nil {
		return err
	}
	s, err := dialSocket(ctx, &r.o, r.o.node(i))
	if err != nil {
		return err
	}
	c.sockets[i] = s
	if _, err := s.greet(auth); err != nil {
		return fmt.Errorf("reader %d: %w", i, err)
	}
	if err := s.send(wire.Subscribe{T: wire.TypeSubscribe, Thread: source.thread}); err != nil {
		return err
	}
	var done wire.CaughtUp
	if err := s.await(wire.TypeCaughtUp, &done); err != nil {
		return fmt.Errorf("reader %d: %w", i, err)
	}
	c.listen(clients, s, func(raw []byte) {
		if p, ok := payloadIn(raw); ok {
			r.received(source.out, i, p)
		}
	})
	return nil
}
