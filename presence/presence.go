// Package presence knows who is here: visitors with their visits and pages, agents with their status.
//
// A person's connections are entries that name the lease of their node. A node renews one lease for all of them, so
// an idle connection costs the store nothing. When a lease runs out any other node removes the entries that hang on
// it, and says "offline" once for those who do not come back within a grace. All times are those of the store.
package presence

import (
	"context"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

// Options configures New.
type Options struct {
	Store        *store.Store
	Node         string
	Log          *zap.Logger
	VisitorGrace time.Duration // of absence, before a visitor's episode ends
	// LeaseLost is called when the node's lease ran out without the node noticing: it slept, or was cut off. Its
	// connections count as gone and must be closed. Called on Run's goroutine; must not block.
	LeaseLost func()
}

// Enter makes a person present through a connection. A visitor's page is recorded as viewed. done gets an error if
// the store could not be told; it is told again until Leave. Never blocks; done may run on any goroutine.
func (p *Presence) Enter(a Arrival, done func(error)) { panic("unwritten") }

// Leave ends a connection. Never blocks; if the store cannot be told, it is told again.
func (p *Presence) Leave(account chat.AccountID, person Person, connection string) {}

// View records that a visitor is on another page. At most once: under pressure it is refused with RateLimited and
// counted. Never blocks.
func (p *Presence) View(account chat.AccountID, visitor chat.VisitorID, page chat.Page, done func(error)) {
}

// Touch records that a visitor did something, so that his visit goes on. Never blocks.
func (p *Presence) Touch(account chat.AccountID, visitor chat.VisitorID) {}

// Visitors lists who is here, by id, at most limit of them from after on; next is "" on the last page.
func (p *Presence) Visitors(ctx context.Context, account chat.AccountID, after string, limit int) ([]LiveVisitor, string, error) {
	return nil, "", nil
}

// Visitor returns one visitor as last seen; Online tells whether he is here. chat.NotFound if he was never here.
func (p *Presence) Visitor(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) (LiveVisitor, error) {
	return LiveVisitor{}, nil
}

// Trail returns a visitor's last pages, at most 100, newest first.
func (p *Presence) Trail(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) ([]View, error) {
	return nil, nil
}

// SetStatus keeps what an agent chose. With held it holds without a connection until it is set again, unless the
// agent is connected now: then it lasts, like any status of somebody connected, as long as a connection does.
func (p *Presence) SetStatus(ctx context.Context, account chat.AccountID, agent chat.Actor, status string, held bool) (LiveAgent, error) {
	return LiveAgent{}, nil
}

// Agent returns one agent's status; of an agent who was never here it is offline.
func (p *Presence) Agent(ctx context.Context, account chat.AccountID, agent chat.AgentID) (LiveAgent, error) {
	return LiveAgent{}, nil
}

// Agents lists all agents of the account who ever were here or chose a status.
func (p *Presence) Agents(ctx context.Context, account chat.AccountID) ([]LiveAgent, error) {
	return nil, nil
}

// Forget erases what is kept of a visitor who is not here: visits and trail. One who is here is made to leave.
func (p *Presence) Forget(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) error {
	return nil
}

// Drain gives the node's lease back, after the last connection was closed. What still hangs on it counts as gone
// from now, and nobody is announced offline before the grace is over.
func (p *Presence) Drain(ctx context.Context) error { return nil }

// Presence is safe for concurrent use.
type Presence struct {
	o Options
}

// New returns a Presence; Run makes it work.
func New(o Options) *Presence { return &Presence{o: o} }

// Run keeps the node's lease, and takes its turn at removing who is gone. It returns when ctx ends.
func (p *Presence) Run(ctx context.Context) error { return nil }
