package chatra

import (
	"encoding/json"
	"errors"

	"confab/chat"
	"confab/dialect/rest"
	"confab/store"
)

// editable are the fields of the basic information, as the dialect and as the core call them.
var editable = map[string]string{"name": "name", "email": "email", "phone": "phone", "notes": "description"}

func (a *server) getClient(c *rest.Call) (any, error) {
	v, err := a.client(c, c.Param)
	if err != nil {
		return nil, err
	}
	return a.described(c, v)
}

func (a *server) putClient(c *rest.Call) (any, error) {
	body, err := readBody(c)
	if err != nil {
		return nil, err
	}
	patch := map[string]json.RawMessage{}
	for theirs, ours := range editable {
		raw := body.Raw(theirs)
		if raw == nil {
			continue
		}
		if _, _, err := body.text(theirs); err != nil && string(raw) != "null" {
			return nil, bad(theirs, "This is text, or null.")
		}
		patch[ours] = raw
	}
	v, err := a.client(c, c.Param)
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
func (a *server) note(c *rest.Call, v store.Visitor, patch map[string]json.RawMessage) error {
	raw, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	id := v.Contact
	if id == "" {
		id = chat.ContactID(v.ID)
	}
	_, err = a.People.PatchContact(c.Ctx, c.Account.ID, id, raw)
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

func (a *server) described(c *rest.Call, v store.Visitor) (any, error) {
	known, err := a.People.Profile(c.Ctx, c.Account, v.ID)
	if isRefused(err, chat.NotFound) {
		err = notFound("client")
	}
	if err != nil {
		return nil, err
	}
	return clientOf(&known, a.base(c.R)), nil
}
