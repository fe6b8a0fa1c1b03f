package loadtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"confab/chat"
	"confab/relay"
	"confab/wire"
)

// speaker is a voice with a complete client: it comes back after a cut and repeats what was not acknowledged, so that
// a run may go on over the death of a node.
type speaker struct {
	part
	client *relay.Client
	thread chat.ThreadID // read by others only after ready
	ready  chan struct{} // closed when it has caught up the first time
	once   sync.Once

	mu      sync.Mutex
	pending map[chat.ClientMessageID]payload
}

func newSpeaker(p part) *speaker {
	s := &speaker{part: p, ready: make(chan struct{}), pending: map[chat.ClientMessageID]payload{}}
	s.client = relay.NewClient(relay.ClientOptions{
		URLs: p.run.o.from(p.node), Dial: p.run.o.Dial, Origin: p.run.o.Origin, Auth: p.auth, Renew: tokenLife,
		Observer: relay.Observer{
			Hello: s.onHello, CaughtUp: s.onCaughtUp, Entry: s.onEntry, Ack: s.onAck, Refused: s.onRefused, State: s.onState,
		},
	})
	return s
}

// auth is what the part shows to a node.
func (p *part) auth(ctx context.Context) (wire.Auth, error) {
	if p.agent {
		return p.run.agent.auth(ctx)
	}
	return visitor(p.run.o.Account, ""), nil
}

func (s *speaker) start(ctx context.Context, life lifetime, thread chat.ThreadID) (chat.ThreadID, error) {
	if s.agent {
		s.thread = thread
		s.client.Subscribe(thread)
	}
	stopped := make(chan error, 1)
	life.running.Go(func() error {
		err := s.client.Run(life.ctx)
		stopped <- err
		return err
	})
	select {
	case <-s.ready:
		return s.thread, nil
	case err := <-stopped:
		return "", fmt.Errorf("%s: %w", s.name, err)
	case <-ctx.Done():
		return "", ctx.Err()
	}
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
	if h.Visitor != nil && s.thread == "" { // the same after each reconnection
		s.thread = h.Visitor.Thread
	}
}

func (s *speaker) onCaughtUp(wire.CaughtUp) { s.once.Do(func() { close(s.ready) }) }

func (s *speaker) onEntry(e relay.Applied) {
	if e.Own {
		return
	}
	if p, ok := parsePayload([]byte(e.Entry.Text)); ok {
		s.hear(p)
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
