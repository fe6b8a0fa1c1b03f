package people

import (
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"unicode/utf8"

	"confab/chat"
	"confab/store"
)

// The index of contacts has a column for each attribute and kind of value: "t:plan", "n:seats", "d:paid_on". A text that is a date
// stands in two, so that a column does not depend on what the attribute is defined as. columnAll has every contact.
const (
	columnAll     = "a"
	columnText    = "t:"
	columnNumber  = "n:"
	columnDate    = "d:"
	maxIndexBytes = 120 // of a text in the index; of a longer one the beginning, and a sum of the whole
)

// Names by which people are found beside their attributes.
const (
	nameUniverse = "universe"
	nameBlocked  = "blocked"
	nameConsent  = "consent." // followed by the kind
)

// columns are the values of a contact in the index, by column.
func (d *document) columns() map[string]string {
	all := map[string]string{}
	if d.ID == "" {
		return all
	}
	known := d.facts
	if d.Heard != nil {
		known = d.copy().facts
		known.fill(*d.Heard)
		known.count(*d.Heard)
	}
	all[columnAll] = ""
	text := func(name, value string) {
		if value != "" {
			all[columnText+name] = indexText(value)
		}
	}
	flag := func(name string, value bool) { text(name, fmt.Sprint(value)) }
	date := func(name string, at chat.Millis) {
		if at != 0 {
			all[columnDate+name] = indexNumber(float64(at))
		}
	}
	for name, value := range known.Attributes {
		switch v := value.(type) {
		case string:
			text(name, v)
			if at, ok := moment(v); ok {
				all[columnDate+name] = indexNumber(float64(at))
			}
		case float64:
			all[columnNumber+name] = indexNumber(v)
		case bool:
			number, _ := toNumber(map[bool]float64{true: 1}[v])
			all[columnNumber+name] = indexNumber(number.(float64))
		}
	}
	for name, t := range known.Events {
		all[columnNumber+name+endCount] = indexNumber(float64(t.Count))
		date(name+endFirst, t.First)
		date(name+endLast, t.Last)
	}
	for kind, c := range known.Consents {
		flag(nameConsent+kind, c.Value)
	}
	var c counted
	if d.Counted != nil {
		c = *d.Counted
	}
	s := d.stats(c)
	for name, n := range map[string]int64{"totalVisits": s.Visits, "totalTimeSpent": s.Seconds} {
		if n > 0 {
			all[columnNumber+name] = indexNumber(float64(n))
		}
	}
	date("lastVisitedAt", s.LastAt)
	date("lastActivityAt", s.ActiveAt)
	text("city", s.City)
	text("country", s.Country)
	text("id", d.siteID())
	for _, name := range []string{"name", "email", "phone"} {
		text(name, known.shown(name))
	}
	delete(all, columnNumber+"emailSubscription")
	flag("emailSubscription", known.subscribed())
	flag(nameBlocked, d.Blocked)
	text(nameUniverse, d.universe())
	date("createdAt", d.CreatedAt)
	date("signedUpOn", d.SignedUpAt)
	return all
}

// marks are what has to change in the index when a contact that was was is d. Either may be the zero document.
func marks(was, d *document) []store.Mark {
	before, now := was.columns(), d.columns()
	var all []store.Mark
	for column, value := range before {
		if next, there := now[column]; !there || next != value {
			all = append(all, store.Mark{Column: column, Member: store.Member(value, was.ID), Gone: true})
		}
	}
	for column, value := range now {
		if old, there := before[column]; !there || old != value {
			all = append(all, store.Mark{Column: column, Member: store.Member(value, d.ID)})
		}
	}
	return all
}

// indexText is a text as the index orders it: capitals are as small letters.
func indexText(text string) string {
	folded := strings.ReplaceAll(strings.ToLower(text), "\x00", "")
	if len(folded) <= maxIndexBytes {
		return folded
	}
	sum := fnv.New64a()
	sum.Write([]byte(folded))
	return fmt.Sprintf("%s\x01%016x", cutBytes(folded, maxIndexBytes), sum.Sum64())
}

// shownText is a text of the index for people: of a long one the beginning.
func shownText(value string) string {
	text, _, long := strings.Cut(value, "\x01")
	if long {
		return text + "…"
	}
	return text
}

// cutBytes is the beginning of a text, at most n bytes, all runes whole.
func cutBytes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// indexNumber is a number as text whose order is that of the numbers.
func indexNumber(n float64) string {
	bits := math.Float64bits(n + 0) // no negative zero
	if n < 0 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	return fmt.Sprintf("%016x", bits)
}
