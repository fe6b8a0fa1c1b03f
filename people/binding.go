package people

import (
	"context"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

// What binds a visitor is found by its hash. Systems of the site know him by the text itself, and are to be told it, so
// accounts that have such systems keep it too: sealed, and shown to nobody else.

// bind keeps what proved who this is. What is kept already stays as it is, since sealing anew would look like a change.
func (o *opening) bind(d *document) {
	if !o.tells || o.e.binds.Empty() || o.p.binding(o.account, d).Equal(o.e.binds) {
		return
	}
	d.Binds = o.p.o.Accounts.Seal(o.account, placeOf(d.ID), o.e.binds)
}

func placeOf(id chat.ContactID) string { return "binds/" + string(id) }

// binding opens what is kept; empty if nothing is, or if it was sealed with another signing secret.
func (p *People) binding(a chat.AccountID, d *document) auth.Secret {
	if d.Binds == "" {
		return auth.Secret{}
	}
	s, _ := p.o.Accounts.Unseal(a, placeOf(d.ID), d.Binds)
	return s
}

// ClientID is the secret that binds a visitor, for none but the site's own systems; empty as in Profile.
func (p *People) ClientID(ctx context.Context, a chat.AccountID, v store.Visitor) (auth.Secret, error) {
	if v.Level != Bound {
		return auth.Secret{}, nil
	}
	d, _, err := p.load(ctx, a, v.Contact)
	if isCode(err, chat.NotFound) {
		return auth.Secret{}, nil
	}
	if err != nil {
		return auth.Secret{}, err
	}
	return p.binding(a, &d), nil
}
