package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"confab/account"
	"confab/chat"
	"confab/outbox"
	"confab/store"
)

// webhookAnswer is a webhook and how it does. Its secret is in no answer but that of the request that makes it.
type webhookAnswer struct {
	ID          string      `json:"id"`
	Dialect     string      `json:"dialect"`
	URL         string      `json:"url"`
	State       string      `json:"state"` // healthy, resting, disabled
	CreatedAt   chat.Millis `json:"createdAt"`
	DisabledAt  chat.Millis `json:"disabledAt,omitempty"`
	Waiting     int64       `json:"waiting"`
	OldestAt    chat.Millis `json:"oldestAt,omitempty"`
	DeliveredAt chat.Millis `json:"lastDeliveredAt,omitempty"`
	Answer      int         `json:"lastAnswer,omitempty"`
	Error       string      `json:"lastError,omitempty"`
	ErrorAt     chat.Millis `json:"lastErrorAt,omitempty"`
	NumericIDs  bool        `json:"numericIds,omitempty"`
}

func (a *api) webhookOf(ctx context.Context, owner chat.AccountID, w account.Webhook) (webhookAnswer, error) {
	h, err := a.outbox.Health(ctx, owner, w.ID)
	if err != nil {
		return webhookAnswer{}, err
	}
	state := "healthy"
	switch {
	case w.DisabledAt > 0:
		state = "disabled"
	case h.Resting:
		state = "resting"
	}
	return webhookAnswer{
		ID: w.ID, Dialect: w.Dialect, URL: w.URL, State: state, CreatedAt: w.CreatedAt, DisabledAt: w.DisabledAt, Waiting: h.Waiting,
		OldestAt: h.OldestAt, DeliveredAt: h.DeliveredAt, Answer: h.Status, Error: h.Error, ErrorAt: h.ErrorAt, NumericIDs: w.NumericIDs,
	}, nil
}

func (a *api) listWebhooks(c *call) (any, error) {
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	list := make([]webhookAnswer, len(owner.Webhooks))
	for i, w := range owner.Webhooks {
		if list[i], err = a.webhookOf(c.ctx, owner.ID, w); err != nil {
			return nil, err
		}
	}
	return listOf(list, ""), nil
}

// patchWebhook disables an address or enables it again, and chooses how ids are sent.
func (a *api) patchWebhook(c *call) (any, error) {
	body, err := decode[struct {
		Disabled   *bool `json:"disabled"`
		NumericIDs *bool `json:"numericIds"`
	}](c)
	if err != nil {
		return nil, err
	}
	before, err := a.webhook(c, c.id())
	if err != nil {
		return nil, err
	}
	if body.NumericIDs != nil {
		if err := a.accounts.SetWebhookNumericIDs(c.ctx, c.account, before.ID, *body.NumericIDs); err != nil {
			return nil, err
		}
	}
	if body.Disabled != nil && *body.Disabled != (before.DisabledAt > 0) {
		at := chat.Millis(0)
		if *body.Disabled {
			at = chat.At(time.Now())
		}
		if err := a.accounts.SetWebhookDisabled(c.ctx, c.account, before.ID, at); err != nil {
			return nil, err
		}
	}
	now, err := a.webhook(c, c.id())
	if err != nil {
		return nil, err
	}
	return a.webhookOf(c.ctx, c.account, now)
}

// addedWebhook is the answer to the request that makes it.
type addedWebhook struct {
	webhookAnswer
	Secret string `json:"secret,omitempty"`
}

func (a *api) addWebhook(c *call) (any, error) {
	body, err := decode[struct {
		Dialect    string `json:"dialect"`
		URL        string `json:"url"`
		NumericIDs *bool  `json:"numericIds"`
	}](c)
	switch {
	case err != nil:
		return nil, err
	case body.Dialect == "":
		return nil, missing("dialect")
	case body.URL == "":
		return nil, missing("url")
	case !slices.Contains(a.dialects, body.Dialect):
		return nil, bad("dialect", "A dialect is one of %s.", strings.Join(a.dialects, ", "))
	}
	if a.checkURL != nil {
		if err := a.checkURL(body.URL); err != nil {
			return nil, err
		}
	}
	added, err := a.accounts.AddWebhook(c.ctx, c.account, account.WebhookSpec{Dialect: body.Dialect, URL: body.URL, NumericIDs: body.NumericIDs})
	if err != nil {
		return nil, err
	}
	answer, err := a.webhookOf(c.ctx, c.account, added)
	if err != nil {
		return nil, err
	}
	return addedWebhook{answer, added.Secret.Reveal()}, nil
}

