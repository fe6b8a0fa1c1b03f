package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
)

// Run tells what is to be told until ctx ends. What is under way then may go on for a few seconds; what does not end by then
// is left to other nodes.
func (o *Outbox) Run(ctx context.Context) error {
	o.tries.start(ctx)
	o.looks.start(ctx)
	defer o.tries.stop()
	defer o.looks.stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var swept time.Time
	for {
		if err := o.poll(ctx, &swept); err != nil && ctx.Err() == nil {
			o.o.Log.Warn("the outbox was not looked through", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// poll looks at all accounts, for what a node left behind or nobody was woken for. One node of all does it at a time.
func (o *Outbox) poll(ctx context.Context, swept *time.Time) error {
	held, err := o.o.Store.Lease(ctx, pollLease, o.o.Node, pollHeld)
	if err != nil || !held {
		o.metrics.oldest.Set(0)
		o.metrics.resting.Set(0)
		return err
	}
	ids, err := o.o.Store.AccountIDs(ctx)
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	sweep := time.Since(*swept) >= sweepEvery
	var failed error
	var seen gauges
	for _, id := range ids {
		a, err := o.o.Accounts.Account(ctx, id)
		if isNotFound(err) {
			continue
		}
		if err == nil && (len(a.Webhooks) > 0 || len(o.targets(a)) > 0) {
			o.looks.wake(lookKey{account: id})
			for _, t := range o.targets(a) {
				o.tries.wake(keyOf(id, t))
			}
			if sweep {
				err = o.sweep(ctx, a, &seen)
			}
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("account %s: %w", id, err))
		}
	}
	if sweep {
		*swept = time.Now()
		o.metrics.oldest.Set(seen.oldest.Seconds())
		o.metrics.resting.Set(float64(seen.resting))
		o.metrics.waiting.Set(float64(seen.waiting))
	}
	return failed
}

// gauges is what a sweep sees.
type gauges struct {
	oldest           time.Duration
	resting, waiting int64
}

// sweep keeps the bounds of an account's deliveries.
func (o *Outbox) sweep(ctx context.Context, a *account.Account, seen *gauges) error {
	known, err := o.o.Store.Targets(ctx, a.ID)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, target := range known {
		n, err := o.o.Store.ExpireDeliveries(ctx, a.ID, target, now.Add(-WaitAtMost), sweepBatch, "It has waited for seven days.")
		if err != nil {
			return err
		}
		if n > 0 {
			o.dropped(a.ID, target, "expired", n)
		}
		t, err := o.o.Store.Target(ctx, a.ID, target)
		if err != nil {
			return err
		}
		seen.waiting += t.Waiting
		if t.Oldest > 0 {
			seen.oldest = max(seen.oldest, now.Sub(t.Oldest.Time()))
		}
		if t.Fails >= o.restsAfter() {
			seen.resting++
		}
	}
	for {
		n, err := o.o.Store.DropDeliveries(ctx, a.ID, now.Add(-KeepFor), KeepDeliveries, sweepBatch)
		if err != nil || n < sweepBatch {
			return err
		}
	}
}

// dropped counts and tells deliveries that were parked without all their tries.
func (o *Outbox) dropped(account chat.AccountID, target, reason string, n int) {
	o.metrics.dropped.WithLabelValues(reason).Add(float64(n))
	o.o.Log.Warn("deliveries were parked without being tried to the end", zap.String("account", string(account)),
		zap.String("target", target), zap.String("reason", reason), zap.Int("deliveries", n))
}

// targets are the account's of all kinds.
func (o *Outbox) targets(a *account.Account) []Target {
	var all []Target
	for name, kind := range o.o.Kinds {
		for _, t := range kind.Targets(a) {
			t.Kind = name
			all = append(all, t)
		}
	}
	return all
}

func keyOf(a chat.AccountID, t Target) lookKey { return lookKey{a, t.Kind, t.ID} }

func (o *Outbox) restsAfter() int {
	if o.o.Pace.Fails > 0 {
		return o.o.Pace.Fails
	}
	return restAfter
}

func isNotFound(err error) bool { return errors.Is(err, &chat.Refusal{Code: chat.NotFound}) }
