package presence

import (
	lru "github.com/hashicorp/golang-lru"

	"confab/chat"
)

// rememberedOwners is how many visitors a node knows to be contacts without asking. Only speed depends on it.
const rememberedOwners = 50_000

// owners remembers whose visits a visitor's are, of those who are a contact. Safe for concurrent use.
type owners struct{ known *lru.Cache }

type ownerKey struct {
	account chat.AccountID
	visitor chat.VisitorID
}

func newOwners() *owners {
	known, err := lru.New(rememberedOwners)
	if err != nil {
		panic("presence: " + err.Error()) // only a size below one fails
	}
	return &owners{known}
}

// of returns the contact, or the visitor himself if he is none as far as is known here.
func (o *owners) of(account chat.AccountID, visitor chat.VisitorID) chat.ContactID {
	if found, ok := o.known.Get(ownerKey{account, visitor}); ok {
		return found.(chat.ContactID)
	}
	return chat.ContactID(visitor)
}

func (o *owners) note(account chat.AccountID, visitor chat.VisitorID, contact chat.ContactID) {
	if contact != chat.ContactID(visitor) {
		o.known.Add(ownerKey{account, visitor}, contact)
	}
}

func (o *owners) forget(account chat.AccountID, visitor chat.VisitorID) {
	o.known.Remove(ownerKey{account, visitor})
}

// counting runs a script about a visitor's visits, again if the store knows better whose they are, and tells of it whoever
// wants to hear. contact may be "" if the caller does not know.
func (p *Presence) counting(account chat.AccountID, visitor chat.VisitorID, contact chat.ContactID,
	run func(whose chat.ContactID, done func(any, error)), done func(any, error),
) {
	if contact == "" {
		contact = p.owners.of(account, visitor)
	}
	counted := func(whose chat.ContactID) func(any, error) {
		return func(reply any, err error) {
			if err == nil && p.o.Counted != nil {
				p.o.Counted(account, whose)
			}
			done(reply, err)
		}
	}
	run(contact, func(reply any, err error) {
		other, moved := otherOwner(reply)
		if err != nil || !moved {
			p.owners.note(account, visitor, contact)
			counted(contact)(reply, err)
			return
		}
		p.owners.note(account, visitor, other)
		run(other, counted(other))
	})
}

// otherOwner reads {-1, owner}.
func otherOwner(reply any) (chat.ContactID, bool) {
	pair, ok := reply.([]any)
	if !ok || len(pair) != 2 || pair[0] != int64(-1) {
		return "", false
	}
	owner, ok := pair[1].(string)
	return chat.ContactID(owner), ok
}
