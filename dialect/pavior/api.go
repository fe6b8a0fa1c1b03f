package pavior

import (
	_ "embed"
	"errors"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/dialect/rest"
	"confab/people"
	"confab/store"
)

const (
	root = "/v1"
	rate = 100 // calls per second of one key, over a minute
)

// Options of Register. All but Secure are required.
type Options struct {
	Store    *store.Store
	Desk     *desk.Desk
	Accounts *account.Accounts
	People   *people.People
	IDs      chat.IDs
	Log      *zap.Logger
	// RequireHTTPS has calls that came over plain HTTP sent to https, and not done.
	RequireHTTPS bool
	// Secure tells whether a request came over https. Nil: whether its connection is TLS.
	Secure func(*http.Request) bool
}

// server is the API for servers of a site.
type server struct{ Options }

func newServer(o Options) *server {
	if o.Secure == nil {
		o.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	return &server{o}
}

//go:embed openapi.yaml
var description []byte

// routes is the whole API.
func (a *server) routes() []rest.Route {
	return []rest.Route{
		{Method: http.MethodPost, Path: "/user", Handle: a.user},
		{Method: http.MethodPost, Path: "/outbound_message", Handle: a.outbound},
		{Method: http.MethodPost, Path: "/inbound_message", Handle: a.inbound},
		{Method: http.MethodPost, Path: "/events", Handle: a.events},
		rest.Described(description),
	}
}

func (a *server) rest() *rest.API {
	return &rest.API{Root: root, Routes: a.routes(), Log: a.Log, Outer: a.toHTTPS, Admit: a.admit, Refusal: refusal}
}

// done is the answer of a call that has nothing to tell.
type done struct {
	Data bool `json:"data"`
}

type failure struct {
	Error string `json:"error"`
}

// refusal names the field at fault if the message does not.
func refusal(_ int, r *chat.Refusal) any {
	if r.Field != "" && !strings.Contains(r.Message, r.Field) {
		return failure{r.Field + ": " + r.Message}
	}
	return failure{r.Message}
}

// renamed calls the field at fault as it is called here: of pairs, what the core calls it and what we do.
func renamed(err error, pairs ...string) error {
	r := (*chat.Refusal)(nil)
	if !errors.As(err, &r) || r.Field == "" {
		return err
	}
	return &chat.Refusal{Code: r.Code, Message: r.Message, Field: strings.NewReplacer(pairs...).Replace(r.Field)}
}

// toHTTPS sends a call that came in the clear to the same address under https.
func (a *server) toHTTPS(w http.ResponseWriter, r *http.Request) bool {
	if !a.RequireHTTPS || a.Secure(r) {
		return false
	}
	w.Header().Set("Location", "https://"+r.Host+r.URL.RequestURI())
	w.WriteHeader(http.StatusFound)
	return true
}

// admit finds the account by its key, and has a body announced as JSON.
func (a *server) admit(c *rest.Call) (*account.Account, error) {
	key, err := bearer(c.R.Header.Values("Authorization"))
	if err != nil {
		return nil, err
	}
	id, err := a.Accounts.VerifyKey(c.Ctx, key)
	if err != nil {
		return nil, err
	}
	if err := c.Throttle(a.Store, id, "rest:pavior", rate); err != nil {
		return nil, err
	}
	if err := c.JSONOnly(); err != nil {
		return nil, err
	}
	return a.Accounts.Account(c.Ctx, id)
}

func bearer(values []string) (string, error) {
	if len(values) == 1 {
		scheme, key, _ := strings.Cut(values[0], " ")
		if key = strings.TrimSpace(key); strings.EqualFold(scheme, "Bearer") && key != "" {
			return key, nil
		}
	}
	return "", chat.Refuse(chat.Unauthorized, "Send the API key as a bearer token: Authorization: Bearer KEY.")
}

// named is whom a call is about.
func named(o rest.Object) people.Name {
	n := people.Name{ID: o.Or("id"), Email: o.Or("email")}
	if n.ID == "" && n.Email == "" && o.Err() == nil {
		o.Need("id")
	}
	return n
}
