package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/calls"
	"confab/chat"
	"confab/desk"
	"confab/desk/desktest"
	"confab/files"
	"confab/outbox"
	"confab/people"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

const (
	acme     = chat.AccountID("acme")
	rival    = chat.AccountID("rival")
	password = "correct horse battery"
	patience = 20 * time.Second // for what must happen; a test fails after it
)

// world is a node's REST API on an embedded store with two accounts, each with an agent, an admin, a group and a key.
type world struct {
	t        *testing.T
	handler  http.Handler
	check    routers.Router
	ids      chat.IDs
	store    *store.Store
	desk     *desk.Desk
	turn     desktest.Turn // where the desk's ids come from
	presence *presence.Presence
	accounts *account.Accounts
	people   *people.People
	calls    *calls.Calls
	outbox   *outbox.Outbox
	told     *notebook
	made     int // visitors
}

func newWorld(t *testing.T, log *zap.Logger) *world {
	t.Helper()
	embedded, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	w := &world{t: t, ids: chat.NewIDs(nil), store: storetest.Open(t, embedded.URL(), nil)}
	w.presence = presence.New(presence.Options{Store: w.store, Node: "node-1", Log: zap.NewNop(), VisitorGrace: time.Minute, LeaseLost: func() {}})
	w.run(w.presence.Run)
	w.accounts = account.New(account.Options{
		Store: w.store, IDs: w.ids, Log: zap.NewNop(), Secret: []byte(strings.Repeat("s", 32)),
		HashCost: auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1},
	})
	w.people = people.New(people.Options{Store: w.store, Accounts: w.accounts, Presence: w.presence, IDs: w.ids, Log: zap.NewNop()})
	w.desk = desk.New(desk.Options{
		Store: w.store, IDs: w.turn.IDs(), Log: zap.NewNop(), MayMeet: w.people.MayMeet,
		Kept: func(a chat.AccountID, t chat.ThreadID) { w.outbox.Wake(a, t) },
	})
	if err := w.accounts.Apply(t.Context(), account.Bootstrap{Accounts: []account.AccountSpec{tenant(acme), tenant(rival)}}); err != nil {
		t.Fatal(err)
	}
	w.calls = calls.New(calls.Options{Store: w.store, Desk: w.desk, Accounts: w.accounts, IDs: w.ids, Log: zap.NewNop()})
	w.told = &notebook{}
	w.outbox = outbox.New(outbox.Options{
		Store: w.store, Accounts: w.accounts, Kinds: map[string]outbox.Kind{"note": w.told}, IDs: w.ids, Log: zap.NewNop(), Node: "node-1",
	})
	w.run(w.outbox.Run)
	router := httprouter.New()
	disk, err := files.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	kept := files.New(files.Options{Store: w.store, Place: disk, Log: zap.NewNop(), Temp: disk.Temp()})
	files.Register(router, kept)
	Register(router, Options{Files: kept, Calls: w.calls, Outbox: w.outbox, Dialects: []string{account.DialectNative, "other", account.DialectJivo}, Store: w.store, Desk: w.desk, Presence: w.presence, Accounts: w.accounts, People: w.people, IDs: w.ids, Log: log})
	w.handler = router
	if w.check, err = gorillamux.NewRouter(description(t)); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) run(run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx); err != nil {
			w.t.Errorf("run: %v", err)
		}
	})
	w.t.Cleanup(func() { cancel(); running.Wait() })
}

// tenant names its people by its own id: acme-admin, acme-agent, acme-sales. acme-seller and acme-clerk are limited to their
// groups, acme-sales and acme-support.
func tenant(id chat.AccountID) account.AccountSpec {
	name, sales, support := "The "+string(id)+" company", chat.GroupID(id+"-sales"), chat.GroupID(id+"-support")
	serverKey := auth.NewSecret(string(id) + "-server-key")
	return account.AccountSpec{
		ID: id, Name: &name, ServerKey: &serverKey,
		Webhooks: []account.WebhookSpec{{Dialect: account.DialectNative, URL: "https://" + string(id) + ".example/hook"}},
		Channels: []account.ChannelSpec{{WidgetID: string(id) + "-shop", Calls: new(account.CallsManual), SafeURLs: &[]string{string(id) + ".example"}}},
		Groups:   []account.GroupSpec{{ID: sales, Name: new("Sales")}, {ID: support, Name: new("Support")}},
		Agents: []account.AgentSpec{
			tenantAgent(id, "admin", account.RoleAdmin, sales), tenantAgent(id, "agent", account.RoleAgent, sales),
			limitedAgent(id, "seller", sales), limitedAgent(id, "clerk", support),
		},
	}
}

