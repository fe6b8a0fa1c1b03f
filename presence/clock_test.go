package presence

import (
	"context"
	"strconv"
	"testing"
	"time"

	"confab/store"
	"confab/store/storetest"
)

// The store's clock goes on at the usual pace, an hour away from that of the nodes.
func TestLeasesFollowTheStoresClockOnly(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{time.Hour, -time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			still(t, func(t testing.TB, g ground, e *store.Embedded) { leasesByTheStoresClock(t, g, e, off) })
		})
	}
}

func leasesByTheStoresClock(t testing.TB, g ground, e *store.Embedded, off time.Duration) {
	storeNow := func() time.Time { return time.Now().Add(off) }
	e.Mini().SetTime(storeNow())
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	t.Cleanup(func() { stop(); <-stopped })
	go func() {
		defer close(stopped)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			<-tick.C
			e.Mini().SetTime(storeNow())
		}
	}()
	a, b := start(t, g, "a"), start(t, g, "b")
	a.enter(t, arrival(visitor(1), "one", "https://acme.test/"))
	b.enter(t, arrival(visitor(2), "two", "https://acme.test/"))
	lease := b.gate.current()
	a.kill()
	dead := time.Now()
	storetest.Eventually(t, "the dead node's visitor is gone", func() bool { return len(b.gone(t)) == 1 })
	q := g.times
	if took, bound := time.Since(dead), q.late(); took > bound || took < q.VisitorQuiet {
		t.Errorf("gone after %v, want %v to %v", took, q.VisitorQuiet, bound)
	}
	if len(b.lost) != 0 || b.gate.current() != lease || b.gone(t)["v0002"] != 0 {
		t.Errorf("the living node lost its lease %s, now %s", lease, b.gate.current())
	}
	ends := score(t, b, b.nodesKey(), "l:"+lease)
	if left := ends.Sub(storeNow()); left <= 0 || left > q.TTL {
		t.Errorf("the lease has %v left by the store's clock", left)
	}
	due := score(t, b, b.o.Store.TimersKey(acct), "visitor.gone|t-v0001")
	if left := due.Sub(storeNow()); left <= 0 || left > b.o.VisitorGrace {
		t.Errorf("the episode ends in %v by the store's clock", left)
	}
}

// score is the moment at which a member of a sorted set falls due.
func score(t testing.TB, n *node, key, member string) time.Time {
	t.Helper()
	reply, err := n.o.Store.Command(t.Context(), acct, "ZSCORE", key, member)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := reply.(string)
	at, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%s is not due: %v", member, err)
	}
	return time.UnixMilli(int64(at))
}
