package api

import (
	"fmt"
	"net/http"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
)

func TestAMessageIsEditedAndTakenBack(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	path := "/conversations/" + string(g.conversation)
	agent, admin, key := w.as("acme-agent"), w.as("acme-admin"), w.as("acme-key")
	posted := w.call(agent, "POST", path+"/messages", `{"text":"Helo","clientMessageId":"message-0001"}`)
	posted.want(http.StatusCreated, "")
	one := path + "/messages/" + posted.get("id").(string)

	edited := w.call(agent, "PATCH", one, `{"text":"Hello"}`, "Idempotency-Key", "edit-0001")
	edited.want(http.StatusOK, "")
	if edited.get("text") != "Hello" || edited.get("editedAt") == nil || edited.get("id") != posted.get("id") || edited.get("seq") != posted.get("seq") {
		t.Errorf("edited: %s", edited.body)
	}
	if again := w.call(agent, "PATCH", one, `{"text":"Hello"}`, "Idempotency-Key", "edit-0001"); string(again.body) != string(edited.body) {
		t.Errorf("again: %s, before %s", again.body, edited.body)
	}
	w.call(agent, "PATCH", one, `{"text":"Goodbye"}`, "Idempotency-Key", "edit-0001").want(http.StatusConflict, chat.Conflict)
	if got := w.call(agent, "POST", path+"/messages", `{"text":"Helo","clientMessageId":"message-0001"}`); got.get("text") != "Hello" {
		t.Errorf("posted again: %s", got.body)
	}
	list := w.call(agent, "GET", path+"/messages", "")
	if list.get("data.1.text") != "Hello" || list.get("data.1.editedAt") == nil || list.get("data.0.text") != "Hello" || list.get("data.0.editedAt") != nil {
		t.Errorf("listed: %s", list.body)
	}
	if c := w.call(agent, "GET", path, ""); c.get("last.text") != "Hello" || c.get("last.editedAt") == nil {
		t.Errorf("the conversation's last: %s", c.body)
	}

	w.call(agent, "PATCH", path+"/messages/"+string(g.message), `{"text":"Bye"}`).want(http.StatusForbidden, chat.Forbidden)
	w.call(admin, "PATCH", path+"/messages/"+string(g.message), `{"text":"Bye"}`).want(http.StatusOK, "")
	w.call(agent, "DELETE", path+"/messages/"+string(g.message), "").want(http.StatusForbidden, chat.Forbidden)
	other := w.guest(acme)
	w.call(admin, "PATCH", "/conversations/"+string(other.conversation)+"/messages/"+string(g.message), `{"text":"Bye"}`).want(http.StatusNotFound, chat.NotFound)

	w.call(agent, "POST", path+"/close", "").want(http.StatusOK, "")
	w.call(key, "DELETE", path+"/messages/"+string(g.message), "").want(http.StatusNoContent, "")
	for range 2 {
		w.call(agent, "DELETE", one, "").want(http.StatusNoContent, "")
	}
	w.call(agent, "PATCH", one, `{"text":"Hello again"}`).want(http.StatusNotFound, chat.NotFound)
	list = w.call(agent, "GET", path+"/messages", "")
	for i := range 2 {
		at := fmt.Sprintf("data.%d.", i)
		if list.get(at+"text") != "" || list.get(at+"deletedAt") == nil || list.get(at+"editedAt") != nil || list.get(at+"kind") != "message" {
			t.Errorf("listed: %s", list.body)
		}
	}
	if c := w.call(agent, "GET", path, ""); c.get("last.text") != "" || c.get("last.deletedAt") == nil {
		t.Errorf("the conversation's last: %s", c.body)
	}
}

func TestANewTextIsRefusedWithTheField(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	token := w.as("acme-key")
	one := "/conversations/" + string(g.conversation) + "/messages/" + string(g.message)
	for body, code := range map[string]chat.Code{
		`{}`: chat.MissingField, `{"text":" "}`: chat.MissingField, `{"text":"\u0000"}`: chat.BadField, `{"text":7}`: chat.BadField,
		`{"text":"a","note":true}`: chat.BadField, fmt.Sprintf(`{"text":"%010001d"}`, 0): chat.TooLong,
	} {
		w.call(token, "PATCH", one, body).want(http.StatusBadRequest, code)
	}
	w.call(token, "DELETE", one, `{"text":"a"}`).want(http.StatusBadRequest, chat.BadField)
	w.call(token, "PATCH", one, `{"text":"a"}`, "Idempotency-Key", fmt.Sprintf("%0256d", 0)).want(http.StatusBadRequest, chat.BadField)
}

func TestAnIntegrationOffersChoices(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	path := "/conversations/" + string(w.guest(acme).conversation) + "/messages"
	got := w.call(w.as("acme-key"), "POST", path, `{"text":"What about?","choices":["Tents","Boats"]}`)
	got.want(http.StatusCreated, "")
	if got.get("choices.1") != "Boats" {
		t.Errorf("posted: %s", got.body)
	}
	w.call(w.as("acme-agent"), "POST", path, `{"text":"What about?","choices":["Tents"]}`).want(http.StatusForbidden, chat.Forbidden)
	for body, code := range map[string]chat.Code{
		`["a","b","c","d","e","f","g","h","i","j","k"]`: chat.TooLong, fmt.Sprintf(`["%081d"]`, 0): chat.TooLong, `[""]`: chat.BadField, `"a"`: chat.BadField, `[7]`: chat.BadField,
	} {
		w.call(w.as("acme-key"), "POST", path, `{"text":"What about?","choices":`+body+`}`).want(http.StatusBadRequest, code)
	}
}

func TestAConversationShowsItsGroupAndItsRating(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	g := w.guest(acme)
	path := "/conversations/" + string(g.conversation)
	w.call(w.as("acme-agent"), "POST", path+"/close", "").want(http.StatusOK, "")
	by := chat.Actor{Kind: chat.Visitor, ID: string(g.Visitor.ID)}
	if err := w.desk.Rate(t.Context(), acme, g.Thread, g.conversation, by, "request-1", chat.Rating{Score: 4, Comment: "quick"}); err != nil {
		t.Fatal(err)
	}
	if c := w.call(w.as("acme-key"), "GET", path, ""); c.get("rating.score") != 4.0 || c.get("rating.comment") != "quick" || c.get("rating.at") == nil {
		t.Errorf("got %s", c.body)
	}
	w.post(acme, g, chat.Draft{Text: "tomorrow will do", Group: "acme-sales", Offline: true})
	c := w.call(w.as("acme-key"), "GET", "/conversations?state=waiting", "")
	if c.get("data.0.group") != "acme-sales" || c.get("data.0.offline") != true {
		t.Errorf("got %s", c.body)
	}
}
