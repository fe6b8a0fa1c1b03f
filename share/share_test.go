package share

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/people"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

const (
	node  = "node.test"
	shop  = "https://shop.example"
	login = "https://login.brand.example"
)

// world is a node with one account that lists two sites by name, and lets all pages in.
type world struct {
	router *httprouter.Router
	people *people.People
	acme   *account.Account
}

func newWorld(t *testing.T) *world {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	s, secret := storetest.Open(t, e.URL(), nil), []byte("a signing secret of the tests 123")
	accounts := account.New(account.Options{Store: s, IDs: chat.NewIDs(nil), Log: zap.NewNop(), Secret: secret})
	origins, key := []string{"*", shop, "https://*.brand.example"}, auth.NewSecret("ladygaga")
	err = accounts.Apply(context.Background(), account.Bootstrap{Accounts: []account.AccountSpec{
		{ID: "acme", AllowedOrigins: &origins, ServerKey: &key}, {ID: "open", AllowedOrigins: &[]string{"*"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	acme, err := accounts.Account(context.Background(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{router: httprouter.New(), acme: acme}
	there := presence.New(presence.Options{Store: s, Node: "a", Log: zap.NewNop()})
	w.people = people.New(people.Options{Store: s, Accounts: accounts, Presence: there, Tickets: auth.NewTickets(secret), IDs: chat.NewIDs(nil), Log: zap.NewNop()})
	Register(w.router, Options{Accounts: accounts, People: w.people})
	return w
}

func (w *world) do(method, path, origin, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://"+node+path, strings.NewReader(body))
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	out := httptest.NewRecorder()
	w.router.ServeHTTP(out, r)
	return out
}

func (w *world) ask(t *testing.T, origin string, body request) (int, answer) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res := w.do("POST", ticketPath, origin, string(raw))
	var got answer
	if res.Code == http.StatusOK {
		if err := json.Unmarshal(res.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
	}
	return res.Code, got
}

func proven() wire.Proof {
	return wire.Proof{ID: "7", HMAC: auth.SignUser(auth.NewSecret("ladygaga"), "7")}
}

// Proves PAV-JS-039: what one domain has proven opens on another.
func TestAProvenPageIsGivenATicketThatOpensElsewhere(t *testing.T) {
	w := newWorld(t)
	status, got := w.ask(t, login, request{Account: "acme", Visitor: proven()})
	if status != http.StatusOK || got.Until <= chat.At(time.Now()) {
		t.Fatalf("%d, until %d", status, got.Until)
	}
	o, err := w.people.Open(context.Background(), w.acme, wire.Proof{Ticket: got.Ticket}, wire.Device{}, "", "")
	if err != nil || o.Level != people.Verified {
		t.Errorf("opened as %q: %v", o.Level, err)
	}
	status, again := w.ask(t, "http://"+node, request{Account: "acme", Visitor: wire.Proof{Ticket: got.Ticket}, For: shop})
	if status != http.StatusOK || again.Ticket == "" {
		t.Errorf("the node's own page asks for a shop's: %d", status)
	}
}

func TestOnlyPagesThatTheAccountNamesAreGivenTickets(t *testing.T) {
	w := newWorld(t)
	for why, c := range map[string]struct {
		origin string
		asked  request
		status int
	}{
		"a page that only a star lets in":   {"https://evil.example", request{Account: "acme", Visitor: proven()}, 403},
		"no page":                           {"", request{Account: "acme", Visitor: proven()}, 403},
		"a page without an origin":          {"null", request{Account: "acme", Visitor: proven()}, 403},
		"a named page for one that is not":  {login, request{Account: "acme", Visitor: proven(), For: "https://evil.example"}, 403},
		"the node's own page for itself":    {"http://" + node, request{Account: "acme", Visitor: proven()}, 403},
		"the node's own page for any":       {"http://" + node, request{Account: "acme", Visitor: proven(), For: "https://evil.example"}, 403},
		"an account that names nobody":      {login, request{Account: "open", Visitor: proven()}, 403},
		"an account that is not there":      {login, request{Account: "nobody", Visitor: proven()}, 404},
		"who proves nothing":                {login, request{Account: "acme", Visitor: wire.Proof{ID: "7"}}, 403},
		"who proves it wrong":               {login, request{Account: "acme", Visitor: wire.Proof{ID: "8", HMAC: proven().HMAC}}, 403},
		"who shows a ticket that is no one": {login, request{Account: "acme", Visitor: wire.Proof{Ticket: "a.b.c"}}, 403},
	} {
		if status, _ := w.ask(t, c.origin, c.asked); status != c.status {
			t.Errorf("%s: %d, want %d", why, status, c.status)
		}
	}
	for why, body := range map[string]string{"no JSON": "hello", "too much": `{"account":"` + strings.Repeat("a", maxBodyBytes) + `"}`} {
		if res := w.do("POST", ticketPath, login, body); res.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", why, res.Code)
		}
	}
}

func TestATicketIsReadByThePageThatAskedAndKeptByNobody(t *testing.T) {
	w := newWorld(t)
	raw, _ := json.Marshal(request{Account: "acme", Visitor: proven()})
	for origin, want := range map[string]string{login: login, "https://evil.example": ""} {
		res := w.do("POST", ticketPath, origin, string(raw))
		if got := res.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: readable by %q, want %q", origin, got, want)
		}
		if res.Header().Get("Cache-Control") != "no-store" || res.Header().Get("Vary") != "Origin" || res.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: headers %v", origin, res.Header())
		}
	}
}

func TestOnlyPagesThatTheAccountNamesMayEmbedThePage(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"?account=acme":   shop + " https://*.brand.example",
		"?account=open":   "'none'",
		"?account=nobody": "'none'",
		"?account=%0d%0a": "'none'",
		"":                "'none'",
	} {
		res := w.do("GET", pagePath+query, "", "")
		policy := res.Header().Get("Content-Security-Policy")
		if _, got, _ := strings.Cut(policy, "frame-ancestors "); res.Code != http.StatusOK || got != want {
			t.Errorf("%q: %d, embedded by %q, want %q", query, res.Code, got, want)
		}
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'sha256-") {
			t.Errorf("%q: %s", query, policy)
		}
	}
	if !strings.Contains(w.do("GET", pagePath, "", "").Body.String(), "postMessage") {
		t.Error("the page is not there to be copied")
	}
}
