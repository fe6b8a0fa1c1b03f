package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"

	"confab/calls"
	"confab/chat"
)

// rings has the guest ask to be called.
func (w *world) rings(g guest) calls.Call {
	w.t.Helper()
	call, err := w.calls.Start(w.t.Context(), calls.Wish{
		Account: acme, Visitor: g.Visitor.ID, Thread: g.Thread, Request: chat.RequestID(w.ids.New()), Phone: "+14084987855",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return call
}

func TestAgentsSayHowACallGoes(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	ring, token := w.rings(g), w.as("acme-agent")
	path := "/calls/" + ring.ID + "/status"

	list := w.call(token, "GET", "/calls?status=start&visitor="+string(g.Visitor.ID), "")
	if list.get("data.0.id") != ring.ID || list.get("data.0.phone") != "+14084987855" || list.get("data.0.conversation") != string(g.conversation) {
		t.Errorf("the list: %s", list.body)
	}
	w.listsNo(ring, token, "/calls?visitor=nobody")
	w.listsNo(ring, w.as("rival-key"), "/calls")
	got := w.call(token, "POST", path, `{"status":"agent_connected"}`)
	got.want(http.StatusOK, "")
	if got.get("status") != "agent_connected" || got.get("agent") != "acme-agent" || got.get("agentAt") == nil {
		t.Errorf("connected: %s", got.body)
	}
	w.call(token, "POST", path, `{"status":"start"}`).want(http.StatusConflict, chat.Conflict)
	w.call(token, "POST", path, `{"status":"end"}`).want(http.StatusOK, "")
	w.call(token, "POST", path, `{"status":"error","reason":"busy"}`).want(http.StatusConflict, chat.Closed)
	record := w.call(token, "POST", path, `{"status":"end","recordUrl":"https://pbx.example.com/7.mp3"}`)
	if record.get("recordUrl") != "https://pbx.example.com/7.mp3" || record.get("endedAt") == nil {
		t.Errorf("with its recording: %s", record.body)
	}
	w.listsNo(ring, token, "/calls?status=start")
}

func (w *world) listsNo(ring calls.Call, token, path string) {
	w.t.Helper()
	list := w.call(token, "GET", path, "")
	list.want(http.StatusOK, "")
	if strings.Contains(string(list.body), ring.ID) {
		w.t.Errorf("%s lists %s: %s", path, ring.ID, list.body)
	}
}

func TestACallsStatusIsChecked(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-key")
	path := "/calls/" + w.rings(w.guest(acme)).ID + "/status"
	for body, code := range map[string]chat.Code{
		`{}`:                                   chat.MissingField,
		`{"status":"ringing"}`:                 chat.BadField,
		`{"status":"end","reason":"x"}`:        chat.BadField,
		`{"status":"end","recordUrl":"a:b"}`:   chat.BadField,
		`{"status":"end","recordUrl":"/here"}`: chat.BadField,
	} {
		w.call(token, "POST", path, body).want(http.StatusBadRequest, code)
	}
	w.call(token, "GET", "/calls?status=ringing", "").want(http.StatusBadRequest, chat.BadField)
}

func TestWithAContactItsCallsGo(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	ring := w.rings(g)
	w.call(w.as("acme-key"), "DELETE", "/contacts/"+string(g.contact), "").want(http.StatusNoContent, "")
	if _, err := w.calls.Get(t.Context(), acme, ring.ID); !notFound(err) {
		t.Errorf("the call and its number are still there: %v", err)
	}
}

func TestAnExportTellsHowCallsWent(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	ring := w.rings(g)
	w.call(w.as("acme-agent"), "POST", "/calls/"+ring.ID+"/status", `{"status":"end"}`).want(http.StatusOK, "")
	export := w.call(w.as("acme-key"), "GET", "/contacts/"+string(g.contact)+"/export", "")
	export.want(http.StatusOK, "")
	var whole struct {
		Threads []struct{ Entries []struct{ Entry chat.Entry } }
	}
	if err := json.Unmarshal(export.body, &whole); err != nil || len(whole.Threads) != 1 {
		t.Fatalf("%v: %s", err, export.body)
	}
	var told []chat.Entry
	for _, e := range whole.Threads[0].Entries {
		if e.Entry.Kind == chat.KindCall {
			told = append(told, e.Entry)
		}
	}
	if len(told) != 2 || told[0].Call.Phone != ring.Phone || told[0].Author.Kind != chat.Visitor || told[1].Call.Status != "end" ||
		told[1].Author.ID != "acme-agent" || told[1].Conversation != g.conversation {
		t.Errorf("the export tells of calls %+v", told)
	}
}
