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

const timeout = 10 * time.Second // of a request's work before its body has come, and again of what follows

// API is all that one dialect serves below Root, which begins with a slash and ends without one.
type API struct {
	Root string
	// Only are the folders below the root that are the API's, "/messages"; nil: all is.
	Only   []string
	Routes []Route
	Log    *zap.Logger
	// Outer is what every request meets first, also one that fits no route; nil: nothing. It answers true if it has answered.
	Outer func(http.ResponseWriter, *http.Request) bool
	// Admit finds out whose account a call is about, or refuses it. It is not asked about open routes.
	Admit func(*Call) (*account.Account, error)
	// AdmitFirst has Admit asked also about calls that fit no route: a stranger is not told what is served, and what Admit
	// counts has them too.
	AdmitFirst bool
	// Refusal is the body of a refusal, which is answered with this status.
	Refusal func(status int, r *chat.Refusal) any
	// Status is the HTTP status of a refusal; nil: Status of this package.
	Status func(chat.Code) int
	// Challenge is the WWW-Authenticate of a 401; "": Bearer.
	Challenge string
	// ContentType of all answers; "": application/json.
	ContentType string
	// MaxBody is how many bytes a body may have; 0: 1 MiB.
	MaxBody int64
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
	Ctx     context.Context // ends when the work has lasted too long; a new one once the body has come
	W       http.ResponseWriter
	R       *http.Request
	Param   string // what stands for the path's ":param", decoded
	Account *account.Account

	maxBody int64
	end     context.CancelFunc // of Ctx
}

// begin gives the work that follows all of its time.
func (c *Call) begin() {
	if c.end != nil {
		c.end()
	}
	c.Ctx, c.end = context.WithTimeout(c.R.Context(), timeout)
}

// Register serves the API, and takes every address of it: what is not there is refused in its own form.
func (a *API) Register(router *httprouter.Router) {
	folders := a.Only
	if folders == nil {
		folders = []string{""}
	}
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodTrace, http.MethodConnect,
	} {
		for _, folder := range folders {
			router.Handler(method, a.Root+folder, a)
			router.Handler(method, a.Root+folder+"/*path", a)
		}
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
	c := &Call{W: w, R: r, maxBody: a.MaxBody}
	c.begin()
	defer func() { c.end() }()
	body, err := a.work(c)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.answer(w, r, http.StatusOK, body)
}

func (a *API) work(c *Call) (any, error) {
	rt, param, unfit := a.find(c.R)
	if unfit != nil && !a.AdmitFirst {
		return nil, unfit
	}
	if !rt.Open {
		var err error
		if c.Account, err = a.Admit(c); err != nil {
			return nil, err
		}
	}
	if unfit != nil {
		return nil, unfit
	}
	c.Param = param
	return rt.Handle(c)
}

// find returns the route of a request. A slash at the end of the path says nothing.
func (a *API) find(r *http.Request) (Route, string, error) {
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
	return Route{}, "", &method{chat.Refuse(chat.Unsupported, "This method is not served here."), strings.Join(allowed, ", ")}
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
