package people

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"confab/chat"
	"confab/store"
)

const (
	maxListed = 200
	fewFound  = 500
)

// Query says which contacts are wanted, and in which order.
type Query struct {
	// Filter is JSON: {"all": [{"attribute": "plan", "is": "pro"}, …]}; nil is everybody.
	Filter json.RawMessage
	// Sort is an attribute, "-" before it for the greatest first; "" is "-createdAt". Who has none of it comes last.
	Sort  string
	After string // Next of the page before
	Limit int    // 200 at most
}

// Listing is a page of contacts.
type Listing struct {
	Contacts []Contact
	Next     string // "" after the last
	Count    int    // of all pages together
}

// found are the contacts that were found; nil is everybody.
type found map[chat.ContactID]struct{}

// List finds contacts by what is known of them. Errors: chat.BadField and chat.TooLong with the part of the query at fault;
// chat.Unavailable while the index of an account that was there before there was one is being made.
func (p *People) List(ctx context.Context, a chat.AccountID, q Query) (Listing, error) {
	if err := p.indexed(ctx, a); err != nil {
		return Listing{}, err
	}
	w, err := p.walkOf(ctx, a, q)
	if err != nil {
		return Listing{}, err
	}
	if q.Limit <= 0 || q.Limit > maxListed {
		q.Limit = maxListed
	}
	ids, next, err := w.page(ctx, q.Limit)
	if err != nil {
		return Listing{}, fmt.Errorf("list contacts: %w", err)
	}
	contacts, err := p.inLists(ctx, a, ids)
	return Listing{Contacts: contacts, Next: next, Count: w.count}, err
}

