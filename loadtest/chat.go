package loadtest

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"confab/chat"
)

// voice is one who writes into a thread and reads what the other writes there.
type voice interface {
	// start connects and returns once the thread has caught up. A visitor's thread is its own: it takes none and
	// returns it. The connection lives until ctx.life ends.
	start(ctx context.Context, life lifetime, thread chat.ThreadID) (chat.ThreadID, error)
	// say sends the next message. It does not block.
	say(due time.Time)
}

// lifetime is how long voices live and who waits for them.
type lifetime struct {
	ctx     context.Context
	running *errgroup.Group
}

// part is what every voice knows of its pair.
type part struct {
	run    *run
	name   string
	node   int // where it connects, or first connects
	agent  bool
	stream int // it writes this one
	out    *ledger
	heard  int // the other's stream; none below 0
	in     *ledger
}

// hear accounts for a message of the other.
func (p *part) hear(m payload) {
	if m.stream == p.heard {
		p.run.received(p.in, 0, m)
	}
}

// pair is a visitor and an agent in one thread.
type pair struct{ visitor, agent voice }

// chat runs pairs: a visitor at one node, an agent who follows the visitor's thread at the next.
func (r *run) chat(ctx context.Context) error {
	living, stop := context.WithCancel(ctx)
	life := lifetime{living, new(errgroup.Group)}
	c := &crowd{run: r}
	pairs := make([]pair, r.o.pairs())
	for i := range pairs {
		pairs[i] = r.newPair(c, i)
	}
	r.progress.phase.Store("connecting")
	begun := time.Now()
	err := r.each(ctx, len(pairs), func(ctx context.Context, i int) error { return pairs[i].start(ctx, life) })
	if err == nil {
		r.found.ConnectSeconds = time.Since(begun).Seconds()
		err = r.talk(ctx, life, c, pairs)
	}
	stop()
	c.end()
	if failed := life.running.Wait(); err == nil {
		err = failed
	}
	return err
}

func (r *run) talk(ctx context.Context, life lifetime, c *crowd, pairs []pair) error {
	if len(c.sockets) > 0 {
		life.running.Go(func() error { c.sweep(life.ctx); return nil })
	}
	err := r.pace(ctx, func(n int, due time.Time) {
		p := &pairs[n%len(pairs)]
		if r.o.BothWays && n/len(pairs)%2 == 1 {
			p.agent.say(due)
			return
		}
		p.visitor.say(due)
	})
	if err != nil {
		return err
	}
	r.settle(ctx)
	if n, reason := c.losses(); n > 0 {
		r.found.Faults.example("%d sockets ended by themselves, and only --persistent clients come back; the first: %v", n, reason)
	}
	return nil
}

func (r *run) newPair(c *crowd, i int) pair {
	v := part{run: r, name: fmt.Sprintf("pair %d, visitor to agent", i), node: i, stream: 2 * i, heard: 2*i + 1}
	a := part{run: r, name: fmt.Sprintf("pair %d, agent to visitor", i), node: i + 1, stream: 2*i + 1, heard: 2 * i, agent: true}
	v.out, a.out = r.ledger(v.name, 1), r.ledger(a.name, 1)
	v.in, a.in = a.out, v.out
	if r.o.Persistent {
		return pair{newSpeaker(v), newSpeaker(a)}
	}
	return pair{&talker{part: v, crowd: c}, &talker{part: a, crowd: c}}
}

// start connects the visitor, then the agent in the visitor's thread.
func (p *pair) start(ctx context.Context, life lifetime) error {
	thread, err := p.visitor.start(ctx, life, "")
	if err == nil {
		_, err = p.agent.start(ctx, life, thread)
	}
	return err
}
