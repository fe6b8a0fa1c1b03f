package dialecttest

import (
	"encoding/json"
	"slices"

	"confab/account"
	"confab/chat"
	"confab/outbox"
)

// listening is how far a thread was told.
type listening struct {
	at    chat.Seq
	state json.RawMessage
}

// Told gives the encoder what has happened in a guest's thread since it was given something last, and returns its events
// decoded. There need be nothing new.
func (w *World) Told(guest string, target outbox.Target, encode func(outbox.Batch) (outbox.Encoded, error)) []map[string]any {
	w.T.Helper()
	v := w.Visitor(guest)
	l := w.told[v.Thread]
	if l == nil {
		l = &listening{}
		w.told[v.Thread] = l
	}
	batch := outbox.Batch{Account: w.accountWith(target), Target: target, Thread: v.Thread, Visitor: v.Visitor.ID, State: l.state}
	batch.Entries = w.log(v.Thread, l.at)
	if n := len(batch.Entries); n > 0 {
		l.at = batch.Entries[n-1].Seq
	}
	encoded, err := encode(batch)
	w.must(err)
	l.state = encoded.State
	w.events[v.Thread] = encoded.Events
	events := []map[string]any{}
	for _, e := range encoded.Events {
		var event map[string]any
		if err := json.Unmarshal(e.Body, &event); err != nil {
			w.T.Fatalf("%s: %v", e.Body, err)
		}
		events = append(events, event)
	}
	return events
}

// accountWith is the account with the target among its webhooks if a case chose anything for it.
func (w *World) accountWith(target outbox.Target) *account.Account {
	a := *w.Account()
	if w.numeric {
		a.Webhooks = append(slices.Clone(a.Webhooks), account.Webhook{ID: target.ID, NumericIDs: true})
	}
	return &a
}

// log reads entries as the outbox gives them.
func (w *World) log(thread chat.ThreadID, after chat.Seq) []outbox.Entry {
	w.T.Helper()
	numbered, _, err := w.Desk.Messages(w.T.Context(), Acme, thread, after, 1000)
	w.must(err)
	var edits []chat.Seq
	for _, n := range numbered {
		if n.Amended.By != 0 && !n.Amended.Deleted {
			edits = append(edits, n.Amended.By)
		}
	}
	texts, err := w.Store.Edits(w.T.Context(), Acme, thread, edits)
	w.must(err)
	var entries []outbox.Entry
	for _, n := range numbered {
		e := outbox.Entry{Seq: n.Seq}
		if err := json.Unmarshal(n.Raw, &e.Entry); err != nil {
			w.T.Fatal(err)
		}
		if text, edited := texts[n.Amended.By]; edited {
			e.Text = text
		}
		entries = append(entries, e)
	}
	return entries
}
