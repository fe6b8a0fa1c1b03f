package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

const (
	// prepareTimeout bounds the reads before a decision, so that a sender is told within two seconds (R2).
	prepareTimeout = 1800 * time.Millisecond

	// maxTries is how often a decision is made anew because the state had changed meanwhile. Each retry means that
	// another writer succeeded, so reaching it needs that many others between two of our commits.
	maxTries = 50
)

type laneKey struct {
	account chat.AccountID
	thread  chat.ThreadID
}

type decision func(chat.Thread, chat.Fresh, chat.Millis) (chat.Change, error)

// job is one wish to change a thread. Whoever runs its lane owns it.
type job struct {
	visitor chat.VisitorID
	origin  string
	sender  chat.Actor // of the main entry, if not its author
	starts  bool       // may start a conversation, and so may need a number
	anew    bool       // starts one although another is open
	// absent says that an episode may start with it although nobody of the visitor's is here, which was not looked at yet.
	absent bool
	top    chat.Seq // the newest entry that the wish knows of, if it depends on that
	scope  *chat.Scope
	unmet  error // why who sees no more than scope may not speak to the visitor now, if no conversation is open
	decide decision
	done   func(store.Committed, error)

	tries  int
	no     int64       // a number taken for it; kept over retries so that few are wasted
	change chat.Change // what was decided last
	result store.Committed
	err    error
}

// lane is the queue of one thread on this node. While a batch of it is on its way to the store, later jobs gather
// and go out together as the next batch.
type lane struct {
	key   laneKey
	queue []*job // guarded by Desk.mu
}

// view is the state that a batch is decided on. Only a fresh one, read for this batch, may refuse a wish; a
// remembered one may be outdated, which the store notices for all that is written, but not for what isn't.
type view struct {
	chat.Thread
	fresh bool
}

// enqueue appends a job to its thread's lane, and sets the lane going if it rests.
func (d *Desk) enqueue(key laneKey, j *job) {
	d.mu.Lock()
	if l, busy := d.lanes[key]; busy {
		l.queue = append(l.queue, j)
		d.mu.Unlock()
		return
	}
	l := &lane{key: key}
	d.lanes[key] = l
	d.mu.Unlock()
	d.start(l, []*job{j})
}

// next goes on with what was left over, then with what has gathered. A lane without work is forgotten.
func (d *Desk) next(l *lane, left []*job) {
	d.mu.Lock()
	batch := append(left, l.queue...)
	l.queue = nil
	if len(batch) == 0 {
		delete(d.lanes, l.key)
	}
	d.mu.Unlock()
	if len(batch) > 0 {
		d.start(l, batch)
	}
}

// start decides a batch at once if the state is at hand, else after reading it.
func (d *Desk) start(l *lane, batch []*job) {
	if t, known := d.remembered(l.key); known && !wantsNumber(t, batch) && !wantsExpecting(t, batch) && !wantsMeeting(t, batch) {
		d.decide(l, view{Thread: t}, batch)
		return
	}
	d.read(l, batch)
}

func (d *Desk) read(l *lane, batch []*job) {
	d.tasks.Go(func() {
		t, err := d.prepare(l.key, batch)
		if err != nil {
			d.fail(l, batch, err)
			return
		}
		d.decide(l, view{Thread: t, fresh: true}, batch)
	})
}

func wantsNumber(t chat.Thread, batch []*job) bool {
	for _, j := range batch {
		if j.starts && j.no == 0 && (j.anew || !t.Conversation.Open()) {
			return true
		}
	}
	return false
}

// wantsExpecting tells whether an episode may start that nobody would end by leaving.
func wantsExpecting(t chat.Thread, batch []*job) bool {
	if t.Conversation.Open() && t.Conversation.Episode.Running() {
		return false
	}
	return slices.ContainsFunc(batch, func(j *job) bool { return j.absent })
}

// wantsMeeting tells whether somebody who does not see everything may begin to speak to the visitor. With an open conversation it is
// that which he sees or not.
func wantsMeeting(t chat.Thread, batch []*job) bool {
	return !t.Conversation.Open() && slices.ContainsFunc(batch, func(j *job) bool { return j.scope != nil })
}

// prepare reads the thread's state, takes a number if a conversation may start, and has the visitor expected if an episode may
// start without him: before, so that no crash leaves one that nothing ends. Who may speak to him is looked at after the state was read:
// whatever changes it moves the version on.
func (d *Desk) prepare(key laneKey, batch []*job) (chat.Thread, error) {
	ctx, cancel := context.WithTimeout(context.Background(), prepareTimeout)
	defer cancel()
	t, err := d.store.LoadThread(ctx, key.account, key.thread)
	if err != nil {
		return t, fmt.Errorf("load thread %s: %w", key.thread, err)
	}
	if wantsExpecting(t, batch) {
		if err := d.expect(ctx, key.account, key.thread); err != nil {
			return t, err
		}
		for _, j := range batch {
			j.absent = false
		}
	}
	if wantsMeeting(t, batch) {
		if err := d.meetable(ctx, key.account, t.Visitor, batch); err != nil {
			return t, err
		}
	}
	if !wantsNumber(t, batch) {
		return t, nil
	}
	d.met(ctx, key, batch)
	if err := d.watchIdle(ctx, key); err != nil {
		return t, fmt.Errorf("watch thread %s: %w", key.thread, err)
	}
	no, err := d.store.NextNo(ctx, key.account, "conversation")
	if err != nil {
		return t, fmt.Errorf("number a conversation: %w", err)
	}
	for _, j := range batch {
		j.no = no // whoever needs it first has it; see spend
	}
	return t, nil
}

