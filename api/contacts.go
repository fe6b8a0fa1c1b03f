package api

import (
	"errors"

	"confab/chat"
)

func (c *call) contact() chat.ContactID { return chat.ContactID(c.id()) }

func (a *api) contact(c *call) (any, error) {
	return a.people.Contact(c.ctx, c.account, c.contact())
}

// contactPatch lists what of a contact may be written from outside. Null erases a field.
type contactPatch struct {
	Name        *string        `json:"name"`
	Email       *string        `json:"email"`
	Phone       *string        `json:"phone"`
	Description *string        `json:"description"`
	Blocked     *bool          `json:"blocked"`
	Attributes  map[string]any `json:"attributes"`
}

func (a *api) patchContact(c *call) (any, error) {
	patch, err := decodeRaw[contactPatch](c)
	if err != nil {
		return nil, err
	}
	return a.people.PatchContact(c.ctx, c.account, c.contact(), patch)
}

func (a *api) eraseContact(c *call) (any, error) {
	who, err := a.people.Contact(c.ctx, c.account, c.contact())
	if err != nil {
		return nil, err
	}
	for _, v := range who.Visitors {
		if err := a.calls.Forget(c.ctx, c.account, v); err != nil {
			return nil, err
		}
	}
	return nil, a.people.DeleteContact(c.ctx, c.account, c.contact())
}

func (a *api) exportContact(c *call) (any, error) {
	return a.people.Export(c.ctx, c.account, c.contact())
}

func (a *api) contactHistory(c *call) (any, error) {
	_, after, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	items, next, err := a.people.History(c.ctx, c.account, c.contact(), after, limit)
	if err != nil {
		return nil, err
	}
	if c.scope != nil {
		if items, err = a.seenHistory(c, items); err != nil {
			return nil, err
		}
	}
	return listOf(items, next), nil
}

func notFound(err error) bool { return errors.Is(err, &chat.Refusal{Code: chat.NotFound}) }
