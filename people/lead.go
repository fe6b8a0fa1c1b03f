package people

import (
	"cmp"
	"context"
	"slices"

	"go.uber.org/zap"

	"confab/chat"
	"confab/presence"
	"confab/store"
)

const maxClaimants = 50 // of one lead that are looked at

// What stands in place of the tokens of a visitor who never came. Neither opens anything.
const (
	tokensWaiting  = "waiting"  // for the first browser that claims to be this lead
	tokensStanding = "standing" // for the first that proves to be this person
)

// claimantsOf are the visitors who claim to be the contact, or of whom the team says it, and have not proven it, whoever was here last
// first. One who never came is the last. A contact that is guarded has none: what somebody only says opens nothing of it.
func (p *People) claimantsOf(ctx context.Context, a chat.AccountID, d *document) ([]store.Visitor, error) {
	if d.guarded() {
		return nil, nil
	}
	var all []store.Visitor
	for _, key := range d.Keys {
		some, err := p.claimants(ctx, a, key)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	joined, err := p.records(ctx, a, d.Joined)
	if err != nil {
		return nil, err
	}
	all = append(all, joined...)
	slices.SortStableFunc(all, func(x, y store.Visitor) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.SeenAt, x.SeenAt))
	})
	return all, nil
}

func rank(v store.Visitor) int {
	if v.Tokens == tokensWaiting {
		return 1
	}
	return 0
}

func (p *People) claimants(ctx context.Context, a chat.AccountID, key string) ([]store.Visitor, error) {
	if claimed(key) == "" {
		return nil, nil
	}
	var all []store.Visitor
	for _, one := range []string{key, twin(key)} {
		if one == "" {
			continue
		}
		ids, err := p.o.Store.Claimants(ctx, a, one, maxClaimants)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			v, err := p.o.Store.GetVisitor(ctx, a, id)
			if isCode(err, chat.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if v.Claim == one && unproven(v.Level) && !joined(v) {
				all = append(all, v)
			}
		}
	}
	return all, nil
}

// joined tells whether the team says who an unproven visitor is: whatever he claims himself, he is that one until he proves it.
func joined(v store.Visitor) bool {
	return unproven(v.Level) && v.Contact != "" && v.Contact != chat.ContactID(v.ID) && v.Tokens != tokensStanding
}

