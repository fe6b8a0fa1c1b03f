package share

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/julienschmidt/httprouter"

	"confab/chat"
)

// page serves the page that keeps a login and hands it on. Only pages that the account named in ?account= lists by
// name may embed it; without an account it is there to be copied.
func (s site) page(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.policy+s.embedders(r))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(page) // a client that is gone needs no word
	}
}

// embedders are the origins that may frame the page, as a policy names them.
func (s site) embedders(r *http.Request) string {
	name := r.URL.Query().Get("account")
	if name == "" {
		return "'none'"
	}
	a, err := s.Accounts.Account(r.Context(), chat.AccountID(name))
	if err != nil {
		return "'none'"
	}
	named := slices.DeleteFunc(slices.Clone(a.AllowedOrigins), func(entry string) bool { return entry == "*" })
	if len(named) == 0 {
		return "'none'"
	}
	return strings.Join(named, " ")
}
