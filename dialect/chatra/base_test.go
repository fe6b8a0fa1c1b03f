package chatra

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/chat"
	"confab/wire"
)

// Proves CHATRA-REST-076.
func TestALinkIsUnderThePublicAddressElseAsTheRequestCame(t *testing.T) {
	s := stage(t)
	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/"}, "")
	behind := func(r *http.Request) bool { return r.Header.Get("X-Forwarded-Proto") == "https" }
	for name, row := range map[string]struct {
		public, proto string
		secure        func(*http.Request) bool
		tls           bool
		want          string
	}{
		"public address":                 {"https://chat.example", "", nil, false, "https://chat.example"},
		"in the clear":                   {"", "", nil, false, "http://node.example:81"},
		"TLS to us":                      {"", "", nil, true, "https://node.example:81"},
		"said by nobody who is believed": {"", "https", nil, false, "http://node.example:81"},
		"https to a proxy":               {"", "https", behind, false, "https://node.example:81"},
		"the clear to a proxy":           {"", "http", behind, true, "http://node.example:81"},
	} {
		router := httprouter.New()
		RegisterREST(router, RESTOptions{
			Store: s.Store, Desk: s.Desk, Presence: s.Presence, Accounts: s.Accounts, People: s.People, IDs: s.IDs, Log: zap.NewNop(),
			PublicURL: row.public, Secure: row.secure,
		})
		r := httptest.NewRequest(http.MethodGet, "/api/clients/"+string(v.Visitor.ID), nil)
		r.Host = "node.example:81"
		r.Header.Set("Authorization", keys)
		r.Header.Set("X-Forwarded-Proto", row.proto)
		if row.tls {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		var got struct{ ChatLink string }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.ChatLink != row.want+"/console/chat/"+string(v.Thread) {
			t.Errorf("%s: %v, %q", name, err, got.ChatLink)
		}
	}
}
