package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"

	"confab/auth"
	"confab/chat"
)

const (
	secretPrefix   = "whsec_"
	secretElided   = secretPrefix + "..." // how examples write one that they do not show
	leastSecret    = 24                   // bytes
	mostSecret     = 64
	madeSecret     = 32
	secretsOverlap = 24 * time.Hour // what is sent is signed with the secret before this one too
)

// webhookSecretRule is for secrets that sign what is sent in a dialect. Those of ours are as Standard Webhooks 1.0 says.
func webhookSecretRule(dialect string) rule {
	if dialect != DialectNative {
		return pairRule(true)
	}
	return rule{allowed: "whsec_ and the base64 of 24 to 64 bytes", secret: true, ok: func(s string) bool {
		_, ok := webhookKey(s)
		return ok
	}}
}

func webhookKey(secret string) ([]byte, bool) {
	text, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	return key, ok && err == nil && len(key) >= leastSecret && len(key) <= mostSecret
}

func newWebhookSecret() auth.Secret {
	var key [madeSecret]byte
	_, _ = rand.Read(key[:]) // never fails
	return auth.NewSecret(secretPrefix + base64.StdEncoding.EncodeToString(key[:]))
}

// SigningSecrets are those that what is sent at now is signed with, the newest first.
func (w Webhook) SigningSecrets(now time.Time) []auth.Secret {
	var list []auth.Secret
	if !w.Secret.Empty() {
		list = append(list, w.Secret)
	}
	if !w.Before.Empty() && chat.At(now) < w.BeforeUntil {
		list = append(list, w.Before)
	}
	return list
}

// setWebhookSecret keeps the one before for a while.
func (a *Accounts) setWebhookSecret(d *accountDoc, w *webhookDoc, secret auth.Secret) {
	sealed := a.reseal(d, w.ID, w.Sealed, secret)
	if sealed == w.Sealed {
		return
	}
	w.SealedBefore, w.BeforeUntil = "", 0
	if w.Sealed != "" {
		w.SealedBefore, w.BeforeUntil = w.Sealed, chat.At(time.Now().Add(secretsOverlap))
	}
	w.Sealed = sealed
}

// RenewWebhookSecret gives a webhook of our own dialect another secret and returns it; nobody can read it afterwards. For a
// day what is sent is signed with the one before too.
// Errors: chat.NotFound; chat.Conflict if the webhook speaks another dialect.
func (a *Accounts) RenewWebhookSecret(ctx context.Context, account chat.AccountID, id string) (auth.Secret, error) {
	secret := newWebhookSecret()
	err := a.changeWebhook(ctx, account, id, func(d *accountDoc, w *webhookDoc) error {
		if w.Dialect != DialectNative {
			return chat.Refuse(chat.Conflict, "Secrets are made for webhooks of the dialect %s only.", DialectNative)
		}
		a.setWebhookSecret(d, w, secret)
		return nil
	})
	if err != nil {
		return auth.Secret{}, err
	}
	return secret, nil
}

// SetWebhookDisabled notes that an address wants nothing more, or with a zero moment that it does again.
// Errors: chat.NotFound.
func (a *Accounts) SetWebhookDisabled(ctx context.Context, account chat.AccountID, id string, at chat.Millis) error {
	return a.changeWebhook(ctx, account, id, func(_ *accountDoc, w *webhookDoc) error {
		w.DisabledAt = at
		return nil
	})
}

// SetWebhookNumericIDs has ids sent to the address as numbers, or as texts again; to begin with what is told next.
// Errors: chat.NotFound; chat.BadField if its dialect has no such ids.
func (a *Accounts) SetWebhookNumericIDs(ctx context.Context, account chat.AccountID, id string, on bool) error {
	return a.changeWebhook(ctx, account, id, func(_ *accountDoc, w *webhookDoc) error {
		if on && !HasNumericIDs(w.Dialect) {
			return noNumericIDs()
		}
		w.NumericIDs = on
		return nil
	})
}

func noNumericIDs() error {
	return &chat.Refusal{Code: chat.BadField, Message: "Webhooks of this dialect have no numeric ids.", Field: "numericIds"}
}

func (a *Accounts) changeWebhook(ctx context.Context, account chat.AccountID, id string, change func(*accountDoc, *webhookDoc) error) error {
	return a.changeAccount(ctx, account, mustExist, func(d *accountDoc) error {
		for i := range d.Webhooks {
			if d.Webhooks[i].ID == id {
				return change(d, &d.Webhooks[i])
			}
		}
		return noWebhook()
	})
}
