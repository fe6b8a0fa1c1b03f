package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/chat"
)

// Visitors who are nobody in particular are erased when they have not been on the site, and had no conversation, for as long as their
// account keeps such (chat.Privacy). They are found in the index of contacts, so those who only pass by, and are in no list, stay.

const (
	forgetEvery  = 10 * time.Second // a batch of each account
	forgetAtOnce = 100              // in a batch: nobody else is to wait for it
	forgetRound  = time.Hour        // after nobody more was found, until it is looked again
	forgetIdle   = time.Minute
	forgetLease  = "forget"
	forgetHeld   = 30 * time.Second // another node takes the job over after this
)

// Run erases them until ctx ends. One node of all does it at a time; what one that died had begun, the next ends.
func (p *People) Run(ctx context.Context, node string) error {
	f := forgetting{p: p, node: node, rounds: map[chat.AccountID]round{}}
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := f.turn(ctx); err != nil && ctx.Err() == nil {
			p.o.Log.Warn("anonymous visitors are not forgotten yet", zap.Error(err))
		}
	}
}

// forgetting is a node's part in it. Owned by Run.
type forgetting struct {
	p      *People
	node   string
	rounds map[chat.AccountID]round
}

// round is one look at all of an account's visitors.
type round struct {
	due    time.Time // of the next batch
	after  string    // where it begins, as lists have it
	erased int
}

func (f *forgetting) turn(ctx context.Context) error {
	held, err := f.held(ctx)
	if err != nil || !held {
		return err
	}
	ids, err := f.p.o.Store.AccountIDs(ctx)
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	var failed error
	for _, id := range ids {
		if time.Now().Before(f.rounds[id].due) {
			continue
		}
		if held, err := f.held(ctx); err != nil || !held {
			return errors.Join(failed, err)
		}
		if err := f.account(ctx, id); err != nil {
			failed = errors.Join(failed, fmt.Errorf("account %s: %w", id, err))
		}
	}
	return failed
}

// held takes the job, or keeps it. Who has lost it begins anew when he has it again.
func (f *forgetting) held(ctx context.Context) (bool, error) {
	held, err := f.p.o.Store.Lease(ctx, forgetLease, f.node, forgetHeld)
	if err == nil && !held {
		clear(f.rounds)
	}
	return held, err
}

// account erases the next of an account.
func (f *forgetting) account(ctx context.Context, id chat.AccountID) error {
	a, err := f.p.o.Accounts.Account(ctx, id)
	if isCode(err, chat.NotFound) {
		delete(f.rounds, id)
		return nil
	}
	if err != nil {
		return err
	}
	days := a.Privacy.ForgetAnonymousDays
	if days <= 0 {
		f.rounds[id] = round{due: time.Now().Add(forgetIdle)}
		return nil
	}
	r := f.rounds[id]
	before := chat.At(time.Now().AddDate(0, 0, -int(days)))
	err = f.p.forgetNext(ctx, id, before, &r)
	if err == nil && r.after == "" {
		if err = f.end(ctx, id, r); err == nil {
			r = round{due: time.Now().Add(forgetRound)}
		}
	}
	f.rounds[id] = r
	return err
}

// end has what was erased vanish from the disk: once a round, for the whole of it is written anew.
func (f *forgetting) end(ctx context.Context, id chat.AccountID, r round) error {
	if r.erased == 0 {
		return nil
	}
	f.p.o.Log.Info("anonymous visitors forgotten", zap.String("account", string(id)), zap.Int("visitors", r.erased))
	return f.p.o.Store.Rewrite(ctx)
}

// forgetNext looks at the next who may be forgotten, those first who were not here for the longest time. Who cannot be erased does not
// keep it from the others, unless nobody can.
func (p *People) forgetNext(ctx context.Context, a chat.AccountID, before chat.Millis, r *round) error {
	if err := p.indexed(ctx, a); err != nil {
		return err
	}
	w, err := p.walkOf(ctx, a, Query{Filter: quietNobodies(before), Sort: "lastActivityAt", After: r.after})
	if err != nil {
		return err
	}
	ids, next, err := w.page(ctx, p.batch)
	if err != nil {
		return fmt.Errorf("find whom to forget: %w", err)
	}
	for _, id := range ids {
		erased, err := p.forget(ctx, a, id, before)
		switch {
		case ctx.Err() != nil || isCode(err, chat.Unavailable):
			return err
		case err != nil:
			p.o.Log.Warn("an anonymous visitor is not forgotten", zap.String("account", string(a)), zap.String("contact", string(id)), zap.Error(err))
		case erased:
			r.erased++
		}
	}
	r.after = next
	return nil
}

// quietNobodies is a filter for those who are nobody in particular and of whom no visit is known that began later.
func quietNobodies(before chat.Millis) json.RawMessage {
	at := before.Time().UTC().Format(time.RFC3339Nano)
	return fmt.Appendf(nil, `{"all":[{"attribute":%q,"is":%q},{"attribute":"createdAt","before":%q},`+
		`{"any":[{"attribute":"lastActivityAt","before":%q},{"attribute":"lastActivityAt","unknown":true}]}]}`,
		nameUniverse, UniverseAnonymous, at, at)
}

// forget erases a contact if it is one of those: the index knows when its last visit began, not how long it lasted, nor of conversations.
func (p *People) forget(ctx context.Context, a chat.AccountID, id chat.ContactID, before chat.Millis) (bool, error) {
	d, err := p.person(ctx, a, id)
	if isCode(err, chat.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read contact %s: %w", id, err)
	}
	if d.universe() != UniverseAnonymous {
		return false, nil
	}
	if quiet, err := p.quiet(ctx, a, d, before); err != nil || !quiet {
		return false, err
	}
	err = p.erase(ctx, a, d.ID)
	if isCode(err, chat.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// quiet tells whether a person was not here since, is not now, and has no conversation that is open or ended since.
func (p *People) quiet(ctx context.Context, a chat.AccountID, d document, before chat.Millis) (bool, error) {
	c, _, err := p.visited(ctx, a, d)
	if err != nil || max(c.CreatedAt, c.LastActivityAt) >= before {
		return false, err
	}
	for _, id := range d.allVisitors() {
		if away, err := p.away(ctx, a, id, before); err != nil || !away {
			return false, err
		}
	}
	for _, id := range d.allThreads() {
		t, err := p.o.Store.LoadThread(ctx, a, id)
		if err != nil || t.Conversation != nil && !over(t.Conversation, before) {
			return false, err
		}
	}
	return true, nil
}

// away tells it of one of a person's browsers.
func (p *People) away(ctx context.Context, a chat.AccountID, id chat.VisitorID, before chat.Millis) (bool, error) {
	v, err := p.o.Store.GetVisitor(ctx, a, id)
	if err != nil && !isCode(err, chat.NotFound) || v.SeenAt >= before {
		return false, err
	}
	live, err := p.o.Presence.Visitor(ctx, a, id)
	if err != nil && !isCode(err, chat.NotFound) || live.Online {
		return false, err
	}
	all, err := p.o.Store.PlacedOf(ctx, a, id)
	if err != nil {
		return false, err
	}
	for i := range all {
		if !over(&all[i], before) {
			return false, nil
		}
	}
	return true, nil
}

func over(c *chat.Conversation, before chat.Millis) bool { return !c.Open() && c.ClosedAt < before }
