package pavior

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/api"
	"confab/auth"
	"confab/dialect/dialecttest"
	"confab/dialect/rest"
)

const key = "acme-server-key"

// world has Ann write under two names, and the native API beside ours, which shows what has come of a call.
func world(t *testing.T) *dialecttest.World {
	t.Helper()
	w := dialecttest.New(t)
	_, err := w.Accounts.UpdateAgent(t.Context(), dialecttest.Acme, account.AgentSpec{ID: "acme-ann", SenderProfiles: &[]account.SenderProfile{
		{ID: "care", Name: "Ann of customer care", Email: "care@example.com"},
		{ID: "boss", Name: "Ann Olsen", Default: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	api.Register(w.Handler, api.Options{
		Store: w.Store, Desk: w.Desk, Presence: w.Presence, Accounts: w.Accounts, People: w.People, Files: w.Files, Calls: w.Calls, IDs: w.IDs, Log: zap.NewNop(),
	})
	Register(w.Handler, options(w))
	return w
}

func options(w *dialecttest.World) Options {
	return Options{Store: w.Store, Desk: w.Desk, Accounts: w.Accounts, People: w.People, IDs: w.IDs, Log: zap.NewNop()}
}

func TestCases(t *testing.T) {
	described := dialecttest.Describe(t, rest.MustSpec(description))
	dialecttest.Play(t, func(t *testing.T) dialecttest.Stage {
		return dialecttest.Stage{
			World: world(t), Check: described.Check(t),
			Headers: map[string]string{"Authorization": "Bearer " + key, "Content-Type": "application/json"},
		}
	})
}

// Proves PAV-REST-080.
func TestTheGuidesExamplesRunAsTheyArePrinted(t *testing.T) {
	w := world(t)
	dialecttest.PlayGuide(t, w, "../../docs/integrate/pavior.md")
}

// post sends a call, with headers as name, value, …, where an empty value takes one away.
func post(t *testing.T, h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Proves PAV-REST-002 PAV-REST-003 PAV-REST-004.
func TestACallInTheClearIsSentToHTTPSAndNotDone(t *testing.T) {
	w := dialecttest.New(t)
	o := options(w)
	o.RequireHTTPS = true
	o.Secure = func(r *http.Request) bool { return r.Header.Get("X-Test-Scheme") == "https" }
	router := httprouter.New()
	Register(router, o)
	for _, c := range []struct{ method, path string }{
		{"POST", "/v1/user"}, {"POST", "/v1/user/?a=b%20c&d"}, {"GET", "/v1/events"}, {"DELETE", "/v1/no%2Fthing"}, {"OPTIONS", "/v1"},
	} {
		res := post(t, router, c.method, "http://api.example:8080"+c.path, `{"email":"kim@example.com"}`)
		if res.Code != 302 || res.Header().Get("Location") != "https://api.example:8080"+c.path {
			t.Errorf("%s %s: %d to %q", c.method, c.path, res.Code, res.Header().Get("Location"))
		}
	}
	if res := post(t, router, "POST", "/v1/events", `{"email":"kim@example.com","events":[]}`, "X-Test-Scheme", "https"); res.Code != 404 {
		t.Errorf("what was sent to https made a user: %d %s", res.Code, res.Body)
	}
	if res := post(t, router, "POST", "/v1/user", `{"email":"kim@example.com"}`, "X-Test-Scheme", "https"); res.Code != 200 {
		t.Errorf("over https: %d %s", res.Code, res.Body)
	}
	if res := post(t, router, "GET", "http://api.example/embed", ""); res.Code != 200 {
		t.Errorf("the script was sent to https: %d", res.Code)
	}
	o.Secure = nil
	tls := httprouter.New()
	Register(tls, o)
	if res := post(t, tls, "POST", "https://api.example/v1/user", `{"email":"kim@example.com"}`); res.Code != 200 {
		t.Errorf("over TLS of our own: %d", res.Code)
	}
}

// Proves PAV-JS-096 ATTR-004 ATTR-048.
func TestUsersAreFoundByWhatIsMadeOfTheirEvents(t *testing.T) {
	w := world(t)
	for _, call := range []string{
		`/user {"id":"often"}`, `/events {"id":"often","events":[{"eventType":"order","createdAt":"2017-03-01"},{"eventType":"order","createdAt":"2017-05-01"}]}`,
		`/user {"id":"once"}`, `/events {"id":"once","events":[{"eventType":"order","createdAt":"2017-04-01"}]}`,
		`/user {"id":"never"}`,
	} {
		path, body, _ := strings.Cut(call, " ")
		if res := post(t, w.Handler, "POST", root+path, body); res.Code != 200 {
			t.Fatalf("%s: %d %s", call, res.Code, res.Body)
		}
	}
	for filter, want := range map[string][]string{
		`{"attribute":"order count","above":1}`:             {"often"},
		`{"attribute":"order count","known":true}`:          {"often", "once"},
		`{"attribute":"order first","after":"2017-03-15"}`:  {"once"},
		`{"attribute":"order last","after":"2017-04-15"}`:   {"often"},
		`{"attribute":"order count","unknown":true}`:        {"never"},
		`{"attribute":"order last","before":"2017-03-15"}`:  nil,
		`{"attribute":"order count","between":[1,1]}`:       {"once"},
		`{"attribute":"order first","before":"2017-03-15"}`: {"often"},
	} {
		res := post(t, w.Handler, "GET", "/confab/v1/contacts?sort=id&filter="+url.QueryEscape(filter), "")
		var page struct {
			Data []struct {
				ExternalID string `json:"externalId"`
			} `json:"data"`
		}
		if err := json.Unmarshal(res.Body.Bytes(), &page); err != nil || res.Code != 200 {
			t.Fatalf("%s: %d %s", filter, res.Code, res.Body)
		}
		var got []string
		for _, c := range page.Data {
			got = append(got, c.ExternalID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", filter, got, want)
		}
	}
}

// matrix has a row for every route that is not open: a body that is served, and one in which things of another account are named.
var matrix = map[string]struct{ own, foreign string }{
	"POST /user":             {`{"id":"42","email":"kim@example.com"}`, ""}, // names nothing but people, and those it makes
	"POST /outbound_message": {`{"id":"42","subject":"s","message":"m","senderId":"acme-ann"}`, `{"id":"42","subject":"s","message":"m","senderId":"rival-ann"}`},
	"POST /inbound_message":  {`{"id":"42","subject":"s","message":"m","assignedToId":"acme-ann"}`, `{"id":"42","subject":"s","message":"m","assignedToId":"rival-ann@example.com"}`},
	"POST /events":           {`{"id":"42","events":[]}`, `{"id":"rival-only","events":[]}`},
}

// Proves PAV-REST-005 PAV-REST-006 PAV-REST-007 PAV-REST-014 PAV-REST-020.
func TestEveryRouteAnswersEveryCallerAsItShould(t *testing.T) {
	w := world(t)
	session, err := w.Accounts.LogIn(t.Context(), "acme-ann@example.com", auth.NewSecret("correct horse battery"), "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	post(t, w.Handler, "POST", root+"/user", matrix["POST /user"].own)
	post(t, w.Handler, "POST", root+"/user", `{"id":"rival-only"}`, "Authorization", "Bearer rival-server-key")
	callers := map[string]string{"none": "", "wrong key": "Bearer acme-server-kez", "an agent": "Bearer " + session.Token, "a pair": "Basic YWNtZS1wdWJsaWM6YWNtZS1zZWNyZXQ=", "the bare key": key}
	seen := map[string]bool{}
	for _, rt := range newServer(options(w)).routes() {
		name, path := rt.Method+" "+rt.Path, root+rt.Path
		if rt.Open {
			if res := post(t, w.Handler, rt.Method, path, "", "Authorization", ""); res.Code != 200 {
				t.Errorf("%s is open: %d", name, res.Code)
			}
			continue
		}
		row, ok := matrix[name]
		if !ok {
			t.Errorf("%s has no row", name)
			continue
		}
		seen[name] = true
		for _, who := range slices.Sorted(maps.Keys(callers)) {
			res := post(t, w.Handler, rt.Method, path, row.own, "Authorization", callers[who])
			if res.Code != 401 || !strings.HasPrefix(res.Body.String(), `{"error":`) {
				t.Errorf("%s by %s: %d %s", name, who, res.Code, res.Body)
			}
		}
		for _, address := range []string{path, path + "/"} {
			if res := post(t, w.Handler, rt.Method, address, row.own); res.Code != 200 {
				t.Errorf("%s: %d %s", address, res.Code, res.Body)
			}
		}
		if row.foreign != "" {
			if res := post(t, w.Handler, rt.Method, path, row.foreign); res.Code != 400 && res.Code != 404 {
				t.Errorf("%s about another account's: %d %s", name, res.Code, res.Body)
			}
		}
		for _, method := range []string{"GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"} {
			res := post(t, w.Handler, method, path, "", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST")
			if res.Code != 405 || res.Header().Get("Allow") != rt.Method {
				t.Errorf("%s %s: %d, Allow %q", method, path, res.Code, res.Header().Get("Allow"))
			}
			for header := range res.Header() {
				if strings.HasPrefix(header, "Access-Control-") {
					t.Errorf("%s %s: a page may call: %s", method, path, header)
				}
			}
		}
	}
	for name := range matrix {
		if !seen[name] {
			t.Errorf("the matrix has a row for %s, which is no route", name)
		}
	}
}

// Proves PAV-REST-019.
func TestAKeyThatCallsFarTooOftenWaits(t *testing.T) {
	w := world(t)
	body := `{"id":"42"}`
	if res := post(t, w.Handler, "POST", "/v1/user", body); res.Code != 200 {
		t.Fatalf("the first call: %d", res.Code)
	}
	// As if it had called for longer than a minute at full speed.
	if _, _, err := w.Store.Limit(t.Context(), dialecttest.Acme, "rest:pavior", 1.0/61, 2); err != nil {
		t.Fatal(err)
	}
	if res := post(t, w.Handler, "POST", "/v1/user", body); res.Code != 429 || res.Header().Get("Retry-After") == "" {
		t.Errorf("%d with %v %s", res.Code, res.Header(), res.Body)
	}
	if res := post(t, w.Handler, "POST", "/v1/user", body, "Authorization", "Bearer rival-server-key"); res.Code != 200 {
		t.Errorf("another key: %d", res.Code)
	}
}

// Proves PAV-REST-013.
func TestABodyBeyondTheLimitIsRefused(t *testing.T) {
	w := world(t)
	body := `{"id":"42","note":"` + strings.Repeat("x", 1<<20) + `"}`
	if res := post(t, w.Handler, "POST", "/v1/user", body); res.Code != 413 || !strings.HasPrefix(res.Body.String(), `{"error":`) {
		t.Errorf("%d %s", res.Code, res.Body)
	}
}

// Proves PAV-REST-081.
// There are these four, and the description of them.
func TestRoutesAndDescriptionNameTheSame(t *testing.T) {
	doc, served := dialecttest.Describe(t, rest.MustSpec(description)), map[string]bool{}
	for _, rt := range newServer(Options{}).routes() {
		served[rt.Path] = true
		if item := doc.Paths.Find(rt.Path); item == nil || item.GetOperation(rt.Method) == nil {
			t.Errorf("%s %s is served, but not described", rt.Method, rt.Path)
		}
	}
	for path := range doc.Paths.Map() {
		if !served[path] {
			t.Errorf("%s is described, but not served", path)
		}
	}
	want := []string{"/events", "/inbound_message", "/openapi.json", "/outbound_message", "/user"}
	if got := slices.Sorted(maps.Keys(served)); !slices.Equal(got, want) {
		t.Errorf("served are %v", got)
	}
}