func (a *api) removeWebhook(c *call) (any, error) {
	return nil, a.accounts.RemoveWebhook(c.ctx, c.account, c.id())
}

type dialectAnswer struct {
	ID     string `json:"id"`
	Signed bool   `json:"signed"` // what is sent bears a signature, by a secret of the webhook's
	// NumericIDs tells that a webhook may have ids sent as numbers.
	NumericIDs bool `json:"numericIds"`
}

func (a *api) listDialects(*call) (any, error) {
	var list []dialectAnswer
	for _, id := range a.dialects {
		list = append(list, dialectAnswer{id, id == account.DialectNative, account.HasNumericIDs(id)})
	}
	return listOf(list, ""), nil
}

func (a *api) webhook(c *call, id string) (account.Webhook, error) {
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return account.Webhook{}, err
	}
	for _, w := range owner.Webhooks {
		if w.ID == id {
			return w, nil
		}
	}
	return account.Webhook{}, chat.Refuse(chat.NotFound, "There is no such webhook.")
}

type secretAnswer struct {
	Secret string `json:"secret"`
}

func (a *api) renewSecret(c *call) (any, error) {
	if _, err := decode[struct{}](c); err != nil {
		return nil, err
	}
	secret, err := a.accounts.RenewWebhookSecret(c.ctx, c.account, c.id())
	if err != nil {
		return nil, err
	}
	return secretAnswer{secret.Reveal()}, nil
}

func (a *api) deliveries(c *call) (any, error) {
	query, after, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	f := store.DeliveryFilter{Target: query.Get("webhook"), Thread: chat.ThreadID(query.Get("thread")), State: store.DeliveryState(query.Get("status"))}
	if f.State != "" && !knownState(f.State) {
		return nil, bad("status", "A status is waiting, delivered or parked.")
	}
	found, next, err := a.outbox.Deliveries(c.ctx, c.account, f, after, limit)
	if err != nil {
		return nil, err
	}
	return listOf(found, next), nil
}

func (a *api) delivery(c *call) (any, error) {
	return answerOf(a.outbox.Delivery(c.ctx, c.account, c.id()))
}

func knownState(s store.DeliveryState) bool {
	return s == store.DeliveryWaiting || s == store.DeliveryDone || s == store.DeliveryParked
}

func (a *api) replay(c *call) (any, error) {
	if _, err := decode[struct{}](c); err != nil {
		return nil, err
	}
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	return answerOf(a.outbox.Replay(c.ctx, owner, c.id()))
}

func answerOf(l outbox.Logged, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}

type replayBody struct {
	Webhook string              `json:"webhook"`
	Since   chat.Millis         `json:"since"`
	Until   chat.Millis         `json:"until"`
	Status  store.DeliveryState `json:"status"`
}

type replayAnswer struct {
	Replayed int `json:"replayed"`
}

func (a *api) replayAll(c *call) (any, error) {
	body, err := decode[replayBody](c)
	if err != nil {
		return nil, err
	}
	switch {
	case body.Webhook == "":
		return nil, missing("webhook")
	case body.Status != "" && body.Status != store.DeliveryDone && body.Status != store.DeliveryParked:
		return nil, bad("status", "Deliveries that are over are delivered or parked.")
	case body.Since < 0 || body.Until < 0:
		return nil, bad("since", "A moment is milliseconds since 1970.")
	}
	if body.Until == 0 {
		body.Until = chat.At(time.Now())
	}
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	n, err := a.outbox.ReplayAll(c.ctx, owner, store.DeliveryFilter{Target: body.Webhook, State: body.Status}, body.Since, body.Until)
	if err != nil {
		return nil, err
	}
	return replayAnswer{n}, nil
}
