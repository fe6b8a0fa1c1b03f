package people

import (
	"slices"
	"strings"

	"confab/chat"
	"confab/wire"
)

// fold adds what is kept of another contact, who turned out to be the same person. Where both know something the first one's word
// stands; who is blocked stays so, and so does who wants no mail. Visitors and threads are left to the caller.
func (d *document) fold(o *document) {
	wantsNoMail := !d.wantsMail() || !o.wantsMail()
	for _, path := range d.fill(o.facts) {
		d.from(or(o.Sources[path], usualSource(path)), []string{path})
	}
	d.count(o.facts)
	if wantsNoMail && d.Attributes["emailSubscription"] != false {
		put(&d.Attributes, "emailSubscription", any(false))
		d.from(sourceTeam, []string{wire.LayerAttributes + ".emailSubscription"})
	}
	for _, key := range o.Keys {
		if !slices.Contains(d.Keys, key) {
			d.Keys = append(d.Keys, key)
		}
	}
	d.ExternalID, d.Binds, d.Stand = or(d.ExternalID, o.ExternalID), or(d.Binds, o.Binds), chat.VisitorID(or(string(d.Stand), string(o.Stand)))
	d.Level = surer(d.Level, o.Level)
	if len(d.Keys) > 0 {
		d.Level = surer(d.Level, Claimed)
	}
	d.Blocked = d.Blocked || o.Blocked
	d.SignedUpAt, d.CreatedAt = earlier(d.SignedUpAt, o.SignedUpAt), earlier(d.CreatedAt, o.CreatedAt)
	d.Counted = d.Counted.plus(o.Counted)
	for _, t := range o.Past {
		d.addPast(t)
	}
}

// wantsMail tells whether nobody has said that he does not.
func (d *document) wantsMail() bool {
	return d.subscribed() && d.said.subscribed()
}

// surer is the level that says more of who somebody is.
func surer(x, y string) string {
	levels := []string{Anonymous, Claimed, Bound, Verified}
	return levels[max(slices.Index(levels, x), slices.Index(levels, y), 0)]
}

// earlier is the earlier of two moments that may not be known.
func earlier(x, y chat.Millis) chat.Millis {
	if x == 0 || y != 0 && y < x {
		return y
	}
	return x
}

// plus is what was counted of two who are one.
func (c *counted) plus(o *counted) *counted {
	switch {
	case o == nil:
		return c
	case c == nil:
		c, o = o, &counted{}
	}
	sum := counted{Visits: c.Visits + o.Visits, LastAt: max(c.LastAt, o.LastAt), Seconds: c.Seconds + o.Seconds, City: c.City, Country: c.Country}
	if later := o.LastAt > c.LastAt; later && o.City+o.Country != "" || c.City+c.Country == "" {
		sum.City, sum.Country = o.City, o.Country
	}
	return &sum
}

// settled makes the thread the person's own, and the one of before a part of the past.
func (d *document) settled(t chat.ThreadID) {
	was := d.Thread
	d.Thread = t
	d.Past = slices.DeleteFunc(d.Past, func(p chat.ThreadID) bool { return p == t })
	d.addPast(was)
}

// leave takes an unproven browser, and its thread, from a contact that the team says is its person.
func (d *document) leave(id chat.VisitorID, thread chat.ThreadID) {
	d.Joined = slices.DeleteFunc(d.Joined, func(v chat.VisitorID) bool { return v == id })
	d.Past = slices.DeleteFunc(d.Past, func(t chat.ThreadID) bool { return t == thread })
}

// keysOf are the contact's keys of a kind: keyOfID, keyOfEmail, keyOfClient.
func (d *document) keysOf(kind string) []string {
	var all []string
	for _, key := range d.Keys {
		if strings.HasPrefix(key, kind) {
			all = append(all, key)
		}
	}
	return all
}
