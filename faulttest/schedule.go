package faulttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Fault is one way to break things. Begin starts it; the function it returns ends it, and is called in any case.
type Fault struct {
	Name  string
	Begin func() (end func())
	Lasts time.Duration // at most
}

// Schedule breaks things at random moments, as a seed decides.
type Schedule struct {
	Random *rand.Rand
	Faults []Fault
	Pause  time.Duration // on the average, between the end of one and the next
	Log    func(format string, args ...any)
}

// Run lets one fault follow the other until ctx ends. When it returns, none is going on.
func (s *Schedule) Run(ctx context.Context) {
	begun := time.Now()
	for s.wait(ctx, time.Duration(s.Random.Int64N(2*int64(s.Pause)+1))) {
		f := s.Faults[s.Random.IntN(len(s.Faults))]
		lasts := time.Duration(s.Random.Int64N(int64(f.Lasts) + 1))
		s.Log("%s", fmt.Sprintf("%8.3f s  %s for %v", time.Since(begun).Seconds(), f.Name, lasts))
		end := f.Begin()
		s.wait(ctx, lasts)
		end()
	}
}

func (s *Schedule) wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
