package account

import (
	"context"
	"slices"

	"go.uber.org/zap"

	"confab/chat"
)

// maxWebhooks is of one account, those of the bootstrap file not counted.
const maxWebhooks = 50

// AddWebhook adds an address and returns it, with the secret that was made if its dialect has one. Errors: chat.NotFound;
// chat.BadField with the field at fault; chat.Conflict if it is there already; chat.TooLong if the account has too many.
func (a *Accounts) AddWebhook(ctx context.Context, account chat.AccountID, s WebhookSpec) (Webhook, error) {
	if err := s.check(); err != nil {
		return Webhook{}, err
	}
	var id string
	err := a.changeAccount(ctx, account, mustExist, func(d *accountDoc) error {
		if slices.ContainsFunc(d.Webhooks, func(w webhookDoc) bool { return w.Dialect == s.Dialect && w.URL == s.URL }) {
			return &chat.Refusal{Code: chat.Conflict, Message: "This address is told in this dialect already.", Field: "url"}
		}
		if len(d.Webhooks) >= maxWebhooks {
			return chat.Refuse(chat.TooLong, "An account has at most %d webhooks.", maxWebhooks)
		}
		a.bringWebhook(d, s)
		id = d.Webhooks[len(d.Webhooks)-1].ID
		return nil
	})
	if err != nil {
		return Webhook{}, err
	}
	found, err := a.read(ctx, account)
	if err != nil {
		return Webhook{}, err
	}
	for _, w := range found.Webhooks {
		if w.ID == id {
			a.log.Info("webhook added", zap.String("account", string(account)), zap.String("webhook", id))
			return w, nil
		}
	}
	return Webhook{}, noWebhook() // somebody removed it meanwhile
}

// RemoveWebhook forgets an address and its secrets. What waits for it is told to nobody. Errors: chat.NotFound.
func (a *Accounts) RemoveWebhook(ctx context.Context, account chat.AccountID, id string) error {
	err := a.changeAccount(ctx, account, mustExist, func(d *accountDoc) error {
		before := len(d.Webhooks)
		if d.Webhooks = slices.DeleteFunc(d.Webhooks, func(w webhookDoc) bool { return w.ID == id }); len(d.Webhooks) == before {
			return noWebhook()
		}
		return nil
	})
	if err == nil {
		a.log.Info("webhook removed", zap.String("account", string(account)), zap.String("webhook", id))
	}
	return err
}

func noWebhook() *chat.Refusal { return chat.Refuse(chat.NotFound, "There is no such webhook.") }
