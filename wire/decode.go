package wire

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"confab/chat"
)

// Lengths of what is opaque here, in bytes. They only keep nonsense out; whoever reads the field knows more.
const (
	maxIDBytes     = 128
	maxTokenBytes  = 4096 // also a JWT, before anybody parses it
	maxSecretBytes = 512
	maxEmailBytes  = 254
	maxDeviceBytes = 64
)

// maxSafe is the largest whole number that every JSON reader keeps exact.
const maxSafe = 1<<53 - 1

// Decode reads one frame of a client. raw must be UTF-8; it is not kept.
//
//	out   the frame's type, and the frame: *Auth, *Subscribe, *Unsubscribe, *Send, *History, *Typing, *Mark, *Page, *Ping,
//	      *Person, *Event, *Consent, *Rate, *Feedback, *Upload, *Call
//
// Errors are *chat.Refusal: bad_frame (not one JSON object with a type, a key twice in an object, nested deeper than
// Limits.FrameDepth), unknown_type, and missing_field, bad_field or too_long with the field's name. With the last three
// the type and what could be read of the frame are there too, so that a send can be refused under its cmid.
// Unknown fields are passed over; null stands for a field that is not there.
func Decode(raw []byte) (Type, any, error) {
	room := rooms.Get().(*[fieldRoom]field)
	defer func() {
		clear(room[:])
		rooms.Put(room)
	}()
	s := scanner{raw: raw, fields: room[:0]}
	fields, err := s.object(1)
	if err != nil {
		return "", nil, err
	}
	if s.next() != 0 || s.at != len(raw) {
		return "", nil, errSyntax
	}
	f := form{fields: fields, room: s.fields[len(s.fields):]}
	t := f.kind()
	if f.err != nil {
		return "", nil, f.err
	}
	frame := f.frame(t)
	if frame == nil {
		return t, nil, &chat.Refusal{Code: chat.UnknownType, Message: "This server knows no frame of this type.", Field: "t"}
	}
	if f.err != nil {
		return t, frame, f.err
	}
	return t, frame, nil
}

// fieldRoom is for the fields of most frames, those of one inner object included.
const fieldRoom = 24

// rooms are for the time of one Decode. They hold *[fieldRoom]field.
var rooms = sync.Pool{New: func() any { return new([fieldRoom]field) }}

func (f *form) frame(t Type) any {
	switch t {
	case TypeSend:
		return f.send()
	case TypePing:
		return &Ping{t}
	case TypeSeen, TypeDelivered:
		return &Mark{T: t, Thread: id[chat.ThreadID](f, "thread"), Seq: f.seq("seq")}
	case TypeTyping:
		return &Typing{T: t, Thread: id[chat.ThreadID](f, "thread"), On: f.required("on") && f.flag("on"), Text: f.runes("text", chat.Limits.TypingPreviewRunes)}
	case TypePage:
		return &Page{t, f.page()}
	case TypeSubscribe:
		return f.subscribe()
	case TypeUnsubscribe:
		return &Unsubscribe{T: t, Thread: f.thread()}
	case TypeHistory:
		return f.history()
	case TypeAuth:
		return f.auth()
	case TypePerson:
		return &Person{Request: f.request(t), Layer: f.oneOf("layer", layers), Replace: f.flag("replace"), Data: f.data("data", true)}
	case TypeEvent:
		return &Event{Request: f.request(t), Name: f.needed("name", maxEventNameRunes), Data: f.data("data", false)}
	case TypeConsent:
		return &Consent{Request: f.request(t), Kind: f.oneOf("kind", consents), Value: f.required("value") && f.flag("value")}
	case TypeRate:
		return f.rate(t)
	case TypeFeedback:
		return &Feedback{Request: f.request(t), Text: f.needed("text", chat.Limits.TextRunes)}
	case TypeUpload:
		return f.upload(t)
	case TypeCall:
		return &Call{Request: f.request(t), Phone: f.needed("phone", maxPhoneRunes)}
	}
	return nil
}

