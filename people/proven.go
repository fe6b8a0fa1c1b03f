package people

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// proven opens a visitor of the person who was proven. On a device where somebody unproven wrote before, that was the
// same person: his history joins, once, and the token of before opens nothing any more.
func (o *opening) proven() (Opened, error) {
	id, err := o.contact()
	if err != nil {
		return Opened{}, err
	}
	if err := o.absorb(id); err != nil {
		return Opened{}, err
	}
	var dropped []chat.VisitorID
	var was, level string
	d, err := o.p.change(o.ctx, o.account, id, func(d *document) error {
		dropped, was, level = nil, d.encode(), d.Level
		return o.join(d, &dropped)
	})
	if err != nil {
		return Opened{}, err
	}
	if unproven(level) { // once more: somebody may have written to the lead meanwhile
		if err := o.p.withdraw(o.ctx, o.account, d); err != nil {
			return Opened{}, err
		}
	}
	o.person = &d
	if o.joins() {
		if err := o.p.o.Presence.Adopt(o.ctx, o.account, o.current.ID, d.ID); err != nil {
			return Opened{}, err
		}
	}
	opened, err := o.member(d)
	if err != nil {
		return Opened{}, err
	}
	if d.encode() != was {
		o.p.ring(o.account, d.ID, d.Visitors)
	}
	return opened, o.p.forgetAll(o.ctx, o.account, dropped)
}

// contact finds the contact by what was proven, or makes it.
func (o *opening) contact() (chat.ContactID, error) {
	s := o.p.o.Store
	d, _, free, err := o.p.keyed(o.ctx, o.account, o.e.key)
	if err == nil {
		return d.ID, o.firstProof(d)
	}
	found := string(free)
	if isCode(err, chat.NotFound) && found != "" {
		err = nil
	}
	if isCode(err, chat.NotFound) {
		found = o.p.o.IDs.New()
		err = s.IndexPut(o.ctx, o.account, indexPerson, o.e.key, found)
		if isCode(err, chat.Taken) { // another device of the same person was first
			found, err = s.IndexGet(o.ctx, o.account, indexPerson, o.e.key)
		}
	}
	if err != nil {
		return "", fmt.Errorf("find contact: %w", err)
	}
	_, _, err = o.p.load(o.ctx, o.account, chat.ContactID(found))
	if isCode(err, chat.NotFound) {
		err = o.p.save(o.ctx, o.account, o.fresh(chat.ContactID(found)), document{}, 0)
		if moved := (*store.Moved)(nil); errors.As(err, &moved) {
			err = nil
		}
	}
	return chat.ContactID(found), err
}

// firstProof has a contact that nobody has proven to be until now get what waited for whoever claims it.
func (o *opening) firstProof(d document) error {
	if !unproven(d.Level) {
		return nil
	}
	return o.p.withdraw(o.ctx, o.account, d)
}

func (o *opening) fresh(id chat.ContactID) document {
	return document{ID: id, Keys: []string{o.e.key}, ExternalID: o.e.id, Level: o.e.level, CreatedAt: o.now, UpdatedAt: o.now}
}

// joins tells whether the unproven visitor of this device is the person who was proven now.
func (o *opening) joins() bool {
	if o.current == nil || !unproven(o.current.Level) {
		return false
	}
	was := o.current.Claim
	if o.e.level == Bound {
		return was == "" || o.e.said == "" || was == o.e.said
	}
	return was == "" || was == o.e.key || was == keyOfEmailOf(o.e.email)
}

func keyOfEmailOf(email string) string { return keyOfEmail + strings.ToLower(email) }

