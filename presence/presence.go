// Package presence knows who is here: visitors with their visits and pages, agents with their status.
//
// A person's connections are entries that name the lease of their node. A node renews one lease for all of them, so
// an idle connection costs the store nothing. When a lease runs out any other node removes the entries that hang on
// it, and says "offline" once for those who do not come back within a grace. All times are those of the store.
package presence

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"confab/chat"
	"confab/store"
)

// Options configures New.
type Options struct {
	Store        *store.Store
	Node         string // the same node may run again under the same name
	Log          *zap.Logger
	VisitorGrace time.Duration // of absence, before the episode of a visitor, or one whose agents are all away, ends
	// LeaseLost is called when the node's lease ran out: the node slept, or was cut off. Its connections count as
	// gone and must be closed. Called on a goroutine of Run; must not block.
	LeaseLost func()
	// Counted is told whose visits may be others now: a contact's, or under his id those of a visitor who is none. nil:
	// nobody is. Called on a goroutine of the store; must not block.
	Counted func(account chat.AccountID, owner chat.ContactID)
}

// times are the delays of presence. Only tests have others than the usual.
type times struct {
	TTL, Renew   time.Duration // of a node's lease
	Sweep        time.Duration // between two looks at what is due
	Blind        time.Duration // without a sweep for so long, leases that ran out get another TTL
	Claim        time.Duration // what one sweeper has not finished by then, another begins anew
	Job          time.Duration // lease of the sweeper's job
	VisitorQuiet time.Duration // from the last connection's end until a visitor counts as gone
	AgentQuiet   time.Duration // the same of an agent: lease, this and a sweep stay below 15 s
}

func usual() times {
	return times{
		TTL: 8 * time.Second, Renew: 2 * time.Second,
		Sweep: time.Second, Blind: 6 * time.Second, Claim: 5 * time.Second, Job: 3 * time.Second,
		VisitorQuiet: 10 * time.Second, AgentQuiet: 4 * time.Second,
	}
}

// Presence is safe for concurrent use.
type Presence struct {
	o         Options
	t         times
	s         scripts
	m         *metrics
	gate      *gate
	unsettled *unsettled
	views     chan struct{} // one for each page view under way; full: the next is dropped
	owners    *owners

	former     string // owned by keepLease: a lost lease that was not handed over yet
	drained    chan struct{}
	drainOnce  sync.Once
	keeperDone chan struct{}
}

// New returns a Presence; Run makes it work. What is told before is held back until then.
func New(o Options) *Presence { return newWith(o, usual()) }

func newWith(o Options, t times) *Presence {
	p := &Presence{
		o: o, t: t, s: newScripts(o.Store),
		gate: &gate{ttl: t.TTL}, unsettled: newUnsettled(), views: make(chan struct{}, maxViews), owners: newOwners(),
		drained: make(chan struct{}), keeperDone: make(chan struct{}),
	}
	p.m = newMetrics(p)
	return p
}

// Run keeps the node's lease, and takes its turn at removing who is gone. It returns when ctx ends. Once only.
func (p *Presence) Run(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error {
		defer close(p.keeperDone)
		return p.keepLease(ctx)
	})
	both.Go(func() error { return p.keepSweeping(ctx) })
	return both.Wait()
}
