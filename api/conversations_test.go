package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
)

func TestOneOfTwoAgentsTakesAConversation(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	path := "/conversations/" + string(g.conversation)
	first, second := w.as("acme-agent"), w.as("acme-admin")

	taken := w.call(first, "POST", path+"/accept", "")
	taken.want(http.StatusOK, "")
	if taken.get("state") != "active" || taken.get("acceptedBy") != "acme-agent" || taken.get("agents.0") != "acme-agent" {
		t.Errorf("accepted: %s", taken.body)
	}
	w.call(second, "POST", path+"/accept", "{}").want(http.StatusConflict, chat.Taken)
	w.call(first, "POST", path+"/accept/", "").want(http.StatusOK, "")
	if got := w.call(first, "POST", path+"/leave", ""); got.get("state") != "waiting" {
		t.Errorf("left: %s", got.body)
	}
	closed := w.call(second, "POST", path+"/close", "")
	if closed.get("state") != "closed" || closed.get("closeReason") != "agent_closed" {
		t.Errorf("closed: %s", closed.body)
	}
	w.call(first, "POST", path+"/accept", "").want(http.StatusConflict, chat.Closed)
	w.call(first, "POST", path+"/accept", `{"force":true}`).want(http.StatusBadRequest, chat.BadField)
}

func TestAMessageSentAgainIsAnsweredAgain(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	path := "/conversations/" + string(g.conversation) + "/messages"
	token := w.as("acme-key")

	body := `{"text":"On its way","clientMessageId":"order-48213-sent"}`
	first := w.call(token, "POST", path, body)
	first.want(http.StatusCreated, "")
	if first.get("author.kind") != "integration" || first.get("text") != "On its way" || first.get("clientMessageId") != "order-48213-sent" {
		t.Errorf("posted: %s", first.body)
	}
	if again := w.call(token, "POST", path, body); again.StatusCode != http.StatusCreated || string(again.body) != string(first.body) {
		t.Errorf("again: %d %s, first %s", again.StatusCode, again.body, first.body)
	}
	w.call(token, "POST", path, `{"text":"Another","clientMessageId":"order-48213-sent"}`).want(http.StatusConflict, chat.Conflict)

	for _, key := range []string{"8e03978e-40d5-43dd-bc93-6894a57f9324", "a key with spaces, and \"quotes\""} {
		one := w.call(token, "POST", path, `{"text":"Keyed"}`, "Idempotency-Key", key)
		two := w.call(token, "POST", path, `{"text":"Keyed"}`, "Idempotency-Key", key)
		if one.StatusCode != http.StatusCreated || string(one.body) != string(two.body) {
			t.Errorf("key %q: %d %s, then %s", key, one.StatusCode, one.body, two.body)
		}
	}
	free := w.call(token, "POST", path, `{"text":"Free"}`)
	if other := w.call(token, "POST", path, `{"text":"Free"}`); other.get("seq") == free.get("seq") {
		t.Errorf("two messages without an id became one: %s", other.body)
	}
}

func TestBadMessagesAreRefusedWithTheField(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	path := "/conversations/" + string(w.guest(acme).conversation) + "/messages"
	token := w.as("acme-agent")
	for body, want := range map[string]struct {
		code  chat.Code
		field string
	}{
		`{}`:                                     {chat.MissingField, "text"},
		`{"text":"  "}`:                          {chat.MissingField, "text"},
		`{"text":"\u0000"}`:                      {chat.BadField, "text"},
		`{"text":"a","clientMessageId":"short"}`: {chat.BadField, "clientMessageId"},
		`{"text":"a","author":{"kind":"system"}}`: {chat.BadField, "author"},
		`{"text":"a","auto":true}`:                {chat.BadField, "auto"},
		fmt.Sprintf(`{"text":"%010001d"}`, 0):     {chat.TooLong, "text"},
	} {
		got := w.call(token, "POST", path, body)
		got.want(http.StatusBadRequest, want.code)
		if got.get("field") != want.field {
			t.Errorf("%.60s: field %v, want %s", body, got.get("field"), want.field)
		}
	}
	w.call(token, "POST", path, `{"text":"a"}`, "Idempotency-Key", fmt.Sprintf("%0256d", 0)).want(http.StatusBadRequest, chat.BadField)
	w.call(token, "POST", path, `{"text":"a"}`, "Content-Type", "text/plain").want(http.StatusUnsupportedMediaType, chat.Unsupported)
	w.call(token, "POST", path, fmt.Sprintf(`{"text":"%065536d"}`, 0)).want(http.StatusRequestEntityTooLarge, chat.TooLarge)
}

func TestMessagesComeInPagesWithoutThoseOfOtherConversations(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	token := w.as("acme-agent")
	path := "/conversations/" + string(g.conversation)
	for i := range 4 {
		w.call(token, "POST", path+"/messages", fmt.Sprintf(`{"text":"Answer %d","note":%t}`, i, i == 2)).want(http.StatusCreated, "")
	}
	w.call(token, "POST", path+"/close", "").want(http.StatusOK, "")
	w.says(acme, g, "Another matter")

	var texts []string
	next := ""
	for pages := 0; ; pages++ {
		if pages == 5 {
			t.Fatal("the list does not end")
		}
		got := w.call(token, "GET", path+"/messages?limit=2"+next, "")
		got.want(http.StatusOK, "")
		var list page[messageAnswer]
		got.into(&list)
		for _, m := range list.Data {
			texts = append(texts, m.Text)
		}
		if list.Next == nil {
			break
		}
		next = "&after=" + *list.Next
	}
	if fmt.Sprint(texts) != "[Hello Answer 0 Answer 1 Answer 2 Answer 3]" {
		t.Errorf("messages: %q", texts)
	}
	for _, query := range []string{"?after=-1", "?after=x", "?after=9007199254740992", "?limit=0", "?limit=201", "?limit=a", "?limit=1&limit=2", "?%zz"} {
		w.call(token, "GET", path+"/messages"+query, "").want(http.StatusBadRequest, chat.BadField)
	}
}

