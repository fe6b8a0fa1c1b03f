package faulttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// scheduled runs a schedule for a minute and tells what it did; going counts the faults that never ended.
func scheduled(seed uint64) (log []string, going int) {
	fault := func(name string) Fault {
		return Fault{name, func() func() { going++; return func() { going-- } }, 5 * time.Second}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s := Schedule{
		Random: rand.New(rand.NewPCG(seed, 0)), Faults: []Fault{fault("a"), fault("b")}, Pause: 2 * time.Second,
		Log: func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) },
	}
	s.Run(ctx)
	return log, going
}

func TestScheduleFollowsItsSeedAndEndsWhatItBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, going := scheduled(7)
		again, _ := scheduled(7)
		other, _ := scheduled(8)
		if going != 0 {
			t.Errorf("%d faults go on", going)
		}
		if len(first) < 5 || !slices.Equal(first, again) {
			t.Errorf("one seed did\n%v\nand then\n%v", first, again)
		}
		if slices.Equal(first, other) {
			t.Error("another seed did the same")
		}
	})
}

func TestScheduleEndsAFaultWhenItsTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := false
		s := Schedule{Random: rand.New(rand.NewPCG(1, 0)), Log: func(string, ...any) {}, Faults: []Fault{{"endless", func() func() {
			time.AfterFunc(time.Second, cancel)
			return func() { ended = true }
		}, 1000 * time.Hour}}}
		s.Run(ctx)
		if !ended {
			t.Error("the fault went on")
		}
	})
}
