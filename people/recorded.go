package people

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// Recorded is something that a person did, as a site's server tells it. At zero is now.
type Recorded struct {
	Name string
	At   chat.Millis
	Data json.RawMessage // an object; nil is {}
}

// check tells whether it can be kept. Errors: chat.MissingField, chat.BadField, chat.TooLong with the field.
func (r *Recorded) check(field string) error {
	switch {
	case r.Name == "":
		return &chat.Refusal{Code: chat.MissingField, Message: "An event has a name.", Field: field + ".name"}
	case chat.Clean(r.Name, maxEventNameRunes) != r.Name:
		return badEntry(field+".name", "An event's name has 1 to %d printable characters.", maxEventNameRunes)
	case r.At < 0:
		return badEntry(field+".at", "This is no time that anything happened at.")
	case len(r.Data) > maxEventBytes:
		return &chat.Refusal{Code: chat.TooLong, Message: "An event's data has at most 8 KiB.", Field: field + ".data"}
	}
	var object map[string]json.RawMessage
	if r.Data != nil && (json.Unmarshal(r.Data, &object) != nil || object == nil) {
		return badEntry(field+".data", "An event's data is an object.")
	}
	return nil
}

// Record adds what a person did, all of it or nothing. Errors: chat.NotFound; chat.BadField, chat.MissingField and chat.TooLong
// with the field at fault: "events[2].name".
func (p *People) Record(ctx context.Context, a chat.AccountID, id chat.ContactID, events []Recorded) error {
	now := chat.At(time.Now())
	all := make([]Recorded, len(events))
	for i, e := range events {
		if err := e.check(fmt.Sprintf("events[%d]", i)); err != nil {
			return err
		}
		if all[i] = e; e.At == 0 {
			all[i].At = now
		}
		if e.Data == nil {
			all[i].Data = []byte("{}")
		}
	}
	leave, err := p.lanes.enter(ctx, string(id))
	if err != nil {
		return err
	}
	defer leave()
	d, err := p.change(ctx, a, id, func(d *document) error {
		for i, e := range all {
			if err := d.tally(e.Name, e.At); err != nil {
				return at(fmt.Sprintf("events[%d].name", i), err)
			}
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return err
	}
	lines := make([]store.Line, len(all))
	for i, e := range all {
		h := Happening{Kind: HappenedEvent, ID: chat.RequestID(p.o.IDs.New()), At: e.At, Event: &Event{e.Name, e.Data}}
		lines[i] = store.Line{ID: string(h.ID), JSON: wire.Encode(h)}
	}
	for range maxTries {
		err = p.o.Store.RecordAll(ctx, a, d.ID, lines, maxDid)
		if !isCode(err, chat.NotFound) {
			break
		}
		was := d.ID // it is erased, or has become a part of another one since it was counted, with what was counted
		if d, _, err = p.load(ctx, a, was); err != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	return p.publish(ctx, a, d, d)
}

// tally counts an event. One that comes late may have been the first.
func (f *facts) tally(name string, at chat.Millis) error {
	t, known := f.Events[name]
	switch {
	case known:
		t = Tally{t.Count + 1, min(t.First, at), max(t.Last, at)}
	case len(f.Events) >= maxEventNames:
		return chat.Refuse(chat.TooLong, "A person has events of at most %d names.", maxEventNames)
	default:
		t = Tally{1, at, at}
	}
	put(&f.Events, name, t)
	return nil
}
