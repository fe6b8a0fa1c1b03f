package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
	"confab/desk"
	"confab/store"
)

// undecided are routes that say something about a conversation which the desk does not decide: a marker, and a place to send a file
// to, change nothing of it.
var undecided = []string{"/conversations/:id/seen", "/conversations/:id/files"}

// bodies are those of routes that can be called for more than one thing.
var bodies = map[string][]string{
	"/conversations/:id/messages": {`{"text":"A word"}`, `{"text":"A note","note":true}`},
	"/conversations/:id/assign":   {`{"agentId":"acme-clerk"}`, `{"groupId":"acme-support"}`},
}

// acts are the routes by which something is done to a conversation, with what they are called with.
func acts() map[*route][]string {
	all := map[*route][]string{}
	for _, rt := range (&api{}).routes() {
		if rt.about != oneTalk || rt.method == http.MethodGet || slices.Contains(undecided, rt.path) {
			continue
		}
		if all[&rt] = bodies[rt.path]; all[&rt] == nil {
			all[&rt] = []string{matrix[rt.method+" "+rt.path].body}
		}
	}
	return all
}

// moved has another node give a conversation to the other group, and perhaps close it, and returns what it is then.
func (w *world) moved(other *desk.Desk, id chat.ConversationID, closed bool) store.Summary {
	admin := chat.Actor{Kind: chat.Agent, ID: "acme-admin", Name: "acme-admin"}
	is, err := other.Assign(w.t.Context(), acme, id, admin, nil, chat.Assignment{Group: "acme-sales"})
	if err == nil && closed {
		is, err = other.Close(w.t.Context(), acme, id, admin, nil, chat.AgentClosed)
	}
	if err != nil {
		w.t.Error(err)
	}
	return is
}

// TestWhatIsDoneToAConversationThatMovesMeanwhileIsRefusedLikeToOneThatIsNone has it go to another group when the route has looked
// whose it is, and the desk too, and nothing is written yet.
func TestWhatIsDoneToAConversationThatMovesMeanwhileIsRefusedLikeToOneThatIsNone(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	other := desk.New(desk.Options{Store: w.store, IDs: w.ids, Log: zap.NewNop()})
	clerk := w.as("acme-clerk")
	try := func(rt *route, body string, closed bool) {
		t.Helper()
		g := w.guest(acme)
		talk := "/conversations/" + string(g.conversation)
		own := w.call(clerk, "POST", talk+"/messages", `{"text":"What is it?"}`).get("id").(string)
		w.card(g)
		w.give(g.conversation, "acme-support")
		if strings.HasSuffix(rt.path, "/leave") {
			w.call(clerk, "POST", talk+"/accept", "").want(http.StatusOK, "")
		}
		var before store.Summary
		w.turn.At(1, func() { before = w.moved(other, g.conversation, closed) })
		got := w.call(clerk, rt.method, strings.NewReplacer(":id", string(g.conversation), ":message", own).Replace(rt.path), body)
		none := w.call(clerk, rt.method, strings.NewReplacer(":id", w.ids.New(), ":message", own).Replace(rt.path), body)
		if got.StatusCode != http.StatusNotFound || string(got.body) != string(none.body) {
			t.Errorf("%s %s, closed %v: %d %s, to one that is none %s", rt.path, body, closed, got.StatusCode, got.body, none.body)
		}
		after, err := w.desk.Conversation(t.Context(), acme, g.conversation)
		if err != nil || !w.turn.Came() || after.Top != before.Top || after.State != before.State || after.Assignee != "" || after.LinkedTo != "" {
			t.Errorf("%s %s, closed %v: moved %v, then %d entries after %d: %+v, %v", rt.path, body, closed, w.turn.Came(), after.Top, before.Top, after.Conversation, err)
		}
	}
	for rt, bodies := range acts() {
		for _, body := range bodies {
			try(rt, body, false)
			try(rt, body, true)
		}
	}
}
