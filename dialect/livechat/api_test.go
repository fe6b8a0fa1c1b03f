package livechat

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/chat"
	"confab/desk"
	"confab/dialect/dialecttest"
	"confab/dialect/rest"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
)

func world(t *testing.T) *dialecttest.World {
	t.Helper()
	w := dialecttest.New(t)
	Register(w.Handler, options(w))
	return w
}

func options(w *dialecttest.World) Options {
	return Options{Store: w.Store, Accounts: w.Accounts, People: w.People, Presence: w.Presence, Log: zap.NewNop()}
}

func TestCases(t *testing.T) {
	described := dialecttest.Describe(t, rest.MustSpec(description))
	dialecttest.Play(t, func(t *testing.T) dialecttest.Stage {
		return dialecttest.Stage{World: world(t), Check: described.Check(t), Headers: map[string]string{"Host": "acme.example", "Content-Type": "application/json"}}
	})
}

// Proves LC-REST-002 LC-REST-006.
func TestTheGuidesExamplesRunAsTheyArePrinted(t *testing.T) {
	dialecttest.PlayGuide(t, world(t), "../../docs/integrate/livechat.md")
}

func call(t *testing.T, h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, root+path, strings.NewReader(body))
	r.Host = "acme.example"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// holder registers a visitor and returns his record.
