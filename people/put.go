package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"confab/account"
	"confab/chat"
	"confab/store"
	"confab/wire"
)

// Attributes is what a site's server says of a person, by name: values as JSON decodes them, nil erases. Built-in ones go by
// their names (email, name, firstName, lastName, phone, createdAt, signedUpOn, emailSubscription, …), those of the moment and
// unknown ones are passed over. Those of Custom are the account's own.
type Attributes struct {
	BuiltIn map[string]any
	Custom  map[string]any
}

// word is what is said of a person, checked.
type word struct {
	texts             map[string]string // of the layer basic; "" erases
	values            map[string]any    // of the layer attributes; nil erases
	signedUp, created *chat.Millis      // nil: nothing is said of it
	// keep has all stay that is known already.
	keep bool
}

// hear checks what is said. Its custom attributes still wait for their types. Errors: chat.BadField and chat.TooLong with the field.
func (said Attributes) hear() (w word, err error) {
	w = word{texts: map[string]string{}, values: map[string]any{}}
	for _, name := range slices.Sorted(maps.Keys(said.BuiltIn)) {
		b, known := builtIns[name]
		if !known || b.live || name == "id" {
			continue
		}
		if err := w.builtIn(name, b, said.BuiltIn[name]); err != nil {
			return w, at(name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(said.Custom)) {
		if !attributeName.MatchString(name) || len(name) > maxAttributeName {
			return w, badEntry("custom."+chat.Clean(name, maxAttributeName), "%s", nameRule)
		}
		if b := builtIns[name]; b.live || b.apart || b.shown {
			return w, badEntry("custom."+name, "Every account has an attribute of this name, which is no custom one.")
		}
	}
	return w, nil
}

// at names the field at fault.
func at(field string, err error) error {
	var r *chat.Refusal
	if !errors.As(err, &r) || r.Field != "" {
		return err
	}
	return &chat.Refusal{Code: r.Code, Message: r.Message, Field: field}
}

func (w *word) builtIn(name string, b builtIn, value any) error {
	if _, isText := value.(string); b.typ == TypeText && value != nil && !isText {
		return chat.Refuse(chat.BadField, "This is text, or null to erase it.")
	}
	value, err := convert(b.typ, value)
	if err != nil {
		return err
	}
	switch {
	case name == "signedUpOn":
		w.signedUp = new(chat.Millis)
		if text, ok := value.(string); ok {
			*w.signedUp, _ = moment(text)
		}
	case name == "createdAt":
		if text, ok := value.(string); ok { // it cannot be unknown
			at, _ := moment(text)
			w.created = &at
		}
	case b.shown:
		text, _ := value.(string)
		most := basicRunes[name]
		if utf8.RuneCountInString(text) > most {
			return chat.Refuse(chat.TooLong, "This has at most %d characters.", most)
		}
		w.texts[name] = chat.Clean(text, most)
	case name == "emailSubscription":
		if w.values[name] = value; value == true {
			w.values[name] = nil
		}
	default:
		if number, ok := value.(float64); ok && (number < 0 || name == "totalVisits" && number != math.Trunc(number)) {
			return chat.Refuse(chat.BadField, "This is a number of what has happened.")
		}
		w.values[name] = value
	}
	return nil
}

// types gives the custom attributes their types, all of them or none.
func (w *word) types(ctx context.Context, p *People, a chat.AccountID, custom map[string]any) error {
	kept, faults, err := p.settleTypes(ctx, a, OriginCustom, custom, true)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		return at("custom."+name, faults[name])
	}
	maps.Copy(w.values, kept)
	return nil
}

// apply writes it down as the team's.
func (w *word) apply(d *document) error {
	basic := d.basic()
	for name, text := range w.texts {
		if w.keep && *basic[name] != "" {
			continue
		}
		*basic[name] = text
		d.from(sourceTeam, []string{wire.LayerBasic + "." + name})
	}
	for name, value := range w.values {
		if _, known := d.Attributes[name]; w.keep && known {
			continue
		}
		d.from(sourceTeam, []string{wire.LayerAttributes + "." + name})
		if value == nil {
			delete(d.Attributes, name)
		} else {
			put(&d.Attributes, name, value)
		}
	}
	if w.signedUp != nil && !(w.keep && d.SignedUpAt != 0) {
		d.SignedUpAt = *w.signedUp
	}
	if w.created != nil && (!w.keep || len(d.Keys) == 0) {
		d.CreatedAt = *w.created
	}
	if d.guarded() && len(d.Joined) == 0 {
		d.Heard = nil
	}
	d.keepOrder()
	return d.checkSize()
}

// keepOrder has nobody be on the site later than he did anything.
func (d *document) keepOrder() {
	visited, _ := d.Attributes["lastVisitedAt"].(string)
	active, known := d.Attributes["lastActivityAt"].(string)
	at, ok := moment(visited)
	if did, _ := moment(active); ok && known && did < at {
		d.Attributes["lastActivityAt"] = visited
	}
}

func (d *document) checkSize() error {
	if len(d.Attributes) > maxAttributes {
		return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("A contact has at most %d attributes.", maxAttributes), Field: "attributes"}
	}
	if len(d.encode()) > maxFactsBytes {
		return &chat.Refusal{Code: chat.TooLong, Message: "This is more than is kept of one person.", Field: "attributes"}
	}
	return nil
}

