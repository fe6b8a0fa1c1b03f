package people

import (
	"context"
	"errors"
	"fmt"

	"confab/chat"
	"confab/presence"
	"confab/store"
)

// Of visitors who are nobody in particular those are among the contacts who have a conversation, or who have said of themselves what
// only a person says: a name, an address, a form, an answer to a question of consent, feedback. Pages give attributes and events of
// everybody who passes by: these alone make nobody a contact, but whoever is one is found by them.

// Meet has a visitor be found among the contacts from now on. Whoever is already, or has none, stays as he is.
func (p *People) Meet(ctx context.Context, a chat.AccountID, id chat.VisitorID) error {
	v, err := p.o.Store.GetVisitor(ctx, a, id)
	if isCode(err, chat.NotFound) {
		return nil
	}
	if err != nil || !unproven(v.Level) {
		return err
	}
	if as, err := p.listed(ctx, a, &v); err != nil || as != "" {
		return err
	}
	return p.enter(ctx, a, v, nil)
}

// introduced tells whether a visitor has said what only a person says.
func introduced(v *store.Visitor) bool {
	if !unproven(v.Level) {
		return false
	}
	f, err := parseFacts(v.Said)
	return err == nil && (f.Name != "" || f.Email != "" || f.Phone != "" || f.Description != "" || len(f.Form) > 0 || len(f.Consents) > 0)
}

// enter makes the contact of a visitor who has none: he himself, under his id. Who comes just now is entered before presence is told of
// his visit: then the caller knows the visits. nil: they are as presence has counted them.
func (p *People) enter(ctx context.Context, a chat.AccountID, v store.Visitor, visits *presence.Visits) error {
	d, err := nobody(v)
	if err != nil {
		return err
	}
	d.Guest = guestName(v)
	if d.Heard, err = heardOf([]store.Visitor{v}); err != nil {
		return err
	}
	if visits == nil {
		counted, err := p.o.Presence.Visits(ctx, a, d.ID)
		if err != nil {
			return err
		}
		counted.Place = or(counted.Place, v.Place) // a node without its lease tells presence of an act before it tells who came
		visits = &counted
	}
	if visits.No > 0 {
		c := countedOf(*visits)
		d.Counted = &c
	}
	err = p.o.Store.SettleContact(ctx, a, v.ID, []byte(d.text()), marks(&document{}, &d))
	if moved := (*store.Moved)(nil); errors.As(err, &moved) {
		return nil // it is there
	}
	if err != nil {
		return fmt.Errorf("settle contact %s: %w", d.ID, err)
	}
	return nil
}

// enrol makes a visitor who was nobody in particular, and says now that he is a lead, a part of that one: nobody is found twice.
func (o *opening) enrol(v *store.Visitor) error {
	if v.Contact != chat.ContactID(v.ID) || claimed(v.Claim) == "" {
		return nil
	}
	lead, err := o.p.lead(o.ctx, o.account, v.Claim, o.now)
	if lead == nil || err != nil {
		return err
	}
	return o.p.dissolve(o.ctx, o.account, v, lead.ID)
}

// dissolve makes what is kept of a visitor under his own id a part of the lead that he claims to be. The caller writes the visitor.
func (p *People) dissolve(ctx context.Context, a chat.AccountID, v *store.Visitor, lead chat.ContactID) error {
	own, _, err := p.load(ctx, a, v.Contact)
	switch {
	case isCode(err, chat.NotFound):
	case err != nil:
		return err
	case len(own.Keys) > 0: // the team has made somebody of him
		return nil
	default:
		if err := p.takeIn(ctx, a, own, lead); err != nil {
			return err
		}
	}
	v.Contact = ""
	return nil
}

// unguarded finds those who claimed to be a contact while claims opened nothing of it, as a part of it from now on.
func (p *People) unguarded(ctx context.Context, a chat.AccountID, d document) error {
	all, err := p.claimantsOf(ctx, a, &d)
	if err != nil || len(all) == 0 {
		return err
	}
	for _, v := range all {
		if v.Contact != chat.ContactID(v.ID) {
			continue
		}
		if err := p.dissolve(ctx, a, &v, d.ID); err != nil {
			return err
		}
		err := p.o.Store.PatchVisitor(ctx, a, v.ID, map[string]string{"contact": string(v.Contact)})
		if err != nil && !isCode(err, chat.NotFound) {
			return err
		}
	}
	return p.hearAgain(ctx, a, d.ID)
}
