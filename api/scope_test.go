package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
	"confab/desk"
	"confab/wire"
)

// listed returns the ids of a list's items, of all pages.
func (w *world) listed(token, path string) []string {
	w.t.Helper()
	all, after := []string{}, ""
	for range 20 {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		got := w.call(token, "GET", path+sep+"limit=2"+after, "")
		got.want(http.StatusOK, "")
		var page struct {
			Data []struct {
				ID string `json:"id"`
			} `json:"data"`
			Next *string `json:"next"`
		}
		got.into(&page)
		for _, one := range page.Data {
			all = append(all, one.ID)
		}
		if page.Next == nil {
			return all
		}
		after = "&after=" + *page.Next
	}
	w.t.Fatalf("%s does not end", path)
	return nil
}

// anew closes a guest's conversation and has him say something, which starts another one.
func (w *world) anew(g guest, text string) guest {
	w.t.Helper()
	if _, err := w.desk.Close(w.t.Context(), acme, g.conversation, chat.Actor{Kind: chat.System}, nil, chat.AgentClosed); err != nil {
		w.t.Fatal(err)
	}
	w.says(acme, g, text)
	thread, err := w.store.LoadThread(w.t.Context(), acme, g.Thread)
	if err != nil {
		w.t.Fatal(err)
	}
	g.conversation = thread.Conversation.ID
	return g
}

func TestListsLeaveOutWhatOtherGroupsTalkOf(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	clerk, agent := w.as("acme-clerk"), w.as("acme-agent")
	common, mine, others, more := w.guest(acme), w.guest(acme), w.guest(acme), w.guest(acme)
	w.give(mine.conversation, "acme-support")
	for _, g := range []guest{others, more} {
		w.give(g.conversation, "acme-sales")
	}
	for _, g := range []guest{common, mine, others, more} {
		w.rings(g)
	}
	for path, of := range map[string]func(guest) string{
		"/conversations":               func(g guest) string { return string(g.conversation) },
		"/conversations?state=waiting": func(g guest) string { return string(g.conversation) },
		"/visitors":                    func(g guest) string { return string(g.Visitor.ID) },
	} {
		if got := w.listed(clerk, path); len(got) != 2 || !slices.Contains(got, of(common)) || !slices.Contains(got, of(mine)) {
			t.Errorf("%s: %v", path, got)
		}
		if got := w.listed(agent, path); len(got) != 4 {
			t.Errorf("%s by who is not limited: %v", path, got)
		}
	}
	if got := w.listed(clerk, "/calls"); len(got) != 2 {
		t.Errorf("calls: %v", got)
	}
	if got := w.listed(agent, "/calls"); len(got) != 4 {
		t.Errorf("calls by who is not limited: %v", got)
	}
	w.call(clerk, "GET", "/conversations?thread="+string(others.Thread), "").want(http.StatusNotFound, chat.NotFound)
	if got := w.listed(clerk, "/conversations?thread="+string(mine.Thread)); len(got) != 1 {
		t.Errorf("of a thread: %v", got)
	}
}

func TestAConversationThatIsMovedIsLostAtOnceAndFoundByWhoGetsIt(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	clerk, seller := w.as("acme-clerk"), w.as("acme-seller")
	g := w.guest(acme)
	path := "/conversations/" + string(g.conversation)
	read := func(token string, status int) {
		t.Helper()
		for _, path := range []string{path, path + "/messages", "/visitors/" + string(g.Visitor.ID), "/contacts/" + string(g.contact)} {
			if got := w.call(token, "GET", path, ""); got.StatusCode != status {
				t.Errorf("GET %s: %d, want %d", path, got.StatusCode, status)
			}
		}
	}
	read(clerk, 200)
	read(seller, 200)
	w.call(clerk, "POST", path+"/assign", `{"groupId":"acme-sales"}`).want(http.StatusOK, "")
	read(clerk, 404)
	read(seller, 200)
	w.call(seller, "POST", path+"/accept", "").want(http.StatusOK, "")
	w.call(seller, "POST", path+"/assign", `{"agentId":"acme-clerk"}`).want(http.StatusOK, "")
	read(clerk, 200) // assigned to him
	read(seller, 200)
	w.call(clerk, "POST", path+"/accept", "").want(http.StatusOK, "")
	w.call(clerk, "POST", path+"/leave", "").want(http.StatusOK, "")
	read(clerk, 404) // of another group, and he is not in it any more
}

