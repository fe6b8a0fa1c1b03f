package chatra

import (
	"encoding/json"
	"fmt"
	"slices"

	"confab/chat"
	"confab/outbox"
	"confab/store"
)

// between returns the messages after one entry up to another, oldest first, as they are by now: without what was taken back,
// and with the texts of edits. What came before the batch is read from the log.
func (w *walk) between(after, last chat.Seq) ([]outbox.Entry, error) {
	if first := w.b.Entries[0].Seq; after+1 < first && (!w.read || after < w.from) {
		older, err := w.log(after, first)
		if err != nil {
			return nil, err
		}
		w.older, w.from, w.read = older, after, true
	}
	var messages []outbox.Entry
	for _, entries := range [][]outbox.Entry{w.older, w.b.Entries} {
		for i := range entries {
			if e := &entries[i]; e.Seq > after && e.Seq <= last && told(e) && e.DeletedAt == 0 {
				messages = append(messages, *e)
			}
		}
	}
	return messages, nil
}

// log reads the messages after one number and before another.
func (w *walk) log(after, before chat.Seq) ([]outbox.Entry, error) {
	var messages []outbox.Entry
	for more := true; more && after+1 < before; {
		page, goesOn, err := w.o.Desk.Messages(w.ctx, w.b.Account.ID, w.b.Thread, after, int(before-after-1))
		if err != nil {
			return nil, err
		}
		if more = goesOn && len(page) > 0; len(page) > 0 {
			after = page[len(page)-1].Seq
		}
		page = slices.DeleteFunc(page, func(n store.Numbered) bool { return n.Seq >= before })
		found, err := w.texts(page)
		if err != nil {
			return nil, err
		}
		messages = append(messages, found...)
	}
	return messages, nil
}

// texts decodes the messages of a page, with the texts that they have now.
func (w *walk) texts(page []store.Numbered) ([]outbox.Entry, error) {
	var edits []chat.Seq
	for _, n := range page {
		if n.Amended.By != 0 && !n.Amended.Deleted {
			edits = append(edits, n.Amended.By)
		}
	}
	texts, err := w.o.Store.Edits(w.ctx, w.b.Account.ID, w.b.Thread, edits)
	if err != nil {
		return nil, err
	}
	var messages []outbox.Entry
	for _, n := range page {
		e := outbox.Entry{Seq: n.Seq}
		if err := json.Unmarshal(n.Raw, &e.Entry); err != nil {
			return nil, fmt.Errorf("entry %d: %w", n.Seq, err)
		}
		if text, edited := texts[n.Amended.By]; edited && e.Kind == chat.KindMessage {
			e.Text = text
		}
		messages = append(messages, e)
	}
	return messages, nil
}

// sight is how far a thread was seen, by any agent and by its visitor on any device.
type sight struct{ byAgents, byVisitor chat.Seq }

func (w *walk) seen() (sight, error) {
	type answer struct {
		markers []store.Marker
		err     error
	}
	asked := make(chan answer, 1)
	w.o.Store.Markers(w.b.Account.ID, w.b.Thread, func(m []store.Marker, err error) { asked <- answer{m, err} })
	select {
	case got := <-asked:
		var s sight
		for _, m := range got.markers {
			switch m.Who.Kind {
			case chat.Agent:
				s.byAgents = max(s.byAgents, m.Seen)
			case chat.Visitor:
				s.byVisitor = max(s.byVisitor, m.Seen)
			}
		}
		return s, got.err
	case <-w.ctx.Done():
		return sight{}, w.ctx.Err()
	}
}
