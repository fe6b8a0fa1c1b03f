package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/store"
	"confab/wire"
)

const (
	indexToken     = "token" // hash of a token to the visitor whom it names
	maxHolderToken = 512     // bytes
	maxHolderName  = 64      // runes; of a username
)

// TokenHolder is a visitor whom a caller named by a token of his own choice: who knows it reads and changes him.
type TokenHolder struct {
	Visitor  chat.VisitorID
	Token    string
	Username string // guest-N if the first caller gave none
	Name     string
	Email    string
	Phone    string
	Fields   map[string]string
	// UpdatedAt is when somebody registered him last.
	UpdatedAt chat.Millis
}

// holder is what is kept of a visitor who was named by a token. The token itself is kept nowhere.
type holder struct {
	Token     string      `json:"token"` // hash
	Username  string      `json:"username,omitempty"`
	UpdatedAt chat.Millis `json:"updatedAt"`
}

// Field is one of a token holder's fields. One that is not to Overwrite keeps what is there.
type Field struct {
	Key, Value string
	Overwrite  bool
}

// Registration is what a caller says of the visitor whom his token names. Nil leaves what is there, and an empty text erases it.
type Registration struct {
	Token    string
	Name     *string
	Email    *string
	Phone    *string
	Username *string // only of a new visitor
	Group    *chat.GroupID
	Fields   []Field
}

// TokenHolder finds a visitor by his token. Errors: chat.NotFound.
func (p *People) TokenHolder(ctx context.Context, a chat.AccountID, token string) (TokenHolder, error) {
	if !holds(token) {
		return TokenHolder{}, chat.Refuse(chat.NotFound, "There is no such visitor.")
	}
	id, err := p.o.Store.IndexGet(ctx, a, indexToken, auth.HashToken(token))
	if err != nil {
		return TokenHolder{}, err
	}
	v, err := p.o.Store.GetVisitor(ctx, a, chat.VisitorID(id))
	if err != nil {
		return TokenHolder{}, err
	}
	return p.holder(ctx, a, v, token)
}

func holds(token string) bool { return strings.TrimSpace(token) != "" && len(token) <= maxHolderToken }

// holder is a visitor as his token shows him: what the team has noted of him, and else what was registered.
func (p *People) holder(ctx context.Context, a chat.AccountID, v store.Visitor, token string) (TokenHolder, error) {
	f, err := parseFacts(v.Said)
	if err != nil {
		return TokenHolder{}, fmt.Errorf("what visitor %s said: %w", v.ID, err)
	}
	if f.Holder == nil || f.Holder.Token != auth.HashToken(token) {
		return TokenHolder{}, chat.Refuse(chat.NotFound, "There is no such visitor.")
	}
	return TokenHolder{
		Visitor: v.ID, Token: token, Username: or(f.Holder.Username, guestName(v)), Name: f.Name, Email: f.Email, Phone: f.Phone,
		Fields: f.Fields, UpdatedAt: f.Holder.UpdatedAt,
	}, nil
}

func (r *Registration) check(a *account.Account) error {
	switch {
	case strings.TrimSpace(r.Token) == "":
		return &chat.Refusal{Code: chat.MissingField, Message: "A visitor is named by a token.", Field: "token"}
	case len(r.Token) > maxHolderToken:
		return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("A token has at most %d bytes.", maxHolderToken), Field: "token"}
	case len(r.Fields) > maxAttributes:
		return tooMany("fields")
	}
	for _, f := range []struct {
		name string
		text *string
		most int
	}{{"name", r.Name, chat.Limits.NameRunes}, {"email", r.Email, maxEmailBytes}, {"phone", r.Phone, maxPhoneRunes}, {"username", r.Username, maxHolderName}} {
		if f.text != nil {
			if err := checkText(f.name, *f.text, f.most); err != nil {
				return err
			}
		}
	}
	if r.Group != nil && *r.Group != "" {
		if _, ok := a.Group(*r.Group); !ok {
			return badEntry("group", "There is no such group.")
		}
	}
	for i, f := range r.Fields {
		path := fmt.Sprintf("fields[%d]", i)
		if n := utf8.RuneCountInString(f.Key); n == 0 || n > maxAttributeName || chat.Clean(f.Key, maxAttributeName) != f.Key {
			return badEntry(path+".key", "A key has 1 to %d printable characters.", maxAttributeName)
		}
		if err := checkText(path+".value", f.Value, maxAttributeValue); err != nil {
			return err
		}
	}
	return nil
}

func checkText(field, text string, most int) error {
	switch {
	case utf8.RuneCountInString(text) > most:
		return tooLong(field, most)
	case strings.ContainsRune(text, 0):
		return badEntry(field, "This holds a NUL character.")
	}
	return nil
}

func tooMany(field string) error {
	return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("There are at most %d entries.", maxAttributes), Field: field}
}

