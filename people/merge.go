package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"confab/chat"
	"confab/store"
)

// Merge makes two contacts one because the team says that they are: from becomes a part of into, and its id leads there from now on.
// What both know of one layer stays as into has it, and what only from knows fills the gaps. All keys, visitors, threads, visits, events
// and consents are the one's; who is blocked or wants no mail stays so. A browser that has proven nothing goes on seeing no more than
// its own thread. If it fails half way it can be repeated.
//
// Errors: chat.NotFound; chat.BadField if both name one contact; chat.Conflict if the site says that they are two people, and chat.TooLong
// if they are more than one contact may have: then nothing has changed.
func (p *People) Merge(ctx context.Context, a chat.AccountID, from, into chat.ContactID) (Contact, error) {
	for range maxTries {
		m, err := p.merging(ctx, a, from, into)
		if err != nil {
			return Contact{}, err
		}
		if !m.one {
			if err = m.write(); errors.As(err, new(*store.Moved)) {
				continue // somebody else has changed one of them
			}
		}
		if err == nil {
			err = m.settle()
		}
		if err != nil {
			return Contact{}, err
		}
		return p.Contact(ctx, a, m.result.ID)
	}
	return Contact{}, chat.Refuse(chat.Unavailable, "Too many change these contacts at once.")
}

// PreviewMerge tells what Merge would make of two contacts, or why it would not. Nothing changes.
func (p *People) PreviewMerge(ctx context.Context, a chat.AccountID, from, into chat.ContactID) (Contact, error) {
	m, err := p.merging(ctx, a, from, into)
	if err != nil {
		return Contact{}, err
	}
	c, visits := m.result.contact(), m.into.counted
	if !m.one {
		visits = visits.plus(m.from.counted)
	}
	if visits == nil {
		visits = &counted{}
	}
	c.show(m.result.stats(*visits))
	return c, nil
}

// merger is one merging under way.
type merger struct {
	p          *People
	ctx        context.Context
	account    chat.AccountID
	into, from side
	result     document
	one        bool            // they are one already
	browsers   []store.Visitor // all that belong to either
}

// side is one of two contacts that are to be one.
type side struct {
	document          // with what is said of it
	was      document // as it is kept, zero if it is not
	version  int64    // 0: it is not kept
	counted  *counted
}

func (p *People) merging(ctx context.Context, a chat.AccountID, from, into chat.ContactID) (*merger, error) {
	if from == into {
		return nil, badEntry("from", "These are one contact. Name two.")
	}
	m := &merger{p: p, ctx: ctx, account: a}
	var err error
	if m.into, err = m.side(into); err != nil {
		return nil, err
	}
	if m.from, err = m.side(from); err != nil {
		return nil, err
	}
	if m.one = m.into.ID == m.from.ID; m.one {
		m.result = m.into.document
		return m, nil
	}
	if err := m.twoPeople(); err != nil {
		return nil, err
	}
	return m, m.combine()
}

func (m *merger) side(id chat.ContactID) (side, error) {
	d, err := m.p.person(m.ctx, m.account, id)
	if err != nil {
		return side{}, err
	}
	s := side{}
	kept, version, err := m.p.load(m.ctx, m.account, d.ID)
	switch {
	case isCode(err, chat.NotFound):
		s.document = d
	case err != nil:
		return side{}, err
	default:
		s.was, s.version, s.document = kept, version, kept.copy()
		if err := m.p.complete(m.ctx, m.account, &s.document); err != nil {
			return side{}, err
		}
	}
	visits, err := m.p.o.Presence.Visits(m.ctx, m.account, s.ID)
	if err != nil {
		return side{}, err
	}
	if visits.No > 0 {
		c := countedOf(visits)
		if s.counted = &c; s.Counted == nil {
			s.Counted = &c
		}
	}
	return s, nil
}

