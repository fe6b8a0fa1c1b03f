package account

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
)

// try is one bucket that a log-in takes from.
type try struct {
	bucket string
	rate   float64 // per second
	burst  int
}

// triesOf names the buckets of a log-in, the fastest first. Two or three behind each other make the delay grow: after
// 10 wrong tries for an e-mail the next waits 2 s, after some 30 20 s, after some 100 two minutes, but never longer.
// Networks share a count, for addresses within one cost nothing. Right passwords are given back.
func (a *Accounts) triesOf(email, place string, known bool) []try {
	who := foldEmail(email)
	if known {
		who += " " + place
	}
	mark := a.box.Fingerprint(auth.NewSecret(who))
	return []try{
		{"login:address:1:" + place, 1, 50},
		{"login:address:2:" + place, 1.0 / 10, 300},
		{"login:email:1:" + mark, 1.0 / 2, 10},
		{"login:email:2:" + mark, 1.0 / 20, 30},
		{"login:email:3:" + mark, 1.0 / 120, 100},
	}
}

func (a *Accounts) take(ctx context.Context, tries []try) error {
	for _, t := range tries {
		ok, after, err := a.store.Limit(ctx, "", t.bucket, t.rate, t.burst)
		if err != nil {
			return fmt.Errorf("count log-ins: %w", err)
		}
		if !ok {
			return &Limited{
				Refusal: chat.Refuse(chat.RateLimited, "Too many tries to log in. Try again in %s.", after.Round(time.Second)+time.Second),
				After:   after,
			}
		}
	}
	return nil
}

func (a *Accounts) giveBack(ctx context.Context, tries []try) {
	for _, t := range tries {
		if err := a.store.LimitReturn(ctx, "", t.bucket, t.rate); err != nil {
			a.log.Warn("a right log-in stays counted as a try", zap.Error(err))
			return
		}
	}
}

// release frees a name. Failing is harmless: a claim that its owner does not bear gives way (claim).
func (a *Accounts) release(ctx context.Context, index, value, owner string) {
	if err := a.store.IndexDelete(ctx, "", index, value, owner); err != nil && !isNotFound(err) {
		a.log.Warn("a name was not given back", zap.String("index", index), zap.Error(err))
	}
}

// addressPrefix is the network that an address counts as: /24, or /64 of IPv6. Takes host:port too.
func addressPrefix(remote string) string {
	address, err := netip.ParseAddr(remote)
	if err != nil {
		withPort, err := netip.ParseAddrPort(remote)
		if err != nil {
			return "unknown"
		}
		address = withPort.Addr()
	}
	bits := 64
	if address = address.Unmap().WithZone(""); address.Is4() {
		bits = 24
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}
