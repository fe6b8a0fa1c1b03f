package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

const (
	timersEvery  = time.Second
	timersLease  = "timers"
	timersHeld   = 5 * time.Second // another node takes the job over after this
	timersAtOnce = 100             // of one account, in one round
)

// Run works off due timers of all accounts until ctx ends. One node of all holds that job at a time; a timer whose
// node dies in between falls due again.
func (d *Desk) Run(ctx context.Context, node string) error {
	tick := time.NewTicker(timersEvery)
	defer tick.Stop()
	defer d.tasks.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := d.workTimers(ctx, node); err != nil && ctx.Err() == nil {
			d.log.Warn("timers not worked off", zap.Error(err))
		}
	}
}

func (d *Desk) workTimers(ctx context.Context, node string) error {
	held, err := d.store.Lease(ctx, timersLease, node, timersHeld)
	if err != nil || !held {
		return err
	}
	accounts, err := d.store.AccountIDs(ctx)
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	var failed error
	for _, account := range accounts {
		if err := d.workAccount(ctx, account); err != nil {
			failed = errors.Join(failed, fmt.Errorf("timers of %s: %w", account, err))
		}
	}
	return failed
}

func (d *Desk) workAccount(ctx context.Context, account chat.AccountID) error {
	due, err := d.store.ClaimTimers(ctx, account, timersAtOnce)
	if err != nil {
		return err
	}
	for _, t := range due {
		if err := d.fire(ctx, t); err != nil {
			return err // the claim runs out, and the timer falls due again
		}
	}
	return nil
}

func (d *Desk) fire(ctx context.Context, t store.Timer) error {
	switch t.Kind {
	case chat.TimerVisitorGone:
		if err := d.VisitorGone(ctx, t.Account, chat.ThreadID(t.ID)); err != nil {
			return err
		}
	case chat.TimerAgentGone:
		return d.agentGone(ctx, t)
	case chat.TimerIdle:
		return d.idleDue(ctx, t)
	case chat.TimerIdleAll:
		return d.idleAllDue(ctx, t)
	default:
		if due, ok := d.timers[t.Kind]; ok {
			return due(ctx, t)
		}
		// A newer node set it and will come for it.
		return nil
	}
	return d.store.FinishTimer(ctx, t)
}
