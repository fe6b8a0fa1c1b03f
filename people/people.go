// Package people knows visitors and contacts: who comes, how well it is known who that is, and what is kept of a
// person. Nobody sees more than his own thread on the strength of something that he only said.
package people

import (
	"context"

	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/files"
	"confab/geo"
	"confab/presence"
	"confab/store"
)

// Options configures New.
type Options struct {
	Store    *store.Store
	Accounts *account.Accounts
	Files    *files.Files       // nil: there are none
	Presence *presence.Presence // its visits and pages are part of a person's history
	Places   *geo.Places        // nil: nothing is known of where an address is
	Tickets  *auth.Tickets      // nil: no ticket opens anything
	IDs      chat.IDs
	Log      *zap.Logger
}

// People is safe for concurrent use.
type People struct {
	o      Options
	agents *agents
	lanes  *lanes
}

// New returns a People.
func New(o Options) *People { return &People{o: o, agents: newAgents(), lanes: newLanes()} }

// Visitor returns a visitor's record; chat.NotFound if there is none.
func (p *People) Visitor(ctx context.Context, a chat.AccountID, id chat.VisitorID) (store.Visitor, error) {
	return p.o.Store.GetVisitor(ctx, a, id)
}
