package people

import (
	"context"
	"encoding/json"

	"confab/account"
	"confab/chat"
)

// Name is how a site's server names one of its users: by its own id, by his e-mail, or both. The e-mail is the id if there is
// no other.
type Name struct{ ID, Email string }

// Attributes is what a site's server says of a person, by name: values as JSON decodes them, nil erases. Built-in ones go by
// their names (email, name, firstName, lastName, phone, createdAt, signedUpOn, emailSubscription, …); those of Custom are the
// account's own.
type Attributes struct {
	BuiltIn map[string]any
	Custom  map[string]any
}

// Recorded is something that a person did, as a site's server tells it. At zero is now.
type Recorded struct {
	Name string
	At   chat.Millis
	Data json.RawMessage // an object; nil is {}
}

// Address is where one writes to a person.
type Address struct {
	Contact Contact
	Visitor chat.VisitorID
	Thread  chat.ThreadID
}

// Named finds the person whom a site's server names. Errors: chat.MissingField if it names none, chat.NotFound.
func (p *People) Named(ctx context.Context, a chat.AccountID, n Name) (chat.ContactID, error) {
	return "", errNotYet
}

// Put creates the person whom a site's server names, or changes what is known of him: all that is said, or nothing.
// Errors: chat.MissingField, chat.BadField and chat.TooLong with the field at fault.
func (p *People) Put(ctx context.Context, a *account.Account, n Name, said Attributes) (Contact, error) {
	return Contact{}, errNotYet
}

// Address tells where one writes to a person, and makes a thread for one who has none. Errors: chat.NotFound.
func (p *People) Address(ctx context.Context, a chat.AccountID, id chat.ContactID) (Address, error) {
	return Address{}, errNotYet
}

// Record adds what a person did, all of it or nothing. Errors: chat.NotFound; chat.BadField, chat.MissingField and chat.TooLong
// with the field at fault, as "events[2].eventType" would be called here: "events[2].name".
func (p *People) Record(ctx context.Context, a chat.AccountID, id chat.ContactID, events []Recorded) error {
	return errNotYet
}

// TokenHolder is a visitor whom a caller named by a token of his own choice: who knows it reads and changes him.
type TokenHolder struct {
	Visitor  chat.VisitorID
	Token    string
	Username string // guest-N if the first caller gave none
	Name     string
	Email    string
	Phone    string
	Fields   map[string]string
	// UpdatedAt is when something of this was changed last.
	UpdatedAt chat.Millis
}

// Field is one of a token holder's fields. One that is not to Overwrite keeps what is there.
type Field struct {
	Key, Value string
	Overwrite  bool
}

// Registration is what a caller says of the visitor whom his token names. Nil leaves what is there.
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
	return TokenHolder{}, errNotYet
}

// Register makes the visitor whom a token names, or changes him. Nobody is ever merged: the e-mail proves nothing.
// Errors: chat.MissingField, chat.BadField, chat.TooLong with the field at fault.
func (p *People) Register(ctx context.Context, a *account.Account, r Registration) (TokenHolder, error) {
	return TokenHolder{}, errNotYet
}

var errNotYet = chat.Refuse(chat.Unavailable, "This is not there yet.")