// inLists reads contacts as lists show them, in the order of ids. Who was erased meanwhile is not among them.
func (p *People) inLists(ctx context.Context, a chat.AccountID, ids []chat.ContactID) ([]Contact, error) {
	docs, err := p.documents(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	all := make([]Contact, len(docs))
	for i := range docs {
		if heard := docs[i].Heard; heard != nil {
			docs[i].said = *heard
		}
		all[i] = docs[i].contact()
	}
	return all, nil
}

func (p *People) documents(ctx context.Context, a chat.AccountID, ids []chat.ContactID) ([]document, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	kept, err := p.o.Store.GetDocs(ctx, a, kindContact, names)
	if err != nil {
		return nil, err
	}
	docs := make([]document, len(kept))
	for i, doc := range kept {
		if err := json.Unmarshal(doc.Data, &docs[i]); err != nil {
			return nil, fmt.Errorf("contact %s: %w", doc.ID, err)
		}
	}
	return docs, nil
}

// walk goes through those found in the order of a column, then through those who are not in it.
type walk struct {
	p       *People
	account chat.AccountID
	who     found
	count   int
	column  string
	reverse bool
	after   position // where the page before ended
	total   int      // how many contacts there are
}

func (p *People) walkOf(ctx context.Context, a chat.AccountID, q Query) (*walk, error) {
	f, err := p.parseFilter(ctx, a, q.Filter, chat.At(time.Now()))
	if err != nil {
		return nil, err
	}
	w := &walk{p: p, account: a}
	name, reverse := strings.CutPrefix(or(q.Sort, "-createdAt"), "-")
	typ, err := p.typeOfName(ctx, a, name)
	if err != nil {
		return nil, at("sort", err)
	}
	w.column, w.reverse = columnOf(typ, name), reverse
	var ok bool
	if w.after, ok = parsePosition(q.After); !ok {
		return nil, badEntry("after", "This is no position in the list.")
	}
	if w.who, err = p.seek(ctx, a, &f, nil); err != nil {
		return nil, fmt.Errorf("find contacts: %w", err)
	}
	all, err := p.o.Store.ColumnSize(ctx, a, columnAll)
	if err != nil {
		return nil, err
	}
	w.total, w.count = int(all), len(w.who)
	if w.who == nil {
		w.count = w.total
	}
	return w, nil
}

// position is where a walk has got: a member of its column, or of columnAll.
type position struct {
	rest   bool
	member string
}

func (at position) String() string {
	kind := "c"
	if at.rest {
		kind = "r"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(kind + at.member))
}

func parsePosition(text string) (at position, ok bool) {
	if text == "" {
		return at, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < 2 || raw[0] != 'c' && raw[0] != 'r' {
		return at, false
	}
	return position{raw[0] == 'r', string(raw[1:])}, true
}

// page returns the next contacts, and where the page after begins.
func (w *walk) page(ctx context.Context, limit int) (ids []chat.ContactID, next string, err error) {
	var passed []position
	if w.who != nil && len(w.who) <= w.p.few {
		if passed, err = w.few(ctx); err != nil {
			return nil, "", err
		}
		ids, next = cut(passed, limit)
		return ids, next, nil
	}
	take := func(rest bool) func(string) bool {
		return func(member string) bool {
			if _, id := store.ParseMember(member); w.who == nil || has(w.who, id) {
				passed = append(passed, position{rest, member})
			}
			return len(passed) <= limit
		}
	}
	s := w.p.o.Store
	if !w.after.rest {
		if err := s.Column(ctx, w.account, w.stretch(w.column, w.after.member), w.reverse, take(false)); err != nil {
			return nil, "", err
		}
		w.after = position{}
	}
	w.reverse = false
	if len(passed) <= limit {
		if err := w.others(ctx, take(true)); err != nil {
			return nil, "", err
		}
	}
	ids, next = cut(passed, limit)
	return ids, next, nil
}

// cut is the page of those passed, and where the next begins.
func cut(passed []position, limit int) (ids []chat.ContactID, next string) {
	if len(passed) > limit {
		passed = passed[:limit]
		next = passed[limit-1].String()
	}
	for _, at := range passed {
		_, id := store.ParseMember(at.member)
		ids = append(ids, id)
	}
	return ids, next
}

// few puts those who were found in their order itself: they are less than a column.
func (w *walk) few(ctx context.Context) ([]position, error) {
	docs, err := w.p.documents(ctx, w.account, slices.Collect(maps.Keys(w.who)))
	if err != nil {
		return nil, err
	}
	var all []position
	for i := range docs {
		value, in := docs[i].columns()[w.column]
		at := position{!in, store.Member(value, docs[i].ID)}
		if w.after.member == "" || w.compare(w.after, at) < 0 {
			all = append(all, at)
		}
	}
	slices.SortFunc(all, w.compare)
	return all, nil
}

// compare tells which position comes first.
func (w *walk) compare(x, y position) int {
	switch {
	case x.rest != y.rest && y.rest:
		return -1
	case x.rest != y.rest:
		return 1
	case w.reverse && !x.rest:
		return strings.Compare(y.member, x.member)
	}
	return strings.Compare(x.member, y.member)
}

// others goes through those who are not in the column.
func (w *walk) others(ctx context.Context, take func(string) bool) error {
	within := found{}
	err := w.p.o.Store.Column(ctx, w.account, store.Stretch{Column: w.column}, false, func(member string) bool {
		_, id := store.ParseMember(member)
		within[id] = struct{}{}
		return true
	})
	if err != nil || len(within) == w.total {
		return err
	}
	return w.p.o.Store.Column(ctx, w.account, w.stretch(columnAll, w.after.member), false, func(member string) bool {
		_, id := store.ParseMember(member)
		return has(within, id) || take(member)
	})
}

func has(f found, id chat.ContactID) bool {
	_, in := f[id]
	return in
}

func (w *walk) stretch(column, after string) store.Stretch {
	s := store.Stretch{Column: column}
	switch {
	case after == "":
	case w.reverse:
		s.To = after
	default:
		s.From = after + "\x00" // the first that can follow it
	}
	return s
}

// seek finds those among within for whom the filter holds; nil is everybody.
func (p *People) seek(ctx context.Context, a chat.AccountID, f *filter, within found) (found, error) {
	if within != nil && len(within) <= p.few {
		return p.sift(ctx, a, f, within)
	}
	switch {
	case len(f.any) > 0:
		union := found{}
		for i := range f.any {
			some, err := p.seek(ctx, a, &f.any[i], within)
			if err != nil || some == nil {
				return some, err
			}
			maps.Copy(union, some)
		}
		return union, nil
	case f.group:
		for i := range f.all {
			var err error
			if within, err = p.seek(ctx, a, &f.all[i], within); err != nil {
				return nil, err
			}
		}
		return within, nil
	}
	return p.test(ctx, a, &f.test, within)
}

// sift reads the few that are left.
func (p *People) sift(ctx context.Context, a chat.AccountID, f *filter, within found) (found, error) {
	left := found{}
	docs, err := p.documents(ctx, a, slices.Collect(maps.Keys(within)))
	for i := range docs {
		if d := &docs[i]; f.holds(d.ID, d.columns()) {
			left[d.ID] = struct{}{}
		}
	}
	return left, err
}

func (p *People) test(ctx context.Context, a chat.AccountID, c *condition, within found) (found, error) {
	hits := found{}
	for _, s := range c.stretches {
		s.Column = c.column
		err := p.o.Store.Column(ctx, a, s, false, func(member string) bool {
			value, id := store.ParseMember(member)
			if c.within(value) && (within == nil || c.not || has(within, id)) {
				hits[id] = struct{}{}
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	if !c.not {
		return hits, nil
	}
	left := found{}
	keep := func(id chat.ContactID) {
		if !has(hits, id) {
			left[id] = struct{}{}
		}
	}
	if within != nil {
		for id := range within {
			keep(id)
		}
		return left, nil
	}
	err := p.o.Store.Column(ctx, a, store.Stretch{Column: columnAll}, false, func(member string) bool {
		_, id := store.ParseMember(member)
		keep(id)
		return true
	})
	return left, err
}
