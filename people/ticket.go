package people

import (
	"time"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/wire"
)

const reasonTicket = "ticket"

// Ticket signs a ticket for the person whom the proof proves, so that another page of the site opens as the same one.
// A ticket is itself such a proof. Errors: chat.Forbidden if nobody is proven, or longer ago than auth.MaxTicketChain.
func (p *People) Ticket(a *account.Account, proof wire.Proof) (ticket string, until chat.Millis, err error) {
	now := time.Now()
	e := p.weigh(a, proof, now)
	if e.level != Verified || p.o.Tickets == nil {
		return "", 0, chat.Refuse(chat.Forbidden, "Only who is proven is given a ticket.")
	}
	since := e.since
	if since.IsZero() {
		since = now
	}
	ticket, expires, err := p.o.Tickets.Sign(auth.Ticket{
		Account: a.ID, Key: e.key, Level: e.level, ID: e.id, Email: e.email, Name: e.name, Proven: since,
	}, now)
	if err != nil {
		return "", 0, chat.Refuse(chat.Forbidden, "This login is too old to be shared.")
	}
	return ticket, chat.At(expires), nil
}

// weigh judges a proof. A ticket counts if nothing else says who it is.
func (p *People) weigh(a *account.Account, proof wire.Proof, now time.Time) evidence {
	e := weigh(a, proof, now)
	if proof.Ticket == "" || e.key != "" || proof.JWT != "" || p.o.Tickets == nil {
		return e
	}
	t, err := p.o.Tickets.Verify(a.ID, proof.Ticket, now)
	if err != nil || t.Level != Verified {
		e.wrong = reasonTicket
		return e
	}
	return evidence{level: t.Level, key: t.Key, id: t.ID, email: t.Email, name: or(t.Name, e.name), since: t.Proven}
}
