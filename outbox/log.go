package outbox

import (
	"context"

	"confab/account"
	"confab/chat"
	"confab/store"
)

// Logged is a delivery in the log: the JSON of the REST API.
type Logged struct {
	ID           string              `json:"id"`
	Target       string              `json:"webhook"`
	Type         string              `json:"type"`
	Thread       chat.ThreadID       `json:"thread"`
	Conversation chat.ConversationID `json:"conversation,omitempty"`
	Status       store.DeliveryState `json:"status"`
	Tries        int                 `json:"tries"`
	Replays      int                 `json:"replays"`
	CreatedAt    chat.Millis         `json:"createdAt"`
	LastTriedAt  chat.Millis         `json:"lastTriedAt,omitempty"`
	NextTryAt    chat.Millis         `json:"nextTryAt,omitempty"`
	EndedAt      chat.Millis         `json:"endedAt,omitempty"`
	Answer       int                 `json:"lastAnswer,omitempty"` // the last status of HTTP
	Error        string              `json:"lastError,omitempty"`  // a sentence
	Took         int64               `json:"lastTook,omitempty"`   // milliseconds of the last try
	Body         string              `json:"body"`
}

func logged(d store.Delivery) Logged {
	l := Logged{
		ID: d.ID, Target: d.Target, Type: d.Type, Thread: d.Thread, Conversation: d.Conversation, Status: d.State,
		Tries: d.Tries, Replays: d.Replays, CreatedAt: d.CreatedAt, LastTriedAt: d.TriedAt, EndedAt: d.EndedAt,
		Answer: d.Status, Error: d.Error, Took: d.TookMs, Body: string(d.Body),
	}
	if d.State == store.DeliveryWaiting {
		l.NextTryAt = d.DueAt
	}
	return l
}

// Deliveries lists the log of an account, newest first, as store.Deliveries does.
func (o *Outbox) Deliveries(ctx context.Context, a chat.AccountID, f store.DeliveryFilter, after string, limit int) ([]Logged, string, error) {
	found, next, err := o.o.Store.Deliveries(ctx, a, f, after, limit)
	if err != nil {
		return nil, "", err
	}
	list := make([]Logged, len(found))
	for i, d := range found {
		list[i] = logged(d)
	}
	return list, next, nil
}

// Delivery is one of the log. Errors: chat.NotFound.
func (o *Outbox) Delivery(ctx context.Context, a chat.AccountID, id string) (Logged, error) {
	d, err := o.o.Store.Delivery(ctx, a, id)
	if err != nil {
		return Logged{}, err
	}
	return logged(d), nil
}

// Replay sends a delivery again under its id, with all its tries before it; one that waits is tried at once if it is its turn.
// Errors: chat.NotFound; chat.Conflict if its target takes nothing now.
func (o *Outbox) Replay(ctx context.Context, a *account.Account, id string) (Logged, error) {
	d, err := o.o.Store.Delivery(ctx, a.ID, id)
	if err != nil {
		return Logged{}, err
	}
	if _, err := o.target(a, d.Target); err != nil {
		return Logged{}, err
	}
	if _, err := o.o.Store.SendAgain(ctx, a.ID, id); err != nil {
		return Logged{}, err
	}
	o.tries.wake(lookKey{a.ID, d.Kind, d.Target})
	if d, err = o.o.Store.Delivery(ctx, a.ID, id); err != nil {
		return Logged{}, err
	}
	return logged(d), nil
}

// ReplayAll does so with all deliveries of a target that are over and were made from since until before until; those of a state
// only if one is named. It returns how many. Errors: chat.NotFound; chat.Conflict as for Replay.
func (o *Outbox) ReplayAll(ctx context.Context, a *account.Account, f store.DeliveryFilter, since, until chat.Millis) (int, error) {
	t, err := o.target(a, f.Target)
	if err != nil {
		return 0, err
	}
	ids, err := o.o.Store.DeliveriesBetween(ctx, a.ID, f, since, until)
	if err != nil {
		return 0, err
	}
	n, err := o.replaySome(ctx, a.ID, ids)
	o.tries.wake(keyOf(a.ID, t))
	return n, err
}

func (o *Outbox) replaySome(ctx context.Context, a chat.AccountID, ids []string) (n int, err error) {
	for len(ids) > 0 {
		some := ids[:min(len(ids), sweepBatch)]
		ids = ids[len(some):]
		sent, err := o.o.Store.SendAgain(ctx, a, some...)
		n += sent
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// target finds one that takes deliveries now.
func (o *Outbox) target(a *account.Account, id string) (Target, error) {
	for _, t := range o.targets(a) {
		if t.ID == id {
			return t, nil
		}
	}
	for _, w := range a.Webhooks {
		if w.ID == id {
			return Target{}, chat.Refuse(chat.Conflict, "This address takes nothing now; enable it first.")
		}
	}
	return Target{}, chat.Refuse(chat.NotFound, "There is no such webhook.")
}

// Health tells how a target does.
type Health struct {
	Resting     bool        // it did not answer of late: one delivery is tried now and then
	Waiting     int64       // deliveries
	OldestAt    chat.Millis // since when the first of them waits
	DeliveredAt chat.Millis // the last
	Status      int         // of the last try
	Error       string      // of the last try that failed
	ErrorAt     chat.Millis
}

// Health reads it.
func (o *Outbox) Health(ctx context.Context, a chat.AccountID, target string) (Health, error) {
	t, err := o.o.Store.Target(ctx, a, target)
	if err != nil {
		return Health{}, err
	}
	return Health{Resting: t.Fails >= o.restsAfter(), Waiting: t.Waiting, OldestAt: t.Oldest, DeliveredAt: t.DeliveredAt,
		Status: t.Status, Error: t.Error, ErrorAt: t.ErrorAt}, nil
}