const (
	maxEventNameRunes = 120
	maxPhoneRunes     = 40
	maxFileNameRunes  = 200
)

var (
	layers   = []string{LayerBasic, LayerForm, LayerIntegration, LayerPanel, LayerAttributes, LayerSite}
	consents = []string{"terms", "marketing"}
)

func (f *form) request(t Type) Request {
	r := Request{T: t, ID: chat.RequestID(f.text("id"))}
	if f.required("id") {
		f.refuse(chat.CheckRequestID(r.ID))
	}
	return r
}

func (f *form) rate(t Type) *Rate {
	r := &Rate{Request: f.request(t), Conversation: id[chat.ConversationID](f, "conversation")}
	f.required("conversation")
	if f.required("score") {
		r.Score = int(f.whole("score", 1, chat.BestScore))
	}
	r.Comment = f.runes("comment", chat.Limits.TextRunes)
	return r
}

func (f *form) upload(t Type) *Upload {
	u := &Upload{Request: f.request(t), Thread: id[chat.ThreadID](f, "thread"), Name: f.needed("name", maxFileNameRunes)}
	if f.required("size") {
		u.Size = f.whole("size", 1, maxSafe)
	}
	u.Type = f.short("type", maxIDBytes)
	return u
}

// needed is text that must hold something.
func (f *form) needed(name string, most int) string {
	v := f.runes(name, most)
	if f.required(name) && v == "" {
		f.fail(chat.MissingField, name, "This field is empty.")
	}
	return v
}

func (f *form) oneOf(name string, allowed []string) string {
	v := f.text(name)
	if f.required(name) && !slices.Contains(allowed, v) {
		f.fail(chat.BadField, name, "This field is one of "+strings.Join(allowed, ", ")+".")
	}
	return v
}

// data is an object, as it stands, in bytes of its own.
func (f *form) data(name string, must bool) json.RawMessage {
	raw := f.raw(name)
	switch {
	case raw == nil && must:
		f.required(name)
		return nil
	case raw == nil:
		return nil
	case raw[0] != '{':
		f.fail(chat.BadField, name, "This field is an object.")
		return nil
	}
	return slices.Clone(json.RawMessage(raw))
}

func (f *form) send() *Send {
	m := &Send{T: TypeSend, CMID: chat.ClientMessageID(f.text("cmid"))}
	if f.required("cmid") {
		f.refuse(chat.CheckCMID(m.CMID))
	}
	m.Thread = id[chat.ThreadID](f, "thread")
	m.Note, m.Auto, m.Offline = f.flag("note"), f.flag("auto"), f.flag("offline")
	m.Group, m.File = id[chat.GroupID](f, "group"), id[chat.FileID](f, "file")
	m.Text = f.text("text")
	if m.File == "" && f.required("text") || m.Text != "" {
		f.refuse(chat.CheckText(m.Text))
	}
	return m
}

func (f *form) subscribe() *Subscribe {
	return &Subscribe{T: TypeSubscribe, Thread: f.thread(), Cursor: f.cursor("cursor"), Known: f.cursors("known")}
}

func (f *form) history() *History {
	h := &History{T: TypeHistory, Thread: id[chat.ThreadID](f, "thread"), Before: f.seq("before"), Limit: chat.Limits.HistoryPage}
	if f.raw("limit") != nil {
		h.Limit = int(f.whole("limit", 1, int64(chat.Limits.HistoryPage)))
	}
	return h
}

