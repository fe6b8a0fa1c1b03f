package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"confab/chat"
	"confab/store"
)

// Edit gives a message of the conversation's thread another text, and returns it as it stands then. The conversation
// need not be open. a.Target is found here, by its identity; a.Within is the conversation.
//
// Errors: *chat.Refusal, chat.NotFound if there is no such message, if it was deleted, or if a.Scope does not see the conversation.
func (d *Desk) Edit(ctx context.Context, account chat.AccountID, id chat.ConversationID, message chat.EntryID, a chat.Amendment) (store.Numbered, error) {
	target, thread, err := d.amend(ctx, account, id, message, a, chat.Edit)
	if err != nil {
		return store.Numbered{}, err
	}
	entries, _, err := d.Messages(ctx, account, thread, target.Seq-1, 1)
	if err == nil && len(entries) == 0 {
		err = unavailable()
	}
	if err != nil {
		return store.Numbered{}, fmt.Errorf("message %s after its change: %w", message, err)
	}
	return entries[0], nil
}

// Delete takes a message of the conversation's thread back, once: what was taken back stays so. Errors like Edit's.
func (d *Desk) Delete(ctx context.Context, account chat.AccountID, id chat.ConversationID, message chat.EntryID, a chat.Amendment) error {
	_, _, err := d.amend(ctx, account, id, message, a, chat.Delete)
	if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		// Perhaps somebody else deleted it meanwhile.
		_, _, err = d.amend(ctx, account, id, message, a, chat.Delete)
	}
	return err
}

func (d *Desk) amend(ctx context.Context, account chat.AccountID, id chat.ConversationID, message chat.EntryID, a chat.Amendment,
	rule func(chat.Amendment, chat.Fresh, chat.Millis) (chat.Change, error)) (store.Numbered, chat.ThreadID, error) {
	c, err := d.store.Conversation(ctx, account, id)
	if err != nil {
		return store.Numbered{}, "", err
	}
	target, err := d.find(ctx, account, c.Thread, c.Top, message)
	if err != nil {
		return target, c.Thread, err
	}
	if err := json.Unmarshal(target.Raw, &a.Target); err != nil {
		return target, c.Thread, fmt.Errorf("message %s: %w", message, err)
	}
	a.Within = id
	err = d.within(ctx, account, &c.Conversation, a.Scope, func(_ chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return rule(a, f, now)
	})
	return target, c.Thread, err
}

// find looks for an entry of a thread, from its newest backwards: most that are amended are not old.
func (d *Desk) find(ctx context.Context, account chat.AccountID, thread chat.ThreadID, top chat.Seq, eid chat.EntryID) (store.Numbered, error) {
	lookBack := chat.Seq(chat.Limits.CatchUpPage)
	for end := top; end > 0; end -= lookBack {
		entries, _, err := d.Messages(ctx, account, thread, max(end-lookBack, 0), int(min(lookBack, end)))
		if err != nil {
			return store.Numbered{}, fmt.Errorf("look for message %s: %w", eid, err)
		}
		for _, n := range entries {
			if n.EID == eid {
				return n, nil
			}
		}
		if len(entries) == 0 || entries[0].Seq > end {
			break // trimmed
		}
	}
	return store.Numbered{}, chat.Refuse(chat.NotFound, "There is no such message.")
}

// entryOf decodes the entry with that identity.
func entryOf(entries []store.Numbered, eid chat.EntryID) (e chat.Entry, ok bool) {
	for _, n := range entries {
		if n.EID == eid {
			return e, json.Unmarshal(n.Raw, &e) == nil
		}
	}
	return e, false
}
