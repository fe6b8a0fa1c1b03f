package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"confab/account"
	"confab/chat"
	"confab/store"
)

// encodeAccount makes deliveries of what happened in the account's threads.
func (o *Outbox) encodeAccount(ctx context.Context, id chat.AccountID) time.Duration {
	a, err := o.o.Accounts.Account(ctx, id)
	if isNotFound(err) {
		return -1
	}
	if err != nil {
		return againAfter
	}
	targets := o.targets(a)
	if len(targets) == 0 && len(a.Webhooks) == 0 {
		return -1 // as most accounts: nothing is noted for them
	}
	// Without targets, notes are taken all the same, or they would gather: every address may have said that it wants no more.
	claimed, err := o.o.Store.ClaimOutgoing(ctx, id, encodeBatch, o.encodeClaim())
	if err != nil {
		return againAfter
	}
	var group errgroup.Group
	group.SetLimit(encodeAtOnce)
	for _, c := range claimed {
		group.Go(func() error {
			o.encodeClaimed(ctx, a, targets, c)
			return nil
		})
	}
	_ = group.Wait() // none fails
	if len(claimed) == encodeBatch {
		return 0
	}
	return -1
}

func (o *Outbox) encodeClaimed(ctx context.Context, a *account.Account, targets []Target, c store.Outgoing) {
	err := o.encodeThread(ctx, a, targets, c.Thread)
	if err == nil || isNotFound(err) { // or there is no such thread any more
		err = o.o.Store.FinishOutgoing(ctx, c)
	}
	if err != nil && ctx.Err() == nil { // the claim runs out, and it is tried again
		o.metrics.failures.WithLabelValues("encode").Inc()
		o.o.Log.Warn("thread not told", zap.String("account", string(a.ID)), zap.String("thread", string(c.Thread)), zap.Error(err))
	}
}

// encodeThread goes on for each target from where it was. What is wrong with one does not hold up the others, and those of an
// account with many are noted side by side, or the last would hear of everything after as many syncs of Redis' log.
func (o *Outbox) encodeThread(ctx context.Context, a *account.Account, targets []Target, thread chat.ThreadID) error {
	visitor, err := o.o.Store.ThreadOwner(ctx, a.ID, thread)
	if err != nil {
		return err
	}
	failed := make([]error, len(targets))
	var group errgroup.Group
	group.SetLimit(targetsAtOnce)
	for i, t := range targets {
		group.Go(func() error {
			if err := o.encodeFor(ctx, Batch{Account: a, Target: t, Thread: thread, Visitor: visitor}); err != nil {
				failed[i] = fmt.Errorf("for %s %s: %w", t.Kind, t.ID, err)
			}
			return nil
		})
	}
	_ = group.Wait() // none fails
	return errors.Join(failed...)
}

// encodeFor encodes page after page until nothing is left.
func (o *Outbox) encodeFor(ctx context.Context, b Batch) error {
	first := true
	for lost := 0; ; {
		more, err := o.encodePage(ctx, b, first)
		switch {
		case lost < maxLost && (errors.Is(err, store.ErrToldMoved) || errors.Is(err, store.ErrToldBehind)):
			lost++ // another node was faster, or the log is another by now: what is true is read anew
		case err != nil || !more:
			return err
		default:
			first = false
		}
	}
}

// encodePage encodes at most one page of the log. If there is nothing new, the kind is asked only on the first turn.
func (o *Outbox) encodePage(ctx context.Context, b Batch, first bool) (more bool, err error) {
	was, err := o.o.Store.Told(ctx, b.Account.ID, b.Target.ID, b.Thread)
	if err != nil {
		return false, err
	}
	page, err := o.since(ctx, b.Account.ID, b.Thread, was)
	if err != nil {
		return false, err
	}
	if len(page.Entries) == 0 && !first && !page.Reset {
		return false, nil
	}
	if b.Entries, err = o.entries(ctx, b, page.Entries); err != nil {
		return false, err
	}
	b.State = was.State
	made, err := o.o.Kinds[b.Target.Kind].Encode(ctx, b)
	if err != nil {
		return false, fmt.Errorf("encode: %w", err)
	}
	next := o.next(was, page, made.State)
	if len(made.Events) == 0 && next.Cursor == was.Cursor && bytes.Equal(made.State, was.State) {
		return page.More, nil
	}
	return page.More, o.tell(ctx, b, was, next, made.Events)
}

