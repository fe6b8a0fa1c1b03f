package calls

import (
	"context"
	"time"

	"confab/account"
	"confab/chat"
	"confab/store"
)

const (
	// TimerKind names the timers that Due is for; their ids are the calls'.
	TimerKind = "call"

	answerTime = 5 * time.Minute // that agents have
	talkTime   = 4 * time.Hour   // the longest call
	clockSlack = time.Second     // by which nodes' clocks may differ

	// Reasons of calls that end by themselves.
	NoAnswer = "no_answer"
	TooLong  = "too_long"
)

// step is what becomes of a call if nobody says anything.
func (c *Calls) step(call Call) (after time.Duration, then Change) {
	if p := c.provider(account.Calls(call.Provider)); p != nil {
		if after, then, ok := p.Next(call); ok {
			return after, then
		}
	}
	if call.Status == Begun {
		return answerTime, Change{Status: Failed, Reason: NoAnswer}
	}
	return talkTime, Change{Status: Failed, Reason: TooLong}
}

// schedule sets the call's one timer, or removes it with the call's end.
func (c *Calls) schedule(ctx context.Context, a chat.AccountID, call Call) error {
	if call.Status.Over() {
		return c.o.Store.TimerClear(ctx, a, TimerKind, call.ID)
	}
	after, _ := c.step(call)
	return c.o.Store.TimerSet(ctx, a, TimerKind, call.ID, after)
}

// Due does what a timer is there for. It may come late, twice, or for a call that has gone on: only what is due is done.
func (c *Calls) Due(ctx context.Context, t store.Timer) error {
	call, err := c.change(ctx, t.Account, t.ID, func(now Call) (Change, bool) {
		after, then := c.step(now)
		due := now.ChangedAt + chat.Millis((after - clockSlack).Milliseconds())
		return then, !now.Status.Over() && chat.At(c.o.Now()) >= due
	})
	if err != nil && !isNotFound(err) {
		return err
	}
	if err == nil && !call.Status.Over() {
		return c.schedule(ctx, t.Account, call) // also if that was done with the change: a timer set anew is not finished
	}
	return c.o.Store.FinishTimer(ctx, t)
}
