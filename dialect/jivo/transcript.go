package jivo

import (
	"encoding/json"
	"fmt"

	"confab/chat"
	"confab/outbox"
	"confab/store"
)

const logPage = 500 // entries read at a time

// transcript is a chat that ended with the entry, with its messages as they stand by now, the oldest first.
func (w *walk) transcript(t *talk, end *outbox.Entry) (*whole, error) {
	p, err := w.person()
	if err != nil {
		return nil, err
	}
	c, err := w.o.Desk.Conversation(w.ctx, w.b.Account.ID, t.ID)
	if err != nil {
		return nil, fmt.Errorf("conversation %s: %w", t.ID, err)
	}
	chat := &whole{Messages: []message{}, Rate: rateOf(c.Rating), Blacklisted: p.Contact.Blocked || p.Visitor.Blocked}
	for at := t.From; at < end.Seq; {
		page, more, err := w.o.Desk.Messages(w.ctx, w.b.Account.ID, w.b.Thread, at, logPage)
		if err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		}
		if err := w.add(chat, t, page, end.Seq); err != nil {
			return nil, err
		}
		if !more || len(page) == 0 {
			break
		}
		at = page[len(page)-1].Seq
	}
	return chat, nil
}

// add adds the chat's messages of a page of the log.
func (w *walk) add(to *whole, t *talk, page []store.Numbered, end chat.Seq) error {
	texts, err := w.edits(page)
	if err != nil {
		return err
	}
	for _, n := range page {
		var e chat.Entry
		if err := json.Unmarshal(n.Raw, &e); err != nil {
			return fmt.Errorf("entry %d: %w", n.Seq, err)
		}
		if text, edited := texts[n.Amended.By]; edited {
			e.Text = text
		}
		if n.Seq > end || !t.holds(&e, n.Seq) {
			continue
		}
		m, err := w.messageOf(&e)
		if err != nil {
			return err
		}
		m.Blacklisted = to.Blacklisted
		to.Messages = append(to.Messages, m)
	}
	return nil
}

func (w *walk) edits(page []store.Numbered) (map[chat.Seq]string, error) {
	var by []chat.Seq
	for _, n := range page {
		if n.Amended.By > 0 && !n.Amended.Deleted {
			by = append(by, n.Amended.By)
		}
	}
	return w.o.Store.Edits(w.ctx, w.b.Account.ID, w.b.Thread, by)
}

// holds tells whether an entry is a message of the chat that is told: its own, or an automatic one before its beginning.
func (t *talk) holds(e *chat.Entry, seq chat.Seq) bool {
	if e.Kind != chat.KindMessage || e.Note || e.DeletedAt != 0 || e.Author.Kind == chat.System {
		return false
	}
	return e.Conversation == t.ID || e.Conversation == "" && e.Auto && seq < t.Start
}

func (w *walk) messageOf(e *chat.Entry) (message, error) {
	m := message{Timestamp: int64(e.At) / 1000, Type: "agent", Message: w.text(e)}
	switch e.Author.Kind {
	case chat.Visitor:
		m.Type = "visitor"
	case chat.Agent:
		a, err := w.o.Accounts.Agent(w.ctx, w.b.Account.ID, chat.AgentID(e.Author.ID))
		if err == nil {
			m.AgentID = &a.No
		} else if !isNotFound(err) {
			return m, fmt.Errorf("agent %s: %w", e.Author.ID, err)
		}
	}
	return m, nil
}

// text is what a message says: of a file its address, after the text if there is one.
func (w *walk) text(e *chat.Entry) string {
	if e.File == nil {
		return e.Text
	}
	address := w.b.Account.Address(w.o.PublicURL) + e.File.URL
	if e.Text == "" {
		return address
	}
	return e.Text + "\n" + address
}

// rateOf is a rating as one of two: from the middle up it is positive.
func rateOf(r *chat.Rating) *string {
	if r == nil {
		return nil
	}
	rate := "negative"
	if 2*r.Score > chat.BestScore {
		rate = "positive"
	}
	return &rate
}
