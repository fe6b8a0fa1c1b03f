package presence

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"confab/chat"
)

// VisitGap without any activity ends a visit. visit.lua has the rule.
const VisitGap = 30 * time.Minute

// Visits is what is counted of a person's visits. Activity is a page, a message, an event, and what else he does that is
// told; that a connection is open is none.
type Visits struct {
	No        int64       // how many, the latest among them
	StartedAt chat.Millis // of the latest
	ActiveAt  chat.Millis // when he last did something on the site
	// FinishedAt is when the latest ended; zero while it may go on. Who left comes back to the same visit within 30 minutes.
	FinishedAt chat.Millis
	Spent      time.Duration // from the first activity to the last one, of all visits together
	Pages      int64         // of the latest
	Entry      *Page         // the first of them, nil if there was none
	Referrer   string        // of that
	UTM        chat.UTM      // of the first of them that had any
	Place      string        // VisitorInfo.Place of his latest connection that had one
}

// Coming is what will be counted when he does something now.
func (v Visits) Coming(now chat.Millis) Visits {
	if v.No > 0 && now.Time().Sub(v.ActiveAt.Time()) < VisitGap {
		v.FinishedAt, v.Spent, v.ActiveAt = 0, v.Spent+max(now.Time().Sub(v.ActiveAt.Time()), 0), max(now, v.ActiveAt)
		return v
	}
	return Visits{No: v.No + 1, StartedAt: now, ActiveAt: now, Spent: v.Spent, Place: v.Place}
}

// Visits returns what is counted for a contact, or under his id for a visitor who is none. Whether the person has left is
// judged by those of his visitors that are named: without any, a visit is over only when it was quiet for long enough.
func (p *Presence) Visits(ctx context.Context, account chat.AccountID, owner chat.ContactID, visitors ...chat.VisitorID) (Visits, error) {
	type answer struct {
		visits Visits
		err    error
	}
	ch := make(chan answer, 1)
	p.AskVisits(account, owner, visitors, func(v Visits, err error) { ch <- answer{v, err} })
	select {
	case got := <-ch:
		return got.visits, got.err
	case <-ctx.Done():
		return Visits{}, ctx.Err()
	}
}

// AskVisits does the same and calls done, which must not block.
func (p *Presence) AskVisits(account chat.AccountID, owner chat.ContactID, visitors []chat.VisitorID, done func(Visits, error)) {
	keys := []string{p.visitsKey(account, owner)}
	for _, v := range visitors {
		keys = append(keys, p.personKey(account, Person{chat.Visitor, string(v)}))
	}
	p.s.visits.Do(account, keys, []any{ms(p.o.VisitorGrace)}, func(reply any, err error) {
		if err != nil {
			done(Visits{}, fmt.Errorf("visits of %s: %w", owner, err))
			return
		}
		v, err := parseVisits(reply)
		if err != nil {
			err = fmt.Errorf("visits of %s: %w", owner, err)
		}
		done(v, err)
	})
}

// parseVisits reads {hash, end}.
func parseVisits(reply any) (Visits, error) {
	pair, ok := reply.([]any)
	if !ok || len(pair) != 2 {
		return Visits{}, fmt.Errorf("unexpected answer %T", reply)
	}
	f := parseFields(pair[0])
	end, _ := pair[1].(int64)
	v := Visits{
		No: f.number("no"), StartedAt: chat.Millis(f.number("at")), ActiveAt: chat.Millis(f.number("last")), FinishedAt: chat.Millis(end),
		Spent: time.Duration(f.number("spent")) * time.Millisecond, Pages: f.number("pages"), Referrer: f["ref"], Place: f["place"],
	}
	if f["entry"] != "" {
		var page chat.Page
		if err := json.Unmarshal([]byte(f["entry"]), &page); err != nil {
			return Visits{}, fmt.Errorf("the entry page: %w", err)
		}
		v.Entry = &Page{URL: page.URL, Title: page.Title}
	}
	if f["utm"] != "" {
		if err := json.Unmarshal([]byte(f["utm"]), &v.UTM); err != nil {
			return Visits{}, fmt.Errorf("the marks of the campaign: %w", err)
		}
	}
	return v, nil
}

// Adopt says that a visitor is a contact: his visits are added to those of the contact, and count for it from now on. What of
// the latest visits of both overlaps, or is less than 30 minutes apart, was one. Saying it twice changes nothing.
func (p *Presence) Adopt(ctx context.Context, account chat.AccountID, visitor chat.VisitorID, contact chat.ContactID) error {
	own := chat.ContactID(visitor)
	if own == contact || contact == "" {
		return nil
	}
	keys := []string{p.personKey(account, Person{chat.Visitor, string(visitor)}), p.trailKey(account, string(visitor)),
		p.visitsKey(account, own), p.visitsKey(account, contact)}
	if _, err := p.s.adopted.Run(ctx, account, keys, string(contact)); err != nil {
		return fmt.Errorf("visits of %s for %s: %w", visitor, contact, err)
	}
	p.owners.note(account, visitor, contact)
	if p.o.Counted != nil {
		p.o.Counted(account, contact)
	}
	return nil
}

// Merge says that the visitors of a contact are another's: what was counted of its visits is added as Adopt does it. Saying it twice
// changes nothing.
func (p *Presence) Merge(ctx context.Context, account chat.AccountID, from, into chat.ContactID, visitors []chat.VisitorID) error {
	if from == into || len(visitors) == 0 {
		return nil
	}
	var keys []string
	for _, v := range visitors {
		keys = append(keys, p.personKey(account, Person{chat.Visitor, string(v)}), p.trailKey(account, string(v)))
	}
	keys = slices.Insert(keys, 2, p.visitsKey(account, from), p.visitsKey(account, into))
	if _, err := p.s.merged.Run(ctx, account, keys, string(into)); err != nil {
		return fmt.Errorf("visits of %s for %s: %w", from, into, err)
	}
	for _, v := range visitors {
		p.owners.note(account, v, into)
	}
	if p.o.Counted != nil {
		p.o.Counted(account, into)
	}
	return nil
}

// ForgetVisits erases what is counted of a contact.
func (p *Presence) ForgetVisits(ctx context.Context, account chat.AccountID, contact chat.ContactID) error {
	if _, err := p.o.Store.Command(ctx, account, "DEL", p.visitsKey(account, contact)); err != nil {
		return fmt.Errorf("forget the visits of %s: %w", contact, err)
	}
	return nil
}
