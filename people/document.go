package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

const (
	kindContact    = "contact"
	indexPerson    = "person" // what identifies somebody to the contact
	maxTries       = 10
	maxVisitors    = 100 // of one contact; older ones are erased
	maxPastThreads = 100
)

// document is a contact as it is kept.
type document struct {
	ID         chat.ContactID `json:"id"`
	Keys       []string       `json:"keys,omitempty"` // in the index of persons
	ExternalID string         `json:"externalId,omitempty"`
	Level      string         `json:"level"`
	facts
	Sources map[string]string `json:"sources,omitempty"` // by path ("basic.name"), of what is not from where its layer is usually from
	// Heard is what browsers said that claim to be this lead, as far as people are found by it.
	Heard      *facts           `json:"heard,omitempty"`
	Counted    *counted         `json:"counted,omitempty"` // of its visits, when the latest began
	Blocked    bool             `json:"blocked,omitempty"`
	SignedUpAt chat.Millis      `json:"signedUpAt,omitempty"` // when he was verified first
	Thread     chat.ThreadID    `json:"thread,omitempty"`
	Stand      chat.VisitorID   `json:"stand,omitempty"` // in whose place the thread was made, for the first who proves to be this person
	Past       []chat.ThreadID  `json:"past,omitempty"`  // threads written in before it was known who that was
	Visitors   []chat.VisitorID `json:"visitors,omitempty"`
	// Joined are browsers that have proven nothing and of which the team says that they are this person's.
	Joined []chat.VisitorID `json:"joined,omitempty"`
	// Merged are the contacts that have become parts of this one; their ids lead to it.
	Merged []chat.ContactID `json:"merged,omitempty"`
	// Guest is what somebody is called of whom nothing else is known.
	Guest     string      `json:"guest,omitempty"`
	Binds     string      `json:"binds,omitempty"` // the secret clientId, sealed; see binding.go
	CreatedAt chat.Millis `json:"createdAt"`
	UpdatedAt chat.Millis `json:"updatedAt"`

	// Of somebody unproven, as read with him.
	said      facts           // by his browser
	called    string          // in lists
	claimants []store.Visitor // who say that they are this lead, the likeliest first
}

// Where something that is known comes from.
const (
	sourceTeam   = "team"   // an agent, or the site's server
	sourceProven = "proven" // the page of somebody who has proven who he is
	sourceSaid   = "said"   // the page of somebody who has not
)

// usualSource is where the entries of a layer come from if nothing else is kept.
func usualSource(path string) string {
	if layer, _, _ := strings.Cut(path, "."); layer == wire.LayerBasic || layer == wire.LayerAttributes {
		return sourceTeam
	}
	return sourceProven
}

// from notes the source of paths.
func (d *document) from(source string, paths []string) {
	for _, path := range paths {
		if source == usualSource(path) {
			delete(d.Sources, path)
		} else {
			put(&d.Sources, path, source)
		}
	}
}