// twoPeople refuses to merge whom the site itself tells apart, by proofs that hold.
func (m *merger) twoPeople() error {
	x, y := &m.into.document, &m.from.document
	if !x.guarded() || !y.guarded() {
		return nil
	}
	if len(x.keysOf(keyOfClient)) > 0 && len(y.keysOf(keyOfClient)) > 0 {
		return &chat.Refusal{Code: chat.Conflict, Field: "from", Message: "The site has bound both by secrets of their own, as two people. They cannot be one contact."}
	}
	one, other := x.siteID(), y.siteID()
	if one == "" || other == "" || one == other || x.standsFor(y) || y.standsFor(x) {
		return nil
	}
	return &chat.Refusal{Code: chat.Conflict, Field: "from", Message: fmt.Sprintf(
		"Both have signed up on the site, as two people: one with the id %s, the other with %s. They cannot be one contact.", one, other)}
}

// standsFor tells whether the contact has only an e-mail for want of an id, and that is the other one's.
func (d *document) standsFor(o *document) bool {
	return !slices.ContainsFunc(d.keysOf(keyOfID), func(key string) bool { return !strings.Contains(claimed(key), "@") }) &&
		strings.EqualFold(d.siteID(), o.shown("email"))
}

// combine works out what the one contact is.
func (m *merger) combine() error {
	r := m.into.copy()
	r.ID, r.said, r.called = m.into.ID, m.into.said, m.into.called
	r.fold(&m.from.document)
	if r.Binds != m.into.Binds { // it is sealed for the contact that it stands in
		r.Binds = m.p.o.Accounts.Seal(m.account, placeOf(r.ID), m.p.binding(m.account, &m.from.document))
	}
	r.Merged = append(r.Merged, m.former()...)
	if err := m.gather(&r); err != nil {
		return err
	}
	if err := m.choose(&r); err != nil {
		return err
	}
	r.UpdatedAt = chat.At(time.Now())
	m.result = r
	switch {
	case len(r.Visitors)+len(r.Joined) > maxVisitors:
		return chat.Refuse(chat.TooLong, "Together they have used more than %d browsers, which is more than is kept of one contact.", maxVisitors)
	case len(r.Past) > maxPastThreads:
		return chat.Refuse(chat.TooLong, "Together they have more than %d threads, which is more than is kept of one contact.", maxPastThreads)
	}
	return r.checkSize()
}

// former are the ids that lead to the contact from now on. Those of visitors do by themselves.
func (m *merger) former() []chat.ContactID {
	all := slices.Clone(m.from.Merged)
	if len(m.from.Keys) > 0 {
		all = append(all, m.from.ID)
	}
	return all
}

// gather finds whose browsers are the person's. Those who only claimed to be a lead are joined to it once claims open nothing of it.
// The one that a secret clientId opens on all devices stays the first.
func (m *merger) gather(r *document) error {
	sides := []*document{&m.into.document, &m.from.document}
	if len(m.into.keysOf(keyOfClient)) == 0 && len(m.from.keysOf(keyOfClient)) > 0 {
		slices.Reverse(sides)
	}
	r.Visitors, r.Joined, r.claimants = nil, nil, nil
	var said []store.Visitor
	for _, d := range sides {
		own, err := m.p.records(m.ctx, m.account, append(slices.Clone(d.Visitors), d.Joined...))
		if err != nil {
			return err
		}
		for _, v := range own {
			switch {
			case !unproven(v.Level), v.Tokens == tokensStanding, len(r.Keys) == 0 && chat.ContactID(v.ID) == r.ID:
				r.addVisitor(v.ID)
			default:
				r.join(v)
			}
		}
		m.browsers = append(m.browsers, own...)
		for _, v := range d.claimants {
			switch {
			case slices.ContainsFunc(own, func(o store.Visitor) bool { return o.ID == v.ID }):
			case !r.guarded():
				r.claimants = append(r.claimants, v)
			case v.Tokens != tokensWaiting:
				r.join(v)
				m.browsers = append(m.browsers, v)
			}
		}
	}
	for _, v := range m.browsers {
		if slices.Contains(r.Joined, v.ID) || unproven(r.Level) && slices.Contains(r.Visitors, v.ID) {
			said = append(said, v)
		}
	}
	said = append(said, r.claimants...)
	r.said, r.called = facts{}, ""
	for _, v := range said {
		of, err := nobody(v)
		if err != nil {
			return err
		}
		r.called = or(r.called, v.Name)
		r.said.fill(of.said)
		r.said.count(of.said)
	}
	for _, v := range m.browsers { // who writes to a lead writes to one of these
		if !r.guarded() && slices.Contains(r.Joined, v.ID) {
			r.claimants = append(r.claimants, v)
		}
	}
	var err error
	r.Heard, err = heardOf(said)
	return err
}

