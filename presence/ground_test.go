package presence

import (
	"testing"
	"testing/synctest"
	"time"

	"confab/store"
	"confab/store/storetest"
)

// ground is what the nodes of a test stand on.
type ground struct {
	url   string
	reach func(*store.Options)
	times times
}

// quick keeps the proportions of the usual times.
func quick() times {
	return times{
		TTL: 800 * time.Millisecond, Renew: 100 * time.Millisecond,
		Sweep: 50 * time.Millisecond, Blind: 600 * time.Millisecond, Claim: 500 * time.Millisecond, Job: 250 * time.Millisecond,
		VisitorQuiet: time.Second, AgentQuiet: 400 * time.Millisecond,
	}
}

// slower has all of them last so many times as long.
func (t times) slower(by time.Duration) times {
	return times{by * t.TTL, by * t.Renew, by * t.Sweep, by * t.Blind, by * t.Claim, by * t.Job, by * t.VisitorQuiet, by * t.AgentQuiet}
}

// late is for how long everybody may have been gone at most when all are told of it.
func (t times) late() time.Duration { return t.TTL + t.VisitorQuiet + 10*t.Sweep }

// everywhere runs a test on the embedded store, whose clock no load can hurry, and on a real Redis.
func everywhere(t *testing.T, test func(t testing.TB, g ground)) {
	t.Helper()
	t.Parallel() // they wait more than they do
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		still(t, func(t testing.TB, g ground, _ *store.Embedded) { test(t, g) })
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		patiently(t, func(t testing.TB, q times) {
			test(t, ground{storetest.Start(t).URL(), func(*store.Options) {}, q})
		})
	})
}

// still runs a test on an embedded store in a bubble, where time passes only while everybody waits.
func still(t *testing.T, test func(t testing.TB, g ground, e *store.Embedded)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e, reach := storetest.Memory(t)
		test(t, ground{e.URL(), reach, quick()}, e)
	})
}

const slowest = 8

// patiently tries a test with the quick times, and again with twice as long ones should it fail: a machine that is too
// busy for some is not for others, and what is wrong is so with all.
func patiently(t *testing.T, test func(t testing.TB, q times)) {
	t.Helper()
	for by := time.Duration(1); ; by *= 2 {
		tried := try(t, func(t testing.TB) { test(t, quick().slower(by)) })
		switch {
		case !tried.Failed():
			return
		case by == slowest:
			t.Errorf("with all times %d times as long:\n%s", by, tried.said())
			return
		}
		t.Logf("with all times %d times as long, trying again:\n%s", by, tried.said())
	}
}
