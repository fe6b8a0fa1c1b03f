package desk

import (
	"context"
	"errors"
	"fmt"

	"confab/chat"
	"confab/store"
)

// errEarlier says that a conversation is not its thread's last one.
var errEarlier = errors.New("the thread has gone on to another conversation")

// changeEarlier runs a rule on a conversation that is not its thread's last one: several may be open, for integrations start
// new ones beside the one that is. Whatever changes any conversation of a thread moves the version of its state on, so what is
// read after the version is true as long as the version is.
func (d *Desk) changeEarlier(ctx context.Context, account chat.AccountID, id chat.ConversationID, thread chat.ThreadID, rule decision) (store.Committed, error) {
	for range maxTries {
		t, err := d.store.LoadThread(ctx, account, thread)
		if err != nil {
			return store.Committed{}, fmt.Errorf("load thread %s: %w", thread, err)
		}
		c, err := d.store.Conversation(ctx, account, id)
		if err != nil {
			return store.Committed{}, fmt.Errorf("conversation %s: %w", id, err)
		}
		t.Conversation = &c.Conversation
		change, err := rule(t, d.fresh(0), now())
		if err != nil || len(change.Entries) == 0 {
			return store.Committed{}, err
		}
		committed, err := d.append(ctx, store.Commit{
			Account: account, Thread: thread, Expect: t.Version, Entries: change.Entries, Main: change.Main, Earlier: change.Next,
		})
		if stale := (*store.Stale)(nil); errors.As(err, &stale) {
			continue
		}
		if err == nil {
			d.kept(account, thread)
		}
		return committed, err
	}
	return store.Committed{}, unavailable()
}

// postEarlier posts into an open conversation that is not its thread's last one. False if it is closed by now, and the author sees it.
func (d *Desk) postEarlier(ctx context.Context, account chat.AccountID, id chat.ConversationID, thread chat.ThreadID, draft chat.Draft) (p Posted, open bool, err error) {
	if err := check(draft); err != nil {
		return Posted{}, true, err
	}
	draft.Earlier = true
	c, err := d.changeEarlier(ctx, account, id, thread, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		if open = t.Conversation.Open(); !open {
			return chat.Change{}, draft.Scope.Check(t.Conversation)
		}
		return chat.Post(t, draft, f, now)
	})
	return Posted{Cursor: c.Main, At: c.At, Known: c.Known, Author: draft.Author}, open, err
}

// append hands a commit to the store and waits.
func (d *Desk) append(ctx context.Context, c store.Commit) (store.Committed, error) {
	type outcome struct {
		store.Committed
		error
	}
	result := make(chan outcome, 1)
	d.store.Append(c, func(c store.Committed, err error) { result <- outcome{c, err} })
	select {
	case o := <-result:
		return o.Committed, o.error
	case <-ctx.Done():
		return store.Committed{}, fmt.Errorf("waiting for thread %s: %w", c.Thread, ctx.Err())
	}
}
