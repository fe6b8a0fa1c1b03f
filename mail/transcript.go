package mail

import (
	"context"
	"encoding/json"
	"fmt"

	"confab/chat"
	"confab/store"
)

const (
	maxMessages = 100      // of one mail, the newest
	maxText     = 64 << 10 // bytes of their texts together, the newest
)

// messages reads what people wrote in a conversation after an entry and up to another, rising, with the texts of now. cut tells
// that there is more than a mail holds: then the oldest are missing.
func (m *Mail) messages(ctx context.Context, a chat.AccountID, thread chat.ThreadID, o order) (list []chat.Entry, cut bool, err error) {
	bytes := 0
	for after := o.After; after < o.UpTo; {
		page, more, err := m.after(ctx, a, thread, after)
		if err != nil {
			return nil, false, err
		}
		for _, e := range page {
			after = e.seq
			if e.seq <= o.UpTo && e.Conversation == o.Conversation && e.Kind == chat.KindMessage && !e.Private() && e.DeletedAt == 0 {
				list, bytes = append(list, e.Entry), bytes+len(e.Text)
			}
			for len(list) > maxMessages || bytes > maxText && len(list) > 1 {
				bytes -= len(list[0].Text)
				list, cut = list[1:], true
			}
		}
		if !more || len(page) == 0 {
			break
		}
	}
	return list, cut, nil
}

type numbered struct {
	chat.Entry
	seq chat.Seq
}

// after reads a page of the log. Messages that were edited have the text of now.
func (m *Mail) after(ctx context.Context, a chat.AccountID, thread chat.ThreadID, after chat.Seq) (page []numbered, more bool, err error) {
	entries, more, err := m.read(ctx, a, thread, after)
	if err != nil {
		return nil, false, err
	}
	var edits []chat.Seq
	for _, n := range entries {
		if n.Amended.By != 0 && !n.Amended.Deleted {
			edits = append(edits, n.Amended.By)
		}
	}
	texts, err := m.o.Store.Edits(ctx, a, thread, edits)
	if err != nil {
		return nil, false, err
	}
	for _, n := range entries {
		e := numbered{seq: n.Seq}
		if err := json.Unmarshal(n.Raw, &e.Entry); err != nil {
			return nil, false, fmt.Errorf("entry %d of %s: %w", n.Seq, thread, err)
		}
		if text, edited := texts[n.Amended.By]; edited {
			e.Text = text
		}
		page = append(page, e)
	}
	return page, more, nil
}

func (m *Mail) read(ctx context.Context, a chat.AccountID, thread chat.ThreadID, after chat.Seq) ([]store.Numbered, bool, error) {
	type answer struct {
		entries []store.Numbered
		more    bool
		err     error
	}
	result := make(chan answer, 1)
	m.o.Store.After(a, thread, after, chat.Limits.CatchUpPage, func(entries []store.Numbered, more bool, err error) {
		result <- answer{entries, more, err}
	})
	select {
	case got := <-result:
		return got.entries, got.more, got.err
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}
