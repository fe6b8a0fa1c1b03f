//go:build processes

package faulttest

import (
	"encoding/json"
	"sync"
	"time"

	"confab/chat"
	"confab/relay"
	"confab/store"
	"confab/wire"
)

// diary is where a person writes down what a client does and sees, for the checker.
type diary struct {
	mu     sync.Mutex
	record ClientHistory
	thread chat.ThreadID // the person's one thread; a visitor learns it from the greeting
	open   map[chat.ClientMessageID]bool
	have   chat.Seq
}

func newDiary(name string) *diary {
	return &diary{record: ClientHistory{Name: name}, open: map[chat.ClientMessageID]bool{}}
}

func (d *diary) note(e Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e.At = time.Now()
	d.record.Events = append(d.record.Events, e)
	switch e.What {
	case Sent, Repaired:
		d.open[e.CMID] = true
	case Acked, Refused:
		delete(d.open, e.CMID)
	case Applied, Reset:
		d.have = e.Place.Seq
	}
}

func (d *diary) observer() relay.Observer {
	return relay.Observer{
		Hello: d.onHello,
		Entry: func(a relay.Applied) {
			d.note(Event{What: Applied, Thread: a.Thread, Place: chat.Cursor{Seq: a.Seq, EID: a.Entry.EID}, Entry: a.Entry})
		},
		Ack: func(a wire.Ack) {
			d.note(Event{What: Acked, Thread: a.Thread, CMID: a.CMID, Place: chat.Cursor{Seq: a.Seq, EID: a.EID}})
		},
		Refused: func(n wire.Nack) {
			d.note(Event{What: Refused, Thread: n.Thread, CMID: n.CMID, Text: string(n.Code)})
		},
		Repair: func(thread chat.ThreadID, id chat.ClientMessageID) {
			d.note(Event{What: Repaired, Thread: thread, CMID: id})
		},
		Reset: func(thread chat.ThreadID, common chat.Cursor) {
			d.note(Event{What: Reset, Thread: thread, Place: common})
		},
		Truncated: func(thread chat.ThreadID, from chat.Seq) {
			d.note(Event{What: Truncated, Thread: thread, Place: chat.Cursor{Seq: from}})
		},
		Marker: func(thread chat.ThreadID, m wire.Marker) {
			d.note(Event{What: Marked, Thread: thread, Who: m.Who, Marker: MarkerPair{m.Delivered, m.Seen}})
		},
	}
}

func (d *diary) onHello(h wire.Hello) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h.Visitor != nil {
		d.thread = h.Visitor.Thread
		d.record.Person = chat.Actor{Kind: chat.Visitor, ID: string(h.Visitor.ID)}
		return
	}
	d.record.Person = chat.Actor{Kind: chat.Agent, ID: string(h.Agent.ID)}
}

func (d *diary) who() chat.Actor {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.record.Person
}

func (d *diary) about() chat.ThreadID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.thread
}

func (d *diary) unanswered() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open)
}

func (d *diary) position() chat.Seq {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.have
}

func (d *diary) history() *ClientHistory {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.record
	h.Events = append([]Event(nil), h.Events...)
	return &h
}

// readThread reads a whole thread as Redis has it.
func (h *house) readThread(thread chat.ThreadID) []Logged {
	h.t.Helper()
	var log []Logged
	for cursor, more := (chat.Cursor{}), true; more; {
		page := h.readPage(thread, cursor)
		for _, e := range page.Entries {
			var entry chat.Entry
			if err := json.Unmarshal(e.Raw, &entry); err != nil {
				h.t.Errorf("entry %d of %s: %v", e.Seq, thread, err)
			}
			entry.EID = e.EID
			log = append(log, Logged{e.Seq, entry})
			cursor = chat.Cursor{Seq: e.Seq, EID: e.EID}
		}
		more = page.More
	}
	if len(log) == 0 {
		h.t.Errorf("the log of %s is empty", thread)
	}
	return log
}

func (h *house) readPage(thread chat.ThreadID, after chat.Cursor) store.Page {
	h.t.Helper()
	type answer struct {
		page store.Page
		err  error
	}
	answers := make(chan answer, 1)
	h.auditor.Since(houseAccount, thread, &after, nil, func(p store.Page, err error) { answers <- answer{p, err} })
	a := <-answers
	if a.err != nil {
		h.t.Fatalf("read the log of %s: %v", thread, a.err)
	}
	return a.page
}
