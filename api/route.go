package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/chat"
)

// requestTimeout bounds a request's work, its body's arrival not counted.
const requestTimeout = 10 * time.Second

// longTimeout bounds what takes or gives a whole table, its body's arrival counted.
const longTimeout = 10 * time.Minute

// time is how long a request may work.
func (rt route) time() time.Duration {
	if rt.path == "/contacts/import" || rt.path == "/contacts.csv" {
		return longTimeout
	}
	return requestTimeout
}

// role is who may call a route: a set.
type role uint8

const (
	agent  role = 1 << iota // a signed-in agent
	admin                   // a signed-in agent with the role admin
	key                     // the account's server key
	public role = 0         // anybody, without credentials

	person = agent | admin
	staff  = admin | key
	anyone = agent | admin | key
)

// route is one line of the API. Its handler returns what to answer, or an error; it sees only things of the
// caller's own account.
type route struct {
	method, path string
	may          role
	about        subject
	status       int // of success
	handle       func(*call) (any, error)
}

// call is one request on its way through a handler.
type call struct {
	ctx    context.Context
	w      http.ResponseWriter
	r      *http.Request
	params httprouter.Params
	caller
}

func (c *call) id() string { return c.params.ByName("id") }

// router holds every route with and without a slash at its end, and refuses the rest.
func (a *api) router() http.Handler {
	router := httprouter.New()
	router.RedirectTrailingSlash = false
	router.RedirectFixedPath = false
	for _, rt := range a.routes() {
		for _, path := range []string{root + rt.path, root + rt.path + "/"} {
			router.Handle(rt.method, path, a.serve(rt))
			if rt.method == http.MethodGet {
				router.Handle(http.MethodHead, path, a.serve(rt))
			}
		}
	}
	// No origin but our own is let in: a preflight is answered without a permission.
	router.GlobalOPTIONS = a.outside(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	router.NotFound = a.outside(func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, chat.Refuse(chat.NotFound, "There is no such address."))
	})
	router.MethodNotAllowed = a.outside(methodNotAllowed)
	return router
}

// outside prepares the answer of a request that fits no route.
func (a *api) outside(handle http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		handle(w, a.identify(w, r))
	})
}

func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	allowed := w.Header().Get("Allow") // set by the router
	writeProblem(w, r, kind{status: http.StatusMethodNotAllowed, title: "Method not allowed"},
		chat.Refuse(chat.Unsupported, "%s is not served here, only %s.", method(r), allowed))
}

// method names the request's method, which a client may choose freely, in a sentence.
func method(r *http.Request) string {
	if len(r.Method) > 16 {
		return "That method"
	}
	return strings.ToUpper(r.Method)
}

func protect(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
}

// serve is what surrounds every handler.
func (a *api) serve(rt route) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
		protect(w.Header())
		r = a.identify(w, r)
		defer a.catch(w, r)
		ctx, cancel := context.WithTimeout(r.Context(), rt.time())
		defer cancel()
		c := &call{ctx: ctx, w: w, r: r.WithContext(ctx), params: params}
		body, err := a.work(c, rt)
		if err == nil {
			err = answer(w, r, rt.status, body)
		}
		if err != nil {
			a.refuse(w, r, err)
		}
	}
}

func (a *api) work(c *call, rt route) (any, error) {
	if rt.may == public {
		return rt.handle(c)
	}
	var err error
	if c.caller, err = a.authenticate(c); err != nil {
		return nil, err
	}
	if err := a.throttle(c); err != nil {
		return nil, err
	}
	if err := c.allowed(rt.may); err != nil {
		return nil, err
	}
	if c.scope != nil {
		if err := a.within(c, rt.about); err != nil {
			return nil, err
		}
	}
	return rt.handle(c)
}

// catch answers for a handler that panicked. The program lives on.
func (a *api) catch(w http.ResponseWriter, r *http.Request) {
	switch cause := recover(); cause {
	case nil:
	case http.ErrAbortHandler:
		panic(cause)
	default:
		a.log.Error("handler panicked", zap.Any("cause", cause), zap.ByteString("stack", debug.Stack()))
		a.refuse(w, r, fmt.Errorf("panic: %v", cause))
	}
}
