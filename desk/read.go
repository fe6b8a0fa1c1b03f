package desk

import (
	"context"
	"errors"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// Conversation returns one conversation as lists show it. Errors: chat.NotFound.
func (d *Desk) Conversation(ctx context.Context, account chat.AccountID, id chat.ConversationID) (store.Summary, error) {
	return d.store.Conversation(ctx, account, id)
}

// Conversations lists those in a state ("" for all), latest change first. after is the "next" of the page before.
func (d *Desk) Conversations(ctx context.Context, account chat.AccountID, state chat.State, after string, limit int) ([]store.Summary, string, error) {
	return d.store.ListConversations(ctx, account, state, after, limit)
}

// Messages returns the thread's entries after a number, at most limit, and whether there may be more.
func (d *Desk) Messages(ctx context.Context, account chat.AccountID, thread chat.ThreadID, after chat.Seq, limit int) ([]store.Numbered, bool, error) {
	type page struct {
		entries []store.Numbered
		more    bool
		err     error
	}
	result := make(chan page, 1)
	d.store.After(account, thread, after, limit, func(entries []store.Numbered, more bool, err error) {
		result <- page{entries, more, err}
	})
	select {
	case p := <-result:
		return p.entries, p.more, p.err
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// before reads like store.Before, and waits.
func (d *Desk) before(ctx context.Context, account chat.AccountID, thread chat.ThreadID, seq chat.Seq, limit int) ([]store.Numbered, error) {
	type page struct {
		entries []store.Numbered
		err     error
	}
	result := make(chan page, 1)
	d.store.Before(account, thread, seq, limit, func(entries []store.Numbered, err error) { result <- page{entries, err} })
	select {
	case p := <-result:
		return p.entries, p.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// PostTo posts into a conversation, or into its thread if it is closed, and waits until the message is kept.
func (d *Desk) PostTo(ctx context.Context, account chat.AccountID, id chat.ConversationID, draft chat.Draft) (Posted, chat.ThreadID, error) {
	c, err := d.store.Conversation(ctx, account, id)
	if err != nil {
		return Posted{}, "", err
	}
	p := Post{Account: account, Thread: c.Thread, Visitor: c.Visitor, Draft: draft}
	if c.Open() {
		if posted, open, err := d.postOpen(ctx, p, id); err != nil || open {
			return posted, c.Thread, err
		}
	} else if err := draft.Scope.Check(&c.Conversation); err != nil { // what is closed stays whose it is
		return Posted{}, c.Thread, err
	}
	posted, err := d.say(ctx, p)
	return posted, c.Thread, err
}

// postOpen posts into a conversation that was open. False if it is closed by now, and p's author sees it.
func (d *Desk) postOpen(ctx context.Context, p Post, id chat.ConversationID) (posted Posted, open bool, err error) {
	last, err := d.store.LoadThread(ctx, p.Account, p.Thread)
	if err != nil {
		return Posted{}, false, err
	}
	if last.Conversation != nil && last.Conversation.ID == id {
		p.in = id
		if posted, err := d.say(ctx, p); !errors.Is(err, errEarlier) {
			return posted, true, err
		}
	}
	return d.postEarlier(ctx, p.Account, id, p.Thread, p.Draft)
}

// Mark records how far a person has got in a thread. Markers only rise; an old or repeated one changes nothing.
func (d *Desk) Mark(account chat.AccountID, thread chat.ThreadID, who chat.Actor, delivered, seen chat.Seq, done func(error)) {
	d.store.Mark(account, thread, who, delivered, seen, func(_ bool, err error) { done(err) })
}

// Typing tells the others in a thread that somebody types. It is not kept, and may be lost.
func (d *Desk) Typing(account chat.AccountID, thread chat.ThreadID, origin string, t wire.Typing) {
	t.T, t.Thread = wire.TypeTyping, thread
	d.store.Ring(account, store.BellTyping, thread, origin, wire.Encode(t))
}
