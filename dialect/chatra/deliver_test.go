package chatra

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/outbox"
	"confab/webhook"
	"confab/wire"
)

// came is a request that an address was sent.
type came struct {
	method, contentType string
	event               map[string]any
}

// address is one that takes events, after it has refused some.
func address(t *testing.T, refuses int32) (url string, events chan came) {
	t.Helper()
	events = make(chan came, 100)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= refuses {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		raw, err := io.ReadAll(r.Body)
		c := came{method: r.Method, contentType: r.Header.Get("Content-Type")}
		if err != nil || json.Unmarshal(raw, &c.event) != nil {
			t.Errorf("%v, %s", err, raw)
		}
		events <- c
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "this is not read {")
	}))
	t.Cleanup(server.Close)
	return server.URL + "/hook", events
}

func next(t *testing.T, events chan came) came {
	t.Helper()
	select {
	case c := <-events:
		return c
	case <-time.After(dialecttest.Patience):
		t.Fatal("nothing comes")
		return came{}
	}
}

// deliver has a node of its own tell what happens on the stage.
func deliver(t *testing.T, s dialecttest.Stage) *outbox.Outbox {
	t.Helper()
	hooks := webhook.New(webhook.Options{
		Encoders: map[string]webhook.Encoder{account.DialectChatra: NewEncoder(EncoderOptions{
			Store: s.Store, Desk: s.Desk, Accounts: s.Accounts, People: s.People, PublicURL: publicURL,
		})},
		AllowPrivate: true, Accounts: s.Accounts, Log: zap.NewNop(),
	})
	t.Cleanup(hooks.Close)
	out := outbox.New(outbox.Options{
		Store: s.Store, Accounts: s.Accounts, Kinds: map[string]outbox.Kind{webhook.Kind: hooks}, IDs: s.IDs, Log: zap.NewNop(), Node: "node-1",
	})
	s.Run(func(ctx context.Context) error { return out.Run(ctx) })
	return out
}

// Proves CHATRA-WH-001 CHATRA-WH-002 CHATRA-WH-003 CHATRA-WH-004 CHATRA-WH-005 CHATRA-WH-006 CHATRA-WH-007.
func TestEveryAddressIsToldEverythingAndNoneWaitsForAnother(t *testing.T) {
	s := stage(t)
	good, told := address(t, 0)
	bad, late := address(t, 1)
	_, err := s.Accounts.Update(t.Context(), account.AccountSpec{ID: dialecttest.Acme, Webhooks: []account.WebhookSpec{
		{Dialect: account.DialectChatra, URL: bad}, {Dialect: account.DialectChatra, URL: good},
	}})
	if err != nil {
		t.Fatal(err)
	}
	out := deliver(t, s)

	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/tents"}, "")
	s.Say("maya", chat.Draft{Text: "Does it keep dry?"})
	out.Wake(dialecttest.Acme, v.Thread)
	want := []string{chatStarted, chatFragment}
	for _, name := range want {
		c := next(t, told)
		if c.event["eventName"] != name || c.method != http.MethodPost || c.contentType != "application/json; charset=utf-8" {
			t.Errorf("%+v, want %s", c, name)
		}
	}
	select {
	case c := <-late:
		t.Errorf("%v came before its pause was over", c.event["eventName"])
	default:
	}
	for _, name := range want {
		if c := next(t, late); c.event["eventName"] != name {
			t.Errorf("%v, want %s: the order of a visitor is kept", c.event["eventName"], name)
		}
	}
	if len(told) > 0 || len(late) > 0 {
		t.Errorf("%d and %d too many", len(told), len(late))
	}
}
