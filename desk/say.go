package desk

import (
	"context"
	"errors"
	"fmt"

	"confab/chat"
	"confab/store"
)

// Say posts a message and waits until it is kept. One that starts a conversation of its own (Draft.New) ends the running
// episode of the thread first: of a thread only one runs at a time. Errors like Post's.
func (d *Desk) Say(ctx context.Context, p Post) (Posted, error) {
	for range maxTries {
		posted, err := d.say(ctx, p)
		if !errors.Is(err, chat.ErrEpisodeRuns) {
			return posted, err
		}
		// Said before, it must not end the episode that it has started itself.
		c, err := d.store.Known(ctx, p.Account, p.Thread, p.Draft.Author, p.Draft.CMID)
		if err != nil || c.Known {
			return Posted{Cursor: c.Main, At: c.At, Known: c.Known, Author: p.Draft.Author}, err
		}
		if err := d.run(ctx, laneKey{p.Account, p.Thread}, p.Visitor, chat.EndEpisode); err != nil {
			return Posted{}, fmt.Errorf("end the episode of %s: %w", p.Thread, err)
		}
	}
	return Posted{}, unavailable()
}

func (d *Desk) say(ctx context.Context, p Post) (Posted, error) {
	type outcome struct {
		Posted
		error
	}
	result := make(chan outcome, 1)
	d.Post(p, func(posted Posted, err error) { result <- outcome{posted, err} })
	select {
	case o := <-result:
		return o.Posted, o.error
	case <-ctx.Done():
		return Posted{}, ctx.Err()
	}
}

// Message is a message with the place where it stands.
type Message struct {
	chat.Entry
	Thread  chat.ThreadID
	Visitor chat.VisitorID // whose thread it is
	Seq     chat.Seq
}

// Message finds a message of the account by its identity, with the text that it has now. It finds those that were written
// while the account wanted that (store.Want). Errors: chat.NotFound, also if it was deleted.
func (d *Desk) Message(ctx context.Context, account chat.AccountID, id chat.EntryID) (Message, error) {
	m, err := d.message(ctx, account, id)
	if err == nil && m.DeletedAt != 0 {
		err = chat.ErrDeleted()
	}
	return m, err
}

func (d *Desk) message(ctx context.Context, account chat.AccountID, id chat.EntryID) (Message, error) {
	thread, seq, err := d.store.Message(ctx, account, id)
	if err != nil {
		return Message{}, err
	}
	entries, _, err := d.Messages(ctx, account, thread, seq-1, 1)
	if err != nil {
		return Message{}, fmt.Errorf("message %s: %w", id, err)
	}
	e, ok := entryOf(entries, id)
	if !ok {
		return Message{}, chat.Refuse(chat.NotFound, "There is no such message.")
	}
	texts, err := d.store.Edits(ctx, account, thread, editsOf(entries))
	if err != nil {
		return Message{}, err
	}
	if text, edited := texts[entries[0].Amended.By]; edited {
		e.Text = text
	}
	visitor, err := d.store.ThreadOwner(ctx, account, thread)
	return Message{Entry: e, Thread: thread, Visitor: visitor, Seq: seq}, err
}

func editsOf(entries []store.Numbered) []chat.Seq {
	var seqs []chat.Seq
	for _, n := range entries {
		if n.Amended.By != 0 && !n.Amended.Deleted {
			seqs = append(seqs, n.Amended.By)
		}
	}
	return seqs
}

// EditMessage gives a message that Message finds another text, and returns it as it is then. Errors like Edit's.
func (d *Desk) EditMessage(ctx context.Context, account chat.AccountID, id chat.EntryID, a chat.Amendment) (Message, error) {
	m, err := d.amendMessage(ctx, account, id, a, chat.Edit)
	if err == nil {
		m.Text = a.Text
	}
	return m, err
}

// DeleteMessage takes a message that Message finds back, and returns it as it was. Errors: chat.NotFound, also if it was
// deleted before; else like Delete's.
func (d *Desk) DeleteMessage(ctx context.Context, account chat.AccountID, id chat.EntryID, a chat.Amendment) (Message, error) {
	return d.amendMessage(ctx, account, id, a, chat.Delete)
}

func (d *Desk) amendMessage(ctx context.Context, account chat.AccountID, id chat.EntryID, a chat.Amendment,
	rule func(chat.Amendment, chat.Fresh, chat.Millis) (chat.Change, error)) (Message, error) {
	m, err := d.Message(ctx, account, id)
	if err != nil {
		return m, err
	}
	a.Target = m.Entry
	err = d.run(ctx, laneKey{account, m.Thread}, m.Visitor, func(_ chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return rule(a, f, now)
	})
	return m, err
}
