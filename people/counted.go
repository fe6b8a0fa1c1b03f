package people

import (
	"cmp"

	"go.uber.org/zap"

	"confab/chat"
	"confab/presence"
)

// counted is what is counted of a contact's visits.
type counted struct {
	Visits  int64       `json:"visits,omitempty"`
	LastAt  chat.Millis `json:"lastAt,omitempty"` // on the site
	Seconds int64       `json:"seconds,omitempty"`
	City    string      `json:"city,omitempty"`
	Country string      `json:"country,omitempty"`
}

func countedOf(v presence.Visits) counted {
	at := parsePlace(v.Place)
	return counted{Visits: v.No, LastAt: v.ActiveAt, Seconds: seconds(v.Spent), City: at.City, Country: at.Country}
}

// stats is what was counted together with what the site knows from before: the greater of both, and the latest place.
type stats struct {
	counted
	ActiveAt chat.Millis // when he last did anything at all
}

func (d *document) stats(c counted) stats {
	number := func(name string) float64 {
		n, _ := d.Attributes[name].(float64)
		return n
	}
	date := func(name string) chat.Millis {
		text, _ := d.Attributes[name].(string)
		at, _ := moment(text)
		return at
	}
	s := stats{counted: c}
	s.Visits, s.Seconds = max(c.Visits, int64(number("totalVisits"))), max(c.Seconds, int64(number("totalTimeSpent")))
	s.LastAt = max(c.LastAt, date("lastVisitedAt"))
	s.ActiveAt = max(s.LastAt, date("lastActivityAt"))
	city, _ := d.Attributes["city"].(string)
	country, _ := d.Attributes["country"].(string)
	s.City, s.Country = cmp.Or(c.City, city), cmp.Or(c.Country, country)
	return s
}

func (c *Contact) show(s stats) {
	c.TotalVisits, c.LastVisitedAt, c.LastActivityAt, c.TotalTimeSpent = s.Visits, s.LastAt, s.ActiveAt, s.Seconds
	c.City, c.Country = s.City, s.Country
}

// count notes in the contact, or the lead that he claims to be, that a visit begins, so that it is found by its visits. What
// follows within the visit is counted in its place and noted with the next one.
func (o *opening) count(opened *Opened, v presence.Visits) {
	id := opened.Contact
	now := countedOf(v)
	switch {
	case o.person != nil && o.person.Counted.visits() == now.Visits && o.person.Counted.City == now.City && o.person.Counted.Country == now.Country:
		return
	case o.person == nil && (v.StartedAt != o.now || !unproven(opened.Visitor.Level)):
		return
	case o.person == nil:
		var err error
		if id, err = o.p.listed(o.ctx, o.account, &opened.Visitor); err != nil || id == "" {
			return // who only says that he is somebody is no visit of that one
		}
	}
	another := o.person == nil && joined(opened.Visitor) // his visits are not the contact's: they add up
	_, err := o.p.change(o.ctx, o.account, id, func(d *document) error {
		if d.Counted == nil {
			d.Counted = &counted{}
		}
		c, now := d.Counted, now
		if another {
			now.Visits, now.Seconds = c.Visits+1, 0
		}
		c.Visits, c.LastAt, c.Seconds = max(c.Visits, now.Visits), max(c.LastAt, now.LastAt), max(c.Seconds, now.Seconds)
		c.City, c.Country = cmp.Or(now.City, c.City), cmp.Or(now.Country, c.Country)
		return nil
	})
	if err != nil {
		o.p.o.Log.Warn("a contact is not found by its latest visit", zap.String("account", string(o.account)), zap.Error(err))
	}
}

func (c *counted) visits() int64 {
	if c == nil {
		return 0
	}
	return c.Visits
}
