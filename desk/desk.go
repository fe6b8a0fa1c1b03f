// Package desk is the only door through which a conversation changes. It loads what is, asks the rules of package
// chat what is to be written, and has the store write it in one step; if somebody else was faster, it asks again.
package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru"
	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

// rememberedThreads is how many threads' states a node keeps to decide without reading. Only speed depends on it:
// a decision on an outdated state is refused by the store and made anew.
const rememberedThreads = 50_000

// Options of a desk. Store and Log are required.
type Options struct {
	Store *store.Store
	IDs   chat.IDs
	Log   *zap.Logger
	// IdleAfter tells how long nobody may do anything in an account's conversation before it is closed; 0 means for
	// ever, as does nil. An answer may be some seconds old: who changes the time sets chat.TimerIdleAll.
	IdleAfter func(context.Context, chat.AccountID) (time.Duration, error)
	// AllAway tells whether each of the agents has been away for the grace; nil: none ever is. Whoever knows it sets
	// chat.TimerAgentGone for an agent when he may be.
	AllAway func(context.Context, chat.AccountID, []chat.AgentID) (bool, error)
	// Expect has a thread's episode end after the grace if nobody of its visitor's is here, by setting chat.TimerVisitorGone; nil:
	// such an episode runs until the visitor has come and left.
	Expect func(context.Context, chat.AccountID, chat.ThreadID) error
	// Meet is told of a visitor in whose thread a conversation is about to start, before it does; nil: nobody is. What goes wrong is
	// logged, and keeps no conversation from starting.
	Meet func(context.Context, chat.AccountID, chat.VisitorID) error
	// MayMeet tells whether who sees no more than the scope may speak to a visitor who is in no open conversation: chat.NotFound if he
	// may not; nil: everybody may.
	MayMeet func(context.Context, chat.AccountID, *chat.Scope, chat.VisitorID) error
	// Timers does what other rooms set timers for, by their kinds. Each finishes its timer, or it falls due again.
	Timers map[string]func(context.Context, store.Timer) error
	// Begun is told of each visitor of whom a conversation has begun at this node; nil: nobody is. It must not block.
	Begun func(chat.AccountID, chat.VisitorID)
	// Kept is told of each thread that something was written to at this node; nil: nobody is. It must not block.
	Kept func(chat.AccountID, chat.ThreadID)
}

// Desk changes conversations. All methods are safe for concurrent use.
type Desk struct {
	store *store.Store
	ids   chat.IDs
	log   *zap.Logger

	idleAfter func(context.Context, chat.AccountID) (time.Duration, error)
	allAway   func(context.Context, chat.AccountID, []chat.AgentID) (bool, error)
	expect    func(context.Context, chat.AccountID, chat.ThreadID) error
	meet      func(context.Context, chat.AccountID, chat.VisitorID) error
	mayMeet   func(context.Context, chat.AccountID, *chat.Scope, chat.VisitorID) error
	timers    map[string]func(context.Context, store.Timer) error // of other rooms, by kind
	begun     func(chat.AccountID, chat.VisitorID)
	kept      func(chat.AccountID, chat.ThreadID)

	mu     sync.Mutex
	lanes  map[laneKey]*lane // those with work
	states *lru.Cache        // laneKey -> chat.Thread, as last seen

	tasks sync.WaitGroup // preparations that read from the store
}

// New returns a desk on the store.
func New(o Options) *Desk {
	states, err := lru.New(rememberedThreads)
	if err != nil {
		panic("desk: " + err.Error()) // only a size below one fails
	}
	if o.IdleAfter == nil {
		o.IdleAfter = never
	}
	if o.AllAway == nil {
		o.AllAway = nobodyAsks
	}
	if o.Expect == nil {
		o.Expect = func(context.Context, chat.AccountID, chat.ThreadID) error { return nil }
	}
	if o.Begun == nil {
		o.Begun = func(chat.AccountID, chat.VisitorID) {}
	}
	if o.Meet == nil {
		o.Meet = func(context.Context, chat.AccountID, chat.VisitorID) error { return nil }
	}
	if o.MayMeet == nil {
		o.MayMeet = func(context.Context, chat.AccountID, *chat.Scope, chat.VisitorID) error { return nil }
	}
	if o.Kept == nil {
		o.Kept = func(chat.AccountID, chat.ThreadID) {}
	}
	return &Desk{
		store: o.Store, ids: o.IDs, log: o.Log, idleAfter: o.IdleAfter, allAway: o.AllAway, expect: o.Expect,
		meet: o.Meet, mayMeet: o.MayMeet, timers: o.Timers, begun: o.Begun, kept: o.Kept, lanes: map[laneKey]*lane{}, states: states,
	}
}