// absorb moves what agents noted about the unproven visitor into the contact. Whoever the team said that he is: his proof outranks that.
func (o *opening) absorb(id chat.ContactID) error {
	if !o.joins() || o.current.Contact == "" || o.current.Contact == id {
		return nil
	}
	former, _, err := o.p.load(o.ctx, o.account, o.current.Contact)
	if isCode(err, chat.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if former.ID == id {
		return nil
	}
	if len(former.Keys) > 0 || former.ID != chat.ContactID(o.current.ID) {
		return o.part(former.ID)
	}
	return o.p.takeIn(o.ctx, o.account, former, id)
}

// takeIn makes what is kept of a visitor who was nobody in particular a part of the contact that he is.
func (p *People) takeIn(ctx context.Context, a chat.AccountID, nobody document, id chat.ContactID) error {
	_, err := p.change(ctx, a, id, func(d *document) error {
		d.from(sourceTeam, d.fill(nobody.facts))
		for _, v := range nobody.Joined {
			if !slices.Contains(d.Joined, v) {
				d.Joined = append(d.Joined, v)
			}
		}
		for _, t := range nobody.Past {
			d.addPast(t)
		}
		return nil
	})
	for _, v := range nobody.Joined {
		if err == nil {
			err = p.o.Store.PatchVisitor(ctx, a, v, map[string]string{"contact": string(id)})
		}
		if isCode(err, chat.NotFound) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return p.remove(ctx, a, nobody.ID)
}

// part takes this browser from the contact that the team joined it to.
func (o *opening) part(id chat.ContactID) error {
	_, err := o.p.change(o.ctx, o.account, id, func(d *document) (err error) {
		d.leave(o.current.ID, o.current.Thread)
		d.Heard, err = o.p.heard(o.ctx, o.account, d)
		return err
	})
	if err != nil {
		return err
	}
	return o.p.o.Store.ForgetMerged(o.ctx, o.account, id, chat.ContactID(o.current.ID))
}

// join brings the contact up to what is known now.
func (o *opening) join(d *document, dropped *[]chat.VisitorID) error {
	o.signIn(d)
	o.bind(d)
	if o.joins() {
		if err := o.joinThread(d); err != nil {
			return err
		}
		if err := o.takeOver(d); err != nil {
			return err
		}
		d.Joined = slices.DeleteFunc(d.Joined, func(v chat.VisitorID) bool { return v == o.current.ID })
		d.addVisitor(o.current.ID)
	}
	d.Heard = nil
	if len(d.Joined) > 0 {
		var err error
		if d.Heard, err = o.p.heard(o.ctx, o.account, d); err != nil {
			return err
		}
	}
	if d.Thread == "" {
		d.Thread = chat.ThreadID(o.p.o.IDs.New())
	}
	for len(d.Visitors) > maxVisitors { // the first stays: it may be the one of all devices
		*dropped = append(*dropped, d.Visitors[1])
		d.Visitors = slices.Delete(d.Visitors, 1, 2)
	}
	if len(d.Past) > maxPastThreads {
		return chat.Refuse(chat.TooLong, "This person has too many threads.")
	}
	return nil
}

// signIn notes what came with the proof: the site's latest word of its user.
func (o *opening) signIn(d *document) {
	for path, said := range map[string]string{"name": o.e.name, "email": o.e.email} {
		if into := d.basic()[path]; said != "" && *into != said {
			*into = said
			d.from(sourceProven, []string{wire.LayerBasic + "." + path})
		}
	}
	d.Level, d.ExternalID = o.e.level, or(d.ExternalID, o.e.id)
	if o.e.level == Verified && d.SignedUpAt == 0 {
		d.SignedUpAt = o.now
	}
}

// takeOver adds, once, what this browser said before it was known who that is. What it said of itself proves nothing, so it
// only fills what is not known.
func (o *opening) takeOver(d *document) error {
	if slices.Contains(d.Visitors, o.current.ID) {
		return nil
	}
	said, err := parseFacts(o.current.Said)
	if err != nil {
		return err
	}
	d.from(sourceSaid, d.fill(said))
	d.count(said)
	d.Blocked = d.Blocked || o.current.Blocked
	return nil
}

// joinThread makes the visitor's thread the person's if that one has none, or an empty one. Else it is history.
func (o *opening) joinThread(d *document) error {
	mine := o.current.Thread
	if mine == d.Thread {
		return nil
	}
	if d.Thread == "" {
		d.settled(mine)
		return nil
	}
	theirs, err := o.p.written(o.ctx, o.account, d.Thread)
	if err != nil {
		return err
	}
	ours, err := o.p.written(o.ctx, o.account, mine)
	if err != nil {
		return err
	}
	if ours && !theirs {
		d.settled(mine)
	} else {
		d.addPast(mine)
	}
	return nil
}

// written tells whether the thread has an entry.
func (p *People) written(ctx context.Context, a chat.AccountID, thread chat.ThreadID) (bool, error) {
	type answer struct {
		entries []store.Numbered
		err     error
	}
	ch := make(chan answer, 1)
	p.o.Store.Before(a, thread, math.MaxInt32, 1, func(e []store.Numbered, err error) { ch <- answer{e, err} })
	select {
	case got := <-ch:
		return len(got.entries) > 0, got.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// member opens the visitor of the contact d that this device is, or makes him.
func (o *opening) member(d document) (Opened, error) {
	known := o.current != nil && o.current.Contact == d.ID && o.current.Level == o.e.level
	if o.e.level == Bound {
		return o.bound(d, known)
	}
	if known || o.joins() {
		return o.become(*o.current, d, !known)
	}
	if v, err := o.standing(d); v != nil || err != nil {
		if err != nil {
			return Opened{}, err
		}
		return o.become(*v, d, true)
	}
	opened, err := o.create(d)
	if err != nil {
		return Opened{}, err
	}
	return opened, o.enlist(d.ID, opened.Visitor.ID)
}

// standing is the visitor in whose place the contact's thread was made, if nobody is he yet.
func (o *opening) standing(d document) (*store.Visitor, error) {
	if d.Stand == "" {
		return nil, nil
	}
	v, err := o.p.o.Store.GetVisitor(o.ctx, o.account, d.Stand)
	if isCode(err, chat.NotFound) {
		return nil, nil
	}
	if err != nil || v.Tokens != tokensStanding {
		return nil, err
	}
	return &v, nil
}

// bound opens the one visitor that the secret clientId stands for on all devices: the contact's first.
func (o *opening) bound(d document, known bool) (Opened, error) {
	if len(d.Visitors) == 0 && known { // made by another tab, which has not enlisted him yet
		return o.become(*o.current, d, false)
	}
	if len(d.Visitors) == 0 {
		opened, err := o.create(d)
		if err != nil {
			return Opened{}, err
		}
		return opened, o.enlist(d.ID, opened.Visitor.ID)
	}
	first := d.Visitors[0]
	if o.current != nil && o.current.ID == first {
		return o.become(*o.current, d, !known)
	}
	if o.shown.first == first { // made by another tab since the token was looked up
		return Opened{}, store.ErrVisitorMoved
	}
	if o.joins() {
		if err := o.retire(d); err != nil {
			return Opened{}, err
		}
	}
	v, err := o.p.o.Store.GetVisitor(o.ctx, o.account, first)
	if isCode(err, chat.NotFound) { // erased in between
		return o.create(d)
	}
	if err != nil {
		return Opened{}, err
	}
	return o.become(v, d, true)
}

// become makes v a visitor of the contact.
func (o *opening) become(v store.Visitor, d document, anew bool) (Opened, error) {
	was := v
	if unproven(was.Level) {
		v.Said = "" // it is the contact's now
	}
	v.Level, v.Claim, v.Contact, v.Thread, v.Blocked = o.e.level, o.e.key, d.ID, d.Thread, d.Blocked
	v.Email = or(o.e.email, or(d.Email, v.Email))
	v.Name = or(o.e.name, or(d.Name, v.Name))
	return o.keep(v, was, anew)
}

// retire makes the unproven visitor of this device a part of the contact's past.
func (o *opening) retire(d document) error {
	if err := o.p.o.Store.Unclaim(o.ctx, o.account, o.current.Claim, o.current.ID); err != nil {
		return err
	}
	err := o.p.o.Store.PatchVisitor(o.ctx, o.account, o.current.ID, map[string]string{
		"level": o.e.level, "contact": string(d.ID), "token": "", "claim": o.e.key,
	})
	if isCode(err, chat.NotFound) {
		return nil
	}
	return err
}

// enlist adds a visitor to the contact.
func (o *opening) enlist(id chat.ContactID, visitor chat.VisitorID) error {
	_, err := o.p.change(o.ctx, o.account, id, func(d *document) error {
		d.addVisitor(visitor)
		return nil
	})
	return err
}