func TestConversationsAreListedByStateInPages(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-admin")
	ids := map[string]bool{}
	for range 3 {
		ids[string(w.guest(acme).conversation)] = true
	}
	w.guest(rival)
	first := w.call(token, "GET", "/conversations?state=waiting&limit=2", "")
	first.want(http.StatusOK, "")
	second := w.call(token, "GET", fmt.Sprintf("/conversations?state=waiting&limit=2&after=%s", first.get("next")), "")
	for _, one := range []any{first.get("data.0.id"), first.get("data.1.id"), second.get("data.0.id")} {
		delete(ids, one.(string))
	}
	if len(ids) > 0 || second.get("next") != nil {
		t.Errorf("not listed: %v; %s", ids, second.body)
	}
	if got := w.call(token, "GET", "/conversations?state=closed", ""); string(got.body) != `{"data":[],"next":null}` {
		t.Errorf("none closed: %s", got.body)
	}
	w.call(token, "GET", "/conversations?state=open", "").want(http.StatusBadRequest, chat.BadField)
}

func TestAConversationIsHandedOn(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	path := "/conversations/" + string(w.guest(acme).conversation) + "/assign"
	token := w.as("acme-agent")
	if got := w.call(token, "POST", path, `{"agentId":"acme-agent"}`); got.get("state") != "active" || got.get("assignee") != "acme-agent" {
		t.Errorf("to himself: %s", got.body)
	}
	if got := w.call(token, "POST", path, `{"groupId":"acme-sales"}`); got.get("group") != "acme-sales" || got.get("state") != "waiting" {
		t.Errorf("to a group: %s", got.body)
	}
	if got := w.call(token, "POST", path, `{"agentId":"acme-admin"}`); got.get("assignee") != "acme-admin" {
		t.Errorf("to another: %s", got.body)
	}
	for body, code := range map[string]chat.Code{
		`{}`: chat.MissingField, `{"agentId":"acme-admin","groupId":"acme-sales"}`: chat.BadField,
		`{"agentId":"rival-agent"}`: chat.BadField, `{"groupId":"rival-sales"}`: chat.BadField, `{"agentId":7}`: chat.BadField,
	} {
		w.call(token, "POST", path, body).want(http.StatusBadRequest, code)
	}
}

func TestSeenLowersWhatIsUnread(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	token := w.as("acme-agent")
	path := "/conversations/" + string(g.conversation)
	before := w.call(token, "GET", path, "")
	if before.get("unread") != 1.0 {
		t.Fatalf("before: %s", before.body)
	}
	if got := w.call(token, "POST", path+"/seen", fmt.Sprintf(`{"seq":%v}`, before.get("top"))); got.get("unread") != 0.0 {
		t.Errorf("after: %s", got.body)
	}
	w.call(token, "POST", path+"/seen", `{}`).want(http.StatusBadRequest, chat.MissingField)
	w.call(token, "POST", path+"/seen", `{"seq":-1}`).want(http.StatusBadRequest, chat.BadField)
	w.call(token, "POST", path+"/seen", `{"seq":1.5}`).want(http.StatusBadRequest, chat.BadField)
}

func (w *world) card(g guest) {
	w.t.Helper()
	card := chat.Card{URL: "https://crm.example/7", Assign: true}
	if _, err := w.desk.Card(w.t.Context(), acme, g.conversation, chat.Actor{Kind: chat.Integration, ID: "crm"}, card); err != nil {
		w.t.Fatal(err)
	}
}

func TestAConversationIsTiedToTheCardThatIsShownAndToNothingElse(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g, token := w.guest(acme), w.as("acme-agent")
	path := "/conversations/" + string(g.conversation) + "/link"
	w.call(token, "POST", path, "").want(http.StatusForbidden, chat.Forbidden)
	w.card(g)
	for range 2 {
		got := w.call(token, "POST", path, "")
		var c struct{ LinkedTo string }
		if got.StatusCode != 200 || json.Unmarshal(got.body, &c) != nil || c.LinkedTo != "https://crm.example/7" {
			t.Errorf("%d %s", got.StatusCode, got.body)
		}
	}
	w.call(token, "POST", path, `{"url":"https://other.example/"}`).want(http.StatusBadRequest, chat.BadField)
}

func TestTheConversationsOfAThreadAreListedTheNewestFirst(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g, other := w.guest(acme), w.guest(acme)
	w.call(w.as("acme-agent"), "POST", "/conversations/"+string(g.conversation)+"/close", "").want(http.StatusOK, "")
	w.says(acme, g, "Another matter")
	thread := "/conversations?thread=" + string(g.Thread)
	list := w.call(w.as("acme-agent"), "GET", thread, "")
	list.want(http.StatusOK, "")
	if got := list.get("data").([]any); len(got) != 2 || list.get("data.1.id") != string(g.conversation) || list.get("data.0.state") != "waiting" {
		t.Errorf("listed %s", list.body)
	}
	open := w.call(w.as("acme-agent"), "GET", thread+"&state=closed", "")
	if got := open.get("data").([]any); len(got) != 1 || open.get("data.0.id") != string(g.conversation) {
		t.Errorf("of those that are closed: %s", open.body)
	}
	if got := w.call(w.as("acme-agent"), "GET", "/conversations?thread="+string(other.Thread), "").get("data").([]any); len(got) != 1 {
		t.Errorf("of another thread: %v", got)
	}
	w.call(w.as("rival-agent"), "GET", thread, "").want(http.StatusNotFound, chat.NotFound)
}