func TestOfAPersonWhoTalksToOthersTooOnlyTheOwnConversationsAreSeen(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	clerk, agent := w.as("acme-clerk"), w.as("acme-agent")
	first := w.guest(acme)
	w.give(first.conversation, "acme-support")
	second := w.anew(first, "Something else")
	w.give(second.conversation, "acme-sales")
	for token, want := range map[string]int{clerk: 1, agent: 2} {
		for _, path := range []string{
			"/visitors/" + string(first.Visitor.ID), "/contacts/" + string(first.contact) + "/history", "/conversations?thread=" + string(first.Thread),
		} {
			got := w.call(token, "GET", path, "")
			got.want(http.StatusOK, "")
			if !strings.Contains(string(got.body), string(first.conversation)) || strings.Contains(string(got.body), string(second.conversation)) != (want == 2) {
				t.Errorf("%s, of %d conversations: %s", path, want, got.body)
			}
		}
	}
	w.call(clerk, "PATCH", "/contacts/"+string(first.contact), `{"name":"Maya B"}`).want(http.StatusOK, "")
	closed := "/conversations/" + string(first.conversation)
	w.call(clerk, "POST", closed+"/messages", `{"text":"Still there?"}`).want(http.StatusNotFound, chat.NotFound)
	w.call(clerk, "POST", closed+"/messages", `{"text":"A note","note":true}`).want(http.StatusNotFound, chat.NotFound)
	w.call(agent, "POST", closed+"/messages", `{"text":"Still there?"}`).want(http.StatusCreated, "")
	if got := w.call(clerk, "GET", closed+"/messages", ""); strings.Contains(string(got.body), "Still there?") || strings.Contains(string(got.body), "Something else") {
		t.Errorf("the messages of his conversation: %s", got.body)
	}
}

func TestAMessageOfAnotherConversationOfTheThreadIsNotAmended(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	clerk := w.as("acme-clerk")
	first := w.guest(acme)
	w.give(first.conversation, "acme-support")
	second := w.anew(first, "Something else")
	own := w.call(clerk, "POST", "/conversations/"+string(second.conversation)+"/messages", `{"text":"What is it?"}`).get("id")
	w.give(second.conversation, "acme-sales")
	one := fmt.Sprintf("/conversations/%s/messages/%s", first.conversation, own)
	w.call(clerk, "PATCH", one, `{"text":"Never mind"}`).want(http.StatusNotFound, chat.NotFound)
	w.call(clerk, "DELETE", one, "").want(http.StatusNotFound, chat.NotFound)
	w.call(w.as("acme-admin"), "PATCH", one, `{"text":"Never mind"}`).want(http.StatusOK, "")
}

func TestWhoSeesTheConversationBeforeMarksNothingOfTheNextAsSeen(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	first := w.guest(acme)
	w.give(first.conversation, "acme-support")
	second := w.anew(first, "Something else")
	w.give(second.conversation, "acme-sales")
	path := "/conversations/" + string(first.conversation) + "/seen"
	unread := func() int {
		t.Helper()
		c, err := w.desk.Conversation(t.Context(), acme, second.conversation)
		if err != nil {
			t.Fatal(err)
		}
		return c.Unread
	}
	before := unread()
	if before == 0 {
		t.Fatal("nothing is unread")
	}
	w.call(w.as("acme-clerk"), "POST", path, `{"seq":1000}`).want(http.StatusOK, "")
	if got := unread(); got != before {
		t.Errorf("%d unread, before %d", got, before)
	}
	w.call(w.as("acme-agent"), "POST", path, `{"seq":1000}`).want(http.StatusOK, "")
	if got := unread(); got != 0 {
		t.Errorf("%d unread after a colleague's look", got)
	}
}

