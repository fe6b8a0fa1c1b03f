package webhook

import (
	"context"
	"net/http"
	"testing"
	"time"

	"confab/account"
	"confab/outbox"
)

// mindful wants to know what was given up.
type mindful struct {
	quick
	told chan string
}

func (m mindful) GivenUp(_ context.Context, _ *account.Account, d outbox.Delivery, why string) error {
	m.told <- d.ID + ": " + why
	return nil
}

func TestWhoMindsIsToldWhatWasGivenUpAndNotWhatIsTriedAgain(t *testing.T) {
	status := http.StatusInternalServerError
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	m := mindful{told: make(chan string, 8)}
	b := newBench(t, m)
	a := b.account("acme", server.URL)
	try := func(tries int) outbox.Outcome {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		return b.webhooks.Deliver(ctx, a, outbox.Delivery{ID: "d1", Target: a.Webhooks[0].ID, Body: []byte("{}"), Tries: tries})
	}
	if out := try(0); out.GiveUp || len(m.told) != 0 {
		t.Errorf("tried again, and told: %+v", out)
	}
	last := len(m.Rules().Pauses)
	if out := try(last); !out.GiveUp || len(m.told) != 1 || <-m.told != "d1: It answered 500 Internal Server Error." {
		t.Errorf("given up: %+v", out)
	}
	status = http.StatusOK
	if out := try(last); !out.Done || len(m.told) != 0 {
		t.Errorf("taken, and told: %+v", out)
	}
}