// next is the record after a page.
func (o *Outbox) next(was store.Told, page store.Page, state json.RawMessage) store.Told {
	next := store.Told{Version: o.o.IDs.New(), Cursor: was.Cursor, Known: was.Known, State: state}
	if page.Reset {
		next.Cursor, next.Known = page.Common, nil
		for _, c := range was.Known {
			if c.Seq < page.Common.Seq {
				next.Known = append(next.Known, c)
			}
		}
	}
	if len(page.Entries) > 0 {
		last := page.Entries[len(page.Entries)-1]
		if next.Cursor.Seq > 0 {
			next.Known = append([]chat.Cursor{next.Cursor}, next.Known...)
		}
		next.Cursor = chat.Cursor{Seq: last.Seq, EID: last.EID}
	}
	next.Known = next.Known[:min(len(next.Known), knownCursors)]
	return next
}

func (o *Outbox) tell(ctx context.Context, b Batch, was, next store.Told, events []Event) error {
	t := store.Telling{Account: b.Account.ID, Target: b.Target.ID, Kind: b.Target.Kind, Thread: b.Thread, Was: was, Next: next, MostWaiting: MostWaiting}
	for _, e := range events {
		t.Deliveries = append(t.Deliveries, store.Delivery{ID: o.o.IDs.New(), Type: e.Type, Conversation: e.Conversation, Body: e.Body})
	}
	parked, err := o.o.Store.Tell(ctx, t)
	if err != nil {
		return err
	}
	o.metrics.made.WithLabelValues(b.Target.Kind).Add(float64(len(events)))
	if parked > 0 {
		o.dropped(b.Account.ID, b.Target.ID, "full", parked)
	}
	if len(events) > 0 {
		o.tries.wake(keyOf(b.Account.ID, b.Target))
	}
	return nil
}

// since reads on from where the target is. If that position is of a history that is no more, which only a store that lost what
// it had acknowledged brings about, it is said aloud, and the reading goes on after the highest position that holds.
func (o *Outbox) since(ctx context.Context, account chat.AccountID, thread chat.ThreadID, was store.Told) (store.Page, error) {
	type answer struct {
		page store.Page
		err  error
	}
	ch := make(chan answer, 1)
	o.o.Store.Since(account, thread, &was.Cursor, was.Known, func(p store.Page, err error) { ch <- answer{p, err} })
	select {
	case got := <-ch:
		if got.err == nil && got.page.Reset {
			o.metrics.failures.WithLabelValues("history").Inc()
			o.o.Log.Error("the log of a thread is another than was told: what follows the last common entry is told anew",
				zap.String("account", string(account)), zap.String("thread", string(thread)),
				zap.Int64("told", int64(was.Cursor.Seq)), zap.Int64("common", int64(got.page.Common.Seq)))
		}
		return got.page, got.err
	case <-ctx.Done():
		return store.Page{}, ctx.Err()
	}
}

// entries decodes a page, and gives messages the text that they have by now.
func (o *Outbox) entries(ctx context.Context, b Batch, page []store.Numbered) ([]Entry, error) {
	var edits []chat.Seq
	for _, n := range page {
		if n.Amended.By > 0 && !n.Amended.Deleted {
			edits = append(edits, n.Amended.By)
		}
	}
	texts, err := o.o.Store.Edits(ctx, b.Account.ID, b.Thread, edits)
	if err != nil {
		return nil, err
	}
	list := make([]Entry, len(page))
	for i, n := range page {
		list[i].Seq = n.Seq
		if err := json.Unmarshal(n.Raw, &list[i].Entry); err != nil {
			return nil, fmt.Errorf("entry %d: %w", n.Seq, err)
		}
		if text, ok := texts[n.Amended.By]; ok && list[i].Kind == chat.KindMessage && n.Amended.By > 0 {
			list[i].Text = text
		}
	}
	return list, nil
}