// Post is a message to be posted. Visitor says whose thread it is.
type Post struct {
	Account chat.AccountID
	Thread  chat.ThreadID
	Visitor chat.VisitorID
	Draft   chat.Draft
	Origin  string // the connection it came from; "" if none

	in chat.ConversationID // only into this one, as long as it is the thread's last; "": into whichever that is
}

// Posted tells where a message stands. Known means that it was posted before under the same client id.
type Posted struct {
	Cursor chat.Cursor
	At     chat.Millis
	Known  bool
	Author chat.Actor // as kept
}

// Post posts a message and calls done once, when it is kept or refused; it never blocks. The messages of one thread
// are decided and kept in the order of the calls. done runs on a goroutine of the store and must not block.
//
// Errors: a *chat.Refusal; chat.Unavailable and its like mean that the message may or may not be kept, and that the
// same client id may be posted again without doubling it.
func (d *Desk) Post(p Post, done func(Posted, error)) {
	if err := check(p.Draft); err != nil {
		done(Posted{}, err)
		return
	}
	starts := !p.Draft.Note && !p.Draft.Auto && !p.Draft.Pushed
	j := &job{
		visitor: p.Visitor,
		origin:  p.Origin,
		starts:  starts,
		anew:    p.Draft.New,
		absent:  starts && (p.Draft.Author.Kind != chat.Visitor || p.Origin == ""),
		scope:   p.Draft.Scope,
		sender:  p.Draft.Sender,
		done:    func(c store.Committed, err error) { d.posted(&p, c, err, done) },
	}
	j.decide = func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		if err := p.fits(t); err != nil {
			return chat.Change{}, err
		}
		if j.unmet != nil && !t.Conversation.Open() {
			return chat.Change{}, j.unmet
		}
		return chat.Post(t, p.Draft, f, now)
	}
	d.enqueue(laneKey{p.Account, p.Thread}, j)
}

// fits tells whether the thread is still at the conversation that is written into, and that it was his who writes if it is closed by now.
func (p *Post) fits(t chat.Thread) error {
	switch {
	case p.in == "":
		return nil
	case t.Conversation == nil || t.Conversation.ID != p.in:
		return errEarlier
	case t.Conversation.Open():
		return nil // the rule looks at it
	}
	return p.Draft.Scope.Check(t.Conversation)
}

// posted answers. The author of a message that was known, and whose sender is another, may be another than this time:
// only the log knows.
func (d *Desk) posted(p *Post, c store.Committed, err error, done func(Posted, error)) {
	posted := Posted{Cursor: c.Main, At: c.At, Known: c.Known, Author: p.Draft.Author}
	if err != nil || !c.Known || p.Draft.Sender.Kind == "" {
		done(posted, err)
		return
	}
	d.store.After(p.Account, p.Thread, c.Main.Seq-1, 1, func(entries []store.Numbered, _ bool, err error) {
		if err != nil {
			done(Posted{}, unavailable())
			return
		}
		if kept, ok := entryOf(entries, c.Main.EID); ok {
			posted.Author = kept.Author
		}
		done(posted, nil)
	})
}

func check(d chat.Draft) error {
	if err := chat.CheckCMID(d.CMID); err != nil {
		return err
	}
	if err := chat.CheckChoices(d.Choices); err != nil {
		return err
	}
	if d.File != nil && d.Text == "" {
		return nil
	}
	return chat.CheckText(d.Text)
}

