// Package api serves the native REST API under /confab/v1/. openapi.yaml beside it is its description: written by
// hand, served by the node, and held against every handler by the tests.
package api

import (
	"net"
	"net/http"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/calls"
	"confab/chat"
	"confab/desk"
	"confab/files"
	"confab/outbox"
	"confab/people"
	"confab/presence"
	"confab/store"
)

// root is where the API stands.
const root = "/confab/v1"

// Options of Register. All but Address, Files, CheckWebhook and MailFrom are required.
type Options struct {
	Store    *store.Store
	Desk     *desk.Desk
	Presence *presence.Presence
	Accounts *account.Accounts
	People   *people.People
	Files    *files.Files // nil: there are none
	Calls    *calls.Calls
	Outbox   *outbox.Outbox
	// Dialects are those in which webhooks are told.
	Dialects []string
	// CheckWebhook refuses addresses that would never be asked. Nil: none are.
	CheckWebhook func(url string) error
	// MailFrom is the sender of mail; "": none is sent.
	MailFrom string
	IDs      chat.IDs
	Log      *zap.Logger
	// Address returns the client's network address, without a port. Nil: the peer of the connection, which is the
	// proxy's if there is one.
	Address func(*http.Request) string
}

type api struct {
	store    *store.Store
	desk     *desk.Desk
	presence *presence.Presence
	accounts *account.Accounts
	people   *people.People
	files    *files.Files
	calls    *calls.Calls
	outbox   *outbox.Outbox
	dialects []string
	checkURL func(url string) error
	mailFrom string
	ids      chat.IDs
	log      *zap.Logger
	address  func(*http.Request) string
	spec     []byte // openapi.yaml as JSON
}

// Register serves the API on the router. It takes every address under /confab/v1/, so that what is not there is
// refused in the API's own form.
func Register(router *httprouter.Router, o Options) {
	inner := newAPI(o).router()
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodTrace, http.MethodConnect,
	} {
		router.Handler(method, root, inner)
		router.Handler(method, root+"/*path", inner)
	}
}

func newAPI(o Options) *api {
	if o.Address == nil {
		o.Address = peer
	}
	return &api{
		store: o.Store, desk: o.Desk, presence: o.Presence, accounts: o.Accounts, people: o.People, files: o.Files, calls: o.Calls, outbox: o.Outbox,
		dialects: o.Dialects, checkURL: o.CheckWebhook, mailFrom: o.MailFrom,
		ids: o.IDs, log: o.Log, address: o.Address, spec: mustSpec(specYAML),
	}
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
