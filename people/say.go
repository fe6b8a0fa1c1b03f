package people

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

const (
	maxEventNames     = 100
	maxEventNameRunes = 120
	maxEventBytes     = 8 << 10 // of an event's data
	maxDid            = 1000    // events, feedback and consents kept of one visitor
	maxRecent         = 32
)

// Speaker is a visitor who says something of himself.
type Speaker struct {
	Account chat.AccountID
	Visitor chat.VisitorID
	Contact chat.ContactID // only of one who has proven who he is: what he says is written to the contact
}

// Say changes a layer (wire.Layer…) of what is known of a visitor. Without replace what data, a JSON object, does not name
// stays, and null erases. Of somebody unproven it is kept with the visitor, as what his browser said.
// Errors: chat.BadField and chat.TooLong with the entry at fault, and then nothing has changed; chat.NotFound. Only an attribute
// that is defined to be of another type is left out by itself: that is the refusal, and the rest is said.
func (p *People) Say(ctx context.Context, who Speaker, layer string, replace bool, data []byte) error {
	s, err := parseSaying(layer, replace, data)
	if err != nil {
		return err
	}
	var left error
	if layer == wire.LayerAttributes {
		if left, err = p.typed(ctx, who, &s); err != nil {
			return err
		}
	}
	if err := p.learn(ctx, who, s.paths(), s.apply); err != nil {
		return err
	}
	return left
}

// typed makes the attributes that are said what they are defined to be. left tells of one that cannot be.
func (p *People) typed(ctx context.Context, who Speaker, s *saying) (left, err error) {
	origin := OriginCustom
	if who.Contact == "" {
		origin = OriginSaid
	}
	kept, faults, err := p.settleTypes(ctx, who.Account, origin, s.values, false)
	if err != nil {
		return nil, err
	}
	s.values = kept
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		return at(dataField(name), faults[name]), nil
	}
	return nil, nil
}

// Event records that a visitor did something that the site has a name for. The same id is counted once. data is a JSON
// object, or nil. Errors: chat.BadField, chat.TooLong, chat.NotFound.
func (p *People) Event(ctx context.Context, who Speaker, id chat.RequestID, name string, data []byte) error {
	switch {
	case name == "" || chat.Clean(name, maxEventNameRunes) != name:
		return badEntry("name", "An event's name has 1 to %d printable characters.", maxEventNameRunes)
	case len(data) > maxEventBytes:
		return &chat.Refusal{Code: chat.TooLong, Message: "An event's data has at most 8 KiB.", Field: "data"}
	case data == nil:
		data = []byte("{}")
	}
	now := chat.At(time.Now())
	err := p.learn(ctx, who, nil, func(f *facts) error { return f.happened(id, name, now) })
	if err != nil {
		return err
	}
	return p.record(ctx, who, Happening{Kind: HappenedEvent, ID: id, At: now, Event: &Event{name, data}})
}

// happened counts an event.
func (f *facts) happened(id chat.RequestID, name string, now chat.Millis) error {
	if !f.once(id) {
		return nil
	}
	t, known := f.Events[name]
	switch {
	case known:
		t = Tally{t.Count + 1, t.First, max(t.Last, now)}
	case len(f.Events) >= maxEventNames:
		return &chat.Refusal{Code: chat.TooLong, Message: "A person has events of at most 100 names.", Field: "name"}
	default:
		t = Tally{1, now, now}
	}
	put(&f.Events, name, t)
	return nil
}

// once tells whether a request has not been worked in yet, and remembers it.
func (f *facts) once(id chat.RequestID) bool {
	if slices.Contains(f.Recent, string(id)) {
		return false
	}
	f.Recent = append(f.Recent, string(id))
	if over := len(f.Recent) - maxRecent; over > 0 {
		f.Recent = slices.Delete(f.Recent, 0, over)
	}
	return true
}

