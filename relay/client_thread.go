package relay

import (
	"time"

	"confab/chat"
	"confab/wire"
)

// clientThread is a reader's position in a thread and the author's outbox for it. Owned by Run's goroutine.
type clientThread struct {
	id       chat.ThreadID
	wanted   bool // subscribed, as far as the caller is concerned
	awaiting bool // a subscription was asked for on this connection and has not caught up
	started  bool // have is a position
	asked    time.Time
	askAt    time.Time // when to subscribe again, for something is missing; zero: no need

	trail clientTrail
	held  map[chat.Seq]heldEntry // above have+1, waiting for those between
	out   clientOutbox

	markers map[string]wire.Marker // by person, as far as they are known
}

type heldEntry struct {
	entry chat.Entry
	own   bool
}

// maxHeld bounds held; what does not fit comes again with the catching up.
const maxHeld = 1024

// verdict is what a reader does with a numbered entry.
type verdict int

const (
	apply verdict = iota
	ignore
	hold
	forked // another entry stands at a number that was applied
)

// judge compares a numbered entry with the position. It changes nothing.
func (t *clientThread) judge(seq chat.Seq, eid chat.EntryID) verdict {
	have := t.trail.last().Seq
	switch {
	case !t.started && seq > 1, seq > have+1:
		return hold
	case seq == have+1:
		return apply
	}
	if at, known := t.trail.at(seq); known && at != eid {
		return forked
	}
	return ignore
}

func (t *clientThread) take(seq chat.Seq, eid chat.EntryID) {
	t.started = true
	t.trail.push(chat.Cursor{Seq: seq, EID: eid})
}

func (t *clientThread) keep(seq chat.Seq, h heldEntry) {
	if t.held == nil {
		t.held = map[chat.Seq]heldEntry{}
	}
	if len(t.held) < maxHeld {
		t.held[seq] = h
	}
}

// nextHeld removes and returns the held entry that fits the position now. What is at or below it is dropped.
func (t *clientThread) nextHeld() (chat.Seq, heldEntry, bool) {
	seq := t.trail.last().Seq + 1
	h, ok := t.held[seq]
	if ok {
		delete(t.held, seq)
	}
	return seq, h, ok
}

func (t *clientThread) dropPassed() {
	have := t.trail.last().Seq
	for seq := range t.held {
		if seq <= have {
			delete(t.held, seq)
		}
	}
}

// raise merges a marker into what is known and tells whether that rose.
func (t *clientThread) raise(m wire.Marker) (merged wire.Marker, rose bool) {
	was := t.markers[m.Who.Key()]
	if m.Delivered <= was.Delivered && m.Seen <= was.Seen {
		return was, false
	}
	if t.markers == nil {
		t.markers = map[string]wire.Marker{}
	}
	m.Delivered, m.Seen = max(m.Delivered, was.Delivered), max(m.Seen, was.Seen)
	t.markers[m.Who.Key()] = m
	return m, true
}

// startAt makes seq the next number to apply: the server begins there, what is before it is not shown.
func (t *clientThread) startAt(seq chat.Seq) {
	t.started = true
	t.trail.jump(chat.Cursor{Seq: seq - 1})
}

// cutBack drops every position above common.
func (t *clientThread) cutBack(common chat.Cursor) {
	t.trail.cut(common)
	t.held = nil
	t.started = true
}

// forget drops all that was read: what comes is as after the first subscription.
func (t *clientThread) forget() {
	t.trail, t.held, t.markers, t.started = clientTrail{}, nil, nil, false
}

// leave makes it a thread that is not followed.
func (t *clientThread) leave() {
	t.wanted, t.awaiting, t.askAt = false, false, time.Time{}
	t.forget()
}

// behind tells that the log, whose newest entry is top, is not what was applied, or that something is still held.
func (t *clientThread) behind(top chat.Cursor) bool {
	if top.Seq > t.trail.last().Seq || len(t.held) > 0 {
		return true
	}
	eid, known := t.trail.at(top.Seq)
	return known && eid != top.EID
}

// settled tells that the position is that of the log, as far as anybody knows: messages sent now come after
// everything that was sent before.
func (t *clientThread) settled() bool { return !t.awaiting && t.askAt.IsZero() }

// due is when pump must be called again; zero: not before something else happens.
func (t *clientThread) due() time.Time {
	at := t.askAt
	if t.awaiting {
		at = sooner(at, t.asked.Add(unansweredAsks))
	}
	if t.settled() {
		at = sooner(at, t.out.retryAt)
	}
	return at
}

// subscription names the position: a cursor and older ones, or none before the first entry. [0,""] is the beginning
// of a thread that was empty.
func (t *clientThread) subscription() (cursor *wire.Cursor, known []wire.Cursor) {
	if !t.started {
		return nil, nil
	}
	last := t.trail.last()
	if last.EID == "" && last.Seq > 0 { // a hole ends here, and nothing after it was applied
		if last = t.trail.beforeHole(); last.EID == "" {
			t.started = false
			return nil, nil
		}
	}
	return (*wire.Cursor)(&last), t.trail.known(chat.Limits.KnownCursors)
}
