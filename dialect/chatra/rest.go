package chatra

import (
	_ "embed"
	"net/http"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/dialect/rest"
	"confab/people"
	"confab/presence"
	"confab/store"
)

const (
	root    = "/api"
	maxBody = 256 << 10 // bytes: the longest text with every character escaped
)

// folders are what is ours below the root, which others use too. The last one has only the description.
var folders = []string{"/messages", "/pushedMessages", "/clients", "/chatra"}

// RESTOptions of RegisterREST. All but PublicURL and Secure are required.
type RESTOptions struct {
	Store    *store.Store
	Desk     *desk.Desk
	Presence *presence.Presence
	Accounts *account.Accounts
	People   *people.People
	IDs      chat.IDs
	Log      *zap.Logger
	// PublicURL is where people reach the node, without a slash at its end. "": where the request came to.
	PublicURL string
	// Secure tells whether a request came over https. Nil: whether its connection is TLS.
	Secure func(*http.Request) bool
}

type server struct{ RESTOptions }

// RegisterREST serves the dialect's REST API, and its description.
func RegisterREST(router *httprouter.Router, o RESTOptions) { newServer(o).rest().Register(router) }

func newServer(o RESTOptions) *server {
	if o.Secure == nil {
		o.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	return &server{o}
}

//go:embed openapi.yaml
var description []byte

// routes is the whole API.
func (a *server) routes() []rest.Route {
	shown := rest.Described(description)
	shown.Path = "/chatra/openapi.json"
	return []rest.Route{
		{Method: http.MethodPost, Path: "/messages", Handle: a.postMessage},
		{Method: http.MethodGet, Path: "/messages/:id", Handle: a.getMessage},
		{Method: http.MethodPut, Path: "/messages/:id", Handle: a.putMessage},
		{Method: http.MethodDelete, Path: "/messages/:id", Handle: a.deleteMessage},

		{Method: http.MethodPost, Path: "/pushedMessages", Handle: a.postPushed},
		{Method: http.MethodGet, Path: "/pushedMessages/:id", Handle: a.getPushed},
		{Method: http.MethodPut, Path: "/pushedMessages/:id", Handle: a.putPushed},
		{Method: http.MethodDelete, Path: "/pushedMessages/:id", Handle: a.deletePushed},

		{Method: http.MethodGet, Path: "/clients/:id", Handle: a.getClient},
		{Method: http.MethodPut, Path: "/clients/:id", Handle: a.putClient},

		shown,
	}
}

func (a *server) rest() *rest.API {
	return &rest.API{
		Root: root, Only: folders, Routes: a.routes(), Log: a.Log, Admit: a.admit, AdmitFirst: true, Refusal: refusal,
		Challenge: `Basic realm="api", charset="UTF-8"`, ContentType: "application/json; charset=utf-8", MaxBody: maxBody,
	}
}

// refused is how everything is refused.
type refused struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// refusal names the field at fault, and says of a body that cannot be read what is said of it word for word.
func refusal(status int, r *chat.Refusal) any {
	switch {
	case r.Code == chat.BadFrame:
		return refused{status, "Invalid data format"}
	case r.Field != "":
		return refused{status, r.Field + ": " + r.Message}
	}
	return refused{status, r.Message}
}

// base is what addresses that people are given begin with.
func (a *server) base(r *http.Request) string {
	switch {
	case a.PublicURL != "":
		return a.PublicURL
	case a.Secure(r):
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
