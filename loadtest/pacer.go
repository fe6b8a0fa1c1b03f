package loadtest

import (
	"context"
	"time"
)

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
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for n := 0; ; n++ {
		due := p.due(n)
		if !due.Before(p.end) {
			return n
		}
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return n
			}
		} else if ctx.Err() != nil {
			return n
		}
		send(n, due)
	}
}
