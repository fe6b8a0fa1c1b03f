// Package rest is what the REST interfaces of dialects have in common: routes below one address, bodies read strictly, and
// refusals that each dialect words in its own way.
package rest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
)

const timeout = 10 * time.Second // of a request's work, its body's arrival not counted

// API is all that one dialect serves below Root, which begins with a slash and ends without one.
type API struct {
	Root   string
	Routes []Route
	Log    *zap.Logger
	// Outer is what every request meets first, also one that fits no route; nil: nothing. It answers true if it has answered.
	Outer func(http.ResponseWriter, *http.Request) bool
	// Admit finds out whose account a call is about, or refuses it. It is not asked about open routes.
	Admit func(*Call) (*account.Account, error)
	// Refusal is the body of a refusal.
	Refusal func(*chat.Refusal) any
	// Status is the HTTP status of a refusal; nil: Status of this package.
	Status func(chat.Code) int
}

// Route is one address. The last part of its path may be a ":param", which stands for any text.
type Route struct {
	Method, Path string
	Open         bool // for anybody, and about no account
	// Handle returns what is answered as JSON with status 200, or an error. A *chat.Refusal is told to the caller; what else
	// goes wrong is logged.
	Handle func(*Call) (any, error)
}

// Call is a request on its way through a handler.
type Call struct {
	Ctx     context.Context
	W       http.ResponseWriter
	R       *http.Request
	Param   string // what stands for the path's ":param", decoded
	Account *account.Account
}

// Register serves the API, and takes every address below its root: what is not there is refused in its own form.
func (a *API) Register(router *httprouter.Router) {
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodTrace, http.MethodConnect,
	} {
		router.Handler(method, a.Root, a)
		router.Handler(method, a.Root+"/*path", a)
	}
}

// ServeHTTP serves one request below the root.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer a.catch(w, r)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if a.Outer != nil && a.Outer(w, r) {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	rt, param, err := a.find(w, r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	body, err := a.work(rt, &Call{Ctx: ctx, W: w, R: r.WithContext(ctx), Param: param})
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.answer(w, r, http.StatusOK, body)
}

func (a *API) work(rt Route, c *Call) (any, error) {
	if !rt.Open {
		var err error
		if c.Account, err = a.Admit(c); err != nil {
			return nil, err
		}
	}
	return rt.Handle(c)
}

// find returns the route of a request. A slash at the end of the path says nothing.
func (a *API) find(w http.ResponseWriter, r *http.Request) (Route, string, error) {
	path := strings.TrimSuffix(strings.TrimPrefix(r.URL.EscapedPath(), a.Root), "/")
	var allowed []string
	for _, rt := range a.Routes {
		param, ok := rt.fits(path)
		if ok && (r.Method == rt.Method || r.Method == http.MethodHead && rt.Method == http.MethodGet) {
			return rt, param, nil
		}
		if ok {
			allowed = append(allowed, rt.Method)
		}
	}
	if len(allowed) == 0 {
		return Route{}, "", chat.Refuse(chat.NotFound, "There is no such address.")
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return Route{}, "", errMethod
}

// fits tells whether a path, still escaped, is the route's, and what stands for its parameter.
func (rt Route) fits(path string) (string, bool) {
	fixed, _, open := strings.Cut(rt.Path, ":")
	if !open {
		return "", path == rt.Path
	}
	rest, ok := strings.CutPrefix(path, fixed)
	if !ok || rest == "" || strings.Contains(rest, "/") {
		return "", false
	}
	param, err := url.PathUnescape(rest)
	return param, err == nil
}

// catch answers for a handler that panicked. The program lives on.
func (a *API) catch(w http.ResponseWriter, r *http.Request) {
	switch cause := recover(); cause {
	case nil:
	case http.ErrAbortHandler:
		panic(cause)
	default:
		a.Log.Error("handler panicked", zap.Any("cause", cause), zap.ByteString("stack", debug.Stack()))
		a.refuse(w, r, fmt.Errorf("panic: %v", cause))
	}
}
