package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"confab/chat"
	"confab/store"
)

// idlePage is how many entries are looked at in one go for the last thing that somebody did.
const idlePage = 20

// watchIdle sees to it that somebody looks at the thread once a conversation that starts now may have become idle. The
// timer is set before the conversation is kept, so that no crash leaves one without; and it stays where it is while
// people write: who finds it due looks for the last thing that somebody did.
func (d *Desk) watchIdle(ctx context.Context, key laneKey) error {
	limit, err := d.idleAfter(ctx, key.account)
	if err != nil || limit == 0 {
		return err
	}
	return d.store.TimerSet(ctx, key.account, chat.TimerIdle, string(key.thread), limit)
}

// idleDue closes a thread's conversation if nobody has done anything in it for as long as the account says; else the
// timer comes again when that may be so.
func (d *Desk) idleDue(ctx context.Context, t store.Timer) error {
	key := laneKey{t.Account, chat.ThreadID(t.ID)}
	for {
		limit, err := d.idleAfter(ctx, key.account)
		if err != nil {
			return err
		}
		is, err := d.store.LoadThread(ctx, key.account, key.thread)
		if err != nil {
			return fmt.Errorf("load thread %s: %w", key.thread, err)
		}
		open, err := d.openOf(ctx, key.account, is)
		if err != nil {
			return err
		}
		if limit == 0 || len(open) == 0 {
			return d.store.FinishTimer(ctx, t)
		}
		last, top, err := d.lastDoing(ctx, key, is.Conversation.StartedAt)
		if err != nil {
			return err
		}
		if left := last.Time().Add(limit).Sub(now().Time()); left > 0 {
			return d.store.TimerSet(ctx, key.account, chat.TimerIdle, t.ID, left)
		}
		if is.Conversation.Open() {
			err = d.wait(ctx, key, &job{visitor: is.Visitor, top: top, decide: closeIdle})
			if errors.Is(err, store.ErrBehind) {
				continue // somebody did something at the last moment
			}
			if err != nil {
				return fmt.Errorf("close the idle conversation of %s: %w", key.thread, err)
			}
		}
		if err := d.closeEarlier(ctx, key, is, open); err != nil {
			return err
		}
		return d.store.FinishTimer(ctx, t)
	}
}

// mostBeside is how many conversations are looked through for those that are open beside a thread's last one.
const mostBeside = 100

// openOf lists the open conversations of a thread.
func (d *Desk) openOf(ctx context.Context, account chat.AccountID, t chat.Thread) ([]chat.Conversation, error) {
	if t.Conversation == nil {
		return nil, nil
	}
	all, err := d.store.VisitorConversations(ctx, account, t.Conversation.Visitor, mostBeside)
	if err != nil {
		return nil, fmt.Errorf("conversations of %s: %w", t.ID, err)
	}
	var open []chat.Conversation
	for i := range all {
		if c := all[i].Conversation; c.Open() && c.Thread == t.ID {
			open = append(open, c)
		}
	}
	return open, nil
}

// closeEarlier closes those of a thread's open conversations that are not its last one.
func (d *Desk) closeEarlier(ctx context.Context, key laneKey, t chat.Thread, open []chat.Conversation) error {
	for _, c := range open {
		if c.ID == t.Conversation.ID {
			continue
		}
		if _, err := d.changeEarlier(ctx, key.account, c.ID, key.thread, closeIdle); err != nil {
			return fmt.Errorf("close the idle conversation %s: %w", c.ID, err)
		}
	}
	return nil
}

func closeIdle(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
	return chat.Close(t, chat.Actor{Kind: chat.System}, chat.Idle, f, now)
}

// lastDoing tells when somebody last did something in a thread, at least since, and the number of the log's newest
// entry. What a rule sends by itself, and that somebody is gone, is nothing that anybody does.
func (d *Desk) lastDoing(ctx context.Context, key laneKey, since chat.Millis) (last chat.Millis, top chat.Seq, err error) {
	for before := chat.Seq(0); ; {
		page, err := d.before(ctx, key.account, key.thread, before, idlePage)
		if err != nil {
			return 0, 0, fmt.Errorf("look for the last doing in %s: %w", key.thread, err)
		}
		for i := len(page) - 1; i >= 0; i-- {
			top = max(top, page[i].Seq)
			var e chat.Entry
			if err := json.Unmarshal(page[i].Raw, &e); err != nil {
				return 0, 0, fmt.Errorf("entry %d of %s: %w", page[i].Seq, key.thread, err)
			}
			if byPerson(&e) || e.Kind == chat.KindConversationStarted {
				return max(e.At, since), top, nil
			}
		}
		if len(page) < idlePage {
			return since, top, nil
		}
		before = page[0].Seq
	}
}

func byPerson(e *chat.Entry) bool {
	switch e.Author.Kind {
	case chat.Visitor, chat.Agent, chat.Integration:
		return !e.Auto
	}
	return false
}

// idleAllDue makes every open conversation of the account due for a look: the account's time has changed.
func (d *Desk) idleAllDue(ctx context.Context, t store.Timer) error {
	threads, err := d.store.OpenThreads(ctx, t.Account)
	if err != nil {
		return err
	}
	for _, thread := range threads {
		if err := d.store.TimerSet(ctx, t.Account, chat.TimerIdle, string(thread), 0); err != nil {
			return err
		}
	}
	return d.store.FinishTimer(ctx, t)
}

// never is the time of accounts that close nothing by themselves.
func never(context.Context, chat.AccountID) (time.Duration, error) { return 0, nil }
