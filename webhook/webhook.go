// Package webhook tells other systems over HTTP what happens in threads, each in the words of the dialect that it understands.
// The outbox keeps what is to be told; here is how one try is made, whom it may reach, and what an answer means.
package webhook

import (
	"context"
	"net/http"
	"time"

	"confab/account"
	"confab/outbox"
)

// Kind is the kind of all webhooks in the outbox; a target's id is its webhook's.
const Kind = "webhook"

// Encoder is a dialect of webhooks. Its methods may run at once.
type Encoder interface {
	// Encode makes the requests' bodies, as outbox.Kind says. The target is a webhook of this dialect.
	Encode(ctx context.Context, b outbox.Batch) (outbox.Encoded, error)
	Rules() Rules
	// Headers are those of one try, besides the content type.
	Headers(w account.Webhook, d outbox.Delivery, at time.Time) (http.Header, error)
	// Answered is told what the address answered with a status of 200 to 299: the first 16 KiB. An error stands in the log of
	// deliveries and changes nothing else: what was answered was received. It may be told twice.
	Answered(ctx context.Context, a *account.Account, d outbox.Delivery, body []byte) error
}

// Minder is an Encoder that wants to know what was given up: an agent may wait for it to have arrived. It may be told twice.
type Minder interface {
	GivenUp(ctx context.Context, a *account.Account, d outbox.Delivery, why string) error
}

// Rules is how a dialect's addresses are asked.
type Rules struct {
	ContentType string
	Timeout     time.Duration   // of one try, from dialling to the last byte of the answer
	Pauses      []time.Duration // after the first try that failed, the second, …; it is given up when there is none left
	Jitter      float64         // by which part a pause may be shorter or longer
	// Repeats tells whether a try that was answered so is made again. Without an answer it always is.
	Repeats func(status int) bool
	// Gone is the status by which an address says that it wants nothing more, 0 if there is none.
	Gone int
}