// records are those of the visitors that there are.
func (p *People) records(ctx context.Context, a chat.AccountID, ids []chat.VisitorID) ([]store.Visitor, error) {
	var all []store.Visitor
	for _, id := range ids {
		v, err := p.o.Store.GetVisitor(ctx, a, id)
		if isCode(err, chat.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// withClaimants looks for the claimants of a contact.
func (p *People) withClaimants(ctx context.Context, a chat.AccountID, d *document) (err error) {
	d.claimants, err = p.claimantsOf(ctx, a, d)
	return err
}

// lead is the contact that a claim speaks of, made if there is none. Nil if that one is guarded.
func (p *People) lead(ctx context.Context, a chat.AccountID, key string, now chat.Millis) (*document, error) {
	if claimed(key) == "" {
		return nil, nil
	}
	n := Name{ID: claimed(key)}
	if key == keyOfEmailOf(n.ID) {
		n = Name{Email: n.ID}
	}
	d, _, _, err := p.keyed(ctx, a, key)
	if isCode(err, chat.NotFound) {
		d, _, err = p.put(ctx, a, n, &word{})
	}
	if err != nil || d.guarded() {
		return nil, err
	}
	return &d, nil
}

// awaited is the visitor who waits for the first browser that claims to be what this one claims. Nil if nobody does.
func (o *opening) awaited() (*store.Visitor, error) {
	if o.e.level != Claimed || o.e.key == "" || o.current != nil && joined(*o.current) && !o.other() || o.current != nil && o.current.Claim == o.e.key && !o.other() {
		return nil, nil
	}
	d, err := o.p.lead(o.ctx, o.account, o.e.key, o.now)
	if d == nil || err != nil {
		return nil, err
	}
	all, err := o.p.claimantsOf(o.ctx, o.account, d)
	if err != nil || len(all) == 0 || all[len(all)-1].Tokens != tokensWaiting {
		return nil, err
	}
	return &all[len(all)-1], nil
}

// inPlaceOf makes the visitor who waited be who came. He is shown what this browser says, and nothing of what is known of the lead.
func (o *opening) inPlaceOf(waiting store.Visitor) (Opened, error) {
	v := waiting
	v.Level, v.Claim, v.Email, v.Said = o.e.level, o.e.key, o.e.email, ""
	v.Name = or(o.e.name, guestName(v))
	if err := o.say(&v); err != nil {
		return Opened{}, err
	}
	return o.keep(v, waiting, true)
}

// moveIn gives a browser that came before it claimed anything, and has written nothing, the thread of the visitor who waited.
func (o *opening) moveIn(v *store.Visitor, waiting store.Visitor) error {
	written, err := o.p.written(o.ctx, o.account, v.Thread)
	if err != nil || written {
		return err
	}
	gone := waiting
	gone.Tokens, gone.Claim = tokensStanding, ""
	if err := o.p.o.Store.OpenVisitor(o.ctx, o.account, gone, waiting, false); err != nil {
		return err
	}
	v.Thread = waiting.Thread
	return nil
}

// withdraw takes what waited for whoever claims to be the contact: it is guarded from now on. What was sent there is the person's.
func (p *People) withdraw(ctx context.Context, a chat.AccountID, d document) error {
	for _, key := range d.Keys {
		all, err := p.claimants(ctx, a, key)
		if err != nil {
			return err
		}
		for _, v := range all {
			if v.Tokens != tokensWaiting {
				continue
			}
			if err := p.keepFor(ctx, a, d.ID, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepFor makes a visitor who waited for a claim one who waits for the proof.
func (p *People) keepFor(ctx context.Context, a chat.AccountID, id chat.ContactID, v store.Visitor) error {
	kept := v
	kept.Tokens, kept.Contact = tokensStanding, id
	err := p.o.Store.OpenVisitor(ctx, a, kept, v, false)
	if err != nil {
		return err // also if he was taken over just now: then it is done again, without him
	}
	_, err = p.change(ctx, a, id, func(d *document) error {
		d.addVisitor(v.ID)
		written := false
		if d.Thread != "" {
			var err error
			if written, err = p.written(ctx, a, d.Thread); err != nil {
				return err
			}
		}
		if was := d.Thread; !written {
			d.Thread, d.Stand = v.Thread, v.ID
			d.addPast(was)
		} else {
			d.addPast(v.Thread)
		}
		return nil
	})
	return err
}

// overhear notes in a lead what those say who claim to be it, so that it is found by it. It is noted anew each time from what all of
// them say now: whoever comes last has it right. Who is nobody in particular is entered among the contacts, with his visits (nil: as
// presence has counted them by now); it tells whether he was.
func (p *People) overhear(ctx context.Context, a chat.AccountID, v *store.Visitor, visits *presence.Visits) (entered bool) {
	id, err := p.listed(ctx, a, v)
	switch {
	case err == nil && id != "":
		err = p.hearAgain(ctx, a, id)
	case err == nil && introduced(v):
		err = p.enter(ctx, a, *v, visits)
		entered = err == nil
	}
	if err != nil && !isCode(err, chat.NotFound) {
		p.o.Log.Warn("a lead is not found by what was said just now", zap.String("account", string(a)), zap.Error(err))
	}
	return entered
}

// listed is the contact that is found by what an unproven visitor says, "" if none is.
func (p *People) listed(ctx context.Context, a chat.AccountID, v *store.Visitor) (chat.ContactID, error) {
	switch {
	case !unproven(v.Level):
		return "", nil
	case v.Contact != "":
		return v.Contact, nil
	case claimed(v.Claim) == "":
		return "", nil
	}
	d, _, _, err := p.keyed(ctx, a, v.Claim)
	if isCode(err, chat.NotFound) || err == nil && d.guarded() {
		return "", nil
	}
	return d.ID, err
}

// hearAgain notes in a contact what is said of it now.
func (p *People) hearAgain(ctx context.Context, a chat.AccountID, id chat.ContactID) error {
	_, err := p.change(ctx, a, id, func(d *document) (err error) {
		d.Heard, err = p.heard(ctx, a, d)
		return err
	})
	return err
}

// heard is what is said of a contact by those who have not proven to be it, nil for nothing. Of a visitor who is nobody in particular it
// notes too what he is.
func (p *People) heard(ctx context.Context, a chat.AccountID, d *document) (*facts, error) {
	all, err := p.claimantsOf(ctx, a, d)
	if err != nil {
		return nil, err
	}
	if all, err = p.sayers(ctx, a, d, all); err != nil {
		return nil, err
	}
	for _, v := range all {
		if len(d.Keys) == 0 && chat.ContactID(v.ID) == d.ID {
			d.Level, d.Guest = v.Level, guestName(v)
		}
	}
	return heardOf(all)
}

// heardOf is what visitors say, as far as people are found by it. Nil for nothing.
func heardOf(all []store.Visitor) (*facts, error) {
	var said facts
	for _, v := range all {
		one, err := parseFacts(v.Said)
		if err != nil {
			return nil, err
		}
		said.fill(one)
		said.count(one)
	}
	heard := facts{Name: said.shown("name"), Email: said.shown("email"), Phone: said.shown("phone"), Attributes: said.Attributes, Events: said.Events, Consents: said.Consents}
	if heard.encode() == "" {
		return nil, nil
	}
	return &heard, nil
}