func limitedAgent(id chat.AccountID, name string, group chat.GroupID) account.AgentSpec {
	spec := tenantAgent(id, name, account.RoleAgent, group)
	spec.Limited = new(true)
	return spec
}

func tenantAgent(id chat.AccountID, name string, r account.Role, group chat.GroupID) account.AgentSpec {
	name = string(id) + "-" + name
	return account.AgentSpec{
		ID: chat.AgentID(name), Email: new(name + "@example.com"), Name: &name, Role: &r,
		Password: new(auth.NewSecret(password)), Groups: &[]chat.GroupID{group},
	}
}

// as returns the credential of "acme-agent", "acme-key", …; "" for "none".
func (w *world) as(who string) string {
	w.t.Helper()
	tenant, r, _ := strings.Cut(who, "-")
	switch r {
	case "":
		return ""
	case "key":
		return tenant + "-server-key"
	}
	return w.signIn(who).Token
}

func (w *world) signIn(who string) account.Session {
	w.t.Helper()
	s, err := w.accounts.LogIn(w.t.Context(), who+"@example.com", auth.NewSecret(password), "192.0.2.1")
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// guest is a visitor who is here, with a contact and a waiting conversation in which he has said something.
type guest struct {
	people.Opened
	contact      chat.ContactID
	conversation chat.ConversationID
	message      chat.EntryID // what he has said
}

func (w *world) guest(id chat.AccountID) guest {
	w.t.Helper()
	ctx := w.t.Context()
	owner, err := w.accounts.Account(ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	w.made++
	user := fmt.Sprintf("user-%d", w.made)
	proof := wire.Proof{ID: user, HMAC: auth.SignUser(owner.ServerKeys(time.Now())[0], user), Name: "Maya"}
	opened, err := w.people.Open(ctx, owner, proof, wire.Device{Language: "en"}, "", "192.0.2.7")
	if err != nil {
		w.t.Fatal(err)
	}
	g := guest{Opened: opened, contact: opened.Visitor.Contact}
	w.arrive(id, g)
	w.says(id, g, "Hello")
	thread, err := w.store.LoadThread(ctx, id, g.Thread)
	if err != nil {
		w.t.Fatal(err)
	}
	g.conversation = thread.Conversation.ID
	list, _, err := w.desk.Messages(ctx, id, g.Thread, 0, 3)
	if err != nil || len(list) != 3 {
		w.t.Fatalf("the guest's thread: %v, %v", list, err)
	}
	g.message = list[2].EID
	return g
}

func (w *world) arrive(id chat.AccountID, g guest) {
	w.t.Helper()
	done := make(chan error, 1)
	w.presence.Enter(presence.Arrival{
		Account: id, Person: presence.Person{Kind: chat.Visitor, ID: string(g.Visitor.ID)}, Connection: w.ids.New(),
		Visitor: &presence.VisitorInfo{Name: g.Visitor.Name, Level: g.Level, Thread: g.Thread, Page: chat.Privacy{}.View(chat.Page{URL: "https://shop.example/tents", Title: "Tents"})},
	}, func(err error) { done <- err })
	w.wait(done)
}

func (w *world) says(id chat.AccountID, g guest, text string) {
	w.t.Helper()
	w.post(id, g, chat.Draft{Text: text})
}

// post posts a draft of the guest's.
func (w *world) post(id chat.AccountID, g guest, d chat.Draft) {
	w.t.Helper()
	done := make(chan error, 1)
	d.Author = chat.Actor{Kind: chat.Visitor, ID: string(g.Visitor.ID), Name: g.Visitor.Name}
	d.CMID = chat.ClientMessageID(w.ids.New())
	w.desk.Post(desk.Post{Account: id, Thread: g.Thread, Visitor: g.Visitor.ID, Draft: d}, func(_ desk.Posted, err error) { done <- err })
	w.wait(done)
}

func (w *world) wait(done chan error) {
	w.t.Helper()
	select {
	case err := <-done:
		if err != nil {
			w.t.Fatal(err)
		}
	case <-time.After(patience):
		w.t.Fatal("no answer")
	}
}

// reply is an answer, decoded.
type reply struct {
	*http.Response
	body []byte
	t    *testing.T
}

func (r reply) into(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%s: %v", r.body, err)
	}
}

// get reads a field of the answer, "data.0.text".
func (r reply) get(path string) any {
	r.t.Helper()
	var v any
	r.into(&v)
	for part := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(at) {
				r.t.Fatalf("no %s in %s", path, r.body)
			}
			v = at[i]
		default:
			r.t.Fatalf("no %s in %s", path, r.body)
		}
	}
	return v
}

