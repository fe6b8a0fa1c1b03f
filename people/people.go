// Package people knows visitors and contacts: who comes, how well it is known who that is, and what is kept of a
// person. Nobody sees more than his own thread on the strength of something that he only said.
package people

import (
	"context"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/presence"
	"confab/store"
	"confab/wire"
)

// Options configures New.
type Options struct {
	Store    *store.Store
	Accounts *account.Accounts
	Presence *presence.Presence // its visits and pages are part of a person's history
	IDs      chat.IDs
	Log      *zap.Logger
}

// People is safe for concurrent use.
type People struct {
	o Options
}

// New returns a People.
func New(o Options) *People { return &People{o: o} }

// Open finds the visitor that a proof speaks of, or makes a new one. A proof that is wrong is logged and counts as
// a mere claim; it is no error. Errors: chat.Refusal for fields that are too long; else the store does not answer.
func (p *People) Open(ctx context.Context, a *account.Account, proof wire.Proof, device wire.Device, userAgent, address string) (Opened, error) {
	return Opened{}, nil
}

// Visitor returns a visitor's record; chat.NotFound if there is none.
func (p *People) Visitor(ctx context.Context, a chat.AccountID, id chat.VisitorID) (store.Visitor, error) {
	return p.o.Store.GetVisitor(ctx, a, id)
}

// Contact returns a person; chat.NotFound if there is none.
func (p *People) Contact(ctx context.Context, a chat.AccountID, id chat.ContactID) (Contact, error) {
	return Contact{}, nil
}

// PatchContact changes what the patch names: a JSON object with name, email, phone and attributes, where null erases.
// Errors: chat.NotFound; chat.BadField and chat.TooLong with the field at fault.
func (p *People) PatchContact(ctx context.Context, a chat.AccountID, id chat.ContactID, patch []byte) (Contact, error) {
	return Contact{}, nil
}

// DeleteContact erases a person: the contact, its visitors, their threads with all conversations, visits and pages.
// What is still on its way to one of the threads is refused from now on. Erasing what is erased is no error.
func (p *People) DeleteContact(ctx context.Context, a chat.AccountID, id chat.ContactID) error {
	return nil
}

// Export returns everything that is kept about a person, as one JSON document.
func (p *People) Export(ctx context.Context, a chat.AccountID, id chat.ContactID) (Export, error) {
	return Export{}, nil
}

// History returns a person's visits, pages and conversations on one time line, newest first, at most limit of them
// from after on; next is "" on the last page.
func (p *People) History(ctx context.Context, a chat.AccountID, id chat.ContactID, after string, limit int) ([]Happening, string, error) {
	return nil, "", nil
}