func (d *document) contact() Contact {
	known, err := parseFacts(d.encode())
	if err != nil {
		panic("people: " + err.Error()) // it was encoded just now
	}
	sources := map[string]string{}
	for _, path := range known.fill(d.said) {
		sources[path] = sourceSaid
	}
	known.count(d.said)
	c := Contact{
		ID: d.ID, ExternalID: d.siteID(), Level: d.Level, Name: or(known.shown("name"), or(d.called, d.Guest)), Email: known.shown("email"),
		Phone: known.shown("phone"), Description: known.shown("description"), Attributes: known.attributes(), Layers: known.layers(),
		Sources: sources, Consents: known.Consents, Blocked: d.Blocked, SignedUpAt: d.SignedUpAt,
		Universe: d.universe(), Subscribed: known.subscribed(), Thread: d.Thread, Visitors: d.allVisitors(), CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
	for _, path := range c.Layers.paths() {
		if sources[path] == "" {
			sources[path] = or(d.Sources[path], usualSource(path))
		}
	}
	if c.Consents == nil {
		c.Consents = map[string]Consent{}
	}
	if d.Counted != nil {
		c.show(d.stats(*d.Counted))
	} else {
		c.show(d.stats(counted{}))
	}
	if c.Thread == "" && len(d.claimants) > 0 {
		c.Thread = d.claimants[0].Thread
	}
	return c
}

// copy shares nothing with d.
func (d *document) copy() document {
	var c document
	if err := json.Unmarshal([]byte(d.text()), &c); err != nil {
		panic("people: " + err.Error()) // it was encoded just now
	}
	c.claimants = d.claimants
	return c
}

// allVisitors are the person's, and those who claim to be this lead.
func (d *document) allVisitors() []chat.VisitorID {
	all := append(append([]chat.VisitorID{}, d.Visitors...), d.Joined...)
	for _, v := range d.claimants {
		if !slices.Contains(all, v.ID) {
			all = append(all, v.ID)
		}
	}
	return all
}

// threads are all that belong to the person.
func (d *document) threads() []chat.ThreadID {
	all := append([]chat.ThreadID{d.Thread}, d.Past...)
	return slices.DeleteFunc(all, func(t chat.ThreadID) bool { return t == "" })
}

func (d *document) addVisitor(id chat.VisitorID) {
	if !slices.Contains(d.Visitors, id) {
		d.Visitors = append(d.Visitors, id)
	}
}

func (d *document) addPast(t chat.ThreadID) {
	if t != "" && t != d.Thread && !slices.Contains(d.Past, t) {
		d.Past = append(d.Past, t)
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// load reads a contact, or the one that it has become a part of. Errors: chat.NotFound.
func (p *People) load(ctx context.Context, a chat.AccountID, id chat.ContactID) (document, int64, error) {
	kept, err := p.o.Store.GetDoc(ctx, a, kindContact, string(id))
	if isCode(err, chat.NotFound) {
		into, lost := p.o.Store.MergedInto(ctx, a, id)
		if lost != nil && !isCode(lost, chat.NotFound) {
			return document{}, 0, lost
		}
		if lost == nil {
			kept, err = p.o.Store.GetDoc(ctx, a, kindContact, string(into))
		}
	}
	if err != nil {
		return document{}, 0, err
	}
	var d document
	if err := json.Unmarshal(kept.Data, &d); err != nil {
		return document{}, 0, fmt.Errorf("contact %s: %w", id, err)
	}
	return d, kept.Version, nil
}

// save writes the contact, which was read as was. If something has changed that others are told of, the outbox looks at its threads.
func (p *People) save(ctx context.Context, a chat.AccountID, d, was document, expect int64) error {
	var about []chat.ThreadID
	if d.known() != was.known() {
		about = d.allThreads()
	}
	_, err := p.o.Store.PutContact(ctx, a, d.ID, []byte(d.text()), expect, marks(&was, &d), about...)
	return err
}

// remove erases the document of a contact.
func (p *People) remove(ctx context.Context, a chat.AccountID, id chat.ContactID) error {
	for range maxTries {
		d, version, err := p.load(ctx, a, id)
		if isCode(err, chat.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if d.ID != id {
			return nil // it has become a part of another one
		}
		err = p.o.Store.DeleteContact(ctx, a, id, version, marks(&d, &document{}))
		if moved := (*store.Moved)(nil); !errors.As(err, &moved) {
			return err
		}
	}
	return chat.Refuse(chat.Unavailable, "Too many change this contact at once.")
}

// text is the document as it is kept.
func (d *document) text() string {
	data, err := json.Marshal(d)
	if err != nil {
		panic("people: " + err.Error()) // plain fields, and attributes that came as JSON
	}
	return string(data)
}

// change applies edit to the contact as it stands, again if somebody else was first. What edit leaves as it is, is not
// written: when all tabs of a person come at once, they must not keep each other from it.
func (p *People) change(ctx context.Context, a chat.AccountID, id chat.ContactID, edit func(*document) error) (document, error) {
	for range maxTries {
		d, version, err := p.load(ctx, a, id)
		if err != nil {
			return document{}, err
		}
		was := d.copy()
		if err := edit(&d); err != nil {
			return document{}, err
		}
		if d.text() == was.text() {
			return d, nil
		}
		d.UpdatedAt = chat.At(time.Now())
		err = p.save(ctx, a, d, was, version)
		if err == nil {
			return d, nil
		}
		if moved := (*store.Moved)(nil); !errors.As(err, &moved) {
			return document{}, fmt.Errorf("change contact %s: %w", id, err)
		}
	}
	return document{}, chat.Refuse(chat.Unavailable, "Too many change this contact at once.")
}

func isCode(err error, code chat.Code) bool { return errors.Is(err, &chat.Refusal{Code: code}) }