// apply writes the registration down. Errors: chat.TooLong.
func (r *Registration) apply(f *facts, now chat.Millis) error {
	for _, one := range []struct{ said, into *string }{{r.Name, &f.Name}, {r.Email, &f.Email}, {r.Phone, &f.Phone}} {
		if one.said != nil {
			*one.into = *one.said
		}
	}
	h := holder{Token: auth.HashToken(r.Token)}
	if f.Holder != nil {
		h = *f.Holder
	} else if r.Username != nil {
		h.Username = *r.Username
	}
	h.UpdatedAt = max(now, h.UpdatedAt+1)
	f.Holder = &h
	f.Fields = maps.Clone(f.Fields)
	for _, field := range r.Fields {
		if _, known := f.Fields[field.Key]; !known || field.Overwrite {
			put(&f.Fields, field.Key, field.Value)
		}
	}
	if len(f.Fields) > maxAttributes {
		return tooMany("fields")
	}
	if len(f.encode()) > maxFactsBytes {
		return &chat.Refusal{Code: chat.TooLong, Message: "This is more than is kept of one person.", Field: "fields"}
	}
	return nil
}

// Register makes the visitor whom a token names, or changes him. Nobody is ever merged: the e-mail proves nothing.
// Errors: chat.MissingField, chat.BadField, chat.TooLong with the field at fault, and then nothing has changed.
func (p *People) Register(ctx context.Context, a *account.Account, r Registration) (TokenHolder, error) {
	if err := r.check(a); err != nil {
		return TokenHolder{}, err
	}
	leave, err := p.lanes.enter(ctx, "token:"+r.Token)
	if err != nil {
		return TokenHolder{}, err
	}
	defer leave()
	for range maxTries {
		h, err := p.tryRegister(ctx, a.ID, &r)
		if !errors.Is(err, store.ErrVisitorMoved) {
			return h, err
		}
	}
	return TokenHolder{}, chat.Refuse(chat.Unavailable, "Too many register this visitor at once.")
}

func (p *People) tryRegister(ctx context.Context, a chat.AccountID, r *Registration) (TokenHolder, error) {
	now := chat.At(time.Now())
	v, err := p.byToken(ctx, a, r.Token, now)
	if err != nil {
		return TokenHolder{}, err
	}
	was, err := parseFacts(v.Said)
	if err != nil {
		return TokenHolder{}, fmt.Errorf("what visitor %s said: %w", v.ID, err)
	}
	f := was
	if err := r.apply(&f, now); err != nil {
		return TokenHolder{}, err
	}
	before := v.Said
	v.Said = f.encode()
	if err := p.introduce(ctx, a, &v, was, f); err != nil {
		return TokenHolder{}, err
	}
	if v.CreatedAt == 0 { // nobody was named so until now
		v.CreatedAt, v.SeenAt = now, now
		if v.No, err = p.o.Store.NextNo(ctx, a, "visitor"); err != nil {
			return TokenHolder{}, err
		}
		v.Name = or(f.Name, guestName(v))
		err = p.o.Store.OpenVisitor(ctx, a, v, store.Visitor{Tokens: store.NoVisitor}, false)
	} else {
		err = p.o.Store.SayVisitor(ctx, a, v, before)
	}
	if err == nil && r.Group != nil {
		err = p.Choose(ctx, Speaker{Account: a, Visitor: v.ID}, *r.Group)
	}
	if err != nil {
		return TokenHolder{}, err
	}
	if v.Said != before {
		p.overhear(ctx, a, &v, nil)
	}
	if f.known() != was.known() {
		p.ring(a, v.Contact, []chat.VisitorID{v.ID})
	}
	return p.holder(ctx, a, v, r.Token)
}

// byToken is the visitor whom a token names, or the beginning of one, whose CreatedAt is zero.
func (p *People) byToken(ctx context.Context, a chat.AccountID, token string, now chat.Millis) (store.Visitor, error) {
	hash := auth.HashToken(token)
	id, err := p.o.Store.IndexGet(ctx, a, indexToken, hash)
	if isCode(err, chat.NotFound) {
		id = p.o.IDs.New()
		err = p.o.Store.IndexPut(ctx, a, indexToken, hash, id)
		if isCode(err, chat.Taken) { // another request was first
			id, err = p.o.Store.IndexGet(ctx, a, indexToken, hash)
		}
	}
	if err != nil {
		return store.Visitor{}, err
	}
	v, err := p.o.Store.GetVisitor(ctx, a, chat.VisitorID(id))
	if isCode(err, chat.NotFound) {
		return store.Visitor{ID: chat.VisitorID(id), Thread: chat.ThreadID(p.o.IDs.New()), Level: Anonymous}, nil
	}
	return v, err
}

// known is what others are told of, as one text.
func (f *facts) known() string {
	g := facts{Name: f.Name, Email: f.Email, Phone: f.Phone, Description: f.Description, Form: f.Form, Integration: f.Integration, Panel: f.Panel,
		Attributes: f.Attributes, Fields: f.Fields}
	return string(wire.Encode(&g))
}

// forgetToken frees the token that names a visitor, if one does.
func (p *People) forgetToken(ctx context.Context, a chat.AccountID, id chat.VisitorID) error {
	v, err := p.o.Store.GetVisitor(ctx, a, id)
	if isCode(err, chat.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := parseFacts(v.Said)
	if err != nil || f.Holder == nil {
		return err
	}
	return p.o.Store.IndexDelete(ctx, a, indexToken, f.Holder.Token, string(id))
}
