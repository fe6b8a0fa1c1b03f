package share

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/julienschmidt/httprouter"

	"confab/account"
	"confab/chat"
	"confab/wire"
)

const maxBodyBytes = 16 << 10

// request asks for a ticket. Its content type is not looked at: a page asks with plain text, so that no browser asks
// for leave first. No cookie is read, so nobody's browser can be made to ask for him.
type request struct {
	Account chat.AccountID `json:"account"`
	Visitor wire.Proof     `json:"visitor"`
	// Page that the ticket is for, if it is not the one that asks.
	For string `json:"for"`
}

type answer struct {
	Ticket string      `json:"ticket"`
	Until  chat.Millis `json:"until"`
}

// ticket answers with a ticket for who is proven, to pages that the account lists by name and to the node's own.
func (s site) ticket(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Origin")
	h.Set("X-Content-Type-Options", "nosniff")
	got, err := s.issue(w, r)
	if err != nil {
		refuse(w, err)
		return
	}
	h.Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(got) // a client that is gone needs no word
}

func (s site) issue(w http.ResponseWriter, r *http.Request) (answer, error) {
	var asked request
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil || json.Unmarshal(raw, &asked) != nil {
		return answer{}, chat.Refuse(chat.BadField, "This is no request for a ticket.")
	}
	a, err := s.Accounts.Account(r.Context(), asked.Account)
	if err != nil {
		return answer{}, err
	}
	if err := mayAsk(a, r, asked.For); err != nil {
		return answer{}, err
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
	ticket, until, err := s.People.Ticket(a, asked.Visitor)
	return answer{ticket, until}, err
}

// mayAsk wants the asking page and the one that it asks for on the account's list, by name. The node's own page asks
// for others only.
func mayAsk(a *account.Account, r *http.Request, other string) error {
	origins := r.Header.Values("Origin")
	if len(origins) != 1 {
		return chat.Refuse(chat.Forbidden, "Only pages ask for tickets.")
	}
	own := isOwn(r, origins[0])
	if own && other == "" || !own && !a.Origins().Names(origins[0]) || other != "" && !a.Origins().Names(other) {
		return chat.Refuse(chat.Forbidden, "This page's origin is not on the account's list of allowed origins by name.")
	}
	return nil
}

// isOwn tells whether the page came from the address that is asked. The scheme may differ behind a proxy.
func isOwn(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func refuse(w http.ResponseWriter, err error) {
	var refusal *chat.Refusal
	if !errors.As(err, &refusal) {
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	status := map[chat.Code]int{
		chat.BadField: http.StatusBadRequest, chat.NotFound: http.StatusNotFound, chat.Unavailable: http.StatusServiceUnavailable,
	}[refusal.Code]
	if status == 0 {
		status = http.StatusForbidden
	}
	http.Error(w, refusal.Message, status)
}
