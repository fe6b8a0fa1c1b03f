package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"

	"github.com/julienschmidt/httprouter"
)

//go:embed pages
var pageFiles embed.FS

type site struct {
	Options
	pages  map[string]*template.Template
	assets map[string]asset
}

// view is what a page is filled with.
type view struct {
	Options
	Title    string
	Path     string
	Origin   string // of this node, as the visitor's browser reached it
	Products []product
}

// Shows tells whether the product has the page to itself.
func (v view) Shows(p product) bool { return v.Path == p.Path() }

// Alone tells whether any product has.
func (v view) Alone() bool {
	for _, p := range v.Products {
		if v.Shows(p) {
			return true
		}
	}
	return false
}

// In tells whether the page stands on the shelf or in it.
func (v view) In(shelf string) bool {
	path := "/demo/" + shelf
	return v.Path == path || len(v.Path) > len(path) && v.Path[:len(path)+1] == path+"/"
}

// mustPages parses each page together with the frame around it.
func mustPages() map[string]*template.Template {
	frame := template.Must(template.ParseFS(pageFiles, "pages/frame.html", "pages/parts.html"))
	pages := map[string]*template.Template{}
	for _, name := range []string{"home", "shelf", "repairs", "cart"} {
		pages[name] = template.Must(template.Must(frame.Clone()).ParseFS(pageFiles, "pages/"+name+".html"))
	}
	pages["node"] = template.Must(template.New("frame").ParseFS(pageFiles, "pages/node.html", "pages/parts.html"))
	return pages
}

func (s site) page(name, title string, products []product) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
		path := r.URL.Path
		if len(path) > 1 && path[len(path)-1] == '/' {
			path = path[:len(path)-1]
		}
		var out bytes.Buffer
		v := view{s.Options, title, path, origin(r), products}
		if err := s.pages[name].ExecuteTemplate(&out, "frame", v); err != nil {
			panic(fmt.Sprintf("demo: page %s: %v", name, err)) // nothing in a page depends on the request but two texts
		}
		h := w.Header()
		protect(h, r.Host)
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		w.Write(out.Bytes()) // a reader that has gone is no concern of ours
	}
}

// plainHost is a host name or address with an optional port: nothing that could end a directive of the policy.
var plainHost = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]+)?$`)

// origin guesses what stands before the path in the browser's address bar; the page's script puts it right if a
// proxy speaks another scheme.
func origin(r *http.Request) string {
	u := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	if !plainHost.MatchString(r.Host) {
		return ""
	}
	return u.String()
}

// protect holds the page to its own scripts, styles and sockets, as a careful shop would; the widget must live with that.
func protect(h http.Header, host string) {
	sockets := ""
	if plainHost.MatchString(host) {
		sockets = " ws://" + host + " wss://" + host
	}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:"+
		"; connect-src 'self'"+sockets+"; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"+
		"; require-trusted-types-for 'script'; trusted-types 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
}
