package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"confab/chat"
)

func TestWhatIsNotThereIsRefusedInTheSameForm(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	for _, path := range []string{"", "/", "/nothing", "/conversations/x/y/z", "/session/other"} {
		w.call("", "GET", path, "").want(http.StatusNotFound, chat.NotFound)
	}
	for path, allowed := range map[string]string{"/session": "POST", "/me/": "GET", "/conversations/x/accept": "POST"} {
		got := w.call("", "PATCH", path, "{}")
		got.want(http.StatusMethodNotAllowed, chat.Unsupported)
		if !strings.Contains(got.Header.Get("Allow"), allowed) {
			t.Errorf("%s: Allow %q", path, got.Header.Get("Allow"))
		}
	}
}

func TestNoOtherOriginIsLetIn(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	got := w.call("", "OPTIONS", "/conversations", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "GET")
	got.want(http.StatusNoContent, "") // call fails on any Access-Control- header
	w.call(w.as("acme-agent"), "GET", "/conversations", "", "Origin", "https://evil.example").want(http.StatusOK, "")
}

func TestHeadIsAnsweredLikeGetWithoutABody(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-agent")
	head, get := w.call(token, "HEAD", "/agents", ""), w.call(token, "GET", "/agents", "")
	if head.StatusCode != http.StatusOK || len(head.body) > 0 || head.Header.Get("Content-Length") != get.Header.Get("Content-Length") {
		t.Errorf("%d %v %q", head.StatusCode, head.Header, head.body)
	}
	if refused := w.call("", "HEAD", "/agents", ""); refused.StatusCode != http.StatusUnauthorized || len(refused.body) > 0 {
		t.Errorf("%d %q", refused.StatusCode, refused.body)
	}
}

func TestABodyOfAGetIsIgnored(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	w.call(w.as("acme-agent"), "GET", "/agents", `{"not`).want(http.StatusOK, "")
}

func TestARequestKeepsItsID(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	if got := w.call("", "GET", "/agents", "", "X-Request-Id", "trace-7.b").Header.Get("X-Request-Id"); got != "trace-7.b" {
		t.Errorf("came back as %q", got)
	}
	for _, id := range []string{"a b", "a\"b", strings.Repeat("a", 65), "ä"} {
		if got := w.call("", "GET", "/agents", "", "X-Request-Id", id).Header.Get("X-Request-Id"); got == id || got == "" {
			t.Errorf("%q came back as %q", id, got)
		}
	}
}

func TestTooManyRequestsOfOneCredentialAreRefused(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token, other := w.as("acme-agent"), w.as("acme-admin")
	for range agentRate * window * 2 {
		got := w.call(token, "GET", "/groups", "")
		if got.Header.Get("RateLimit-Policy") != `"credential";q=600;w=60` {
			t.Fatalf("headers: %v", got.Header)
		}
		if got.StatusCode == http.StatusOK {
			continue
		}
		got.want(http.StatusTooManyRequests, chat.RateLimited)
		if got.Header.Get("Retry-After") != "1" || got.Header.Get("RateLimit") != `"credential";r=0;t=1` {
			t.Errorf("headers: %v", got.Header)
		}
		w.call(other, "GET", "/groups", "").want(http.StatusOK, "")
		return
	}
	t.Error("nothing was refused")
}

func TestAPanicIsLoggedAndAnsweredWithoutDetails(t *testing.T) {
	core, logs := observer.New(zapcore.ErrorLevel)
	a := newAPI(Options{IDs: chat.NewIDs(nil), Log: zap.New(core)})
	w := httptest.NewRecorder()
	a.serve(route{"GET", "/boom", public, noPerson, http.StatusOK, func(*call) (any, error) { panic("a secret") }})(w, httptest.NewRequest("GET", "/boom", nil), nil)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"code":"internal"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if logs.FilterMessage("handler panicked").Len() != 1 {
		t.Errorf("logged: %v", logs.All())
	}
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	for code, status := range map[chat.Code]int{
		chat.BadFrame: 400, chat.UnknownType: 400, chat.MissingField: 400, chat.BadField: 400, chat.TooLong: 400,
		chat.Unauthorized: 401, chat.Forbidden: 403, chat.NotFound: 404, chat.Conflict: 409, chat.Taken: 409, chat.Closed: 409,
		chat.TooLarge: 413, chat.Unsupported: 415, chat.RateLimited: 429, chat.Unavailable: 503, chat.Draining: 503, chat.Internal: 500,
	} {
		a := newAPI(Options{Log: zap.NewNop()})
		w := httptest.NewRecorder()
		a.refuse(w, httptest.NewRequest("GET", "/", nil), chat.Refuse(code, "A sentence."))
		if w.Code != status {
			t.Errorf("%s: %d, want %d", code, w.Code, status)
		}
		if wait := w.Header().Get("Retry-After") != ""; wait != (status == 429 || status == 503) {
			t.Errorf("%s: Retry-After %q", code, w.Header().Get("Retry-After"))
		}
	}
}