// join notes a browser that has proven nothing as the person's.
func (d *document) join(v store.Visitor) {
	if !slices.Contains(d.Joined, v.ID) {
		d.Joined = append(d.Joined, v.ID)
	}
	d.addPast(v.Thread)
}

// choose finds which thread the person goes on in: of two the one where a conversation is open, else one that was written in.
func (m *merger) choose(r *document) error {
	own := func(d *document) chat.ThreadID {
		if len(r.Keys) > 0 && len(d.Keys) == 0 {
			return "" // its browser's
		}
		return d.Thread
	}
	mine, other := own(&m.into.document), own(&m.from.document)
	if len(r.Keys) == 0 {
		other = "" // two browsers go on in theirs
	}
	keep := chat.ThreadID(or(string(mine), string(other)))
	if mine != "" && other != "" {
		better, err := m.livelier(other, mine)
		if err != nil {
			return err
		}
		if better {
			keep = other
		}
	}
	r.Thread = keep
	r.Past = slices.DeleteFunc(r.Past, func(t chat.ThreadID) bool { return t == keep })
	for _, t := range []chat.ThreadID{mine, other, m.into.Thread, m.from.Thread} {
		r.addPast(t)
	}
	return nil
}

// livelier tells whether people talk in one thread and not in the other, or did.
func (m *merger) livelier(one, other chat.ThreadID) (bool, error) {
	rank := func(t chat.ThreadID) (int, error) {
		state, err := m.p.o.Store.LoadThread(m.ctx, m.account, t)
		if err != nil || state.Conversation.Open() {
			return 2, err
		}
		written, err := m.p.written(m.ctx, m.account, t)
		if written {
			return 1, err
		}
		return 0, err
	}
	x, err := rank(one)
	if err != nil {
		return false, err
	}
	y, err := rank(other)
	return x > y, err
}

// write keeps the one contact in place of both.
func (m *merger) write() error {
	r := &m.result
	about := append(r.allThreads(), m.from.allThreads()...)
	slices.Sort(about)
	return m.p.o.Store.MergeContacts(m.ctx, m.account, store.ContactMerge{
		Into: r.ID, Data: []byte(r.text()), Version: m.into.version, From: m.from.ID, FromVersion: m.from.version, Keys: r.Keys, Former: m.former(),
		Marks: append(marks(&m.from.was, &document{}), marks(&m.into.was, r)...), About: slices.Compact(about),
	})
}

// settle shows everywhere whose browsers these are now, and adds up their visits.
func (m *merger) settle() error {
	p, r := m.p, m.result
	if r.guarded() {
		if err := p.withdraw(m.ctx, m.account, r); err != nil {
			return err
		}
	}
	for _, id := range r.Visitors {
		fields := map[string]string{"contact": string(r.ID)}
		if len(r.Keys) > 0 && r.Thread != "" {
			fields["thread"] = string(r.Thread)
		}
		if err := p.o.Store.PatchVisitor(m.ctx, m.account, id, fields); err != nil && !isCode(err, chat.NotFound) {
			return err
		}
	}
	for _, id := range r.Joined {
		err := p.o.Store.PatchVisitor(m.ctx, m.account, id, map[string]string{"contact": string(r.ID)})
		if err != nil && !isCode(err, chat.NotFound) {
			return err
		}
	}
	for _, id := range r.Merged {
		if err := p.o.Presence.Merge(m.ctx, m.account, id, r.ID, r.Visitors); err != nil {
			return err
		}
	}
	fields := map[string]string{}
	if r.Name != "" {
		fields["name"] = r.Name
	}
	if r.Email != "" {
		fields["email"] = r.Email
	}
	if r.Blocked {
		fields["blocked"] = "1"
	}
	if err := p.spread(m.ctx, m.account, r, fields); err != nil {
		return err
	}
	p.ring(m.account, m.from.ID, nil) // whoever looks at the one that is gone
	return nil
}
