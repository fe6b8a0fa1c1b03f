package api

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
)

// Proves PAV-REST-005.
func TestAnAdminRevealsTheKeyThatTheAPITakes(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	admin := w.as("acme-admin")
	pair := account.Credential{Kind: "other", Public: "PUBLIC", Secret: auth.NewSecret("SECRET-half-of-the-pair")}
	if _, err := w.accounts.Update(t.Context(), account.AccountSpec{ID: acme, Credentials: []account.Credential{pair}}); err != nil {
		t.Fatal(err)
	}
	list := w.call(admin, "GET", "/account/keys", "")
	list.want(http.StatusOK, "")
	if strings.Contains(string(list.body), "acme-server-key") || strings.Contains(string(list.body), "SECRET-half") {
		t.Errorf("the list tells a key: %s", list.body)
	}
	if list.get("data.0.kind") != "server" || list.get("data.1.kind") != "other" || list.get("data.1.public") != "PUBLIC" || list.get("data.1.masked") != "••••••••pair" {
		t.Errorf("the list: %s", list.body)
	}
	for i, key := range []string{"acme-server-key", "SECRET-half-of-the-pair"} {
		id, _ := list.get("data." + string(rune('0'+i)) + ".id").(string)
		shown := w.call(admin, "POST", "/account/keys/reveal", `{"id":"`+id+`"}`)
		shown.want(http.StatusOK, "")
		if shown.get("key") != key {
			t.Errorf("revealed: %s", shown.body)
		}
	}
	w.call("acme-server-key", "GET", "/account", "").want(http.StatusOK, "")
	w.call(admin, "POST", "/account/keys/reveal", `{"id":"`+w.keyOf(rival)+`"}`).want(http.StatusNotFound, chat.NotFound)
	w.call(admin, "POST", "/account/keys/reveal", `{}`).want(http.StatusBadRequest, chat.MissingField)
}

func TestAShortKeyShowsNothingWhenItIsMasked(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	short := auth.NewSecret("ladygaga")
	if _, err := w.accounts.Update(t.Context(), account.AccountSpec{ID: acme, ServerKey: &short}); err != nil {
		t.Fatal(err)
	}
	if list := w.call(w.as("acme-admin"), "GET", "/account/keys", ""); list.get("data.0.masked") != "••••••••" {
		t.Errorf("masked: %s", list.body)
	}
}

func TestKeysBeforeARotationHoldForTheOverlapOnly(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	admin := w.as("acme-admin")
	first := w.call(admin, "POST", "/account/keys/rotate", `{"overlapHours":48}`)
	first.want(http.StatusCreated, "")
	second, _ := first.get("key").(string)
	for _, key := range []string{"acme-server-key", second} {
		w.call(key, "GET", "/account", "").want(http.StatusOK, "")
	}
	list := w.call(admin, "GET", "/account/keys", "")
	if list.get("data.0.id") != first.get("id") || list.get("data.0.until") != nil || list.get("data.1.until") == nil {
		t.Errorf("after the first: %s", list.body)
	}
	third, _ := w.call(admin, "POST", "/account/keys/rotate", `{"overlapHours":0}`).get("key").(string)
	for _, key := range []string{"acme-server-key", second} {
		w.call(key, "GET", "/account", "").want(http.StatusUnauthorized, chat.Unauthorized)
	}
	w.call(third, "GET", "/account", "").want(http.StatusOK, "")
	for _, body := range []string{`{"overlapHours":-1}`, `{"overlapHours":2161}`, `{"overlapHours":"1"}`, `{"key":"x"}`} {
		w.call(admin, "POST", "/account/keys/rotate", body).want(http.StatusBadRequest, chat.BadField)
	}
}

func TestOriginsAreReplacedAsAWhole(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	admin := w.as("acme-admin")
	w.call(admin, "PATCH", "/account", `{"allowedOrigins":["https://shop.example","https://*.acme.example"]}`).want(http.StatusOK, "")
	if got := w.call(admin, "PATCH", "/account", `{"allowedOrigins":["https://shop.example"]}`); got.get("allowedOrigins.0") != "https://shop.example" || strings.Contains(string(got.body), `https://*.acme`) {
		t.Errorf("replaced: %s", got.body)
	}
	w.call(admin, "PATCH", "/account", `{"allowedOrigins":["shop.example/path"]}`).want(http.StatusBadRequest, chat.BadField)
	w.call(admin, "PATCH", "/account", `{"allowedOrigins":["`+strings.Repeat(`*","`, maxOrigins)+`*"]}`).want(http.StatusBadRequest, chat.TooLong)
}

func TestOnlyStaffSeeAgentsAddresses(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	for who, sees := range map[string]bool{"acme-agent": false, "acme-admin": true, "acme-key": true} {
		list := w.call(w.as(who), "GET", "/agents", "")
		if strings.Contains(string(list.body), "acme-agent@example.com") != sees {
			t.Errorf("%s: %s", who, list.body)
		}
	}
}
