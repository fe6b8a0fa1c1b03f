package account

import (
	"errors"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

// TestTheClockDoesNotTellWhoExists compares what a try costs this process, so that others on the machine do not count.
// The hash is cheaper than in production and still most of a try, which makes any other difference show the more.
func TestTheClockDoesNotTellWhoExists(t *testing.T) {
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	b := newBenchOf(t, e.URL(), auth.Cost{MemoryKiB: 4 << 10, Passes: 1, Lanes: 1})
	b.example(t)
	const tries, tolerance = 60, 0.1
	emails := []string{annEmail, "nobody@acme.test"}
	measure := func() float64 {
		var costs [2][]time.Duration
		for range tries {
			for i, email := range emails { // by turns: what slows the one slows the other
				costs[i] = append(costs[i], b.cost(t, email))
			}
		}
		return float64(median(costs[0])) / float64(median(costs[1]))
	}
	var ratio float64
	for range 3 { // a difference that is one shows each time
		if ratio = measure(); ratio > 1-tolerance && ratio < 1+tolerance {
			return
		}
	}
	t.Errorf("a known address takes %.2f times as long as an unknown one", ratio)
}

// cost is the processor time of a wrong try, which is not counted as one.
func (b *bench) cost(t *testing.T, email string) time.Duration {
	t.Helper()
	before := processorTime(t)
	_, err := b.LogIn(t.Context(), email, auth.NewSecret("wrong horse"), office)
	spent := processorTime(t) - before
	refused(t, email, err, chat.Unauthorized)
	b.giveBack(t.Context(), b.triesOf(email, b.box.Fingerprint(auth.NewSecret(addressPrefix(office))), false))
	return spent
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// TestGuessingGetsSlowerAndSlowerButNobodyIsLockedOut moves the store's clock by what the guesser is told to wait.
func TestGuessingGetsSlowerAndSlowerButNobodyIsLockedOut(t *testing.T) {
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	b := newBench(t, e.URL())
	b.example(t)
	clock := time.Now()
	e.Mini().SetTime(clock)
	start, heard, longest := clock, 0, time.Duration(0)
	waits := map[int]time.Duration{} // after so many guesses that were heard
	for heard < 150 {
		var limited *Limited
		switch err := b.take(t.Context(), b.triesOf(annEmail, "a network of its own", false)); {
		case err == nil:
			heard++
		case errors.As(err, &limited) && limited.After > 0:
			waits[heard], longest = limited.After, max(longest, limited.After)
			clock = clock.Add(limited.After + time.Millisecond)
			e.Mini().SetTime(clock)
		default:
			t.Fatal(err)
		}
	}
	if waits[10] == 0 || waits[10] > 2*time.Second || waits[40] < 10*time.Second || waits[140] < time.Minute || longest > 2*time.Minute {
		t.Errorf("waits of %v, %v and %v, at most %v", waits[10], waits[40], waits[140], longest)
	}
	if took := clock.Sub(start); took < time.Hour {
		t.Errorf("150 guesses took only %v", took)
	}
	_, err = b.LogIn(t.Context(), annEmail, annPassword(), office)
	refused(t, "at once, from where nobody knows the agent", err, chat.RateLimited)
	e.Mini().SetTime(clock.Add(2 * time.Minute))
	if _, err := b.LogIn(t.Context(), annEmail, annPassword(), office); err != nil {
		t.Errorf("locked out: %v", err)
	}
	for range 20 { // and from now on no guesser elsewhere slows this network
		b.logIn(t)
	}
}
