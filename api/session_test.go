package api

import (
	"net/http"
	"testing"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
)

func TestASessionIsOpenedRefreshedAndEnded(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	in := w.call("", "POST", "/session", `{"email":"acme-agent@example.com","password":"`+password+`"}`)
	in.want(http.StatusCreated, "")
	if in.get("agent.id") != "acme-agent" || in.get("agent.account") != "acme" || in.get("agent.role") != "agent" {
		t.Errorf("signed in: %s", in.body)
	}
	refreshed := w.call("", "POST", "/session/refresh", `{"refreshToken":"`+in.get("refreshToken").(string)+`"}`)
	refreshed.want(http.StatusOK, "")
	token := refreshed.get("token").(string)
	w.call(token, "GET", "/me", "").want(http.StatusOK, "")
	w.call("", "DELETE", "/session", `{"refreshToken":"`+refreshed.get("refreshToken").(string)+`"}`).want(http.StatusNoContent, "")
	w.call(token, "GET", "/me", "").want(http.StatusUnauthorized, chat.Unauthorized)
}

func TestUnknownPeopleAndWrongPasswordsAreAnsweredAlike(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	wrong := w.call("", "POST", "/session", `{"email":"acme-agent@example.com","password":"wrong horse"}`)
	unknown := w.call("", "POST", "/session", `{"email":"nobody@example.com","password":"wrong horse"}`)
	wrong.want(http.StatusUnauthorized, chat.Unauthorized)
	if string(wrong.body) != string(unknown.body) || unknown.StatusCode != wrong.StatusCode {
		t.Errorf("wrong %s, unknown %s", wrong.body, unknown.body)
	}
	if wrong.Header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
	w.call("", "POST", "/session", `{"email":"a@example.com"}`).want(http.StatusBadRequest, chat.MissingField)
	w.call("", "POST", "/session", `{"password":"a"}`).want(http.StatusBadRequest, chat.MissingField)
	w.call("", "POST", "/session/refresh", `{}`).want(http.StatusBadRequest, chat.MissingField)
	w.call("", "POST", "/session/refresh", `{"refreshToken":"made up"}`).want(http.StatusUnauthorized, chat.Unauthorized)
}

func TestTooManyTriesAreToldWhenToComeBack(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	for range 200 {
		got := w.call("", "POST", "/session", `{"email":"acme-agent@example.com","password":"wrong horse"}`)
		if got.StatusCode == http.StatusTooManyRequests {
			got.want(http.StatusTooManyRequests, chat.RateLimited)
			if got.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("200 wrong passwords were heard")
}

func TestOnlyABearerTokenOpens(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	good := w.as("acme-agent")
	for _, header := range []string{"", "Basic YTpi", "Bearer", "Bearer ", "Bearer x", good, "Bearer " + good + "x", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."} {
		got := w.call("", "GET", "/me", "", "Authorization", header)
		got.want(http.StatusUnauthorized, chat.Unauthorized)
		if got.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%q: no WWW-Authenticate", header)
		}
	}
	w.call("", "GET", "/me", "", "Authorization", "bearer "+good).want(http.StatusOK, "")
	w.call("", "GET", "/me?token="+good, "").want(http.StatusUnauthorized, chat.Unauthorized)
}

func TestARevokedAgentIsOutAtOnce(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-agent")
	w.call(token, "GET", "/me", "").want(http.StatusOK, "")
	if err := w.accounts.SetRole(t.Context(), acme, "acme-agent", account.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	w.call(token, "GET", "/me", "").want(http.StatusUnauthorized, chat.Unauthorized)
}
