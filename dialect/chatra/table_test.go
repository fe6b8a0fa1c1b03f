package chatra

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/dialect/rest"
	"confab/wire"
)

var param = regexp.MustCompile(`:([a-z]+)`)

// calls are the routes that ask for keys.
func calls() []rest.Route {
	return slices.DeleteFunc(newServer(RESTOptions{}).routes(), func(rt rest.Route) bool { return rt.Open })
}

func TestRoutesAndDescriptionNameTheSame(t *testing.T) {
	doc, served, described := described(t), map[string]bool{}, map[string]bool{}
	for _, rt := range calls() {
		served[rt.Method+" "+param.ReplaceAllString(root+rt.Path, "{$1}")] = true
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
	}
	for _, one := range slices.Sorted(maps.Keys(served)) {
		if !described[one] {
			t.Errorf("%s is served, but not described", one)
		}
	}
	for _, one := range slices.Sorted(maps.Keys(described)) {
		if !served[one] {
			t.Errorf("%s is described, but not served", one)
		}
	}
}

func TestTheDescriptionIsServedToAnybody(t *testing.T) {
	s := stage(t)
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/chatra/openapi.json", nil))
	if w.Code != http.StatusOK || w.Body.String() != string(rest.MustSpec(description)) {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
}

// callers of the matrix. Ids of paths and bodies are always acme's.
var callers = []struct{ who, keys string }{
	{"nobody", ""},
	{"wrong", "Chatra.Simple acme-public:wrong"},
	{"acme", keys},
	{"acme by Basic", "Basic YWNtZS1wdWJsaWM6YWNtZS1zZWNyZXQ="},
	{"acme's server key", "Bearer acme-server-key"},
	{"rival", "Chatra.Simple rival-public:rival-secret"},
}

// matrix has a row for every route: what is sent, and what it answers to each of the callers.
var matrix = map[string]struct {
	body  string
	codes [6]int
}{
	"POST /api/messages":             {`{"clientId":"CLIENT","text":"Hi","agentId":"acme-ann"}`, [6]int{401, 401, 200, 200, 401, 404}},
	"GET /api/messages/:id":          {``, [6]int{401, 401, 200, 200, 401, 404}},
	"PUT /api/messages/:id":          {`{"text":"Hi"}`, [6]int{401, 401, 200, 200, 401, 404}},
	"DELETE /api/messages/:id":       {``, [6]int{401, 401, 200, 200, 401, 404}},
	"POST /api/pushedMessages":       {`{"clientId":"CLIENT","text":"Hi"}`, [6]int{401, 401, 200, 200, 401, 404}},
	"GET /api/pushedMessages/:id":    {``, [6]int{401, 401, 200, 200, 401, 404}},
	"PUT /api/pushedMessages/:id":    {`{"text":"Hi"}`, [6]int{401, 401, 200, 200, 401, 404}},
	"DELETE /api/pushedMessages/:id": {``, [6]int{401, 401, 200, 200, 401, 404}},
	"GET /api/clients/:id":           {``, [6]int{401, 401, 200, 200, 401, 404}},
	"PUT /api/clients/:id":           {`{"name":"Ingrid"}`, [6]int{401, 401, 200, 200, 401, 404}},
}

// Proves CHATRA-REST-004 CHATRA-REST-007 CHATRA-REST-020.
func TestEveryRouteAnswersEveryCallerAsItShould(t *testing.T) {
	s := stage(t)
	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/"}, "")
	seen := map[string]bool{}
	for _, rt := range calls() {
		name := rt.Method + " " + root + rt.Path
		line, ok := matrix[name]
		if !ok {
			t.Errorf("%s has no row in the matrix", name)
			continue
		}
		seen[name] = true
		for i, caller := range callers {
			id := string(v.Visitor.ID)
			if !strings.Contains(root+rt.Path, "clients") { // a fresh one for each, for some are taken back
				d := chat.Draft{Author: s.Agent("ann"), Text: "Hello", Pushed: strings.Contains(root+rt.Path, "pushed")}
				id = string(s.Say("maya", d))
			}
			path, body := strings.Replace(root+rt.Path, ":id", id, 1), strings.Replace(line.body, "CLIENT", string(v.Visitor.ID), 1)
			if got := ask(s, rt.Method, path, body, caller.keys); got.Code != line.codes[i] {
				t.Errorf("%s by %s: %d, want %d: %s", name, caller.who, got.Code, line.codes[i], got.Body)
			}
		}
	}
	for name := range matrix {
		if !seen[name] {
			t.Errorf("the matrix has a row for %s, which is no route", name)
		}
	}
}

// Proves CHATRA-REST-020. Nobody learns from an answer whether another account has a thing.
func TestAForeignIDIsRefusedLikeOneThatIsNone(t *testing.T) {
	s := stage(t)
	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/"}, "")
	m := s.Say("maya", chat.Draft{Author: s.Agent("ann"), Text: "Hello", Pushed: true})
	rival := callers[len(callers)-1].keys
	for _, rt := range calls() {
		id := string(m)
		if strings.Contains(root+rt.Path, "clients") {
			id = string(v.Visitor.ID)
		}
		said := matrix[rt.Method+" "+root+rt.Path].body
		foreign := ask(s, rt.Method, strings.Replace(root+rt.Path, ":id", id, 1), strings.Replace(said, "CLIENT", string(v.Visitor.ID), 1), rival)
		none := ask(s, rt.Method, strings.Replace(root+rt.Path, ":id", s.IDs.New(), 1), strings.Replace(said, "CLIENT", s.IDs.New(), 1), rival)
		if foreign.Code != http.StatusNotFound || none.Code != foreign.Code || none.Body.String() != foreign.Body.String() {
			t.Errorf("%s %s: foreign %d %s, none %d %s", rt.Method, root+rt.Path, foreign.Code, foreign.Body, none.Code, none.Body)
		}
	}
}

func ask(s dialecttest.Stage, method, path, body, keys string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if keys != "" {
		r.Header.Set("Authorization", keys)
	}
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	return w
}