func (f *form) auth() *Auth {
	a := &Auth{T: TypeAuth, Account: id[chat.AccountID](f, "account"), Inbox: f.flag("inbox"), Cursor: f.cursor("cursor"), Known: f.cursors("known")}
	if f.raw("presence") != nil {
		on := f.flag("presence")
		a.Presence = &on
	}
	if v, ok := f.inner("visitor"); ok {
		a.Visitor = &Proof{
			Token: v.short("token", maxTokenBytes), ClientID: v.short("clientId", maxSecretBytes), ID: v.short("id", maxSecretBytes),
			Email: v.short("email", maxEmailBytes), HMAC: v.short("hmac", maxSecretBytes), JWT: v.short("jwt", maxTokenBytes),
			Ticket: v.short("ticket", maxTokenBytes),
			Name:   v.runes("name", chat.Limits.NameRunes),
		}
		f.adopt(&v)
	}
	if v, ok := f.inner("agent"); ok {
		a.Agent = &AgentProof{v.short("token", maxTokenBytes)}
		v.required("token")
		f.adopt(&v)
	}
	if v, ok := f.inner("page"); ok {
		p := v.page()
		a.Page = &p
		f.adopt(&v)
	}
	if v, ok := f.inner("device"); ok {
		a.Device = &Device{Language: v.short("language", maxDeviceBytes), Timezone: v.short("timezone", maxDeviceBytes), Screen: v.short("screen", maxDeviceBytes)}
		f.adopt(&v)
	}
	return a
}

func (f *form) page() chat.Page {
	f.required("url")
	return chat.Page{
		URL:      f.short("url", chat.Limits.PageURLBytes),
		Title:    f.runes("title", chat.Limits.PageTitleRunes),
		Referrer: f.short("referrer", chat.Limits.PageURLBytes),
	}
}

// form reads typed values out of an object and keeps the first thing that is wrong.
type form struct {
	fields []field
	room   []field // empty; for those of an inner object
	path   string  // of the object in the frame, ending in a dot unless empty
	err    *chat.Refusal
}

func (f *form) fail(code chat.Code, name, message string) {
	if f.err == nil {
		f.err = &chat.Refusal{Code: code, Message: message, Field: f.path + name}
	}
}

func (f *form) refuse(err error) {
	if r, ok := err.(*chat.Refusal); ok && f.err == nil {
		f.err = r
	}
}

// kind reads the type. A frame without one is no frame.
func (f *form) kind() Type {
	raw := f.raw("t")
	if len(raw) == 0 || raw[0] != '"' {
		f.fail(chat.BadFrame, "t", "The frame has no type.")
		return ""
	}
	for _, t := range knownTypes {
		if string(raw[1:len(raw)-1]) == string(t) {
			return t
		}
	}
	return Type(f.text("t"))
}

// knownTypes are known without a copy.
var knownTypes = [...]Type{
	TypePing, TypeSend, TypeAuth, TypeSeen, TypeDelivered, TypeTyping, TypePage, TypeHistory, TypeSubscribe, TypeUnsubscribe,
	TypePerson, TypeEvent, TypeConsent, TypeRate, TypeFeedback, TypeUpload, TypeCall,
}

// raw returns a field's bytes; nil if it is not there or null.
func (f *form) raw(name string) []byte {
	for i := range f.fields {
		if string(f.fields[i].key) == name {
			if raw := f.fields[i].raw; raw[0] != 'n' {
				return raw
			}
			return nil
		}
	}
	return nil
}

func (f *form) required(name string) bool {
	if f.raw(name) == nil {
		f.fail(chat.MissingField, name, "A field is missing.")
		return false
	}
	return f.err == nil
}

func (f *form) text(name string) string {
	raw := f.raw(name)
	if raw == nil {
		return ""
	}
	if raw[0] != '"' {
		f.fail(chat.BadField, name, "This field is text.")
		return ""
	}
	return unquote(raw)
}

func unquote(raw []byte) string {
	raw = raw[1 : len(raw)-1]
	for _, c := range raw {
		if c == '\\' {
			return unescape(raw)
		}
	}
	return string(raw)
}

