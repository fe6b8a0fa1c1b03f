package loadtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"confab/chat"
	"confab/relay"
	"confab/wire"
)

// chat runs pairs: a visitor at one node, an agent who follows the visitor's thread at the next. Clients are
// complete ones, so that a run may go on over the death of a node.
func (r *run) chat(ctx context.Context) error {
	clients, stop := context.WithCancel(ctx)
	var running errgroup.Group
	pairs := make([]*pair, r.o.pairs())
	r.progress.phase.Store("connecting")
	begun := time.Now()
	err := r.each(ctx, len(pairs), func(ctx context.Context, i int) error {
		pairs[i] = r.newPair(i)
		return pairs[i].start(ctx, clients, &running)
	})
	if err == nil {
		r.found.ConnectSeconds = time.Since(begun).Seconds()
		err = r.pace(ctx, func(n int, due time.Time) {
			p := pairs[n%len(pairs)]
			if r.o.BothWays && n/len(pairs)%2 == 1 {
				p.agent.say(due)
				return
			}
			p.visitor.say(due)
		})
	}
	if err == nil {
		r.settle(ctx)
	}
	stop()
	if failed := running.Wait(); err == nil && failed != nil {
		err = failed
	}
	return err
}

// pair is a visitor and an agent in one thread.
type pair struct {
	visitor, agent *speaker
}

// speaker is one of them: a client, what it sends, and what it reads of the other.
type speaker struct {
	run    *run
	client *relay.Client
	name   string
	stream int // it writes this one
	out    *ledger
	in     *ledger // the other's
	heard  int     // the other's stream

	thread chat.ThreadID
	ready  chan struct{} // closed when it has caught up the first time
	once   sync.Once

	mu      sync.Mutex
	pending map[chat.ClientMessageID]payload
}

func newPending() map[chat.ClientMessageID]payload { return map[chat.ClientMessageID]payload{} }

func (r *run) newPair(i int) *pair {
	v := &speaker{run: r, name: fmt.Sprintf("pair %d, visitor to agent", i), stream: 2 * i, heard: 2*i + 1}
	a := &speaker{run: r, name: fmt.Sprintf("pair %d, agent to visitor", i), stream: 2*i + 1, heard: 2 * i}
	for _, s := range []*speaker{v, a} {
		s.out = r.ledger(s.name, 1)
		s.ready = make(chan struct{})
		s.pending = newPending()
	}
	v.in, a.in = a.out, v.out
	v.client = r.client(v, i, func(context.Context) (wire.Auth, error) { return visitor(r.o.Account, ""), nil })
	a.client = r.client(a, i+1, r.agent.auth)
	return &pair{v, a}
}

func (r *run) client(s *speaker, node int, auth func(context.Context) (wire.Auth, error)) *relay.Client {
	return relay.NewClient(relay.ClientOptions{
		URLs: r.o.from(node), Dial: r.o.Dial, Origin: r.o.Origin, Auth: auth, Renew: tokenLife,
		Observer: relay.Observer{
			Hello: s.onHello, CaughtUp: s.onCaughtUp, Entry: s.onEntry, Ack: s.onAck, Refused: s.onRefused, State: s.onState,
		},
	})
}

// start connects the visitor, then the agent in the visitor's thread. The clients run until their context ends.
func (p *pair) start(ctx, clients context.Context, running *errgroup.Group) error {
	for _, s := range []*speaker{p.visitor, p.agent} {
		if s == p.agent {
			s.thread = p.visitor.thread
			s.client.Subscribe(s.thread)
		}
		stopped := make(chan error, 1)
		running.Go(func() error {
			err := s.client.Run(clients)
			stopped <- err
			return err
		})
		select {
		case <-s.ready:
		case err := <-stopped:
			return fmt.Errorf("%s: %w", s.name, err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *speaker) say(due time.Time) {
	p := payload{stream: s.stream, n: s.out.send(), due: due}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.client.Send(s.thread, relay.ClientMessage{Text: p.text(s.run.o.Size)})
	s.pending[id] = p
}

func (s *speaker) answered(id chat.ClientMessageID) (payload, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pending[id]
	delete(s.pending, id)
	return p, ok
}

func (s *speaker) onHello(h wire.Hello) {
	if h.Visitor != nil {
		s.thread = h.Visitor.Thread // read by others only after ready
	}
}

func (s *speaker) onCaughtUp(wire.CaughtUp) { s.once.Do(func() { close(s.ready) }) }

func (s *speaker) onEntry(e relay.Applied) {
	if e.Own {
		return
	}
	if p, ok := parsePayload([]byte(e.Entry.Text)); ok && p.stream == s.heard {
		s.run.received(s.in, 0, p)
	}
}

func (s *speaker) onAck(a wire.Ack) {
	if p, ok := s.answered(a.CMID); ok {
		s.run.answered(s.out, p.n, p.due)
	}
}

func (s *speaker) onRefused(n wire.Nack) {
	if p, ok := s.answered(n.CMID); ok {
		s.out.refuse(p.n, refusedWhy(n.Code, n.Message))
	}
}

func (s *speaker) onState(state relay.ClientState, _ error) {
	if state == relay.Disconnected {
		s.run.disconnects.Add(1)
	}
}
