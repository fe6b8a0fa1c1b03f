package presence

import (
	"context"
	"fmt"
	"slices"

	"confab/chat"
)

const maxRosterPage = 200

// Visitors lists who is here, by id, at most limit of them (200 at most) from after on; next is "" on the last page.
func (p *Presence) Visitors(ctx context.Context, account chat.AccountID, after string, limit int) ([]LiveVisitor, string, error) {
	if limit <= 0 || limit > maxRosterPage {
		limit = maxRosterPage
	}
	from := "-"
	if after != "" {
		from = "(" + after
	}
	reply, err := p.o.Store.Command(ctx, account, "ZRANGEBYLEX", p.rosterKey(account), from, "+", "LIMIT", 0, limit)
	if err != nil {
		return nil, "", fmt.Errorf("roster of %s: %w", account, err)
	}
	ids := texts(reply)
	visitors, err := p.rows(ctx, account, ids)
	if err != nil || len(ids) < limit {
		return visitors, "", err
	}
	return visitors, ids[len(ids)-1], nil
}

func (p *Presence) rows(ctx context.Context, account chat.AccountID, ids []string) ([]LiveVisitor, error) {
	persons := make([]Person, len(ids))
	for i, id := range ids {
		persons[i] = Person{chat.Visitor, id}
	}
	read, err := p.read(ctx, account, persons)
	if err != nil {
		return nil, err
	}
	visitors := make([]LiveVisitor, 0, len(ids))
	for i, f := range read {
		if f["online"] == "1" {
			visitors = append(visitors, p.liveVisitor(chat.VisitorID(ids[i]), f))
		}
	}
	return visitors, p.addConversations(ctx, account, visitors)
}

// addConversations waits until the open conversations stand in rows.
func (p *Presence) addConversations(ctx context.Context, account chat.AccountID, rows []LiveVisitor) error {
	filled := make(chan error, 1)
	own := slices.Clone(rows) // a caller who has given up may read its rows
	p.withConversations(account, own, func(_ []LiveVisitor, err error) { filled <- err })
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-filled:
		copy(rows, own)
		return err
	}
}

// read returns the hashes of persons, all at once.
func (p *Presence) read(ctx context.Context, account chat.AccountID, persons []Person) ([]fields, error) {
	read := make([]fields, len(persons))
	err := each(ctx, len(persons), func(i int, done func(error)) {
		p.s.read.Do(account, []string{p.personKey(account, persons[i])}, nil, func(reply any, err error) {
			read[i] = parseFields(reply)
			done(err)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read persons of %s: %w", account, err)
	}
	return read, nil
}

// Visitor returns one visitor as last seen; Online tells whether he is here. chat.NotFound if he was never here.
func (p *Presence) Visitor(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) (LiveVisitor, error) {
	read, err := p.read(ctx, account, []Person{{chat.Visitor, string(visitor)}})
	if err != nil {
		return LiveVisitor{}, err
	}
	if len(read[0]) == 0 {
		return LiveVisitor{}, chat.Refuse(chat.NotFound, "This visitor was never here.")
	}
	row := []LiveVisitor{p.liveVisitor(visitor, read[0])}
	err = p.addConversations(ctx, account, row)
	return row[0], err
}

// Forget erases what is kept of a visitor: visits, pages, connections; ForgetVisits does it for a contact. If he was here the others hear that he is gone.
func (p *Presence) Forget(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) error {
	person := Person{chat.Visitor, string(visitor)}
	keys := []string{p.personKey(account, person), p.trailKey(account, person.ID), p.dueKey(account),
		p.rosterKey(account), p.connsKey(account), p.threadsKey(account), p.visitsKey(account, chat.ContactID(visitor))}
	reply, err := p.s.forget.Run(ctx, account, keys, person.String(), person.ID)
	if err == nil {
		err = p.announce(account, person, reply)
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", person, err)
	}
	p.owners.forget(account, visitor)
	return nil
}