func holder(t *testing.T, w *dialecttest.World, body string) store.Visitor {
	t.Helper()
	res := call(t, w.Handler, "POST", "/visitor", body)
	var shown shown
	if err := json.Unmarshal(res.Body.Bytes(), &shown); err != nil || res.Code != 200 {
		t.Fatalf("%d %s: %v", res.Code, res.Body, err)
	}
	v, err := w.People.Visitor(t.Context(), dialecttest.Acme, shown.Visitor.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// talk has a visitor write, and returns the conversation.
func talk(t *testing.T, w *dialecttest.World, v store.Visitor) chat.Conversation {
	t.Helper()
	author := chat.Actor{Kind: chat.Visitor, ID: string(v.ID), Name: v.Name}
	_, err := w.Desk.Say(t.Context(), desk.Post{Account: dialecttest.Acme, Thread: v.Thread, Visitor: v.ID, Draft: chat.Draft{Author: author, CMID: chat.ClientMessageID(w.IDs.New()), Text: "Hello"}})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := w.Store.LoadThread(t.Context(), dialecttest.Acme, v.Thread)
	if err != nil {
		t.Fatal(err)
	}
	return *loaded.Conversation
}

func visit(t *testing.T, w *dialecttest.World, rid, href string) {
	t.Helper()
	body := fmt.Sprintf(`{"token":"kim","rid":%q,"pageInfo":{"change":"url","title":"T","location":{"href":%q}}}`, rid, href)
	if res := call(t, w.Handler, "POST", "/page.visited", body); res.Code != 200 {
		t.Fatalf("%d %s", res.Code, res.Body)
	}
}

func trail(t *testing.T, w *dialecttest.World, v store.Visitor) []presence.View {
	t.Helper()
	views, err := w.Presence.Trail(t.Context(), dialecttest.Acme, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	return views
}

// Proves LC-REST-035 LC-REST-037 LC-REST-047 LC-REST-048.
func TestAPageCountsForTheVisitAndForTheConversationThatIsHis(t *testing.T) {
	w := world(t)
	kim, tom := holder(t, w, `{"visitor":{"token":"kim"}}`), holder(t, w, `{"visitor":{"token":"tom"}}`)
	his, other := talk(t, w, kim), talk(t, w, tom)
	visit(t, w, "", "https://shop.example/1")
	visit(t, w, string(his.ID), "https://shop.example/2")
	visit(t, w, strconv.FormatInt(his.No, 10), "https://shop.example/3")
	visit(t, w, string(other.ID), "https://shop.example/4")
	call(t, w.Handler, "POST", "/page.visited", `{"token":"kim","pageInfo":{"change":"title","title":"T","location":{"href":"https://shop.example/5"}}}`)
	views := trail(t, w, kim)
	if len(views) != 4 {
		t.Fatalf("the trail is %+v", views)
	}
	for i, want := range []chat.ConversationID{"", his.ID, his.ID, ""} {
		v := views[3-i]
		if v.URL != fmt.Sprintf("https://shop.example/%d", i+1) || v.Title != "T" || v.Visit != 1 || v.Conversation != want {
			t.Errorf("page %d: %+v, want conversation %q", i+1, v, want)
		}
	}
	if views := trail(t, w, tom); len(views) != 0 {
		t.Errorf("another visitor's trail: %+v", views)
	}
}

// Proves LC-REST-049.
func TestPagesAreKeptForThirtyDaysWithoutAConversation(t *testing.T) {
	const day = 24 * time.Hour
	w := world(t)
	kim := holder(t, w, `{"visitor":{"token":"kim"}}`)
	kept := func(what string, id chat.VisitorID) time.Duration {
		left, err := w.Store.Command(t.Context(), dialecttest.Acme, "PTTL", w.Store.Key(dialecttest.Acme, "p", what, string(id)))
		ms, ok := left.(int64)
		if err != nil || !ok || ms < 0 {
			t.Fatalf("%s is kept for %v ms: %v", what, left, err)
		}
		return time.Duration(ms) * time.Millisecond
	}
	for i := range 2 {
		visit(t, w, "", fmt.Sprintf("https://shop.example/%d", i))
		for _, what := range []string{"trail", "visitor"} {
			if left := kept(what, kim.ID); left > 30*day || left < 30*day-time.Minute {
				t.Errorf("without a conversation %s is kept for %v", what, left)
			}
		}
	}
	talk(t, w, kim)
	storetest.Eventually(t, "the pages from before are kept as his conversation is", func() bool {
		return kept("trail", kim.ID) > 390*day && kept("visitor", kim.ID) > 390*day
	})
	visit(t, w, "", "https://shop.example/more")
	if left := kept("trail", kim.ID); left < 390*day {
		t.Errorf("the next page has them kept for %v", left)
	}
}

// Proves LC-REST-030 LC-REST-052.
func TestEveryRegistrationIsNewerThanTheOneBefore(t *testing.T) {
	w := world(t)
	last := ""
	for i := range 20 {
		res := call(t, w.Handler, "POST", "/visitor", `{"visitor":{"token":"kim"}}`)
		var shown shown
		if err := json.Unmarshal(res.Body.Bytes(), &shown); err != nil {
			t.Fatal(err)
		}
		if shown.Visitor.UpdatedAt <= last {
			t.Fatalf("registration %d is of %s, the one before of %s", i+1, shown.Visitor.UpdatedAt, last)
		}
		last = shown.Visitor.UpdatedAt
	}
}

// Proves LC-REST-034.
func TestAgentsSeeTheNewNameAndWhoTellsOthersIsToLook(t *testing.T) {
	w := world(t)
	if err := w.Store.SetWant(t.Context(), dialecttest.Acme, store.Want{Outbox: true}); err != nil {
		t.Fatal(err)
	}
	kim := holder(t, w, `{"visitor":{"token":"kim"}}`)
	c := talk(t, w, kim)
	if _, err := w.Desk.Accept(t.Context(), dialecttest.Acme, c.ID, w.Agent("ann"), nil); err != nil {
		t.Fatal(err)
	}
	claimed, err := w.Store.ClaimOutgoing(t.Context(), dialecttest.Acme, 10, time.Minute)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("claimed %v, %v", claimed, err)
	}
	if err := w.Store.FinishOutgoing(t.Context(), claimed[0]); err != nil {
		t.Fatal(err)
	}
	holder(t, w, `{"visitor":{"token":"kim","name":"Kim Berg","email":"kim@example.com"}}`)
	list, _, err := w.Desk.Conversations(t.Context(), dialecttest.Acme, chat.Active, "", 10)
	if err != nil || len(list) != 1 || list[0].VisitorName != "Kim Berg" {
		t.Errorf("the list has %+v, %v", list, err)
	}
	again, err := w.Store.ClaimOutgoing(t.Context(), dialecttest.Acme, 10, time.Minute)
	if err != nil || len(again) != 1 || again[0].Thread != kim.Thread {
		t.Errorf("to look at is %v, %v", again, err)
	}
}

// Proves LC-REST-028.
func TestTheDepartmentIsTheGroupThatTheVisitorChose(t *testing.T) {
	w := world(t)
	for token, department := range map[string]string{"kim": "acme-sales", "tom": "Sales"} {
		v := holder(t, w, fmt.Sprintf(`{"visitor":{"token":%q,"department":%q}}`, token, department))
		p, err := w.People.Profile(t.Context(), w.Account(), v.ID)
		if err != nil || p.Group != "acme-sales" {
			t.Errorf("%s: group %q, %v", department, p.Group, err)
		}
	}
}

// Proves LC-REST-005.
func TestWhereThereIsOneAccountEveryHostIsIts(t *testing.T) {
	w := world(t)
	body := `{"visitor":{"token":"kim"}}`
	ask := func(host string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", root+"/visitor", strings.NewReader(body))
		r.Host = host
		res := httptest.NewRecorder()
		w.Handler.ServeHTTP(res, r)
		return res
	}
	if res := ask("192.0.2.1:3000"); res.Code != 400 || !strings.Contains(res.Body.String(), "192.0.2.1") {
		t.Errorf("of two accounts one was taken: %d %s", res.Code, res.Body)
	}
	if _, err := w.Store.Command(t.Context(), "", "SREM", w.Store.GlobalKey("accounts"), "rival"); err != nil {
		t.Fatal(err)
	}
	if res := ask("192.0.2.1:3000"); res.Code != 200 {
		t.Errorf("the only account was not taken: %d %s", res.Code, res.Body)
	}
}

// Proves LC-REST-012.
func TestAnAddressThatAsksFarTooOftenWaits(t *testing.T) {
	w := world(t)
	o := options(w)
	o.Address = func(r *http.Request) string { return r.Header.Get("X-Test-Address") }
	router := httprouter.New()
	Register(router, o)
	ask := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", root+"/visitor/kim", nil)
		r.Host = "acme.example"
		r.Header.Set("X-Test-Address", address)
		res := httptest.NewRecorder()
		router.ServeHTTP(res, r)
		return res
	}
	if res := ask("192.0.2.9"); res.Code == 429 {
		t.Fatal("the first call was refused")
	}
	// As if it had called for longer than a minute at full speed.
	if _, _, err := w.Store.Limit(t.Context(), "", "livechat:"+w.Accounts.Mark("192.0.2.9"), 1.0/61, 2); err != nil {
		t.Fatal(err)
	}
	if res := ask("192.0.2.9"); res.Code != 429 || res.Header().Get("Retry-After") == "" || !strings.HasPrefix(res.Body.String(), `{"success":false,`) {
		t.Errorf("%d with %v %s", res.Code, res.Header(), res.Body)
	}
	if res := ask("192.0.2.10"); res.Code == 429 {
		t.Error("another address was refused")
	}
}

// matrix has what is asked of every route.
var matrix = map[string]string{
	"POST /visitor":       `{"visitor":{"token":"kim"}}`,
	"GET /visitor/:token": ``,
	"POST /page.visited":  `{"token":"kim","pageInfo":{"change":"url","title":"","location":{"href":"https://shop.example/"}}}`,
	"GET /openapi.json":   ``,
}

// TestATokenOpensAVisitorOfItsAccountOnly asks every route with credentials of every kind, which change nothing.
func TestATokenOpensAVisitorOfItsAccountOnly(t *testing.T) {
	w := world(t)
	kim := holder(t, w, `{"visitor":{"token":"kim","name":"Kim Berg"}}`)
	seen := map[string]bool{}
	for _, rt := range newServer(options(w)).routes() {
		name := rt.Method + " " + rt.Path
		body, ok := matrix[name]
		if !ok {
			t.Errorf("%s has no row", name)
			continue
		}
		seen[name] = true
		for _, credential := range []string{"", "Bearer acme-server-key", "Bearer rival-server-key", "Bearer nonsense"} {
			ask := func(host string) *httptest.ResponseRecorder {
				r := httptest.NewRequest(rt.Method, root+strings.Replace(rt.Path, ":token", "kim", 1), strings.NewReader(body))
				r.Host = host
				r.Header.Set("Authorization", credential)
				res := httptest.NewRecorder()
				w.Handler.ServeHTTP(res, r)
				return res
			}
			if res := ask("acme.example"); res.Code != 200 {
				t.Errorf("%s with %q: %d %s", name, credential, res.Code, res.Body)
			}
			if res := ask("rival.example"); res.Code > 400 || strings.Contains(res.Body.String(), string(kim.ID)) || strings.Contains(res.Body.String(), "Kim Berg") {
				t.Errorf("%s at the rival with %q: %d %s", name, credential, res.Code, res.Body)
			}
		}
	}
	for name := range matrix {
		if !seen[name] {
			t.Errorf("the matrix has a row for %s, which is no route", name)
		}
	}
}

// Proves LC-REST-010.
// What there was in the first version is there.
func TestRoutesAndDescriptionNameTheSame(t *testing.T) {
	doc, served := dialecttest.Describe(t, rest.MustSpec(description)), map[string]bool{}
	for _, rt := range newServer(Options{}).routes() {
		path := strings.Replace(rt.Path, ":token", "{token}", 1)
		served[rt.Method+" "+path] = true
		if item := doc.Paths.Find(path); item == nil || item.GetOperation(rt.Method) == nil {
			t.Errorf("%s %s is served, but not described", rt.Method, path)
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if !served[method+" "+path] {
				t.Errorf("%s %s is described, but not served", method, path)
			}
		}
	}
	want := []string{"GET /openapi.json", "GET /visitor/{token}", "POST /page.visited", "POST /visitor"}
	if got := slices.Sorted(maps.Keys(served)); !slices.Equal(got, want) {
		t.Errorf("served are %v", got)
	}
}