// meetable notes who of the batch may not speak to the visitor.
func (d *Desk) meetable(ctx context.Context, account chat.AccountID, visitor chat.VisitorID, batch []*job) error {
	for _, j := range batch {
		if j.scope == nil {
			continue
		}
		j.unmet = d.mayMeet(ctx, account, j.scope, visitor)
		if refusal := (*chat.Refusal)(nil); j.unmet != nil && !errors.As(j.unmet, &refusal) {
			return fmt.Errorf("who may speak to visitor %s: %w", visitor, j.unmet)
		}
	}
	return nil
}

// met tells of whose conversation is about to start.
func (d *Desk) met(ctx context.Context, key laneKey, batch []*job) {
	i := slices.IndexFunc(batch, func(j *job) bool { return j.starts && j.visitor != "" })
	if i < 0 {
		return
	}
	if err := d.meet(ctx, key.account, batch[i].visitor); err != nil {
		d.log.Warn("a visitor is not found among the contacts", zap.String("account", string(key.account)), zap.String("visitor", string(batch[i].visitor)), zap.Error(err))
	}
}

func (d *Desk) fail(l *lane, batch []*job, err error) {
	var refusal *chat.Refusal
	if !errors.As(err, &refusal) {
		d.log.Warn("thread not read", zap.String("thread", string(l.key.thread)), zap.Error(err))
		err = unavailable()
	}
	for _, j := range batch {
		j.done(store.Committed{}, err)
	}
	d.next(l, nil)
}

func unavailable() error {
	return chat.Refuse(chat.Unavailable, "The store does not answer. Nothing is lost; try again.")
}

// decide lets the rules speak, job after job. A job that changes the state ends the batch: what follows must be
// decided on the state that it leaves, once that is certain.
func (d *Desk) decide(l *lane, v view, batch []*job) {
	for i, j := range batch {
		t := v.Thread
		if t.Visitor == "" {
			t.Visitor = j.visitor
		}
		j.change, j.err = j.decide(t, d.fresh(j.no), now())
		if j.err == nil && len(j.change.Entries) > 0 {
			if j.change.Next == nil {
				continue
			}
			d.commit(l, v, batch[:i+1], batch[i+1:])
			return
		}
		if !v.fresh {
			d.forget(l.key)
			d.commit(l, v, batch[:i], batch[i:])
			return
		}
	}
	d.commit(l, v, batch, nil)
}

// commit hands to the store, in order, what is to be written, and settles when the last answer is there.
func (d *Desk) commit(l *lane, v view, batch, left []*job) {
	written := 0
	for _, j := range batch {
		if j.writes() {
			written++
		}
	}
	if written == 0 {
		d.settle(l, v, batch, left)
		return
	}
	for _, j := range batch {
		if !j.writes() {
			continue
		}
		written--
		last := written == 0
		d.store.Append(store.Commit{
			Account: l.key.account, Thread: l.key.thread, Expect: v.Version,
			Entries: j.change.Entries, Main: j.change.Main, Next: j.change.Next,
			Origin: j.origin, Sender: j.sender, Top: j.top,
		}, func(c store.Committed, err error) {
			j.result, j.err = c, err
			if last {
				d.settle(l, v, batch, left)
			}
		})
	}
}

func (j *job) writes() bool { return j.err == nil && len(j.change.Entries) > 0 }

// settle answers the jobs of a batch, decides anew those that the store refused because the state had moved, and
// remembers the state for the next time.
func (d *Desk) settle(l *lane, v view, batch, left []*job) {
	var again []*job
	for _, j := range batch {
		var stale *store.Stale
		switch {
		case !errors.As(j.err, &stale):
			d.learn(l.key, v, j)
			if j.writes() {
				if j.began() {
					j.spend(left)
					d.begun(l.key.account, j.change.Next.Visitor)
				}
				d.kept(l.key.account, l.key.thread)
			}
			j.done(j.result, j.err)
		case j.tries >= maxTries:
			j.done(store.Committed{}, unavailable())
		default:
			j.tries++
			d.remember(l.key, stale.Current)
			again = append(again, j)
		}
	}
	d.next(l, append(again, left...))
}

// began tells whether a conversation began with what the job wrote.
func (j *job) began() bool { return j.change.Next != nil && j.no != 0 && j.change.Next.No == j.no }

// spend takes the number of the conversation that was started from those who were given the same.
func (j *job) spend(others []*job) {
	for _, other := range others {
		if other.no == j.no {
			other.no = 0
		}
	}
}

// learn keeps in mind what a settled job says about the state.
func (d *Desk) learn(key laneKey, v view, j *job) {
	t := v.Thread
	if j.err == nil && j.change.Next != nil && !j.result.Known {
		t.Conversation = j.change.Next
		t.Visitor = j.change.Next.Visitor
		t.Version = j.result.Version
	}
	if j.err != nil || (len(j.change.Entries) > 0 && j.result.Version != t.Version) {
		d.forget(key)
		return
	}
	d.remember(key, t)
}

func (d *Desk) remembered(key laneKey) (chat.Thread, bool) {
	if t, ok := d.states.Get(key); ok {
		return t.(chat.Thread), true
	}
	return chat.Thread{}, false
}

func (d *Desk) remember(key laneKey, t chat.Thread) { d.states.Add(key, t) }

func (d *Desk) forget(key laneKey) { d.states.Remove(key) }