// change runs a rule on a conversation that the scope sees, waits until its outcome is kept, and returns what it is then.
func (d *Desk) change(ctx context.Context, account chat.AccountID, id chat.ConversationID, scope *chat.Scope, rule decision) (store.Summary, error) {
	before, err := d.store.Conversation(ctx, account, id)
	if err != nil {
		return store.Summary{}, fmt.Errorf("conversation %s: %w", id, err)
	}
	if err := d.within(ctx, account, &before.Conversation, scope, rule); err != nil {
		return store.Summary{}, err
	}
	after, err := d.store.Conversation(ctx, account, id)
	if err != nil {
		return store.Summary{}, fmt.Errorf("conversation %s after its change: %w", id, err)
	}
	return after, nil
}

// within runs a rule on a conversation, its thread's last or an earlier one, and waits until its outcome is kept. Whether the scope
// sees the conversation is part of the decision: one that goes to others before the commit is refused like one that was theirs.
func (d *Desk) within(ctx context.Context, account chat.AccountID, c *chat.Conversation, scope *chat.Scope, rule decision) error {
	seen := func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		if err := scope.Check(t.Conversation); err != nil {
			return chat.Change{}, err
		}
		return rule(t, f, now)
	}
	err := d.run(ctx, laneKey{account, c.Thread}, c.Visitor, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		if t.Conversation == nil || t.Conversation.ID != c.ID {
			return chat.Change{}, errEarlier
		}
		return seen(t, f, now)
	})
	if errors.Is(err, errEarlier) {
		_, err = d.changeEarlier(ctx, account, c.ID, c.Thread, seen)
	}
	return err
}

// run queues a decision that is no message and waits for it.
func (d *Desk) run(ctx context.Context, key laneKey, visitor chat.VisitorID, decide decision) error {
	return d.wait(ctx, key, &job{visitor: visitor, decide: decide})
}

// wait queues a job and waits for it.
func (d *Desk) wait(ctx context.Context, key laneKey, j *job) error {
	result := make(chan error, 1)
	j.done = func(_ store.Committed, err error) { result <- err }
	d.enqueue(key, j)
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for thread %s: %w", key.thread, ctx.Err())
	}
}

// Accept takes a waiting conversation for the agent. Exactly one agent wins; the others get chat.Taken. A conversation that is beyond
// the scope of who acts is none for him, here and below: chat.NotFound.
func (d *Desk) Accept(ctx context.Context, account chat.AccountID, id chat.ConversationID, agent chat.Actor, scope *chat.Scope) (store.Summary, error) {
	return d.change(ctx, account, id, scope, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.Accept(t, agent, f, now)
	})
}

// Leave takes the agent out of the conversation; the last one out puts it back into the queue.
func (d *Desk) Leave(ctx context.Context, account chat.AccountID, id chat.ConversationID, agent chat.Actor, scope *chat.Scope) (store.Summary, error) {
	return d.change(ctx, account, id, scope, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.Leave(t, agent, f, now)
	})
}

// Close ends the conversation for the given reason.
func (d *Desk) Close(ctx context.Context, account chat.AccountID, id chat.ConversationID, by chat.Actor, scope *chat.Scope, reason string) (store.Summary, error) {
	return d.change(ctx, account, id, scope, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.Close(t, by, reason, f, now)
	})
}

// Assign hands the conversation to an agent or a group.
func (d *Desk) Assign(ctx context.Context, account chat.AccountID, id chat.ConversationID, by chat.Actor, scope *chat.Scope, to chat.Assignment) (store.Summary, error) {
	return d.change(ctx, account, id, scope, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.Assign(t, by, to, f, now)
	})
}

// VisitorGone ends the thread's running episode.
func (d *Desk) VisitorGone(ctx context.Context, account chat.AccountID, thread chat.ThreadID) error {
	return d.run(ctx, laneKey{account, thread}, "", chat.VisitorGone)
}

func (d *Desk) fresh(no int64) chat.Fresh {
	return chat.Fresh{
		Conversation: chat.ConversationID(d.ids.New()),
		No:           no,
		Episode:      chat.EpisodeID(d.ids.New()),
		EID:          func() chat.EntryID { return chat.EntryID(d.ids.New()) },
	}
}

func now() chat.Millis { return chat.At(time.Now()) }
