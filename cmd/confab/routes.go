package main

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/julienschmidt/httprouter"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"confab/api"
	"confab/chat"
	"confab/console"
	"confab/demo"
	"confab/dialect/chatra"
	"confab/dialect/jivo"
	"confab/dialect/livechat"
	"confab/dialect/pavior"
	"confab/files"
	"confab/share"
	"confab/widget"
)

// routes puts every address of a node on one router.
func (n *node) routes(s Settings, o opened, d demo.Options, name string) http.Handler {
	router := httprouter.New()
	router.RedirectTrailingSlash = false // both forms are registered; a redirect loses the body of strict clients
	router.RedirectFixedPath = false
	router.HandleMethodNotAllowed = true

	router.HandlerFunc(http.MethodGet, "/healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	router.HandlerFunc(http.MethodGet, "/readyz", n.ready(o))
	router.Handler(http.MethodGet, "/metrics", metrics(n, o))
	router.Handler(http.MethodGet, "/ws", n.relay)

	api.Register(router, api.Options{
		Store: o.store, Desk: n.desk, Presence: n.presence, Accounts: n.accounts, People: n.people, Files: n.files, Calls: n.calls,
		Outbox: n.outbox, Dialects: n.webhooks.Dialects(), CheckWebhook: n.webhooks.Check, MailFrom: mailFrom(s), IDs: chat.NewIDs(nil), Log: n.log.Named("api"), Address: n.address,
	})
	if n.files != nil {
		files.Register(router, n.files)
	}
	if n.mail != nil {
		n.mail.Register(router)
	}
	console.Register(router)
	widget.Register(router, widget.Options{Accounts: n.accounts, Log: n.log.Named("widget"), NoFiles: n.files == nil})
	jivo.Register(router)
	pavior.Register(router, pavior.Options{
		Store: o.store, Desk: n.desk, Accounts: n.accounts, People: n.people, IDs: chat.NewIDs(nil), Log: n.log.Named("pavior"),
		RequireHTTPS: s.requiresHTTPS(o.embedded), Secure: secureOf(s.TrustedProxies),
	})
	livechat.Register(router, livechat.Options{
		Store: o.store, Accounts: n.accounts, People: n.people, Presence: n.presence, Log: n.log.Named("livechat"), Address: n.address,
	})
	share.Register(router, share.Options{Accounts: n.accounts, People: n.people})
	chatra.Register(router)
	chatra.RegisterREST(router, chatra.RESTOptions{
		Store: o.store, Desk: n.desk, Presence: n.presence, Accounts: n.accounts, People: n.people, IDs: chat.NewIDs(nil),
		Log: n.log.Named("chatra"), PublicURL: s.PublicURL, Secure: secureOf(s.TrustedProxies),
	})
	d.Node = name
	demo.Register(router, d)
	return router
}

// ready is green only while the whole way of a message works: the store commits, the bus carries, and the node stays.
func (n *node) ready(o opened) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := n.relay.Ready(); err != nil {
			answer(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		if err := o.store.Ready(); err != nil {
			answer(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		answer(w, http.StatusOK, "ready")
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // the asker is gone if this fails
}

func metrics(n *node, o opened) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(o.store.Collectors()...)
	registry.MustRegister(n.presence.Collectors()...)
	registry.MustRegister(n.relay.Collectors()...)
	registry.MustRegister(n.outbox.Collectors()...)
	if n.mail != nil {
		registry.MustRegister(n.mail.Collectors()...)
	}
	if n.files != nil {
		registry.MustRegister(n.files.Collectors()...)
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// ownOrigin tells which pages are this deployment's own: those of its public address, or, if it has none, those of
// the address that the request came to (nil leaves that to the relay).
func ownOrigin(public string) func(*http.Request, string) bool {
	if public == "" {
		return nil
	}
	return func(_ *http.Request, origin string) bool { return strings.EqualFold(origin, public) }
}

// secureOf tells whether a request came over https: to a trusted proxy, as it says, else to us.
func secureOf(trusted []netip.Prefix) func(*http.Request) bool {
	return func(r *http.Request) bool {
		scheme, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
		if scheme = strings.TrimSpace(scheme); scheme == "" || !isTrusted(trusted, peerOf(r)) {
			return r.TLS != nil
		}
		return strings.EqualFold(scheme, "https")
	}
}

// peerOf is the other end of the connection, invalid if that is none of the network.
func peerOf(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, _ := netip.ParseAddr(host)
	return peer
}

func isTrusted(trusted []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// addressOf finds the client behind trusted proxies: the last address in X-Forwarded-For that is not itself one of
// them. Whoever is not a trusted proxy is taken at the connection's word.
func addressOf(trusted []netip.Prefix) func(*http.Request) string {
	return func(r *http.Request) string {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		peer, err := netip.ParseAddr(host)
		if err != nil || !isTrusted(trusted, peer) {
			return host
		}
		chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(chain) - 1; i >= 0; i-- {
			a, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
			if err != nil {
				break
			}
			if !isTrusted(trusted, a) {
				return a.String()
			}
		}
		return host
	}
}
