package relay

import (
	"confab/chat"
	"confab/wire"
)

// clientTrail remembers which entry was applied at which number: the newest ones without a hole, older ones here
// and there, so that its size is bounded and a common point with the log can still be named.
type clientTrail struct {
	recent []chat.Cursor // rising by one
	older  []chat.Cursor // rising, all below recent
}

const (
	trailLength = 2048
	trailStep   = 512 // of the older ones, every so manieth is kept
	trailOlder  = 1024
)

// last is the position; zero before the first entry. Its EID is empty after a jump.
func (t *clientTrail) last() chat.Cursor {
	if n := len(t.recent); n > 0 {
		return t.recent[n-1]
	}
	return chat.Cursor{}
}

func (t *clientTrail) push(c chat.Cursor) {
	t.recent = append(t.recent, c)
	if len(t.recent) >= trailLength {
		t.thin()
	}
}

// thin moves the older half away and keeps every trailStep-th of it.
func (t *clientTrail) thin() {
	half := len(t.recent) / 2
	for i := 0; i < half; i += trailStep {
		if t.recent[i].EID != "" {
			t.older = append(t.older, t.recent[i])
		}
	}
	if len(t.older) > trailOlder {
		t.older = append([]chat.Cursor(nil), t.older[len(t.older)-trailOlder:]...)
	}
	t.recent = append(make([]chat.Cursor, 0, trailLength), t.recent[half:]...)
}

// at tells which entry stands at seq, if that is remembered.
func (t *clientTrail) at(seq chat.Seq) (chat.EntryID, bool) {
	if len(t.recent) == 0 || seq < t.recent[0].Seq || seq > t.last().Seq {
		return "", false
	}
	eid := t.recent[seq-t.recent[0].Seq].EID
	return eid, eid != ""
}

// jump makes c the position over a hole. The last entry before the hole is remembered.
func (t *clientTrail) jump(c chat.Cursor) {
	if last := t.last(); last.EID != "" {
		t.older = append(t.older, last)
	}
	t.recent = t.recent[:0]
	if c != (chat.Cursor{}) {
		t.recent = append(t.recent, c)
	}
}

// beforeHole is the newest entry that was applied before the hole at which the position stands.
func (t *clientTrail) beforeHole() chat.Cursor {
	if n := len(t.older); n > 0 {
		return t.older[n-1]
	}
	return chat.Cursor{}
}

// cut drops what stands above c.
func (t *clientTrail) cut(c chat.Cursor) {
	keep := func(list []chat.Cursor) []chat.Cursor {
		n := len(list)
		for n > 0 && list[n-1].Seq > c.Seq {
			n--
		}
		return list[:n]
	}
	t.recent, t.older = keep(t.recent), keep(t.older)
	if t.last() != c { // c was thinned out, or is zero
		t.recent = append(t.recent[:0], c)
	}
}

// known lists at most limit positions before the last, newest first, at growing distances.
func (t *clientTrail) known(limit int) []wire.Cursor {
	var found []wire.Cursor
	add := func(c chat.Cursor) {
		if c.EID != "" && len(found) < limit {
			found = append(found, wire.Cursor(c))
		}
	}
	for distance := 1; distance < len(t.recent); distance *= 2 {
		add(t.recent[len(t.recent)-1-distance])
	}
	for distance := 1; distance <= len(t.older); distance *= 2 {
		add(t.older[len(t.older)-distance])
	}
	return found
}