// Put creates the person whom a site's server names, or changes what is known of him: all that is said, or nothing. A person whose
// id is his e-mail for want of another is given the id that comes with the e-mail, and is found by both from then on.
// Errors: chat.MissingField, chat.BadField and chat.TooLong with the field at fault; of custom attributes that is "custom.<name>".
func (p *People) Put(ctx context.Context, a *account.Account, n Name, said Attributes) (Contact, error) {
	n, err := n.check()
	if err != nil {
		return Contact{}, err
	}
	w, err := said.hear()
	if err != nil {
		return Contact{}, err
	}
	if _, named := w.texts["email"]; n.Email != "" && !named {
		w.texts["email"] = n.Email
	}
	if err := w.types(ctx, p, a.ID, said.Custom); err != nil {
		return Contact{}, err
	}
	d, _, err := p.put(ctx, a.ID, n, &w)
	if err != nil {
		return Contact{}, err
	}
	return p.Contact(ctx, a.ID, d.ID)
}

// put makes or changes the contact, and tells who has to know of it. made tells which it was.
func (p *People) put(ctx context.Context, a chat.AccountID, n Name, w *word) (d document, made bool, err error) {
	leave, err := p.lanes.enter(ctx, n.key())
	if err != nil {
		return document{}, false, err
	}
	defer leave()
	for range maxTries {
		d, was, err := p.tryPut(ctx, a, n, w)
		if moved := (*store.Moved)(nil); errors.As(err, &moved) || isCode(err, chat.Taken) {
			continue // somebody else was first
		}
		if err != nil {
			return document{}, false, err
		}
		if was.text() == d.text() {
			return d, false, nil
		}
		return d, was.ID == "", p.publish(ctx, a, d, was)
	}
	return document{}, false, chat.Refuse(chat.Unavailable, "Too many change this contact at once.")
}

// tryPut answers the contact as it is and as it was, without an id if there was none.
func (p *People) tryPut(ctx context.Context, a chat.AccountID, n Name, w *word) (d, was document, err error) {
	d, version, free, err := p.find(ctx, a, n)
	switch {
	case isCode(err, chat.NotFound):
		if free == "" {
			free = chat.ContactID(p.o.IDs.New())
		}
		now := chat.At(time.Now())
		d = document{ID: free, ExternalID: n.ID, Level: Claimed, CreatedAt: now, UpdatedAt: now}
	case err != nil:
		return d, was, err
	default:
		if err := p.withClaimants(ctx, a, &d); err != nil {
			return d, was, err
		}
		was = d.copy()
	}
	if err := w.apply(&d); err != nil {
		return d, was, err
	}
	if key := n.key(); !d.foundBy(key) {
		if err := p.o.Store.IndexPut(ctx, a, indexPerson, key, string(d.ID)); err != nil {
			return d, was, err
		}
		d.Keys = append(d.Keys, key)
		d.ExternalID = or(n.ID, d.ExternalID)
	}
	if d.text() == was.text() {
		return d, was, nil
	}
	if was.ID != "" {
		d.UpdatedAt = chat.At(time.Now())
	}
	return d, was, p.save(ctx, a, d, was, version)
}

// foundBy tells whether the key, or one that stands for it, leads to the contact.
func (d *document) foundBy(key string) bool {
	return slices.Contains(d.Keys, key) || twin(key) != "" && slices.Contains(d.Keys, twin(key))
}

// publish shows what has changed wherever the person's visitors are listed, and rings. Those who only claim to be this person
// are told that there may be something to look at; what they see stays what they said.
func (p *People) publish(ctx context.Context, a chat.AccountID, d, was document) error {
	fields := map[string]string{}
	if d.Name != was.Name && d.Name != "" {
		fields["name"] = d.Name
	}
	if d.Email != was.Email {
		fields["email"] = d.Email
	}
	for _, v := range d.Visitors {
		if err := p.o.Store.PatchVisitor(ctx, a, v, fields); err != nil && !isCode(err, chat.NotFound) {
			return err
		}
	}
	told := slices.Clone(d.Visitors)
	opens := was.guarded() || len(d.Keys) > len(was.Keys) // to claims that opened nothing until now
	if opens && !d.guarded() {
		if err := p.unguarded(ctx, a, d); err != nil {
			return err
		}
	}
	if d.guarded() {
		if !was.guarded() {
			if err := p.withdraw(ctx, a, d); err != nil {
				return err
			}
			if len(d.Joined) > 0 {
				if err := p.hearAgain(ctx, a, d.ID); err != nil {
					return err
				}
			}
		}
	} else {
		for _, v := range d.claimants {
			told = append(told, v.ID)
		}
	}
	p.ring(a, d.ID, told)
	return nil
}