func (r reply) want(status int, code chat.Code) {
	r.t.Helper()
	if r.StatusCode != status {
		r.t.Fatalf("%s %s: %d, want %d: %s", r.Request.Method, r.Request.URL, r.StatusCode, status, r.body)
	}
	if code != "" && r.get("code") != string(code) {
		r.t.Fatalf("%s %s: code %v, want %s", r.Request.Method, r.Request.URL, r.get("code"), code)
	}
}

// call sends a request with a bearer token and holds request and answer against the description.
func (w *world) call(bearer, method, path, body string, header ...string) reply {
	w.t.Helper()
	r := httptest.NewRequest(method, root+path, strings.NewReader(body))
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return w.send(r, body)
}

func (w *world) send(r *http.Request, body string) reply {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	res := rec.Result()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	res.Request = r
	w.describedRightly(r, body, res, raw)
	w.decent(res, raw)
	return reply{res, raw, w.t}
}

// describedRightly fails the test if the answer is not as the description says, or if the description does not allow
// a request that was served.
func (w *world) describedRightly(r *http.Request, body string, res *http.Response, raw []byte) {
	w.t.Helper()
	shadow := r.Clone(context.Background())
	shadow.URL.Path = strings.TrimSuffix(shadow.URL.Path, "/")
	route, params, err := w.check.FindRoute(shadow)
	if err != nil {
		return // no such route or method; TestRoutesAndDescriptionNameTheSame looks after those
	}
	shadow.Body = io.NopCloser(strings.NewReader(body))
	in := &openapi3filter.RequestValidationInput{
		Request: shadow, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && res.StatusCode < 300 {
		w.t.Errorf("%s %s was served, but its description forbids it: %v", r.Method, r.URL, err)
	}
	if err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options, Body: io.NopCloser(bytes.NewReader(raw)),
	}); err != nil {
		w.t.Errorf("%s %s: the answer %d is not as described: %v\n%s", r.Method, r.URL, res.StatusCode, err, raw)
	}
}

// decent checks what holds for every answer.
func (w *world) decent(res *http.Response, raw []byte) {
	w.t.Helper()
	h := res.Header
	if h.Get("X-Request-Id") == "" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
		w.t.Errorf("%s %s: headers %v", res.Request.Method, res.Request.URL, h)
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") || name == "Set-Cookie" {
			w.t.Errorf("%s %s: header %s", res.Request.Method, res.Request.URL, name)
		}
	}
	if res.StatusCode >= 400 && res.Request.Method != http.MethodHead && h.Get("Content-Type") != "application/problem+json" {
		w.t.Errorf("%s %s: %d as %s: %s", res.Request.Method, res.Request.URL, res.StatusCode, h.Get("Content-Type"), raw)
	}
	if bytes.Contains(raw, []byte("argon2")) || bytes.Contains(raw, []byte(password)) {
		w.t.Errorf("%s %s tells a secret: %s", res.Request.Method, res.Request.URL, raw)
	}
}
