package chatra

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/people"
	"confab/presence"
	"confab/store"
)

// requestTimeout bounds each part of a request's work; its body has a time of its own.
const requestTimeout = 10 * time.Second

// families are the addresses below which everything is answered here, what is not there too.
var families = []string{"/api/messages", "/api/pushedMessages", "/api/clients"}

// specPath is where the description stands. Nothing else is served below /api/chatra.
const specPath = "/api/chatra/openapi.json"

// RESTOptions of RegisterREST. All but PublicURL are required.
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
}

type rest struct{ RESTOptions }

// RegisterREST serves the dialect's REST API, and its description.
func RegisterREST(router *httprouter.Router, o RESTOptions) {
	a := &rest{o}
	inner := a.router()
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodTrace, http.MethodConnect,
	} {
		for _, family := range families {
			router.Handler(method, family, inner)
			router.Handler(method, family+"/*path", inner)
		}
	}
	router.GET(specPath, serveSpec)
	router.HEAD(specPath, serveSpec)
}

// route is one line of the API.
type route struct {
	method, path string
	handle       func(*rest, *call) (any, error)
}

var routes = []route{
	{http.MethodPost, "/api/messages", (*rest).postMessage},
	{http.MethodGet, "/api/messages/:id", (*rest).getMessage},
	{http.MethodPut, "/api/messages/:id", (*rest).putMessage},
	{http.MethodDelete, "/api/messages/:id", (*rest).deleteMessage},

	{http.MethodPost, "/api/pushedMessages", (*rest).postPushed},
	{http.MethodGet, "/api/pushedMessages/:id", (*rest).getPushed},
	{http.MethodPut, "/api/pushedMessages/:id", (*rest).putPushed},
	{http.MethodDelete, "/api/pushedMessages/:id", (*rest).deletePushed},

	{http.MethodGet, "/api/clients/:id", (*rest).getClient},
	{http.MethodPut, "/api/clients/:id", (*rest).putClient},
}

// call is one request of somebody who has shown an account's keys.
type call struct {
	ctx     context.Context
	r       *http.Request
	id      string // of the path
	account *account.Account
	body    body // of POST and PUT
	base    string
}

// router holds every route with and without a slash at its end, and refuses the rest.
func (a *rest) router() http.Handler {
	router := httprouter.New()
	router.RedirectTrailingSlash, router.RedirectFixedPath, router.HandleOPTIONS = false, false, false
	for _, rt := range routes {
		for _, path := range []string{rt.path, rt.path + "/"} {
			router.Handle(rt.method, path, a.serve(rt))
			if rt.method == http.MethodGet {
				router.Handle(http.MethodHead, path, a.serve(rt))
			}
		}
	}
	router.NotFound = a.outside(http.StatusNotFound, "There is no such address.")
	router.MethodNotAllowed = a.outside(http.StatusMethodNotAllowed, "This method is not served here.")
	return router
}

// outside refuses what fits no route. It asks for the keys like all the rest.
func (a *rest) outside(status int, message string) http.Handler {
	handle := a.serve(route{handle: func(*rest, *call) (any, error) { return nil, &fault{status: status, message: message} }})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if allowed := w.Header().Get("Allow"); allowed != "" { // the router counts OPTIONS in
			w.Header().Set("Allow", strings.TrimSuffix(strings.ReplaceAll(allowed+", ", "OPTIONS, ", ""), ", "))
		}
		handle(w, r, nil)
	})
}

// serve is what surrounds every handler.
func (a *rest) serve(rt route) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		defer a.catch(w, r)
		c := &call{r: r, id: params.ByName("id"), base: a.base(r)}
		answer, err := a.work(w, c, rt)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		write(w, r, http.StatusOK, answer)
	}
}

// work asks for the keys, then counts, then reads the body: nothing of strangers is read, and wrong bodies count.
func (a *rest) work(w http.ResponseWriter, c *call, rt route) (answer any, err error) {
	if err := c.within(a.admit); err != nil {
		return nil, err
	}
	if rt.method == http.MethodPost || rt.method == http.MethodPut {
		if c.body, err = readBody(w, c.r); err != nil {
			return nil, err
		}
	}
	err = c.within(func(c *call) error {
		answer, err = rt.handle(a, c)
		return err
	})
	return answer, err
}

// within bounds a part of the work.
func (c *call) within(work func(*call) error) error {
	ctx, cancel := context.WithTimeout(c.r.Context(), requestTimeout)
	defer cancel()
	c.ctx = ctx
	return work(c)
}

// base is what addresses that people are given begin with.
func (a *rest) base(r *http.Request) string {
	if a.PublicURL != "" {
		return a.PublicURL
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// catch answers for a handler that panicked. The program lives on.
func (a *rest) catch(w http.ResponseWriter, r *http.Request) {
	switch cause := recover(); cause {
	case nil:
	case http.ErrAbortHandler:
		panic(cause)
	default:
		a.Log.Error("handler panicked", zap.Any("cause", cause), zap.ByteString("stack", debug.Stack()))
		a.refuse(w, r, fmt.Errorf("panic: %v", cause))
	}
}
