package relay

import (
	"encoding/json"
	"sync"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// lateAfter is how long entries before an acknowledged one may be under way before the log is read for them.
const lateAfter = 500 // milliseconds

// thread is a log that sockets of this node read. Its top is how far the live readers have been brought; none of
// them is behind it.
type thread struct {
	id   chat.ThreadID
	feed *feed

	mu      sync.Mutex
	todo    []func() // calls of the store, which may answer at once: made when mu is free
	top     chat.Cursor
	subs    []*subscription
	reading bool     // the log is being read for the live readers
	wanted  chat.Seq // what doorbells meanwhile spoke of
	again   bool     // it has to be read once more
}

// unlock frees mu and makes the calls that were decided on under it.
func (t *thread) unlock() {
	todo := t.todo
	t.todo = nil
	t.mu.Unlock()
	for _, f := range todo {
		f()
	}
}

// live tells whether anybody is read to the top. mu is held.
func (t *thread) live() bool {
	for _, s := range t.subs {
		if s.state == subLive {
			return true
		}
	}
	return false
}

// entry takes a doorbell: the next entry goes out at once, anything else makes us read the log, which alone is
// believed.
func (t *thread) entry(b store.Bell) {
	t.mu.Lock()
	defer t.unlock()
	at := chat.Cursor{Seq: b.Seq, EID: b.EID}
	switch {
	case at == t.top:
	case !t.live():
		// Who catches up reads at least as far as this. An identity that differs shows when he gets there.
		if at.Seq >= t.top.Seq {
			t.top = at
		} else {
			t.markAgain()
		}
	case t.reading:
		t.wanted = max(t.wanted, at.Seq)
	case at.Seq == t.top.Seq+1:
		t.deliver(store.Numbered{Seq: b.Seq, EID: b.EID, Private: b.Private, Raw: b.Data}, b.Origin)
	default:
		why := "gap"
		if at.Seq <= t.top.Seq {
			why = "old_number"
		}
		t.read(why)
	}
}

// deliver brings the live readers one entry further. Each form of the frame is built once. mu is held.
func (t *thread) deliver(e store.Numbered, origin string) {
	var frames [2][]byte // for agents, for visitors
	at := chat.Cursor{Seq: e.Seq, EID: e.EID}
	sent := 0
	for _, s := range t.subs {
		if s.state != subLive || s.at.Seq > e.Seq || s.at == at {
			continue
		}
		if s.at.Seq == e.Seq {
			s.stale(resetFrame(t.id))
			continue
		}
		form := 0
		if e.Private && s.visitor() {
			form = 1
		}
		if frames[form] == nil {
			frames[form] = appendEntry(nil, t.id, e.Seq, shown(e.EID, e.Private, e.Raw, form == 1))
		}
		s.advance(at, frames[form], origin == s.session.id && s.session.awaits(e.Raw))
		sent++
	}
	t.top = at
	t.feed.hub.node.tally.entries.Add(float64(sent))
}

// read brings the live readers from the top to wherever the log has got. mu is held.
func (t *thread) read(why string) {
	if t.reading {
		t.again = true
		return
	}
	t.reading, t.again, t.wanted = true, false, 0
	node := t.feed.hub.node
	node.tally.refilled(why)
	from := t.top
	t.todo = append(t.todo, func() { node.o.Store.Since(t.feed.account, t.id, &from, nil, t.onRead) })
}

func (t *thread) onRead(p store.Page, err error) {
	t.mu.Lock()
	defer t.unlock()
	t.reading = false
	node := t.feed.hub.node
	switch {
	case err != nil:
		node.o.Log.Warn("thread not read, trying again", zap.String("thread", string(t.id)), zap.Error(err))
		node.hub.addLate(t)
		t.again = true
		return
	case p.Reset || p.Truncated > t.top.Seq+1:
		t.fork(p.Top)
		return
	}
	for _, e := range p.Entries {
		t.deliver(e, "")
	}
	if p.More || t.again || t.wanted > t.top.Seq {
		t.read("more")
	}
}

// fork tells the live readers that what they hold is not the log: they subscribe anew, naming what they hold, for
// only they know. mu is held.
func (t *thread) fork(top chat.Cursor) {
	frame := resetFrame(t.id)
	for _, s := range t.subs {
		if s.state == subLive {
			s.stale(frame)
		}
	}
	t.top = top
}

func resetFrame(id chat.ThreadID) []byte {
	return textFrame(wire.Reset{T: wire.TypeReset, Thread: id})
}

// lookAgain reads on because something may have been missed.
func (t *thread) lookAgain(why string) {
	t.mu.Lock()
	defer t.unlock()
	t.markAgain()
	if t.live() {
		t.read(why)
	}
}

// markAgain makes those who catch up read once more when they think that they are through. mu is held.
func (t *thread) markAgain() {
	for _, s := range t.subs {
		if s.catching != nil {
			s.catching.again = true
		}
	}
}

// retry goes on with what the store refused, or what should have come by itself and has not.
func (t *thread) retry(now int64) {
	for _, s := range t.stalled(now) {
		t.feed.whenFollowed(s.begin)
	}
}

// stalled returns the readers that have to begin anew, and reads the log if live ones wait for it.
func (t *thread) stalled(now int64) []*subscription {
	t.mu.Lock()
	defer t.unlock()
	if t.again && t.live() {
		t.read("retry")
	}
	var found []*subscription
	for _, s := range t.subs {
		switch {
		case s.catching != nil && s.catching.stalled:
			s.catching.stalled = false
			found = append(found, s)
		case s.state == subLive && len(s.acks) > 0 && now-s.acks[0].since >= lateAfter:
			t.read("late")
		case s.state == subLive && len(s.acks) > 0:
			t.feed.hub.addLate(t)
		}
	}
	return found
}

// marker passes on how far somebody has got.
func (t *thread) marker(b store.Bell) {
	var m wire.Marker
	if err := json.Unmarshal(b.Data, &m); err != nil {
		t.feed.hub.node.o.Log.Error("marker not readable", zap.Error(err))
		return
	}
	frame := textFrame(wire.MarkerFrame{T: wire.TypeMarker, Thread: t.id, Marker: m})
	t.mu.Lock()
	defer t.unlock()
	for _, s := range t.subs {
		switch {
		case s.catching != nil: // caught_up must not say less than a frame before it
			s.catching.raise(m)
		case s.session.actor.Key() != m.Who.Key():
			s.session.conn.send(frame, loose)
		}
	}
}

// typing passes on that somebody types; what he types only to agents.
func (t *thread) typing(b store.Bell) {
	var w wire.Typing
	if err := json.Unmarshal(b.Data, &w); err != nil || w.Who == nil {
		t.feed.hub.node.o.Log.Error("typing not readable", zap.Error(err))
		return
	}
	w.T, w.Thread = wire.TypeTyping, t.id
	frame := textFrame(w)
	t.mu.Lock()
	defer t.unlock()
	for _, s := range t.subs {
		if s.session.id != b.Origin && !(s.visitor() && w.Who.Kind == chat.Visitor) {
			s.session.conn.send(frame, loose)
		}
	}
}
