package loadtest

import (
	"context"
	"time"
)

// grain is how exactly the generator looks at the clock. A message that is due leaves with those of the same grain, and is as
// late as that; so is the reading of an answer. Both count as the server's latency.
const grain = 500 * time.Microsecond

// pacer fixes all moments of a run in advance: number n is due at start + n/rate, whatever happened to those before.
type pacer struct {
	start time.Time
	rate  float64 // per second
	end   time.Time
}

// due is the intended moment of number n, from 0.
func (p pacer) due(n int) time.Time {
	return p.start.Add(time.Duration(float64(n) / p.rate * float64(time.Second)))
}

// run calls send for each number at its moment, late ones at once, until the end or ctx's. It returns how many.
func (p pacer) run(ctx context.Context, send func(n int, due time.Time)) int {
	for n := 0; ; n++ {
		due := p.due(n)
		if !due.Before(p.end) {
			return n
		}
		if wait := time.Until(due); wait > 0 {
			sleep(ctx, max(wait, grain))
		}
		if ctx.Err() != nil {
			return n
		}
		send(n, due)
	}
}

// sleep ends early when ctx does, if it is long. A short one does without a channel and a choice.
func sleep(ctx context.Context, wait time.Duration) {
	switch {
	case wait <= 0:
	case wait < 100*time.Millisecond:
		time.Sleep(wait)
	default:
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}