// Consent keeps a visitor's answer to a question of the site, kind being terms or marketing.
func (p *People) Consent(ctx context.Context, who Speaker, id chat.RequestID, kind string, value bool) error {
	now := chat.At(time.Now())
	err := p.learn(ctx, who, nil, func(f *facts) error {
		if f.once(id) {
			put(&f.Consents, kind, Consent{value, now})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.record(ctx, who, Happening{Kind: HappenedConsent, ID: id, At: now, Consent: &ConsentGiven{kind, value}})
}

// Feedback keeps what a visitor says of the moment. page may be nil.
func (p *People) Feedback(ctx context.Context, who Speaker, id chat.RequestID, text string, page *chat.Page) error {
	if utf8.RuneCountInString(text) > chat.Limits.TextRunes {
		return tooLong("text", chat.Limits.TextRunes)
	}
	err := p.record(ctx, who, Happening{Kind: HappenedFeedback, ID: id, At: chat.At(time.Now()), Feedback: &Feedback{text, page}})
	if err != nil || who.Contact != "" {
		return err
	}
	return p.Meet(ctx, who.Account, who.Visitor)
}

func (p *People) record(ctx context.Context, who Speaker, h Happening) error {
	return p.o.Store.Record(ctx, who.Account, who.Visitor, string(h.ID), wire.Encode(h), maxDid)
}

// learn changes what is known of who, again if somebody else was first, and tells his sockets. paths are what edit speaks of.
func (p *People) learn(ctx context.Context, who Speaker, paths []string, edit func(*facts) error) error {
	leave, err := p.lanes.enter(ctx, or(string(who.Contact), string(who.Visitor)))
	if err != nil {
		return err
	}
	defer leave()
	if who.Contact == "" {
		return p.hear(ctx, who, edit)
	}
	return p.write(ctx, who, paths, edit)
}

// write changes the contact of who has proven that he is it.
func (p *People) write(ctx context.Context, who Speaker, paths []string, edit func(*facts) error) error {
	var was facts
	changed := false
	d, err := p.change(ctx, who.Account, who.Contact, func(d *document) error {
		was = d.facts
		before := d.text()
		if err := edit(&d.facts); err != nil {
			return err
		}
		d.from(sourceProven, paths)
		changed = d.text() != before
		return nil
	})
	if err != nil || !changed {
		return err
	}
	return p.tell(ctx, who.Account, d, d.Name != was.Name, d.Email != was.Email)
}

// hear changes what the browser of somebody unproven has said.
func (p *People) hear(ctx context.Context, who Speaker, edit func(*facts) error) error {
	for range maxTries {
		v, err := p.o.Store.GetVisitor(ctx, who.Account, who.Visitor)
		if err != nil {
			return err
		}
		f, err := parseFacts(v.Said)
		if err != nil {
			return err
		}
		was, before := v.Said, f
		if err := edit(&f); err != nil {
			return err
		}
		if v.Said = f.encode(); v.Said == was {
			return nil
		}
		if err := p.introduce(ctx, who.Account, &v, before, f); err != nil {
			return err
		}
		err = p.o.Store.SayVisitor(ctx, who.Account, v, was)
		if errors.Is(err, store.ErrVisitorMoved) {
			continue
		}
		if err == nil {
			p.overhear(ctx, who.Account, &v, nil)
			p.ring(who.Account, v.Contact, []chat.VisitorID{v.ID})
		}
		return err
	}
	return chat.Refuse(chat.Unavailable, "Too much is said of this visitor at once.")
}

// introduce has lists show the name and the e-mail that a visitor says now, unless the team has noted others, and that
// they are only said.
func (p *People) introduce(ctx context.Context, a chat.AccountID, v *store.Visitor, was, now facts) error {
	if !unproven(v.Level) {
		return nil
	}
	if now.Name != "" || now.Email != "" || now.Phone != "" {
		v.Level = Claimed
	}
	if was.Name == now.Name && was.Email == now.Email {
		return nil
	}
	var noted facts
	if v.Contact != "" {
		d, _, err := p.load(ctx, a, v.Contact)
		if err != nil && !isCode(err, chat.NotFound) {
			return err
		}
		noted = d.facts
	}
	if was.Name != now.Name {
		v.Name = or(noted.Name, or(now.Name, guestName(*v)))
	}
	if was.Email != now.Email {
		v.Email = or(noted.Email, now.Email)
	}
	return nil
}

// guestName is the name of who has none.
func guestName(v store.Visitor) string { return "guest-" + strconv.FormatInt(v.No, 10) }

// tell shows a contact's changed name and e-mail wherever its visitors are listed, and tells their sockets.
func (p *People) tell(ctx context.Context, a chat.AccountID, d document, name, email bool) error {
	fields := map[string]string{}
	if name && d.Name != "" {
		fields["name"] = d.Name
	}
	if email {
		fields["email"] = d.Email
	}
	return p.spread(ctx, a, d, fields)
}

// spread writes fields into the records of a contact's visitors, and tells their sockets.
func (p *People) spread(ctx context.Context, a chat.AccountID, d document, fields map[string]string) error {
	all := d.allVisitors()
	for _, v := range all {
		if err := p.o.Store.PatchVisitor(ctx, a, v, fields); err != nil && !isCode(err, chat.NotFound) {
			return err
		}
	}
	p.ring(a, d.ID, all)
	return nil
}