// A visitor who only looks around may be spoken to by everybody; others come to know of him when he talks where they see it.
func TestWhoOnlyLooksAroundIsSeenAndSpokenTo(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	clerk := w.as("acme-clerk")
	g := w.guest(acme)
	w.give(g.conversation, "acme-sales")
	look := func(status int) {
		t.Helper()
		if got := slices.Contains(w.listed(clerk, "/visitors"), string(g.Visitor.ID)); got != (status == 200) {
			t.Errorf("on the roster: %v", got)
		}
		if got := w.call(clerk, "GET", "/visitors/"+string(g.Visitor.ID), ""); got.StatusCode != status || strings.Contains(string(got.body), string(g.conversation)) {
			t.Errorf("%d: %s", got.StatusCode, got.body)
		}
	}
	look(404)
	if _, err := w.desk.Close(t.Context(), acme, g.conversation, chat.Actor{Kind: chat.System}, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	look(200)
	w.call(clerk, "GET", "/contacts/"+string(g.contact), "").want(http.StatusNotFound, chat.NotFound)
	w.call(clerk, "POST", "/conversations/"+string(g.conversation)+"/messages", `{"text":"Hi"}`).want(http.StatusNotFound, chat.NotFound)
	_, err := w.desk.Say(t.Context(), desk.Post{Account: acme, Thread: g.Thread, Visitor: g.Visitor.ID, Draft: chat.Draft{
		Author: chat.Actor{Kind: chat.Agent, ID: "acme-clerk"}, CMID: "message-0001", Text: "Can I help?", Scope: &chat.Scope{Agent: "acme-clerk"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.call(clerk, "GET", "/contacts/"+string(g.contact), "").want(http.StatusOK, "")
}

func TestWhoIsNotHereAndNeverTalkedIsNotKnown(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	owner, err := w.accounts.Account(t.Context(), acme)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := w.people.Open(t.Context(), owner, wire.Proof{}, wire.Device{}, "", "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	path := "/visitors/" + string(gone.Visitor.ID)
	w.call(w.as("acme-clerk"), "GET", path, "").want(http.StatusNotFound, chat.NotFound)
	w.call(w.as("acme-agent"), "GET", path, "").want(http.StatusOK, "")
}

func TestAdminsChangeWhichConversationsAnAgentSees(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	admin, clerk := w.as("acme-admin"), w.as("acme-clerk")
	g := w.guest(acme)
	w.give(g.conversation, "acme-sales")
	path := "/conversations/" + string(g.conversation)
	w.call(clerk, "GET", path, "").want(http.StatusNotFound, chat.NotFound)
	if me := w.call(clerk, "GET", "/me", ""); me.get("agent.limited") != true {
		t.Errorf("me: %s", me.body)
	}
	changed := w.call(admin, "PATCH", "/agents/acme-clerk", `{"groups":["acme-sales","acme-support"]}`)
	changed.want(http.StatusOK, "")
	if changed.get("limited") != true || changed.get("groups.0") != "acme-sales" || changed.get("email") != "acme-clerk@example.com" {
		t.Errorf("changed: %s", changed.body)
	}
	w.call(clerk, "GET", path, "").want(http.StatusUnauthorized, chat.Unauthorized) // he signs in again
	clerk = w.as("acme-clerk")
	w.call(clerk, "GET", path, "").want(http.StatusOK, "")
	w.call(admin, "PATCH", "/agents/acme-clerk", `{"limited":false}`).want(http.StatusOK, "")
	clerk = w.as("acme-clerk")
	w.call(clerk, "GET", "/contacts", "").want(http.StatusOK, "")
	for body, code := range map[string]chat.Code{
		`{"groups":["acme-none"]}`: chat.BadField, `{"groups":["rival-sales"]}`: chat.BadField, `{"role":"admin"}`: chat.BadField,
	} {
		w.call(admin, "PATCH", "/agents/acme-clerk", body).want(http.StatusBadRequest, code)
	}
	w.call(admin, "PATCH", "/agents/acme-admin", `{"limited":true}`).want(http.StatusBadRequest, chat.BadField)
}
