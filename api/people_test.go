package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
	"confab/people"
)

func TestAVisitorStandsThereWithPagesAndConversations(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	token := w.as("acme-agent")
	list := w.call(token, "GET", "/visitors", "")
	if list.get("data.0.id") != string(g.Visitor.ID) || list.get("data.0.page.title") != "Tents" || list.get("data.0.level") != "verified" {
		t.Errorf("the list: %s", list.body)
	}
	one := w.call(token, "GET", "/visitors/"+string(g.Visitor.ID), "")
	one.want(http.StatusOK, "")
	if one.get("online") != true || one.get("trail.0.title") != "Tents" || one.get("conversations.0.id") != string(g.conversation) || one.get("contact") != string(g.contact) {
		t.Errorf("the visitor: %s", one.body)
	}
}

func TestAContactIsChangedExportedAndErased(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	token, path := w.as("acme-key"), "/contacts/"+string(g.contact)

	got := w.call(token, "PATCH", path, `{"email":"maya@example.com","attributes":{"plan":"pro"}}`)
	got.want(http.StatusOK, "")
	if got.get("email") != "maya@example.com" || got.get("attributes.plan") != "pro" || got.get("name") != "Maya" {
		t.Errorf("changed: %s", got.body)
	}
	if got := w.call(token, "PATCH", path, `{"email":null}`); got.get("email") != nil || got.get("attributes.plan") != "pro" {
		t.Errorf("erased a field: %s", got.body)
	}
	for body, code := range map[string]chat.Code{
		`{"id":"other"}`: chat.BadField, `{"externalId":"x"}`: chat.BadField, `{"name":5}`: chat.BadField,
		`{"visitors":[]}`: chat.BadField, `[]`: chat.BadFrame,
	} {
		w.call(token, "PATCH", path, body).want(http.StatusBadRequest, code)
	}
	export := w.call(token, "GET", path+"/export", "")
	if export.get("contact.id") != string(g.contact) || export.get("threads.0.id") != string(g.Thread) {
		t.Errorf("export: %s", export.body)
	}
	if history := w.call(token, "GET", path+"/history?limit=10", ""); history.get("data.0.kind") == nil {
		t.Errorf("history: %s", history.body)
	}
	w.call(token, "DELETE", path, "").want(http.StatusNoContent, "")
	w.call(token, "GET", path, "").want(http.StatusNotFound, chat.NotFound)
	w.call(token, "GET", "/conversations/"+string(g.conversation), "").want(http.StatusNotFound, chat.NotFound)
}

func TestAContactShowsWhatIsKnownByLayersAndIsBlocked(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	who := people.Speaker{Account: acme, Visitor: g.Visitor.ID, Contact: g.Contact}
	for layer, data := range map[string]string{
		"integration": `{"plan":"gold","beta":true}`, "panel": `{"fields":[{"title":"Cart","content":"2 tents","link":"https://x.test"}]}`, "site": `{"token":"canary"}`,
	} {
		if err := w.people.Say(t.Context(), who, layer, false, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.people.Event(t.Context(), who, "event-one", "order", []byte(`{"sum":3}`)); err != nil {
		t.Fatal(err)
	}
	if err := w.people.Consent(t.Context(), who, "consent-one", "terms", true); err != nil {
		t.Fatal(err)
	}
	token, path := w.as("acme-agent"), "/contacts/"+string(g.contact)
	got := w.call(token, "PATCH", path, `{"description":"buys tents","blocked":true}`)
	got.want(http.StatusOK, "")
	for field, want := range map[string]any{
		"layers.basic.description": "buys tents", "description": "buys tents", "blocked": true, "layers.integration.plan": "gold", "layers.integration.beta": true,
		"layers.panel.0.content": "2 tents", "attributes.order count": 1.0, "consents.terms.value": true, "level": "verified",
	} {
		if got.get(field) != want {
			t.Errorf("%s is %v, want %v", field, got.get(field), want)
		}
	}
	if strings.Contains(string(got.body), "canary") {
		t.Error("what the site calls him is shown")
	}
	if export := w.call(w.as("acme-key"), "GET", path+"/export", ""); !strings.Contains(string(export.body), "canary") || export.get("visitors.0.did.0.kind") != "event" {
		t.Errorf("export: %s", export.body)
	}
	kinds := map[any]bool{}
	history := w.call(token, "GET", path+"/history?limit=100", "")
	for i := range 5 {
		kinds[history.get(fmt.Sprintf("data.%d.kind", i))] = true
	}
	if !kinds["event"] || !kinds["consent"] {
		t.Errorf("history: %s", history.body)
	}
	w.call(token, "PATCH", path, `{"blocked":false}`).want(http.StatusOK, "")
	for _, bad := range []string{`{"blocked":"yes"}`, `{"layers":{}}`, `{"attributes":{"order count":9}}`, `{"consents":{}}`} {
		w.call(token, "PATCH", path, bad).want(http.StatusBadRequest, chat.BadField)
	}
}

func TestAStatusSetByRESTHoldsWithoutAConnection(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-agent")
	if got := w.call(token, "GET", "/me", ""); got.get("status") != "offline" || got.get("agent.email") != "acme-agent@example.com" || got.get("account.id") != "acme" {
		t.Errorf("before: %s", got.body)
	}
	for _, status := range []string{"online", "busy", "away"} {
		if got := w.call(token, "PUT", "/me/status", `{"status":"`+status+`"}`); got.get("status") != status {
			t.Errorf("set %s: %s", status, got.body)
		}
		if got := w.call(token, "GET", "/me", ""); got.get("status") != status {
			t.Errorf("after %s: %s", status, got.body)
		}
	}
	list := w.call(w.as("acme-key"), "GET", "/agents", "")
	found := map[any]any{list.get("data.0.id"): list.get("data.0.status"), list.get("data.1.id"): list.get("data.1.status")}
	if found["acme-agent"] != "away" || found["acme-admin"] != "offline" {
		t.Errorf("agents: %s", list.body)
	}
	w.call(token, "PUT", "/me/status", `{"status":"invisible"}`).want(http.StatusOK, "")
	for who, want := range map[string]string{"acme-key": "offline", "acme-admin": "offline", "acme-agent": "invisible"} {
		var seen struct{ Data []agentAnswer }
		w.call(w.as(who), "GET", "/agents", "").into(&seen)
		for _, one := range seen.Data {
			if one.ID == "acme-agent" && one.Status != want {
				t.Errorf("%s sees the invisible agent as %s, want %s", who, one.Status, want)
			}
		}
	}
	if got := w.call(token, "GET", "/me", ""); got.get("status") != "invisible" {
		t.Errorf("to himself: %s", got.body)
	}
	w.call(token, "PUT", "/me/status", `{"status":"offline"}`).want(http.StatusBadRequest, chat.BadField)
	w.call(token, "PUT", "/me/status", `{}`).want(http.StatusBadRequest, chat.MissingField)
}
