package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/outbox"
)

const (
	atOnce        = 8 // deliveries to one address
	maxRetryAfter = 24 * time.Hour
)

// Options of New. Encoders, Accounts and Log are required.
type Options struct {
	Encoders     map[string]Encoder // by the dialect of webhooks; those of others rest
	AllowPrivate bool               // loopback and private addresses may be asked, by http too and on any port
	Accounts     *account.Accounts
	Log          *zap.Logger
	Resolver     *net.Resolver // nil: the system's
	TLS          *tls.Config   // nil: roots of the system
}

// Webhooks is the kind of all webhooks. Safe for concurrent use.
type Webhooks struct {
	o       Options
	clients *clients
}

// New returns it. Close it when nothing is delivered any more.
func New(o Options) *Webhooks {
	return &Webhooks{o: o, clients: newClients(&guard{resolver: o.Resolver, private: o.AllowPrivate}, o.TLS)}
}

// Close gives up connections that are kept.
func (w *Webhooks) Close() { w.clients.close() }

// AtOnce implements outbox.Kind.
func (w *Webhooks) AtOnce() int { return atOnce }

// Targets are the webhooks that were not disabled and whose dialect is spoken.
func (w *Webhooks) Targets(a *account.Account) []outbox.Target {
	var list []outbox.Target
	for _, hook := range a.Webhooks {
		if hook.DisabledAt == 0 && w.o.Encoders[hook.Dialect] != nil {
			list = append(list, outbox.Target{ID: hook.ID, Kind: Kind, Since: hook.CreatedAt})
		}
	}
	return list
}

// Encode asks the webhook's dialect.
func (w *Webhooks) Encode(ctx context.Context, b outbox.Batch) (outbox.Encoded, error) {
	_, encoder, err := w.find(b.Account, b.Target.ID)
	if err != nil {
		return outbox.Encoded{}, err
	}
	return encoder.Encode(ctx, b)
}

func (w *Webhooks) find(a *account.Account, id string) (account.Webhook, Encoder, error) {
	for _, hook := range a.Webhooks {
		if encoder := w.o.Encoders[hook.Dialect]; hook.ID == id && hook.DisabledAt == 0 && encoder != nil {
			return hook, encoder, nil
		}
	}
	return account.Webhook{}, nil, fmt.Errorf("webhook %s takes nothing now", id)
}

// Deliver makes one try.
func (w *Webhooks) Deliver(ctx context.Context, a *account.Account, d outbox.Delivery) outbox.Outcome {
	hook, encoder, err := w.find(a, d.Target)
	if err != nil { // disabled or removed while this was on its way
		return outbox.Outcome{Again: time.Minute, Untried: true, Error: "The address takes nothing now."}
	}
	t := try{webhooks: w, account: a, hook: hook, encoder: encoder, rules: encoder.Rules(), delivery: d}
	began := time.Now()
	out := t.make(ctx)
	if minder, ok := encoder.(Minder); ok && out.GiveUp {
		if err := minder.GivenUp(ctx, a, d, out.Error); err != nil {
			w.o.Log.Warn("nobody was told that a delivery was given up", zap.String("delivery", d.ID), zap.Error(err))
		}
	}
	out.Millis = time.Since(began).Milliseconds()
	return out
}

// try is one try.
type try struct {
	webhooks *Webhooks
	account  *account.Account
	hook     account.Webhook
	encoder  Encoder
	rules    Rules
	delivery outbox.Delivery
}

func (t *try) make(ctx context.Context) outbox.Outcome {
	asking, cancel := context.WithTimeout(ctx, t.rules.Timeout)
	defer cancel()
	got, err := t.ask(asking)
	switch {
	case err != nil:
		return t.failed(0, 0, sentence(err))
	case got.status >= 200 && got.status <= 299:
		return t.taken(ctx, got)
	case t.rules.Gone != 0 && got.status == t.rules.Gone:
		return t.gone(ctx, got.status)
	case !t.rules.Repeats(got.status):
		return outbox.Outcome{GiveUp: true, Status: got.status, Error: answered(got.status) + " It is not asked again after that."}
	}
	return t.failed(got.status, asked(got, time.Now()), answered(got.status))
}

func (t *try) ask(ctx context.Context) (answer, error) {
	a, err := parseAddress(t.hook.URL, t.webhooks.o.AllowPrivate)
	if err != nil {
		return answer{}, err
	}
	header, err := t.encoder.Headers(t.hook, t.delivery, time.Now())
	if err != nil {
		return answer{}, refused("It could not be signed: %s.", err)
	}
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", t.rules.ContentType)
	return t.webhooks.clients.post(ctx, clientKey{t.account.ID, t.hook.ID, t.hook.URL}, a, header, t.delivery.Body)
}

func (t *try) taken(ctx context.Context, got answer) outbox.Outcome {
	out := outbox.Outcome{Done: true, Status: got.status}
	if err := t.encoder.Answered(ctx, t.account, t.delivery, got.body); err != nil {
		out.Error = "It was received, but the answer could not be used: " + err.Error() + "."
	}
	return out
}

// gone disables the webhook: it said that it wants nothing more.
func (t *try) gone(ctx context.Context, status int) outbox.Outcome {
	w := t.webhooks
	err := w.o.Accounts.SetWebhookDisabled(ctx, t.account.ID, t.hook.ID, chat.At(time.Now()))
	if err != nil && !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		return t.failed(status, 0, "It said that it wants nothing more, but could not be disabled: "+err.Error()+".")
	}
	w.o.Log.Warn("a webhook was disabled: its address said that it wants nothing more",
		zap.String("account", string(t.account.ID)), zap.String("webhook", t.hook.ID), zap.String("url", t.hook.URL))
	return outbox.Outcome{GiveUp: true, Status: status, Error: answered(status) + " It wants nothing more, so the webhook was disabled."}
}

// failed is tried again after the pause of the schedule, or a longer one that was asked for, until there is none left.
func (t *try) failed(status int, asked time.Duration, why string) outbox.Outcome {
	out := outbox.Outcome{Status: status, Error: why}
	if t.delivery.Tries >= len(t.rules.Pauses) {
		out.GiveUp = true
		return out
	}
	pause := t.rules.Pauses[t.delivery.Tries]
	pause += time.Duration(t.rules.Jitter * (2*rand.Float64() - 1) * float64(pause))
	out.Again = max(pause, asked, time.Millisecond)
	return out
}

func answered(status int) string {
	text := "It answered " + strconv.Itoa(status)
	if name := http.StatusText(status); name != "" {
		text += " " + name
	}
	if status >= 300 && status <= 399 {
		return text + "; redirections are not followed."
	}
	return text + "."
}

// asked is how long the address wants to be left alone.
func asked(got answer, now time.Time) time.Duration {
	switch got.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return 0
	}
	text := strings.TrimSpace(got.retryAfter)
	if n, err := strconv.ParseUint(text, 10, 32); err == nil {
		return min(time.Duration(n)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
