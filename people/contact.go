package people

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

const (
	maxAttributes     = 100
	maxAttributeName  = 64   // runes
	maxAttributeValue = 1000 // runes
	maxPhoneRunes     = 40
	maxPatchBytes     = 64 << 10
)

// Contact returns a person; chat.NotFound if there is none. A visitor who is nobody yet is a person of his own,
// whose id is the visitor's.
func (p *People) Contact(ctx context.Context, a chat.AccountID, id chat.ContactID) (Contact, error) {
	d, err := p.person(ctx, a, id)
	if err != nil {
		return Contact{}, err
	}
	c, _, err := p.visited(ctx, a, d)
	return c, err
}

// person returns a contact, or a visitor who has none as one, together with what his browser said if he is unproven.
func (p *People) person(ctx context.Context, a chat.AccountID, id chat.ContactID) (document, error) {
	d, _, err := p.load(ctx, a, id)
	if isCode(err, chat.NotFound) {
		return p.personOf(ctx, a, chat.VisitorID(id))
	}
	if err != nil {
		return document{}, err
	}
	return d, p.complete(ctx, a, &d)
}

// personOf is who a visitor is: his contact, the lead that he claims to be, or nobody in particular.
func (p *People) personOf(ctx context.Context, a chat.AccountID, id chat.VisitorID) (document, error) {
	v, err := p.o.Store.GetVisitor(ctx, a, id)
	if isCode(err, chat.NotFound) {
		return document{}, chat.Refuse(chat.NotFound, "There is no such contact.")
	}
	if err != nil {
		return document{}, err
	}
	var d document
	switch {
	case v.Contact != "" && v.Contact != chat.ContactID(id):
		d, _, err = p.load(ctx, a, v.Contact)
	case v.Contact == "" && unproven(v.Level) && claimed(v.Claim) != "":
		d, _, _, err = p.keyed(ctx, a, v.Claim)
		if isCode(err, chat.NotFound) || err == nil && d.guarded() {
			return nobody(v)
		}
	default:
		return nobody(v)
	}
	if err != nil {
		return document{}, err
	}
	return d, p.complete(ctx, a, &d)
}

// complete adds to a contact who claims to be it, and what the browsers said that have not proven it.
func (p *People) complete(ctx context.Context, a chat.AccountID, d *document) error {
	if err := p.withClaimants(ctx, a, d); err != nil {
		return err
	}
	return p.listen(ctx, a, d)
}

// sayers are a contact's visitors whose word stands apart from what is kept of it: who claim to be it, who were joined to it and, of
// an unproven one, its own. Each once.
func (p *People) sayers(ctx context.Context, a chat.AccountID, d *document, claimants []store.Visitor) ([]store.Visitor, error) {
	ids := slices.Clone(d.Joined)
	if unproven(d.Level) {
		ids = append(ids, d.Visitors...)
	}
	ids = slices.DeleteFunc(ids, func(id chat.VisitorID) bool {
		return slices.ContainsFunc(claimants, func(v store.Visitor) bool { return v.ID == id })
	})
	own, err := p.records(ctx, a, ids)
	return append(slices.Clone(claimants), own...), err
}

// listen adds what they said.
func (p *People) listen(ctx context.Context, a chat.AccountID, d *document) error {
	all, err := p.sayers(ctx, a, d, d.claimants)
	if err != nil {
		return err
	}
	for _, v := range all {
		of, err := nobody(v)
		if err != nil {
			return err
		}
		if len(d.Keys) == 0 && (chat.ContactID(v.ID) == d.ID || v.Level == Claimed) {
			d.Level = v.Level
		}
		d.called = or(d.called, v.Name)
		d.said.fill(of.said)
		d.said.count(of.said)
	}
	return nil
}

// nobody is what is known of a visitor without a contact.
func nobody(v store.Visitor) (document, error) {
	said, err := parseFacts(v.Said)
	if err != nil {
		return document{}, fmt.Errorf("what visitor %s said: %w", v.ID, err)
	}
	if v.Contact == "" {
		said.Email = or(said.Email, v.Email)
	}
	return document{
		ID: chat.ContactID(v.ID), Level: v.Level, said: said, called: v.Name, Thread: v.Thread, Blocked: v.Blocked,
		Visitors: []chat.VisitorID{v.ID}, CreatedAt: v.CreatedAt, UpdatedAt: v.SeenAt,
	}, nil
}

