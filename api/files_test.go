package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
)

// sendTo puts bytes where a ticket says and returns the file's id.
func (w *world) sendTo(r reply, content string) string {
	w.t.Helper()
	url, _ := r.get("url").(string)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, httptest.NewRequest(http.MethodPut, url, bytes.NewBufferString(content)))
	if rec.Code != http.StatusCreated {
		w.t.Fatalf("status %d: %s", rec.Code, rec.Body)
	}
	id, _ := reply{t: w.t, body: rec.Body.Bytes()}.get("id").(string)
	return id
}

func TestAFileIsSentAndThenNamedInAMessage(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	path := "/conversations/" + string(g.conversation)
	key, agent := w.as("acme-key"), w.as("acme-agent")
	ticket := w.call(key, "POST", path+"/files", `{"name":"../bill.pdf","size":8}`)
	ticket.want(http.StatusCreated, "")
	id := w.sendTo(ticket, "%PDF-1.7")

	w.call(agent, "POST", path+"/messages", `{"file":"`+id+`"}`).want(http.StatusBadRequest, chat.BadField) // another's
	got := w.call(key, "POST", path+"/messages", `{"file":"`+id+`"}`)
	got.want(http.StatusCreated, "")
	if got.get("file.name") != "bill.pdf" || got.get("file.type") != "application/pdf" || got.get("text") != "" {
		t.Errorf("posted: %s", got.body)
	}
	if list := w.call(agent, "GET", path+"/messages", ""); list.get("data.1.file.id") != id {
		t.Errorf("listed: %s", list.body)
	}
	w.call(key, "POST", path+"/messages", `{}`).want(http.StatusBadRequest, chat.MissingField)
	w.call(key, "POST", path+"/files", `{"size":8}`).want(http.StatusBadRequest, chat.MissingField)
	w.call(key, "POST", path+"/files", `{"name":"a","size":0}`).want(http.StatusBadRequest, chat.BadField)
	w.call(key, "POST", path+"/files", `{"name":"a","size":99999999}`).want(http.StatusRequestEntityTooLarge, chat.TooLarge)
}
