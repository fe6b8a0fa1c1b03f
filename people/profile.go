package people

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"strings"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/presence"
	"confab/store"
)

// Profile is all that is known of a visitor at one moment, for those who tell other systems of him.
type Profile struct {
	Visitor store.Visitor
	Contact Contact // he himself, if he is nobody in particular
	Facts   Facts
	Color   Color
	Group   chat.GroupID // that he chose, "" if he did not
	Site    string       // what the site calls him (layer site)
	// ClientID is the secret that binds him, for none but the site's own systems. Empty if none does, or if it is not kept.
	ClientID auth.Secret
	Panel    []PanelField
	Visit    LatestVisit
	// Page is where he is now, or was last; nil if he was never seen on one.
	Page *presence.Page
	UTM  UTM // of the first page of the visit that had any
	// Conversations is how many he has had, the running one among them.
	Conversations int64
	Place         Place
	UserAgent     string
	ChatLanguage  string // that the widget speaks to him
}

// Facts is what is known of a person by layers, each with only what is set.
type Facts struct {
	Basic       map[string]string // name, email, phone, description
	Form        map[string]string
	Integration map[string]any
	Fields      map[string]string // by the holder of a token
	Consents    map[string]Consent
}

// LatestVisit is a visit with its pages, oldest first. FinishedAt is zero while it may go on.
type LatestVisit struct {
	StartedAt, FinishedAt chat.Millis
	Pages                 []presence.View
}

// Color is a visitor's own among those of the palette, the same for ever.
type Color struct{ Hex, Name string }

var palette = []Color{
	{"#ff8c00", "Dark Orange"}, {"#4682b4", "Steel Blue"}, {"#2e8b57", "Sea Green"}, {"#9370db", "Medium Purple"},
	{"#cd5c5c", "Indian Red"}, {"#20b2aa", "Light Sea Green"}, {"#daa520", "Goldenrod"}, {"#6a5acd", "Slate Blue"},
	{"#5f9ea0", "Cadet Blue"}, {"#d2691e", "Chocolate"}, {"#708090", "Slate Gray"}, {"#c71585", "Medium Violet Red"},
	{"#6b8e23", "Olive Drab"}, {"#b8860b", "Dark Goldenrod"}, {"#008b8b", "Dark Cyan"}, {"#bc8f8f", "Rosy Brown"},
}

// ColorOf is the color of a visitor.
func ColorOf(id chat.VisitorID) Color {
	h := fnv.New32a()
	h.Write([]byte(id))
	return palette[h.Sum32()%uint32(len(palette))]
}

// Client finds a visitor by his own id, or by the secret clientId that binds him: the one whom all of a bound person's
// devices share, also by the id that he had before he was bound. Errors: chat.NotFound.
func (p *People) Client(ctx context.Context, a chat.AccountID, name string) (store.Visitor, error) {
	if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(":{}|", r) }) {
		return p.bearer(ctx, a, name) // no id is like that
	}
	v, err := p.o.Store.GetVisitor(ctx, a, chat.VisitorID(name))
	switch {
	case isCode(err, chat.NotFound):
		return p.bearer(ctx, a, name)
	case err != nil || v.Level != Bound:
		return v, err
	}
	d, _, err := p.load(ctx, a, v.Contact)
	if isCode(err, chat.NotFound) || err == nil && (len(d.Visitors) == 0 || d.Visitors[0] == v.ID) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	return p.o.Store.GetVisitor(ctx, a, d.Visitors[0])
}

// bearer finds the visitor whom a secret clientId binds.
func (p *People) bearer(ctx context.Context, a chat.AccountID, name string) (store.Visitor, error) {
	e := weighClientID(evidence{level: Anonymous}, name)
	if e.level != Bound {
		return store.Visitor{}, chat.Refuse(chat.NotFound, "There is no such visitor.")
	}
	id, err := p.o.Store.IndexGet(ctx, a, indexPerson, e.key)
	if err != nil {
		return store.Visitor{}, err
	}
	d, _, err := p.load(ctx, a, chat.ContactID(id))
	if err != nil {
		return store.Visitor{}, err
	}
	if len(d.Visitors) == 0 {
		return store.Visitor{}, chat.Refuse(chat.NotFound, "There is no such visitor.")
	}
	return p.o.Store.GetVisitor(ctx, a, d.Visitors[0])
}

// Profile puts together what is known of a visitor. Errors: chat.NotFound.
func (p *People) Profile(ctx context.Context, a *account.Account, id chat.VisitorID) (Profile, error) {
	v, err := p.o.Store.GetVisitor(ctx, a.ID, id)
	if err != nil {
		return Profile{}, err
	}
	d, err := p.person(ctx, a.ID, contactOf(v))
	if err != nil {
		return Profile{}, err
	}
	known := d.facts
	known.fill(d.said)
	layers := known.layers()
	contact, visits, err := p.visited(ctx, a.ID, d)
	if err != nil {
		return Profile{}, err
	}
	out := Profile{
		Visitor: v, Contact: contact, Color: ColorOf(v.ID), Site: or(d.Site, d.said.Site), Panel: layers.Panel,
		Facts: Facts{Basic: layers.Basic, Form: layers.Form, Integration: layers.Integration, Fields: layers.Fields, Consents: known.Consents},
		Group: v.Group, UTM: visits.UTM, Place: p.placeOf(v), UserAgent: v.UserAgent, ChatLanguage: a.LanguageOf(v.Language),
	}
	out.ClientID = p.binding(a.ID, &d)
	if out.Page, err = p.lastPage(ctx, a.ID, id); err != nil {
		return out, err
	}
	if out.Visit, err = p.latest(ctx, a.ID, d.allVisitors(), visits); err != nil {
		return out, err
	}
	talks, err := p.conversations(ctx, a.ID, d)
	out.Conversations = int64(len(talks))
	return out, err
}

// lastPage is where a visitor is, or was last; nil if he was never seen on a page.
func (p *People) lastPage(ctx context.Context, a chat.AccountID, id chat.VisitorID) (*presence.Page, error) {
	live, err := p.o.Presence.Visitor(ctx, a, id)
	if isCode(err, chat.NotFound) {
		return nil, nil
	}
	return live.Page, err
}

// latest is a person's latest visit, with the pages of all that he used in it.
func (p *People) latest(ctx context.Context, a chat.AccountID, visitors []chat.VisitorID, v presence.Visits) (LatestVisit, error) {
	out := LatestVisit{StartedAt: v.StartedAt, FinishedAt: v.FinishedAt}
	if v.No == 0 {
		return out, nil
	}
	for _, id := range visitors {
		trail, err := p.o.Presence.Trail(ctx, a, id)
		if err != nil {
			return out, err
		}
		for _, view := range trail {
			if view.At < v.StartedAt {
				break
			}
			out.Pages = append(out.Pages, view)
		}
	}
	slices.Reverse(out.Pages) // of one moment, the later line is the later page
	slices.SortStableFunc(out.Pages, func(x, y presence.View) int { return cmp.Compare(x.At, y.At) })
	return out, nil
}

// contactOf is under which id a visitor's person is found.
func contactOf(v store.Visitor) chat.ContactID {
	return chat.ContactID(or(string(v.Contact), string(v.ID)))
}

// Host is the host name of a page's address, "" if it has none.
func Host(page string) string {
	_, rest, _ := strings.Cut(page, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}
