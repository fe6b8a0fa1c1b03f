package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/presence"
	"confab/wire"
)

// staleAvailability is how long what was read is believed although no doorbell said otherwise.
const staleAvailability = 30 * time.Second

// availability tells what visitors see of the account's agents: the JSON of wire.Availability, read-only. It is read
// at most once in a while, whoever comes.
func (f *feed) availability(ctx context.Context) ([]byte, error) {
	f.mu.Lock()
	shown, at := f.shown, f.shownAt
	f.mu.Unlock()
	if at == 0 || nowMillis()-at > staleAvailability.Milliseconds() {
		return f.readAvailability(ctx)
	}
	return shown, nil
}

func (f *feed) readAvailability(ctx context.Context) ([]byte, error) {
	at := nowMillis()
	agents, err := f.hub.node.o.Presence.Agents(ctx, f.account)
	if err != nil {
		return nil, fmt.Errorf("agents of %s: %w", f.account, err)
	}
	a := wire.Availability{Agents: []wire.ShownAgent{}}
	for _, g := range agents {
		if g.Status == presence.Online {
			a.Online = true
			a.Agents = append(a.Agents, wire.ShownAgent{Name: g.Name})
		}
	}
	shown := wire.Encode(a)
	f.mu.Lock()
	f.shown, f.shownAt = shown, at
	f.mu.Unlock()
	return shown, nil
}

// tellAvailability tells visitors what has changed for them, at most once in availabilityGap.
func (f *feed) tellAvailability(ctx context.Context) {
	f.mu.Lock()
	before, soon := f.shown, nowMillis()-f.toldAt < availabilityGap.Milliseconds()
	f.mu.Unlock()
	if soon {
		f.availabilityMoved()
		return
	}
	visitors := f.sockets(func(s *session) bool { return s.actor.Kind == chat.Visitor })
	if len(visitors) == 0 {
		return
	}
	shown, err := f.readAvailability(ctx)
	if err != nil {
		f.hub.node.o.Log.Warn("visitors not told who is available, trying again", zap.Error(err))
		f.availabilityMoved()
		return
	}
	if bytes.Equal(before, shown) {
		return
	}
	var a wire.Availability
	if err := json.Unmarshal(shown, &a); err != nil {
		panic("relay: " + err.Error()) // encoded just now
	}
	a.T = wire.TypeAvailability
	frame := textFrame(a)
	for _, s := range visitors {
		s.conn.send(frame, listed)
	}
	f.mu.Lock()
	f.toldAt = nowMillis()
	f.mu.Unlock()
}
