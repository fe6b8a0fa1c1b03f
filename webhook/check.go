package webhook

import (
	"errors"
	"maps"
	"slices"

	"confab/chat"
)

// Dialects are those that are spoken, in order.
func (w *Webhooks) Dialects() []string { return slices.Sorted(maps.Keys(w.o.Encoders)) }

// Check tells whether an address may be asked, as far as its text tells: where a name leads to shows when it is dialled.
// Errors: chat.BadField with the field "url".
func (w *Webhooks) Check(url string) error {
	a, err := parseAddress(url, w.o.AllowPrivate)
	if err == nil && a.ip.IsValid() {
		err = w.clients.guard.allows(a.url.Scheme, a.ip, a.port)
	}
	var why *Refused
	if errors.As(err, &why) {
		return &chat.Refusal{Code: chat.BadField, Message: why.Sentence, Field: "url"}
	}
	return err
}
