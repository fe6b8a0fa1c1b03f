// Package livechat serves the REST calls of the visitors of Rocket.Chat's livechat. It only translates: README.md tells what
// holds.
package livechat

import (
	_ "embed"
	"errors"
	"net"
	"net/http"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/dialect/rest"
	"confab/people"
	"confab/presence"
	"confab/store"
)

const (
	root = "/api/v1/livechat"
	rate = 50 // calls per second from one address, over a minute
)

// Options of Register. All but Address are required.
type Options struct {
	Store    *store.Store
	Accounts *account.Accounts
	People   *people.People
	Presence *presence.Presence
	Log      *zap.Logger
	// Address returns the client's network address, without a port. Nil: the peer of the connection.
	Address func(*http.Request) string
}

type server struct{ Options }

// Register serves the three calls below /api/v1/livechat.
func Register(router *httprouter.Router, o Options) { newServer(o).rest().Register(router) }

func newServer(o Options) *server {
	if o.Address == nil {
		o.Address = peer
	}
	return &server{o}
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

//go:embed openapi.yaml
var description []byte

// routes is the whole API.
func (a *server) routes() []rest.Route {
	return []rest.Route{
		{Method: http.MethodPost, Path: "/visitor", Handle: a.register},
		{Method: http.MethodGet, Path: "/visitor/:token", Handle: a.visitor},
		{Method: http.MethodPost, Path: "/page.visited", Handle: a.visited},
		rest.Described(description),
	}
}

func (a *server) rest() *rest.API {
	return &rest.API{Root: root, Routes: a.routes(), Log: a.Log, Outer: open, Admit: a.admit, Refusal: refusal, Status: status}
}

// failure is how everything is refused.
type failure struct {
	Success bool   `json:"success"` // false
	Error   string `json:"error"`
}

func refusal(_ int, r *chat.Refusal) any { return failure{Error: r.Message} }

// status is 400 for all that is the caller's fault, but for what has a status of its own everywhere.
func status(code chat.Code) int {
	switch code {
	case chat.RateLimited, chat.Unavailable, chat.Draining, chat.Internal:
		return rest.Status(code)
	case chat.NotFound:
		return http.StatusNotFound // of an address: an unknown visitor is errNobody
	}
	return http.StatusBadRequest
}

// errNobody refuses a token that no visitor has.
var errNobody = chat.Refuse(chat.BadField, "invalid-token")

// open lets pages of any site call, and answers the question whether they may.
func open(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Content-Type, X-Requested-With, Accept")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// admit finds the account by the host that was asked, else takes the only one there is.
func (a *server) admit(c *rest.Call) (*account.Account, error) {
	if err := c.Throttle(a.Store, "", "livechat:"+a.Accounts.Mark(a.Address(c.R)), rate); err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(c.R.Host)
	if err != nil {
		host = c.R.Host
	}
	for _, name := range []string{c.R.Host, host} {
		found, err := a.Accounts.ByHost(c.Ctx, name)
		if !isNotFound(err) {
			return found, err
		}
	}
	found, err := a.Accounts.Only(c.Ctx)
	if isNotFound(err) {
		return nil, chat.Refuse(chat.BadField, "No account has the host name %q, and there is not just one account.", cut(host))
	}
	return found, err
}

func cut(text string) string { return chat.Clean(text, 100) }

func isNotFound(err error) bool { return errors.Is(err, &chat.Refusal{Code: chat.NotFound}) }
