package faulttest

import (
	"fmt"
	"maps"
	"slices"

	"confab/chat"
)

// Check judges a run by these promises and returns every one that was broken, in a fixed order.
//
//	I1  no acknowledged message is missing from the log, and it stands where the last acknowledgement said
//	I2  none is there twice; numbers have no holes
//	I3  everybody sees the same order, and an author's messages keep theirs
//	I4  nobody keeps an entry that is not in the log
//	I5  markers only rise, and never above the newest entry
//	I6  presence is told once, within its bounds, and never wrongly
//
// It is a pure function of the history.
func Check(h History) []Violation {
	c := &checker{history: h, places: map[chat.ThreadID]placeIndex{}}
	for _, thread := range slices.Sorted(maps.Keys(h.Log)) {
		c.checkLog(thread)
	}
	c.checkUnsent()
	for _, client := range h.Clients {
		for _, thread := range threadsOf(client) {
			c.checkAuthor(client, thread)
			c.checkReader(client, thread)
			c.checkMarkers(client, thread)
		}
	}
	c.checkPresence()
	return c.found
}

type checker struct {
	history History
	places  map[chat.ThreadID]placeIndex
	found   []Violation
}

// placeIndex tells where in a log an author's message stands.
type placeIndex map[authored]chat.Cursor

type authored struct {
	author string
	cmid   chat.ClientMessageID
}

func (c *checker) report(rule, client string, thread chat.ThreadID, format string, args ...any) {
	c.found = append(c.found, Violation{rule, client, thread, fmt.Sprintf(format, args...)})
}

func threadsOf(client *ClientHistory) []chat.ThreadID {
	seen := map[chat.ThreadID]bool{}
	for _, e := range client.Events {
		if e.Thread != "" {
			seen[e.Thread] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// checkLog looks for doubles and holes in the log itself, and indexes it.
func (c *checker) checkLog(thread chat.ThreadID) {
	index := placeIndex{}
	eids := map[chat.EntryID]chat.Seq{}
	for i, l := range c.history.Log[thread] {
		if i > 0 && l.Seq != c.history.Log[thread][i-1].Seq+1 {
			c.report("I2", "the log", thread, "entry %d follows entry %d", l.Seq, c.history.Log[thread][i-1].Seq)
		}
		if before, twice := eids[l.Entry.EID]; twice {
			c.report("I2", "the log", thread, "entry id %s stands at %d and at %d", l.Entry.EID, before, l.Seq)
		}
		eids[l.Entry.EID] = l.Seq
		if l.Entry.CMID == "" {
			continue
		}
		key := authored{l.Entry.Author.Key(), l.Entry.CMID}
		if before, twice := index[key]; twice {
			c.report("I2", "the log", thread, "message %s of %s stands at %d and at %d", key.cmid, key.author, before.Seq, l.Seq)
		}
		index[key] = chat.Cursor{Seq: l.Seq, EID: l.Entry.EID}
	}
	c.places[thread] = index
}

func (c *checker) logged(thread chat.ThreadID, seq chat.Seq) (chat.Entry, bool) {
	log := c.history.Log[thread]
	if len(log) == 0 || seq < log[0].Seq || seq > log[len(log)-1].Seq {
		return chat.Entry{}, false
	}
	i, ok := slices.BinarySearchFunc(log, seq, func(l Logged, seq chat.Seq) int { return int(l.Seq - seq) })
	if !ok {
		return chat.Entry{}, false
	}
	return log[i].Entry, true
}

func (c *checker) top(thread chat.ThreadID) chat.Seq {
	if log := c.history.Log[thread]; len(log) > 0 {
		return log[len(log)-1].Seq
	}
	return 0
}
