// Package demo serves the page at "/": on a node with the demo account a small shop with the widget in it and a panel
// that tells how to try it, elsewhere a page that says what this node is.
package demo

import (
	"net/http"

	"github.com/julienschmidt/httprouter"

	"confab/chat"
)

// Options of the page. Account, Email and Password are those of the demo account, and all empty where there is none.
type Options struct {
	Account  chat.AccountID
	Email    string // of the demo agent
	Password string
	Node     string // name of this node
}

// Register serves "/", "/favicon.svg", "/favicon.ico", "/robots.txt" and "/demo/…": what the pages need and, with a
// demo account, the shop.
func Register(router *httprouter.Router, o Options) {
	s := site{o, mustPages(), mustAssets()}
	get(router, "/robots.txt", s.asset("robots.txt"))
	get(router, "/favicon.svg", s.asset("favicon.svg"))
	get(router, "/favicon.ico", s.asset("favicon.svg"))
	get(router, "/demo/assets/:name", s.anyAsset)
	if o.Account == "" {
		get(router, "/", s.page("node", "Confab", nil))
		return
	}
	s.registerShop(router)
}

func (s site) registerShop(router *httprouter.Router) {
	get(router, "/", s.page("home", "Tern Outdoor", catalogue))
	get(router, "/demo/tents", s.page("shelf", "Tents", of(tents)))
	get(router, "/demo/packs", s.page("shelf", "Packs", of(packs)))
	get(router, "/demo/repairs", s.page("repairs", "Repairs", of(repairs)))
	get(router, "/demo/cart", s.page("cart", "Cart", catalogue))
	for _, p := range catalogue {
		get(router, p.Path(), s.page("shelf", p.Name, of(p.Shelf)))
	}
}

// get registers a page with and without a slash at its end.
func get(router *httprouter.Router, path string, handle httprouter.Handle) {
	paths := []string{path, path + "/"}
	if path == "/" {
		paths = paths[:1]
	}
	for _, path := range paths {
		router.Handle(http.MethodGet, path, handle)
		router.Handle(http.MethodHead, path, handle)
	}
}
