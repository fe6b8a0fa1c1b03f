package mail

import (
	"context"
	"time"

	"confab/chat"
)

// How much mail is sent at most. What is over the bound of an address is not sent at all; what is over that of an account
// waits.
const (
	perAddressDay  = 20  // of one account
	perAccountHour = 500 // to all addresses together

	// Of mails to addresses that were only said, one is sent to an address in a year; an account sends so many to all of them,
	// and an address is sent so many by all accounts of a deployment.
	perUnknownYear        = 1
	unknownPerAccountHour = 30
	unknownPerAddressDay  = 3

	day  = 24 * time.Hour
	year = 365 * day
)

// bound is one limit: so many in any stretch of time.
type bound struct {
	account chat.AccountID // "": of all accounts together
	bucket  string
	most    int
	window  time.Duration
	waits   bool // what is refused may go later
	reason  string
}

// allow takes one of each bound, in their order, and tells by which it is refused, and when there will be one.
func (m *Mail) allow(ctx context.Context, bounds []bound) (refused *bound, after time.Duration, err error) {
	for i := range bounds {
		b := &bounds[i]
		ok, after, err := m.o.Store.LimitWindow(ctx, b.account, "mail:"+b.bucket, b.most, b.window)
		if err != nil || !ok {
			return b, after, err
		}
	}
	return nil, 0, nil
}

func boundsOfAccount(a chat.AccountID) bound {
	return bound{a, "account", perAccountHour, time.Hour, true, reasonAccountBound}
}

func boundsOfAnswer(a chat.AccountID, mark string) []bound {
	return []bound{boundsOfAccount(a), {a, "to:" + mark, perAddressDay, day, false, reasonAddressBound}}
}

// The bound of one is asked first: who asks for the same address over and over uses up nobody's share.
func boundsOfConfirm(a chat.AccountID, mark string) []bound {
	return []bound{
		{a, "asked:" + mark, perUnknownYear, year, false, reasonAskedBefore},
		{"", "asked:" + mark, unknownPerAddressDay, day, false, reasonAddressBound},
		{a, "asked", unknownPerAccountHour, time.Hour, false, reasonAccountBound},
	}
}