func (f *form) short(name string, maxBytes int) string {
	v := f.text(name)
	if len(v) > maxBytes {
		f.fail(chat.TooLong, name, "This field is longer than "+strconv.Itoa(maxBytes)+" bytes.")
	}
	return v
}

func (f *form) runes(name string, most int) string {
	v := f.text(name)
	if len(v) > most && utf8.RuneCountInString(v) > most {
		f.fail(chat.TooLong, name, "This field is longer than "+strconv.Itoa(most)+" characters.")
	}
	return v
}

func id[T ~string](f *form, name string) T { return T(f.short(name, maxIDBytes)) }

func (f *form) thread() chat.ThreadID {
	t := id[chat.ThreadID](f, "thread")
	if t == "" {
		f.fail(chat.MissingField, "thread", "A field is missing.")
	}
	return t
}

func (f *form) flag(name string) bool {
	raw := f.raw(name)
	if raw != nil && raw[0] != 't' && raw[0] != 'f' {
		f.fail(chat.BadField, name, "This field is true or false.")
	}
	return raw != nil && raw[0] == 't'
}

func (f *form) seq(name string) chat.Seq {
	if !f.required(name) {
		return 0
	}
	return chat.Seq(f.whole(name, 0, maxSafe))
}

func (f *form) whole(name string, least, most int64) int64 {
	n, err := strconv.ParseInt(string(f.raw(name)), 10, 64)
	if err != nil || n < least || n > most {
		f.fail(chat.BadField, name, "This field is a whole number from "+strconv.FormatInt(least, 10)+" to "+strconv.FormatInt(most, 10)+".")
		return 0
	}
	return n
}

func (f *form) cursor(name string) *Cursor {
	raw := f.raw(name)
	if raw == nil {
		return nil
	}
	c, ok := parseCursor(raw)
	if !ok {
		f.fail(chat.BadField, name, "A cursor is [number, id].")
		return nil
	}
	return &c
}

func parseCursor(raw []byte) (Cursor, bool) {
	var parts [2][]byte
	n := 0
	s := scanner{raw: raw}
	err := s.list(1, func(part []byte) error {
		if n < len(parts) {
			parts[n] = part
		}
		n++
		return nil
	})
	if err != nil || n != len(parts) || parts[1][0] != '"' {
		return Cursor{}, false
	}
	seq, err := strconv.ParseInt(string(parts[0]), 10, 64)
	eid := unquote(parts[1])
	if err != nil || seq < 0 || seq > maxSafe || len(eid) > maxIDBytes {
		return Cursor{}, false
	}
	return Cursor{Seq: chat.Seq(seq), EID: chat.EntryID(eid)}, true
}

func (f *form) cursors(name string) []Cursor {
	raw := f.raw(name)
	if raw == nil {
		return nil
	}
	var all []Cursor
	s := scanner{raw: raw}
	err := s.list(1, func(part []byte) error {
		c, ok := parseCursor(part)
		if !ok {
			return errSyntax
		}
		if all = append(all, c); len(all) > chat.Limits.KnownCursors {
			f.fail(chat.TooLong, name, "These are more than "+strconv.Itoa(chat.Limits.KnownCursors)+" cursors.")
			return errSyntax
		}
		return nil
	})
	if err != nil {
		f.fail(chat.BadField, name, "This field is a list of cursors.")
		return nil
	}
	return all
}

// inner reads the object in a field, if there is one. Give it to adopt before the next is read.
func (f *form) inner(name string) (in form, ok bool) {
	raw := f.raw(name)
	if raw == nil {
		return form{}, false
	}
	s := scanner{raw: raw, fields: f.room}
	fields, err := s.object(1)
	if err != nil {
		f.fail(chat.BadField, name, "This field is an object.")
		return form{}, false
	}
	return form{fields: fields, path: f.path + name + "."}, true
}

func (f *form) adopt(in *form) {
	if in.err != nil && f.err == nil {
		f.err = in.err
	}
}
