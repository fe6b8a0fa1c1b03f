package presence

import (
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
)

func (n *node) view(t testing.TB, who Person, url string) {
	t.Helper()
	done := make(chan error, 1)
	n.View(acct, chat.VisitorID(who.ID), chat.Privacy{}.View(chat.Page{URL: url, Title: "T"}), func(err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// The store's clock is moved, that of the node is not: only the first counts.
func TestAVisitEndsWithHalfAnHourWithoutAnAct(t *testing.T) { still(t, visitsByTheStoresClock) }

func visitsByTheStoresClock(t testing.TB, g ground, e *store.Embedded) {
	clock := time.Now().Add(-time.Hour)
	set := func(d time.Duration) { clock = clock.Add(d); e.Mini().SetTime(clock) }
	n := start(t, g, "a")
	who := visitor(1)
	set(0)
	n.enter(t, arrival(who, "one", "https://acme.test/"))
	steps := []struct {
		after time.Duration
		act   func()
		visit Visit
		trail int
	}{
		{0, func() { n.view(t, who, "https://acme.test/a") }, Visit{No: 1, Pages: 2}, 2},
		{30*time.Minute - time.Millisecond, func() { n.view(t, who, "https://acme.test/b") }, Visit{No: 1, Pages: 3}, 3},
		{30 * time.Minute, func() { n.view(t, who, "https://acme.test/c") }, Visit{No: 2, Pages: 1}, 4},
		{time.Minute, func() { n.view(t, who, "https://acme.test/c#part") }, Visit{No: 2, Pages: 1}, 4},
		{29 * time.Minute, func() { n.Touch(acct, "v0001") }, Visit{No: 2, Pages: 1}, 4},
		{29 * time.Minute, func() { n.Touch(acct, "v0001") }, Visit{No: 2, Pages: 1}, 4},
		{2 * time.Hour, func() { n.enter(t, arrival(who, "two", "https://acme.test/c")) }, Visit{No: 2, Pages: 1}, 4},
		{time.Second, func() { n.Touch(acct, "v0001") }, Visit{No: 3, Pages: 1}, 5},
		{31 * time.Minute, func() { n.view(t, who, "https://acme.test/c") }, Visit{No: 4, Pages: 1}, 6},
	}
	for i, s := range steps {
		set(s.after)
		s.act()
		got, err := n.Visitor(t.Context(), acct, "v0001")
		if err != nil {
			t.Fatal(err)
		}
		if got.Visit.No != s.visit.No || got.Visit.Pages != s.visit.Pages {
			t.Errorf("step %d: visit %+v, want %+v", i, got.Visit, s.visit)
		}
		trail, err := n.Trail(t.Context(), acct, "v0001")
		if err != nil || len(trail) != s.trail || trail[0].Visit != s.visit.No {
			t.Errorf("step %d: trail %+v (%v), want %d pages", i, trail, err, s.trail)
		}
	}
	trail, _ := n.Trail(t.Context(), acct, "v0001")
	if first := trail[len(trail)-1]; first.Referrer != "https://search.test/?q=x" || trail[0].Referrer != "" {
		t.Errorf("referrers %q and %q: only the first page of a visit has one", first.Referrer, trail[0].Referrer)
	}
	if at := trail[0].At; at != chat.At(clock) {
		t.Errorf("the page is from %d, the store's clock says %d", at, chat.At(clock))
	}
}

func TestTheTrailKeepsAHundredPages(t *testing.T) { still(t, longTrail) }

func longTrail(t testing.TB, g ground, _ *store.Embedded) {
	n := start(t, g, "a")
	n.enter(t, arrival(visitor(1), "one", "https://acme.test/"))
	for i := range 120 {
		n.view(t, visitor(1), "https://acme.test/"+strings.Repeat("x", i+1))
	}
	trail, err := n.Trail(t.Context(), acct, "v0001")
	if err != nil || len(trail) != maxTrail || len(trail[0].URL) != len("https://acme.test/")+120 {
		t.Errorf("%d pages (%v)", len(trail), err)
	}
	if err := n.Forget(t.Context(), acct, "v0001"); err != nil {
		t.Fatal(err)
	}
	if trail, _ := n.Trail(t.Context(), acct, "v0001"); len(trail) != 0 || len(n.live(t)) != 0 {
		t.Error("something is left of a visitor who was erased")
	}
}

func TestTooManyViewsAtOnceAreRefusedAndCounted(t *testing.T) { still(t, tooManyViews) }

func tooManyViews(t testing.TB, g ground, _ *store.Embedded) {
	n := start(t, g, "a")
	for range maxViews {
		n.views <- struct{}{}
	}
	done := make(chan error, 1)
	n.View(acct, "v0001", chat.Privacy{}.View(chat.Page{URL: "https://acme.test/"}), func(err error) { done <- err })
	if err := <-done; err == nil {
		t.Error("it was taken")
	}
}
