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
func (d *Desk) changeEarlier(ctx context.Context, account chat.AccountID, id chat.ConversationID, thread chat.ThreadID, rule decision) error {
	for range maxTries {
		t, err := d.store.LoadThread(ctx, account, thread)
		if err != nil {
			return fmt.Errorf("load thread %s: %w", thread, err)
		}
		c, err := d.store.Conversation(ctx, account, id)
		if err != nil {
			return fmt.Errorf("conversation %s: %w", id, err)
		}
		t.Conversation = &c.Conversation
		change, err := rule(t, d.fresh(0), now())
		if err != nil || len(change.Entries) == 0 {
			return err
		}
		err = d.append(ctx, store.Commit{
			Account: account, Thread: thread, Expect: t.Version, Entries: change.Entries, Main: change.Main, Earlier: change.Next,
		})
		if stale := (*store.Stale)(nil); errors.As(err, &stale) {
			continue
		}
		if err == nil {
			d.kept(account, thread)
		}
		return err
	}
	return unavailable()
}

// append hands a commit to the store and waits.
func (d *Desk) append(ctx context.Context, c store.Commit) error {
	result := make(chan error, 1)
	d.store.Append(c, func(_ store.Committed, err error) { result <- err })
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for thread %s: %w", c.Thread, ctx.Err())
	}
}
