// Package mail sends what people are told by e-mail: answers that they did not see in the chat, conversations that the team
// began with a subject, and the log of a chat to its account. What is to be sent stands in the outbox, which survives every
// node; here is decided who may be written to and how often, and one try is made.
package mail

import (
	"context"
	"net/http"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/outbox"
	"confab/people"
	"confab/store"
)

const (
	// Kind is the kind of mail in the outbox; each account has one target of it.
	Kind = "mail"
	// TimerKind names the timers that Due is for; their ids are threads'.
	TimerKind = "mail"

	atOnce = 2 // connections to the mail server for one account, of all nodes
)

// Options of New. All but Domains and Now are required.
type Options struct {
	Store    *store.Store
	Accounts *account.Accounts
	People   *people.People
	Server   Server
	From     netmail.Address // of all mail but that of sender profiles; its domain is that of the ids of mails
	Domains  []string        // in ASCII, that the server may send mail from beside From's
	Public   string          // address under which browsers reach the nodes, without a slash at the end
	Links    *auth.Links
	Log      *zap.Logger
	Now      func() time.Time // nil: time.Now
}

// Mail is a kind of the outbox, and the pages that its mails lead to. Safe for concurrent use.
type Mail struct {
	o       Options
	metrics *metrics
}

var _ outbox.Kind = (*Mail)(nil)

// New returns the mail of a deployment.
func New(o Options) *Mail {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Mail{o: o, metrics: newMetrics()}
}

// Targets is one for each account.
func (m *Mail) Targets(a *account.Account) []outbox.Target {
	return []outbox.Target{{ID: Kind, Kind: Kind, Since: a.CreatedAt}}
}

// AtOnce is how many mails of an account are under way at most.
func (m *Mail) AtOnce() int { return atOnce }

// Collectors count what was sent and what was not, by reason.
func (m *Mail) Collectors() []prometheus.Collector { return m.metrics.collectors() }

// Register serves the pages of unsubscribing and confirming.
func (m *Mail) Register(router *httprouter.Router) {
	p := newPages(m)
	for path, h := range map[string]http.HandlerFunc{unsubscribePath: p.unsubscribe, confirmPath: p.confirm} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			router.Handler(method, path, h)
		}
	}
}

// Due has the outbox look at a thread in which an answer was to be seen by now. It may run where no mail is sent.
func Due(ctx context.Context, s *store.Store, t store.Timer) error {
	if err := s.LookOut(ctx, t.Account, chat.ThreadID(t.ID)); err != nil {
		return err
	}
	return s.FinishTimer(ctx, t)
}

// domain is that of the sender's address.
func (m *Mail) domain() string {
	return m.o.From.Address[strings.LastIndexByte(m.o.From.Address, '@')+1:]
}

// mayBeFrom tells whether mail may come from an address (postal): from another domain than those that the operator vouches for,
// receivers throw it away, for neither SPF nor DKIM speaks for it (DMARC).
func (m *Mail) mayBeFrom(address string) bool {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	return strings.EqualFold(domain, m.domain()) || slices.ContainsFunc(m.o.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}
