// Package share lets the domains of one site share a login: it signs the tickets that pages hand to each other, and
// serves the page that hands them on. README.md tells how a site uses it.
package share

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/julienschmidt/httprouter"

	"confab/account"
	"confab/people"
)

const (
	ticketPath = "/confab/share/ticket"
	pagePath   = "/confab/share.html"
)

//go:embed share.html
var page []byte

// Options of Register.
type Options struct {
	Accounts *account.Accounts
	People   *people.People
}

type site struct {
	Options
	policy string // of the page, but for who may embed it
}

// Register serves POST /confab/share/ticket and GET and HEAD /confab/share.html.
func Register(router *httprouter.Router, o Options) {
	s := site{Options: o, policy: policyOf(page)}
	router.POST(ticketPath, s.ticket)
	router.GET(pagePath, s.page)
	router.HEAD(pagePath, s.page)
}

// policyOf allows the page its one script, and to ask where it comes from.
func policyOf(page []byte) string {
	_, rest, _ := strings.Cut(string(page), "<script>")
	script, _, _ := strings.Cut(rest, "</script>")
	sum := sha256.Sum256([]byte(script))
	return fmt.Sprintf("default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; script-src 'sha256-%s'; frame-ancestors ",
		base64.StdEncoding.EncodeToString(sum[:]))
}
