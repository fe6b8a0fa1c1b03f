package people

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"confab/chat"
	"confab/store"
)

const mostGroups = 100 // of a breakdown; what is rarer is counted together

// Breakdown tells how the values of an attribute are spread among contacts.
type Breakdown struct {
	Attribute string  `json:"attribute"`
	Type      string  `json:"type"`   // string, number or date; of universe, blocked and consents string
	Count     int     `json:"count"`  // of contacts
	Known     int     `json:"known"`  // of those who have the attribute
	Groups    []Share `json:"groups"` // the most frequent first, of dates by month and in their order; at most 100
	Others    int     `json:"others"` // who are in no group
	// Of numbers, if anybody has one.
	Sum     *float64 `json:"sum,omitempty"`
	Average *float64 `json:"average,omitempty"`
	Least   *float64 `json:"least,omitempty"`
	Most    *float64 `json:"most,omitempty"`
}

// Share is how many share a value. Of texts that is as the index has it, in small letters and of long ones the beginning; of dates the month, 2026-05.
type Share struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Breakdown counts the contacts that a filter finds by the values of an attribute that they can be found by. It reads a column of the index,
// and no contact. Errors: like List's.
func (p *People) Breakdown(ctx context.Context, a chat.AccountID, by string, filter json.RawMessage) (Breakdown, error) {
	if err := p.indexed(ctx, a); err != nil {
		return Breakdown{}, err
	}
	typ, err := p.typeOfName(ctx, a, by)
	if err != nil {
		return Breakdown{}, at("by", err)
	}
	w, err := p.walkOf(ctx, a, Query{Filter: filter})
	if err != nil {
		return Breakdown{}, err
	}
	r := Breakdown{Attribute: by, Type: typ, Count: w.count, Groups: []Share{}}
	if r.Type == typeFlag {
		r.Type = TypeText
	}
	counts := map[string]int{}
	var numbers sums
	err = p.o.Store.Column(ctx, a, store.Stretch{Column: columnOf(typ, by)}, false, func(member string) bool {
		value, id := store.ParseMember(member)
		if w.who != nil && !has(w.who, id) {
			return true
		}
		r.Known++
		counts[groupOf(typ, value, &numbers)]++
		return true
	})
	if err != nil {
		return Breakdown{}, fmt.Errorf("break down by %s: %w", by, err)
	}
	r.group(counts)
	if numbers.n > 0 {
		average := numbers.sum / float64(numbers.n)
		r.Sum, r.Average, r.Least, r.Most = &numbers.sum, &average, &numbers.least, &numbers.most
	}
	return r, nil
}

// sums are of the numbers seen.
type sums struct {
	n                int
	sum, least, most float64
}

func (s *sums) add(v float64) {
	if s.n == 0 {
		s.least, s.most = v, v
	}
	s.n, s.sum, s.least, s.most = s.n+1, s.sum+v, min(s.least, v), max(s.most, v)
}

func groupOf(typ, value string, numbers *sums) string {
	switch typ {
	case TypeNumber:
		v := parseIndexNumber(value)
		numbers.add(v)
		return strconv.FormatFloat(v, 'f', -1, 64)
	case TypeDate:
		return time.UnixMilli(int64(parseIndexNumber(value))).UTC().Format("2006-01")
	}
	return shownText(value)
}

// group keeps the most frequent values; dates stand in their order.
func (r *Breakdown) group(counts map[string]int) {
	for value, n := range counts {
		r.Groups = append(r.Groups, Share{value, n})
	}
	slices.SortFunc(r.Groups, func(x, y Share) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Value, y.Value))
	})
	if len(r.Groups) > mostGroups {
		for _, g := range r.Groups[mostGroups:] {
			r.Others += g.Count
		}
		r.Groups = r.Groups[:mostGroups]
	}
	if r.Type == TypeDate {
		slices.SortFunc(r.Groups, func(x, y Share) int { return cmp.Compare(x.Value, y.Value) })
	}
}

// parseIndexNumber is what indexNumber was given.
func parseIndexNumber(value string) float64 {
	bits, err := strconv.ParseUint(value, 16, 64)
	if err != nil {
		return 0
	}
	if bits&(1<<63) != 0 {
		return math.Float64frombits(bits &^ (1 << 63))
	}
	return math.Float64frombits(^bits)
}
