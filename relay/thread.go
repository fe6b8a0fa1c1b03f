package relay

import (
	"encoding/json"
	"sync"

	"go.uber.org/zap"

	"confab/chat"
	"confab/plant"
	"confab/store"
	"confab/wire"
)

// lateAfter is how long an acknowledged entry may be under way before the log is read for it.
const lateAfter = 200 // milliseconds

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
	unacked bool     // it is on the hub's list of those whose acks wait
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

// entry takes a doorbell. The next entry of the history that the live readers hold goes out at once, anything else
// makes us read the log, which alone is believed. The number alone does not tell: after the store fell back to an older
// state and went on, the next number may belong to another history, which a reader could not see any more.
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
	case at.Seq == t.top.Seq+1 && b.Before == t.top.EID:
		t.deliver(store.Numbered{Seq: b.Seq, EID: b.EID, Private: b.Private, Raw: b.Data}, b.Origin)
	case plant.Is(plant.NoGapRefill):
		t.top = at
	default:
		t.read(t.oddity(at.Seq))
	}
}

// oddity names why a doorbell is not believed. mu is held.
func (t *thread) oddity(seq chat.Seq) string {
	switch {
	case seq <= t.top.Seq:
		return "old_number"
	case seq == t.top.Seq+1:
		return "other_history"
	}
	return "gap"
}

// deliver brings the live readers one entry further. Each form of the frame is built once. mu is held.
func (t *thread) deliver(e store.Numbered, origin string) {
	var frames [2][]byte // for who may read it, for who may not
	var place placement
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
		hides := e.Private && s.visitor() && !plant.Is(plant.LeakNotes)
		if s.view != nil {
			place.read(e.Raw)
			if s.view.doubts(place) {
				s.lookAgain()
				continue
			}
			hides = !s.view.sees[place.Conversation]
		}
		form, raw := 0, e.Raw
		if hides {
			form, raw = 1, nil
		}
		if frames[form] == nil {
			if hides {
				raw = hiddenEntry(e.EID)
			}
			frames[form] = entryFrame(t.id, e.Seq, raw)
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
	for _, s := range t.subs {
		s.seekAcked()
	}
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
	if !p.More {
		for _, s := range t.subs {
			s.loseAcks(p.Top.Seq)
		}
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

// retry goes on with what the store refused.
func (t *thread) retry() {
	for _, s := range t.stalled() {
		t.feed.whenFollowed(s.begin)
	}
}

// stalled returns the readers that have to begin anew, and reads the log if live ones wait for it.
func (t *thread) stalled() []*subscription {
	t.mu.Lock()
	defer t.unlock()
	if t.again && t.live() {
		t.read("retry")
	}
	var found []*subscription
	for _, s := range t.subs {
		if s.catching != nil && s.catching.stalled {
			s.catching.stalled = false
			found = append(found, s)
		}
	}
	return found
}

// awaitAcked has the log read if the entries of acks that wait do not come by themselves. mu is held.
func (t *thread) awaitAcked() {
	if !t.unacked {
		t.unacked = true
		t.feed.hub.addUnacked(t)
	}
}

// overdue reads the log for acks that have waited too long, and keeps waiting for the others.
func (t *thread) overdue(now int64) {
	t.mu.Lock()
	defer t.unlock()
	t.unacked = false
	for _, s := range t.subs {
		switch {
		case s.state != subLive || len(s.acks) == 0:
		case now-s.acks[0].since >= lateAfter:
			t.read("late")
		default:
			t.awaitAcked()
		}
	}
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
		case s.quiet():
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
		if s.session.id != b.Origin && !s.quiet() && !(s.visitor() && w.Who.Kind == chat.Visitor) {
			s.session.conn.send(frame, loose)
		}
	}
}
