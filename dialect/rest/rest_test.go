package rest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
)

func api(handle func(*Call) (any, error)) *API {
	return &API{
		Root: "/x", Routes: []Route{{Method: http.MethodPost, Path: "/thing", Handle: handle}}, Log: zap.NewNop(),
		Refusal: func(status int, r *chat.Refusal) any { return map[string]any{"status": status, "code": r.Code} },
		Admit: func(c *Call) (*account.Account, error) {
			if c.R.Header.Get("Authorization") == "" {
				return nil, chat.Refuse(chat.Unauthorized, "Who are you?")
			}
			return &account.Account{}, nil
		},
	}
}

func TestABodyThatComesSlowlyTakesNoTimeFromTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := api(func(c *Call) (any, error) {
			if _, err := c.Body(); err != nil {
				return nil, err
			}
			until, _ := c.Ctx.Deadline()
			return time.Until(until) == timeout && c.Ctx.Err() == nil, nil
		})
		body, sender := io.Pipe()
		r := httptest.NewRequest(http.MethodPost, "/x/thing", body)
		r.Header.Set("Authorization", "Bearer key")
		go func() {
			time.Sleep(bodyTimeout - time.Second) // the bubble's clock
			_, _ = sender.Write([]byte(`{}`))
			_ = sender.Close()
		}()
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Body.String() != "true" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestAStrangerIsToldWhatIsServedOnlyIfHeMayKnow(t *testing.T) {
	for _, row := range []struct {
		first              bool
		method, path, keys string
		code               int
		allow              string
	}{
		{false, http.MethodGet, "/x/thing", "", 405, "POST"},
		{false, http.MethodGet, "/x/other", "", 404, ""},
		{true, http.MethodGet, "/x/thing", "", 401, ""},
		{true, http.MethodGet, "/x/other", "", 401, ""},
		{true, http.MethodGet, "/x/thing", "Bearer key", 405, "POST"},
		{true, http.MethodGet, "/x/other", "Bearer key", 404, ""},
		{true, http.MethodPost, "/x/thing/", "Bearer key", 200, ""},
	} {
		a := api(func(*Call) (any, error) { return "done", nil })
		a.AdmitFirst, a.Challenge = row.first, "Keys"
		r := httptest.NewRequest(row.method, row.path, nil)
		if row.keys != "" {
			r.Header.Set("Authorization", row.keys)
		}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != row.code || w.Header().Get("Allow") != row.allow || (w.Header().Get("WWW-Authenticate") == "Keys") != (row.code == 401) {
			t.Errorf("%+v: %d, %v", row, w.Code, w.Header())
		}
	}
}

func TestABodyIsAsLongAsTheDialectSays(t *testing.T) {
	a := api(func(c *Call) (any, error) {
		_, err := c.Body()
		return "read", err
	})
	for most, want := range map[int64]int{0: 200, 20: 413, 100: 200} {
		a.MaxBody = most
		r := httptest.NewRequest(http.MethodPost, "/x/thing", strings.NewReader("{}"+strings.Repeat(" ", 48)))
		r.Header.Set("Authorization", "Bearer key")
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("at most %d bytes: %d %s", most, w.Code, w.Body)
		}
	}
}
