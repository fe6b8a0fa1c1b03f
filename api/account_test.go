package api

import (
	"net/http"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/chat"
)

func TestAnAccountsSettingsAreChangedOneByOne(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	admin := w.as("acme-admin")
	if was := w.call(admin, "GET", "/account", ""); was.get("idleCloseMinutes") != 0.0 {
		t.Errorf("at first: %s", was.body)
	}
	w.call(admin, "PATCH", "/account", `{"idleCloseMinutes":30}`).want(http.StatusOK, "")
	w.call(admin, "PATCH", "/account", `{"name":"Acme Travel"}`).want(http.StatusOK, "")
	if now := w.call(w.as("acme-agent"), "GET", "/account", ""); now.get("idleCloseMinutes") != 30.0 || now.get("name") != "Acme Travel" {
		t.Errorf("after: %s", now.body)
	}
	w.call(admin, "PATCH", "/account", `{"chatLogTo":"office@acme.example"}`).want(http.StatusOK, "")
	if now := w.call(w.as("acme-agent"), "GET", "/account", ""); now.get("chatLogTo") != "office@acme.example" || now.get("idleCloseMinutes") != 30.0 {
		t.Errorf("logs go to %v", now.get("chatLogTo"))
	}
	w.call(admin, "PATCH", "/account", `{"chatLogTo":""}`).want(http.StatusOK, "")
	if now := w.call(admin, "GET", "/account", ""); now.get("chatLogTo") != nil {
		t.Errorf("logs go to %v", now.get("chatLogTo"))
	}
	if now := w.call(admin, "GET", "/account", ""); now.get("privacy.addresses") != "shortened" || now.get("privacy.queries") != "cleaned" || now.get("privacy.forgetAnonymousDays") != 0.0 {
		t.Errorf("at first: %s", now.body)
	}
	w.call(admin, "PATCH", "/account", `{"privacy":{"addresses":"whole"}}`).want(http.StatusOK, "")
	w.call(admin, "PATCH", "/account", `{"privacy":{"queries":"removed"}}`).want(http.StatusOK, "")
	w.call(admin, "PATCH", "/account", `{"privacy":{"forgetAnonymousDays":90}}`).want(http.StatusOK, "")
	if now := w.call(admin, "GET", "/account", ""); now.get("privacy.addresses") != "whole" || now.get("privacy.queries") != "removed" || now.get("privacy.forgetAnonymousDays") != 90.0 {
		t.Errorf("after: %s", now.body)
	}
	if rival := w.call(w.as("rival-key"), "GET", "/account", ""); rival.get("idleCloseMinutes") != 0.0 {
		t.Errorf("another account: %s", rival.body)
	}
	if is := w.call(w.as("acme-agent"), "GET", "/account", "").get("channels.0.safeUrls.0"); is != "acme.example" {
		t.Errorf("to where links are safe: %v", is)
	}
	for _, body := range []string{`{"idleCloseMinutes":-1}`, `{"idleCloseMinutes":525601}`, `{"idleCloseMinutes":"30"}`, `{"name":" "}`, `{"vanityId":"x"}`, `{"chatLogTo":"the boss"}`,
		`{"privacy":{"addresses":"short"}}`, `{"privacy":{"queries":""}}`, `{"privacy":{"names":"kept"}}`, `{"privacy":{"forgetAnonymousDays":-1}}`, `{"privacy":{"forgetAnonymousDays":3651}}`, `{"privacy":{"forgetAnonymousDays":"90"}}`, `{"privacy":"whole"}`} {
		w.call(admin, "PATCH", "/account", body).want(http.StatusBadRequest, chat.BadField)
	}
}

func TestAnAccountIsToldWhetherMailIsSentAndFromWhere(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	if off := w.call(w.as("acme-agent"), "GET", "/account", ""); off.get("mail.on") != false || off.get("mail.from") != nil {
		t.Errorf("off: %s", off.body)
	}
	router := httprouter.New()
	Register(router, Options{Store: w.store, Accounts: w.accounts, MailFrom: "chat@example.com", IDs: w.ids, Log: zap.NewNop()})
	w.handler = router
	if on := w.call(w.as("acme-agent"), "GET", "/account", ""); on.get("mail.on") != true || on.get("mail.from") != "chat@example.com" {
		t.Errorf("on: %s", on.body)
	}
	if on := w.call(w.as("acme-admin"), "PATCH", "/account", `{"name":"Acme Travel"}`); on.get("mail.on") != true {
		t.Errorf("changed: %s", on.body)
	}
}
