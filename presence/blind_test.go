package presence

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/store/storetest"
)

func TestWhoCouldNotRenewWhileTheStoreWasAwayKeepsTheLease(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		p := newWith(Options{Store: storetest.Open(t, g.url, &storetest.Ear{}, g.reach), Node: "a", Log: zap.NewNop()}, g.times)
		ctx := context.Background()
		if err := p.register(ctx, ""); err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		for member, at := range map[string]time.Time{
			"s":                       now.Add(-2 * p.t.Blind),
			"l:" + p.gate.current():   now.Add(p.t.TTL / 4), // before its next renewal
			"l:b@" + fmt.Sprint(1000): now.Add(-20 * time.Millisecond),
		} {
			if _, err := p.o.Store.Command(ctx, "", "ZADD", p.nodesKey(), ms(time.Duration(at.UnixNano())), member); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		soon := ms(time.Duration(now.Add(p.t.TTL / 2).UnixNano()))
		reply, err := p.o.Store.Command(ctx, "", "ZRANGEBYSCORE", p.nodesKey(), soon, "+inf")
		if leases := texts(reply); err != nil || len(leases) != 2 {
			t.Errorf("after the first sweep only %v have time to renew, %v", leases, err)
		}
	})
}
