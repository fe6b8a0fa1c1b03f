package people

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// User is what is known of a visitor as he may see it himself: all of the contact once he is proven, else what this
// browser said. The JSON of the frames hello and user.
type User struct {
	ID           chat.VisitorID  `json:"id"`
	No           int64           `json:"no"`
	Level        string          `json:"level"`
	ExternalID   string          `json:"externalId,omitempty"` // the site's id of its user, or the e-mail that stands for it
	Name         string          `json:"name,omitempty"`
	Email        string          `json:"email,omitempty"`
	Phone        string          `json:"phone,omitempty"`
	Description  string          `json:"description,omitempty"`
	Attributes   map[string]any  `json:"attributes"`
	Integration  map[string]any  `json:"integration,omitempty"`
	Consents     map[string]bool `json:"consents,omitempty"`
	CreatedAt    chat.Millis     `json:"createdAt,omitempty"`
	SignedUpAt   chat.Millis     `json:"signedUpAt,omitempty"`
	TotalVisits  int64           `json:"totalVisits,omitempty"`
	LastVisitAt  chat.Millis     `json:"lastVisitAt,omitempty"`  // when he last did something on the site
	LastActiveAt chat.Millis     `json:"lastActiveAt,omitempty"` // when he last did anything at all
	TotalSeconds int64           `json:"totalSeconds,omitempty"` // on the site, over all visits
	City         string          `json:"city,omitempty"`
	Country      string          `json:"country,omitempty"`
	Blocked      bool            `json:"blocked,omitempty"` // what he writes is refused, and nobody is promised to him
}

// userOf builds a User; d is the contact of one who has proven that he is it, nil of all others.
func userOf(v store.Visitor, level string, d *document) (User, error) {
	u := User{ID: v.ID, No: v.No, Level: level, CreatedAt: v.CreatedAt, Blocked: v.Blocked, Attributes: map[string]any{}}
	u.ExternalID = claimed(v.Claim)
	if d != nil {
		u.show(&d.facts)
		u.CreatedAt, u.SignedUpAt = d.CreatedAt, d.SignedUpAt
		return u, nil
	}
	if !unproven(v.Level) {
		u.ExternalID = "" // another tab has proven it, this one has not
	}
	said, err := parseFacts(v.Said)
	if err != nil {
		return u, fmt.Errorf("what visitor %s said: %w", v.ID, err)
	}
	if v.Said != "" {
		u.show(&said)
	}
	return u, nil
}

func (u *User) show(f *facts) {
	u.Name, u.Email, u.Phone, u.Description = f.shown("name"), f.shown("email"), f.shown("phone"), f.shown("description")
	u.Attributes, u.Integration = f.attributes(), f.Integration
	for kind, c := range f.Consents {
		put(&u.Consents, kind, c.Value)
	}
}

// claimed is the id or e-mail in the key of a claim.
func claimed(key string) string {
	for _, kind := range []string{keyOfID, keyOfEmail} {
		if id, ok := strings.CutPrefix(key, kind); ok {
			return id
		}
	}
	return ""
}

// User returns what who may see of himself now, and the record that it was built from.
// Errors: chat.NotFound.
func (p *People) User(ctx context.Context, who Speaker, level string) (User, store.Visitor, error) {
	v, err := p.o.Store.GetVisitor(ctx, who.Account, who.Visitor)
	if err != nil {
		return User{}, v, err
	}
	var proven *document
	if who.Contact != "" {
		d, _, err := p.load(ctx, who.Account, who.Contact)
		if err != nil {
			return User{}, v, err
		}
		proven = &d
	}
	u, err := userOf(v, level, proven)
	if err != nil {
		return u, v, err
	}
	visits, err := p.o.Presence.Visits(ctx, who.Account, ownerOf(v))
	u.came(visits)
	return u, v, err
}

// Changed is the data of the bell store.BellPerson: whose sockets have to look again at what is known of them.
type Changed struct {
	Contact  chat.ContactID   `json:"contact,omitempty"`
	Visitors []chat.VisitorID `json:"visitors"`
}

// ParseChanged reads the data of a bell. False if it is none.
func ParseChanged(data []byte) (Changed, bool) {
	var c Changed
	return c, json.Unmarshal(data, &c) == nil
}

// Concerns tells whether a visitor, or one who has proven to be the contact, has to look.
func (c Changed) Concerns(visitor chat.VisitorID, contact chat.ContactID) bool {
	return contact != "" && contact == c.Contact || slices.Contains(c.Visitors, visitor)
}

// Person is the id under which Contact finds who it is.
func (c Changed) Person() chat.ContactID {
	if c.Contact == "" && len(c.Visitors) > 0 {
		return chat.ContactID(c.Visitors[0])
	}
	return c.Contact
}

func (p *People) ring(a chat.AccountID, contact chat.ContactID, visitors []chat.VisitorID) {
	p.o.Store.Ring(a, store.BellPerson, "", "", wire.Encode(Changed{contact, visitors}))
}
