package outbox

import (
	"context"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/store"
)

// deliverTo takes threads in which something is due for the target, and sets their deliveries going. The store counts how many
// are under way, here and elsewhere.
func (o *Outbox) deliverTo(ctx context.Context, k lookKey) time.Duration {
	kind := o.o.Kinds[k.kind]
	if kind == nil {
		return -1
	}
	asked, pace := time.Now(), o.pace(kind)
	claimed, again, err := o.o.Store.ClaimDeliveries(ctx, k.account, k.target, pace)
	if err != nil {
		o.o.Log.Debug("no deliveries claimed", zap.String("target", k.target), zap.Error(err))
		return againAfter
	}
	for _, c := range claimed {
		o.tries.running.Go(func() {
			o.deliverThread(ctx, kind, holdOf(c, asked, pace), pace)
			o.tries.wake(k)
		})
	}
	return again
}

// deliverThread tries what waits in a thread, one after the other, for as long as all goes well.
func (o *Outbox) deliverThread(ctx context.Context, kind Kind, h hold, pace store.Pace) {
	for turn := 1; ; turn++ {
		d, err := o.o.Store.FirstWaiting(ctx, h.Account, h.Target, h.Thread)
		var s store.Settlement
		switch {
		case h.over():
			return // that took so long that it may be another's by now
		case err == nil:
			var held bool
			if s, h, held = o.try(ctx, kind, h, d, pace); !held {
				o.told(h.Claimed, d, s, store.SettledLost)
				return
			}
		case !isNotFound(err):
			return // the claim runs out
		}
		s.Stop = turn >= inARow || ctx.Err() != nil
		result, next, err := o.settle(ctx, h, s, pace)
		if err != nil {
			o.metrics.failures.WithLabelValues("settle").Inc()
			o.o.Log.Warn("the outcome of a delivery was not kept; it will be made again", zap.String("delivery", s.ID), zap.Error(err))
			return
		}
		if s.ID != "" {
			o.told(h.Claimed, d, s, result)
		}
		if result != store.SettledNext {
			return
		}
		h = next
	}
}

// settle outlives ctx: what was delivered shall be known.
func (o *Outbox) settle(ctx context.Context, h hold, s store.Settlement, p store.Pace) (store.Settled, hold, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	asked := time.Now()
	result, next, err := o.o.Store.Settle(ctx, h.Claimed, s, p)
	return result, holdOf(next, asked, p), err
}

// try makes one try and keeps the thread meanwhile. When the node stops, it may go on for a while; when the thread cannot be
// kept, it ends, and held is false.
func (o *Outbox) try(ctx context.Context, kind Kind, h hold, d store.Delivery, pace store.Pace) (s store.Settlement, kept hold, held bool) {
	a, err := o.o.Accounts.Account(ctx, h.Account)
	if err != nil {
		return store.Settlement{ID: d.ID, State: store.DeliveryWaiting, Again: againAfter, Untried: true, Error: "The account could not be read."}, h, true
	}
	trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), tryAtMost)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-trying.Done():
		case <-time.After(goOnFor):
			cancel()
		}
	})()
	stop := o.keep(h, pace, cancel)
	began := time.Now()
	out := o.deliver(trying, kind, a, deliveryOf(d))
	kept, held = stop()
	if ctx.Err() != nil && trying.Err() != nil && !out.Done {
		out = Outcome{Again: 0, Untried: true, Error: "The node stopped meanwhile."}
		return settlementOf(d, out), kept, held
	}
	o.metrics.seconds.WithLabelValues(d.Kind).Observe(time.Since(began).Seconds())
	return settlementOf(d, out), kept, held
}

// deliver survives a kind that panics.
func (o *Outbox) deliver(ctx context.Context, kind Kind, a *account.Account, d Delivery) (out Outcome) {
	defer func() {
		if cause := recover(); cause != nil {
			o.o.Log.Error("a delivery panicked", zap.String("delivery", d.ID), zap.Any("cause", cause), zap.Stack("stack"))
			out = Outcome{GiveUp: true, Error: "Something went wrong; it is in the log."}
		}
	}()
	return kind.Deliver(ctx, a, d)
}

func settlementOf(d store.Delivery, out Outcome) store.Settlement {
	s := store.Settlement{ID: d.ID, State: store.DeliveryWaiting, Again: max(out.Again, 0), Untried: out.Untried, Status: out.Status,
		Error: chat.Clean(out.Error, maxErrorRunes), TookMs: out.Millis}
	switch {
	case out.Done:
		s.State, s.Target = store.DeliveryDone, 1
	case out.Untried:
	case out.GiveUp:
		s.State = store.DeliveryParked
		if !out.Well && (out.Status == 0 || out.Status >= 500) {
			s.Target = -1
		}
	case !out.Well:
		s.Target = -1
	}
	return s
}

func deliveryOf(d store.Delivery) Delivery {
	return Delivery{ID: d.ID, Target: d.Target, Kind: d.Kind, Type: d.Type, Thread: d.Thread, Conversation: d.Conversation, Body: d.Body,
		CreatedAt: d.CreatedAt, Tries: d.Tries}
}

// told counts an outcome, and says aloud what the owner must know.
func (o *Outbox) told(c store.Claimed, d store.Delivery, s store.Settlement, result store.Settled) {
	outcome := string(s.State)
	switch {
	case result == store.SettledLost:
		outcome = "lost"
	case s.Untried:
		outcome = "untried"
	case s.State == store.DeliveryWaiting:
		outcome = "failed"
	}
	o.metrics.outcomes.WithLabelValues(d.Kind, outcome).Inc()
	if outcome == string(store.DeliveryParked) {
		o.metrics.dropped.WithLabelValues("given up").Inc()
		o.o.Log.Warn("a delivery was given up", zap.String("account", string(c.Account)), zap.String("target", c.Target),
			zap.String("delivery", d.ID), zap.String("type", d.Type), zap.Int("tries", d.Tries+1), zap.Int("status", s.Status), zap.String("error", s.Error))
	}
}
