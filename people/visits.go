package people

import (
	"context"
	"encoding/json"
	"net/netip"
	"time"

	"confab/chat"
	"confab/geo"
	"confab/presence"
	"confab/store"
)

// UTM are the marks of the campaign that brought him.
type UTM = chat.UTM

// Place is where an address is in the world, as far as a database tells. Empty: not known.
type Place = geo.Place

// VisitsOf is whose visits a visitor's are: of the contact that he has proven to be, "" if they are his own.
func VisitsOf(v *store.Visitor) chat.ContactID {
	if unproven(v.Level) {
		return ""
	}
	return v.Contact
}

// ownerOf is under which id they are counted.
func ownerOf(v store.Visitor) chat.ContactID {
	return chat.ContactID(or(string(VisitsOf(&v)), string(v.ID)))
}

// located is where an address is, as it is kept.
func (p *People) located(address string) string {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	found := p.o.Places.Lookup(at)
	if found == (Place{}) {
		return ""
	}
	kept, err := json.Marshal(found)
	if err != nil {
		panic("people: " + err.Error()) // plain texts
	}
	return string(kept)
}

// parsePlace reads what located made; what cannot be read is not known.
func parsePlace(kept string) (found Place) {
	if kept == "" || json.Unmarshal([]byte(kept), &found) != nil {
		return Place{}
	}
	return found
}

// placeOf is where a visitor was last: of one who came before there was a database, where his address is now.
func (p *People) placeOf(v store.Visitor) Place {
	if v.Place == "" {
		return parsePlace(p.located(v.Address))
	}
	return parsePlace(v.Place)
}

// asked is a question for a visitor's visits that is under way.
type asked struct {
	owner  chat.ContactID
	answer chan visitsAnswer // capacity 1
}

type visitsAnswer struct {
	visits presence.Visits
	err    error
}

// askVisits asks for those of whose token it is, in the batch in which he is looked up: most are nobody in particular, and then
// nobody waits for it.
func (p *People) askVisits(a chat.AccountID, token string) *asked {
	id, _, _, ok := parseToken(token)
	if !ok {
		return nil
	}
	q := &asked{chat.ContactID(id), make(chan visitsAnswer, 1)}
	p.o.Presence.AskVisits(a, q.owner, nil, func(v presence.Visits, err error) { q.answer <- visitsAnswer{v, err} })
	return q
}

// visits are those of who was opened.
func (o *opening) visits(v *store.Visitor, q *asked) (presence.Visits, error) {
	owner := ownerOf(*v)
	switch {
	case q != nil && q.owner == owner:
		select {
		case got := <-q.answer:
			return got.visits, got.err
		case <-o.ctx.Done():
			return presence.Visits{}, o.ctx.Err()
		}
	case unproven(v.Level) && v.CreatedAt == o.now:
		return presence.Visits{}, nil
	}
	return o.p.o.Presence.Visits(o.ctx, o.account, owner)
}

// came adds what is counted of his visits.
func (u *User) came(v presence.Visits) {
	at := parsePlace(v.Place)
	u.TotalVisits, u.LastVisitAt, u.TotalSeconds = v.No, v.ActiveAt, seconds(v.Spent)
	u.LastActiveAt = max(u.LastActiveAt, v.ActiveAt)
	u.City, u.Country = at.City, at.Country
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// visited makes a contact of what is kept, with what is counted of its visits.
func (p *People) visited(ctx context.Context, a chat.AccountID, d document) (Contact, presence.Visits, error) {
	c := d.contact()
	v, err := p.o.Presence.Visits(ctx, a, d.ID, d.allVisitors()...)
	if err != nil {
		return Contact{}, v, err
	}
	sum := countedOf(v)
	for _, id := range d.Joined { // whose visits are their own until they prove who they are
		more, err := p.o.Presence.Visits(ctx, a, chat.ContactID(id))
		if err != nil {
			return Contact{}, v, err
		}
		if more.No > 0 {
			one := countedOf(more)
			sum = *sum.plus(&one)
		}
	}
	c.show(d.stats(sum))
	return c, v, nil
}

// Choose keeps which group a visitor chose, "" for none. Errors: chat.NotFound.
func (p *People) Choose(ctx context.Context, who Speaker, group chat.GroupID) error {
	return p.o.Store.PatchVisitor(ctx, who.Account, who.Visitor, map[string]string{"group": string(group)})
}
