package api

import (
	"go.uber.org/zap"

	"confab/chat"
)

// mergeContacts makes two contacts one, or tells what would come of it.
func (a *api) mergeContacts(c *call) (any, error) {
	body, err := decode[struct {
		From   chat.ContactID `json:"from"`
		Into   chat.ContactID `json:"into"`
		DryRun bool           `json:"dryRun"`
	}](c)
	switch {
	case err != nil:
		return nil, err
	case body.From == "":
		return nil, missing("from")
	case body.Into == "":
		return nil, missing("into")
	case body.DryRun:
		return a.people.PreviewMerge(c.ctx, c.account, body.From, body.Into)
	}
	one, err := a.people.Merge(c.ctx, c.account, body.From, body.Into)
	if err != nil {
		return nil, err
	}
	a.log.Info("contacts merged", zap.String("account", string(c.account)), zap.String("kind", string(c.actor.Kind)), zap.String("by", c.actor.ID),
		zap.String("from", string(body.From)), zap.String("into", string(one.ID)))
	return one, nil
}