// PatchContact changes what the patch names: a JSON object with name, email, phone, description, attributes and blocked,
// where null erases. Errors: chat.NotFound; chat.BadField and chat.TooLong with the field at fault.
func (p *People) PatchContact(ctx context.Context, a chat.AccountID, id chat.ContactID, patch []byte) (Contact, error) {
	edit, err := parsePatch(patch)
	if err != nil {
		return Contact{}, err
	}
	was, err := p.person(ctx, a, id)
	if err != nil {
		return Contact{}, err
	}
	kept, faults, err := p.settleTypes(ctx, a, OriginCustom, edit.Attributes, true)
	if err != nil {
		return Contact{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		return Contact{}, at("attributes."+name, faults[name])
	}
	edit.Attributes = kept
	if err := p.settle(ctx, a, was); err != nil {
		return Contact{}, err
	}
	d, err := p.change(ctx, a, was.ID, func(d *document) error {
		d.claimants = was.claimants
		return edit.apply(d)
	})
	if err != nil {
		return Contact{}, err
	}
	if err := p.unsay(ctx, a, d, edit.erased()); err != nil {
		return Contact{}, err
	}
	if err := p.spread(ctx, a, d, edit.spread(d)); err != nil {
		return Contact{}, err
	}
	return p.Contact(ctx, a, was.ID)
}

// settle gives a visitor who is nobody yet a contact that can be written to.
func (p *People) settle(ctx context.Context, a chat.AccountID, d document) error {
	if len(d.Keys) > 0 {
		return nil // it is a contact already
	}
	v, err := p.o.Store.GetVisitor(ctx, a, chat.VisitorID(d.ID))
	if err != nil || v.Contact != "" {
		return err
	}
	return p.enter(ctx, a, v, nil)
}

// spread is what of the edit stands in the records of the contact's visitors.
func (e *edit) spread(d document) map[string]string {
	fields := map[string]string{}
	if e.Name.set && d.Name != "" {
		fields["name"] = d.Name
	}
	if e.Email.set {
		fields["email"] = d.Email
	}
	if e.Blocked != nil {
		fields["blocked"] = ""
		if d.Blocked {
			fields["blocked"] = "1"
		}
	}
	return fields
}

// edit is a patch: the list of what may be written.
type edit struct {
	Name        optional       `json:"name"`
	Email       optional       `json:"email"`
	Phone       optional       `json:"phone"`
	Description optional       `json:"description"`
	Attributes  map[string]any `json:"attributes"`
	Blocked     *bool          `json:"blocked"`
}

// optional is a text that may be absent (not set) or null (set, empty).
type optional struct {
	set  bool
	text string
}

func (o *optional) UnmarshalJSON(raw []byte) error {
	o.set = true
	if string(raw) == "null" {
		return nil
	}
	return json.Unmarshal(raw, &o.text)
}

func parsePatch(patch []byte) (edit, error) {
	var e edit
	if len(patch) > maxPatchBytes {
		return e, chat.Refuse(chat.TooLarge, "A patch of a contact has at most %d bytes.", maxPatchBytes)
	}
	dec := json.NewDecoder(bytes.NewReader(patch))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return e, patchFault(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return e, chat.Refuse(chat.BadField, "A patch is one JSON object.")
	}
	return e, e.check()
}

func patchFault(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field == "blocked" {
		return badEntry(wrong.Field, "This field is true or false.")
	}
	if errors.As(err, &wrong) {
		return &chat.Refusal{Code: chat.BadField, Message: "This field is text, or null to erase it.", Field: wrong.Field}
	}
	return chat.Refuse(chat.BadField, "A patch is a JSON object with name, email, phone, description, attributes and blocked, nothing else.")
}

func (e *edit) check() error {
	for _, f := range []struct {
		name string
		o    *optional
		most int
	}{{"name", &e.Name, chat.Limits.NameRunes}, {"email", &e.Email, maxEmailBytes}, {"phone", &e.Phone, maxPhoneRunes}, {"description", &e.Description, maxDescriptionRunes}} {
		if utf8.RuneCountInString(f.o.text) > f.most {
			return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("This has at most %d characters.", f.most), Field: f.name}
		}
		if f.name != "description" { // that has lines
			f.o.text = chat.Clean(f.o.text, f.most)
		} else if strings.ContainsRune(f.o.text, 0) {
			return badEntry(f.name, "This holds a NUL character.")
		}
	}
	for name, value := range e.Attributes {
		if err := checkAttribute(name, value); err != nil {
			return err
		}
	}
	return nil
}

func checkAttribute(name string, value any) error {
	field := "attributes"
	if generatedName(name) {
		return badEntry(field+"."+name, "Attributes of such a name are made of events.")
	}
	if !attributeName.MatchString(name) || len(name) > maxAttributeName {
		return badEntry(field, "%s", nameRule)
	}
	if b := builtIns[name]; b.live || b.apart || b.shown {
		return badEntry(field+"."+name, "Every contact has this, and not among its attributes.")
	}
	switch v := value.(type) {
	case nil, bool:
		return nil
	case float64:
		if !math.IsInf(v, 0) {
			return nil
		}
	case string:
		if utf8.RuneCountInString(v) > maxAttributeValue {
			return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("An attribute has at most %d characters.", maxAttributeValue), Field: field + "." + name}
		}
		return nil
	}
	return &chat.Refusal{Code: chat.BadField, Message: "An attribute is text, a number, true, false, or null to erase it.", Field: field + "." + name}
}

func (e *edit) apply(d *document) error {
	basic := d.basic()
	for name, o := range map[string]optional{"name": e.Name, "email": e.Email, "phone": e.Phone, "description": e.Description} {
		if o.set {
			*basic[name] = o.text
			d.from(sourceTeam, []string{wire.LayerBasic + "." + name})
		}
	}
	for name, value := range e.Attributes {
		d.from(sourceTeam, []string{wire.LayerAttributes + "." + name})
		if value == nil {
			delete(d.Attributes, name)
		} else {
			put(&d.Attributes, name, value)
		}
	}
	if e.Blocked != nil {
		d.Blocked = *e.Blocked
	}
	if len(d.Attributes) > maxAttributes {
		return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("A contact has at most %d attributes.", maxAttributes), Field: "attributes"}
	}
	return nil
}
