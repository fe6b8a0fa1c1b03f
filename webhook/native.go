package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"confab/account"
	"confab/chat"
	"confab/outbox"
)

// Native is the dialect of our own: each entry of a thread is an event, signed as Standard Webhooks 1.0 says.
type Native struct{}

// nativeEvent is a request's body.
type nativeEvent struct {
	Type      chat.Kind      `json:"type"`
	Timestamp string         `json:"timestamp"` // RFC 3339, when it happened
	Account   chat.AccountID `json:"accountId"`
	Data      nativeData     `json:"data"`
}

type nativeData struct {
	Thread       chat.ThreadID       `json:"thread"`
	Visitor      chat.VisitorID      `json:"visitorId"`
	Conversation chat.ConversationID `json:"conversationId,omitempty"`
	Seq          chat.Seq            `json:"seq"`
	Entry        chat.Entry          `json:"entry"`
}

// Encode makes an event of each entry since the webhook was added.
func (Native) Encode(_ context.Context, b outbox.Batch) (outbox.Encoded, error) {
	out := outbox.Encoded{State: b.State}
	for _, e := range b.Entries {
		if e.At < b.Target.Since {
			continue
		}
		body, err := json.Marshal(nativeEvent{
			Type: e.Kind, Timestamp: e.At.Time().Format(time.RFC3339Nano), Account: b.Account.ID,
			Data: nativeData{Thread: b.Thread, Visitor: b.Visitor, Conversation: e.Conversation, Seq: e.Seq, Entry: e.Entry},
		})
		if err != nil {
			return outbox.Encoded{}, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		out.Events = append(out.Events, outbox.Event{Type: string(e.Kind), Body: body, Conversation: e.Conversation})
	}
	return out, nil
}

// Rules are those that Standard Webhooks recommends.
func (Native) Rules() Rules {
	return Rules{
		ContentType: "application/json", Timeout: 15 * time.Second, Jitter: 0.2, Gone: http.StatusGone,
		Pauses: []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
			14 * time.Hour, 20 * time.Hour, 24 * time.Hour},
		Repeats: func(int) bool { return true },
	}
}

var errNoSecret = errors.New("the webhook has no secret that can be read; make another one")

// Headers sign. While a secret is being replaced there are two signatures.
func (Native) Headers(w account.Webhook, d outbox.Delivery, at time.Time) (http.Header, error) {
	secrets := w.SigningSecrets(at)
	if w.Secret.Empty() {
		return nil, errNoSecret
	}
	signatures := make([]string, len(secrets))
	for i, s := range secrets {
		signer, err := standardwebhooks.NewWebhook(s.Reveal())
		if err != nil {
			return nil, errNoSecret // what is wrong with it would be told along
		}
		if signatures[i], err = signer.Sign(d.ID, at, d.Body); err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
	}
	h := http.Header{}
	h.Set(standardwebhooks.HeaderWebhookID, d.ID)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return h, nil
}

// Answered makes nothing of an answer.
func (Native) Answered(context.Context, *account.Account, outbox.Delivery, []byte) error { return nil }
