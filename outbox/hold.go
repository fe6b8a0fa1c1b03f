package outbox

import (
	"context"
	"time"

	"confab/store"
)

const (
	keptTimes  = 4 // renewals of a claim in its time
	earlyParts = 8 // by which part of that time a hold ends before its claim does
)

// hold is a thread of a target that this node has claimed. It runs out by itself, as a node's lease does, so that a node that
// dies holds nothing for longer, and by the clock of this node a little before the store gives the thread to another: a node
// that does not reach the store has ended its try by then.
type hold struct {
	store.Claimed
	until time.Time
}

// holdOf is the hold of a claim that was asked for at that moment.
func holdOf(c store.Claimed, asked time.Time, p store.Pace) hold {
	return hold{c, asked.Add(p.Claim - p.Claim/earlyParts)}
}

func (h hold) over() bool { return !time.Now().Before(h.until) }

// keep renews the hold until stop is called, and calls lost once if it cannot. stop returns the hold to go on with, and whether
// it is one.
func (o *Outbox) keep(h hold, p store.Pace, lost func()) (stop func() (hold, bool)) {
	ctx, cancel := context.WithCancel(context.Background())
	kept, ended := false, make(chan struct{})
	go func() {
		defer close(ended)
		if h, kept = o.renew(ctx, h, p); !kept {
			lost()
		}
	}()
	return func() (hold, bool) {
		cancel()
		<-ended
		return h, kept
	}
}

// renew does so again and again until ctx ends; false if the hold is over.
func (o *Outbox) renew(ctx context.Context, h hold, p store.Pace) (hold, bool) {
	for {
		next := time.NewTimer(min(p.Claim/keptTimes, time.Until(h.until)))
		select {
		case <-ctx.Done():
			next.Stop()
			return h, true
		case <-next.C:
		}
		if h.over() {
			return h, false
		}
		asked := time.Now()
		// Whoever stops waits for the answer: without it nobody knows under which claim to settle.
		asking, cancel := context.WithDeadline(context.WithoutCancel(ctx), h.until)
		c, held, err := o.o.Store.KeepClaim(asking, h.Claimed, p)
		cancel()
		switch {
		case err != nil: // once more, for as long as it holds
		case !held:
			return h, false
		default:
			h = holdOf(c, asked, p)
		}
	}
}
