package people

import (
	"context"
	"slices"
	"strings"

	"confab/chat"
)

// Name is how a site's server names one of its users: by its own id, by his e-mail, or both. The e-mail is the id if there is
// no other.
type Name struct{ ID, Email string }

// check tidies the name. Errors: chat.MissingField, chat.BadField.
func (n Name) check() (Name, error) {
	n.ID, n.Email = strings.TrimSpace(n.ID), strings.TrimSpace(n.Email)
	switch {
	case n.ID == "" && n.Email == "":
		return n, &chat.Refusal{Code: chat.MissingField, Message: "Name the person by id or email.", Field: "id"}
	case tidy(n.ID, maxProofBytes) != n.ID:
		return n, badEntry("id", "An id has at most %d bytes, none of them control characters.", maxProofBytes)
	case tidy(n.Email, maxEmailBytes) != n.Email:
		return n, badEntry("email", "An e-mail has at most %d bytes, none of them control characters.", maxEmailBytes)
	}
	return n, nil
}

// key is under what a contact is kept who is made by this name.
func (n Name) key() string {
	if n.ID != "" {
		return keyOfID + n.ID
	}
	return keyOfEmailOf(n.Email)
}

// twin is the key that stands for the same person: an e-mail that is the site's id of its user, and one that is there for want of an
// id, are the same. "" if there is none.
func twin(key string) string {
	switch id := claimed(key); {
	case id == "" || !strings.Contains(id, "@"):
		return ""
	case strings.HasPrefix(key, keyOfID):
		return keyOfEmailOf(id)
	default:
		return keyOfID + id
	}
}

// keyed finds the contact of a key. free is the id that the key leads to although there is no such contact, or "".
// Errors: chat.NotFound.
func (p *People) keyed(ctx context.Context, a chat.AccountID, key string) (d document, version int64, free chat.ContactID, err error) {
	for _, one := range []string{key, twin(key)} {
		if one == "" {
			continue
		}
		id, err := p.o.Store.IndexGet(ctx, a, indexPerson, one)
		if isCode(err, chat.NotFound) {
			continue
		}
		if err != nil {
			return d, 0, "", err
		}
		d, version, err = p.load(ctx, a, chat.ContactID(id))
		if !isCode(err, chat.NotFound) {
			return d, version, "", err
		}
		if one == key {
			free = chat.ContactID(id)
		}
	}
	return document{}, 0, free, chat.Refuse(chat.NotFound, "There is no such contact.")
}

// find looks a person up: by the id; if there is none, one whose id is that e-mail for want of another.
func (p *People) find(ctx context.Context, a chat.AccountID, n Name) (d document, version int64, free chat.ContactID, err error) {
	d, version, free, err = p.keyed(ctx, a, n.key())
	if !isCode(err, chat.NotFound) || n.ID == "" || n.Email == "" {
		return d, version, free, err
	}
	other, version, _, err := p.keyed(ctx, a, keyOfEmailOf(n.Email))
	if err == nil && !other.hasID(n.Email) {
		return other, version, free, nil
	}
	if err == nil {
		err = chat.Refuse(chat.NotFound, "There is no such contact.")
	}
	return document{}, 0, free, err
}

// hasID tells whether the contact has an id of the site's beside this e-mail.
func (d *document) hasID(email string) bool {
	return slices.ContainsFunc(d.Keys, func(key string) bool {
		return strings.HasPrefix(key, keyOfID) && !strings.EqualFold(claimed(key), email)
	})
}

// siteID is what the site calls its user: the id, or the e-mail that stands for it.
func (d *document) siteID() string {
	if d.ExternalID != "" {
		return d.ExternalID
	}
	for _, key := range d.Keys {
		if id := claimed(key); id != "" {
			return id
		}
	}
	return ""
}

// Named finds the person whom a site's server names. Errors: chat.MissingField if it names none, chat.NotFound.
func (p *People) Named(ctx context.Context, a chat.AccountID, n Name) (chat.ContactID, error) {
	n, err := n.check()
	if err != nil {
		return "", err
	}
	d, _, _, err := p.find(ctx, a, n)
	return d.ID, err
}
