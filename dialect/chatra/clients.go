package chatra

import (
	"encoding/json"
	"errors"

	"confab/chat"
	"confab/store"
)

// editable are the fields of the basic information, as the dialect and as the core call them.
var editable = map[string]string{"name": "name", "email": "email", "phone": "phone", "notes": "description"}

func (a *rest) getClient(c *call) (any, error) {
	v, err := a.client(c, c.id)
	if err != nil {
		return nil, err
	}
	return a.described(c, v)
}

func (a *rest) putClient(c *call) (any, error) {
	patch := map[string]json.RawMessage{}
	for theirs, ours := range editable {
		raw, there := c.body[theirs]
		if !there {
			continue
		}
		if _, _, err := c.body.text(theirs); err != nil && string(raw) != "null" {
			return nil, bad(theirs, "This is text, or null.")
		}
		patch[ours] = raw
	}
	v, err := a.client(c, c.id)
	if err != nil {
		return nil, err
	}
	if len(patch) > 0 {
		if err := a.note(c, v, patch); err != nil {
			return nil, err
		}
	}
	return a.described(c, v)
}

// note writes what is to be known of a visitor, as an agent would.
func (a *rest) note(c *call, v store.Visitor, patch map[string]json.RawMessage) error {
	raw, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	id := v.Contact
	if id == "" {
		id = chat.ContactID(v.ID)
	}
	_, err = a.People.PatchContact(c.ctx, c.account.ID, id, raw)
	if isRefused(err, chat.NotFound) {
		return notFound("client")
	}
	return theirField(err)
}

// theirField names the field at fault as the dialect does.
func theirField(err error) error {
	var refusal *chat.Refusal
	if !errors.As(err, &refusal) || refusal.Field != editable["notes"] {
		return err
	}
	theirs := *refusal
	theirs.Field = "notes"
	return &theirs
}

func (a *rest) described(c *call, v store.Visitor) (any, error) {
	known, err := a.People.Profile(c.ctx, c.account, v.ID)
	if isRefused(err, chat.NotFound) {
		err = notFound("client")
	}
	if err != nil {
		return nil, err
	}
	return clientOf(&known, c.base), nil
}
