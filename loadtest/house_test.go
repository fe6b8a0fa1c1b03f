package loadtest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/api"
	"confab/auth"
	"confab/chat"
	"confab/desk"
	"confab/outbox"
	"confab/people"
	"confab/presence"
	"confab/relay"
	"confab/store"
	"confab/store/storetest"
	"confab/webhook"
)

// house is a node on an embedded store, with two accounts, as far as these scenarios need one.
type house struct {
	url  string // ws://
	keys []string
}

// newHouse starts it. between stands before everything that the node serves; nil: nothing does.
func newHouse(t *testing.T, between func(http.Handler) http.Handler) house {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	s, ids, log := storetest.Open(t, e.URL(), nil), chat.NewIDs(nil), zap.NewNop()
	accounts := account.New(account.Options{Store: s, IDs: ids, Log: log, Secret: []byte(strings.Repeat("s", 32)), HashCost: auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1}})
	h := house{keys: []string{"first-server-key", "second-server-key"}}
	for i, id := range []chat.AccountID{"first", "second"} {
		key := auth.NewSecret(h.keys[i])
		if _, err := accounts.Create(t.Context(), account.AccountSpec{ID: id, ServerKey: &key}); err != nil {
			t.Fatal(err)
		}
	}
	var node *relay.Node
	there := presence.New(presence.Options{Store: s, Node: "node", Log: log, VisitorGrace: time.Minute, LeaseLost: func() { node.LeaseLost() }})
	hooks := webhook.New(webhook.Options{Encoders: map[string]webhook.Encoder{account.DialectNative: webhook.Native{}}, AllowPrivate: true, Accounts: accounts, Log: log})
	out := outbox.New(outbox.Options{Store: s, Accounts: accounts, Kinds: map[string]outbox.Kind{webhook.Kind: hooks}, IDs: ids, Log: log, Node: "node"})
	d := desk.New(desk.Options{Store: s, IDs: ids, Log: log, IdleAfter: accounts.IdleAfter, Kept: out.Wake})
	known := people.New(people.Options{Store: s, Accounts: accounts, Presence: there, IDs: ids, Log: log})
	node = relay.New(relay.Options{Store: s, Desk: d, Presence: there, Accounts: accounts, People: known, IDs: ids, Log: log, Node: "node"})
	router := httprouter.New()
	router.Handler(http.MethodGet, "/ws", node)
	api.Register(router, api.Options{Store: s, Desk: d, Presence: there, Accounts: accounts, People: known, Outbox: out, Dialects: hooks.Dialects(),
		CheckWebhook: hooks.Check, IDs: ids, Log: log})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{there.Run, node.Run, out.Run, func(ctx context.Context) error { return d.Run(ctx, "node") }} {
		running.Go(func() { _ = run(ctx) })
	}
	var handler http.Handler = router
	if between != nil {
		handler = between(router)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() { server.Close(); cancel(); running.Wait(); hooks.Close() })
	h.url = "ws" + strings.TrimPrefix(server.URL, "http")
	return h
}

// measure runs a scenario against the house, short.
func (h house) measure(t *testing.T, o Options) *Result {
	t.Helper()
	o.URLs, o.Account, o.Receive = []string{h.url}, "first", "127.0.0.1:0"
	if o.ServerKeys == nil {
		o.ServerKeys = h.keys[:1]
	}
	o.Duration, o.Warmup, o.Settle, o.Parallel, o.Size = time.Second, 100*time.Millisecond, 15*time.Second, 8, 128
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
