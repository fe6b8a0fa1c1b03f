package api

import "confab/chat"

func (c *call) message() chat.EntryID { return chat.EntryID(c.params.ByName("message")) }

func (a *api) amendment(c *call) (chat.Amendment, error) {
	id, err := a.messageID(c, "")
	return chat.Amendment{By: c.actor, Any: c.role == admin, Scope: c.scope, CMID: id}, err
}

// edit gives a message another text.
func (a *api) edit(c *call) (any, error) {
	body, err := decode[struct {
		Text *string `json:"text"`
	}](c)
	switch {
	case err != nil:
		return nil, err
	case body.Text == nil:
		return nil, missing("text")
	}
	change, err := a.amendment(c)
	if err != nil {
		return nil, err
	}
	change.Text = *body.Text
	n, err := a.desk.Edit(c.ctx, c.account, c.conversation(), c.message(), change)
	if err != nil {
		return nil, err
	}
	talk, err := a.desk.Conversation(c.ctx, c.account, c.conversation())
	if err != nil {
		return nil, err
	}
	return a.answered(c, talk.Thread, n)
}

// takeBack deletes a message.
func (a *api) takeBack(c *call) (any, error) {
	if err := empty(c); err != nil {
		return nil, err
	}
	change, err := a.amendment(c)
	if err != nil {
		return nil, err
	}
	return nil, a.desk.Delete(c.ctx, c.account, c.conversation(), c.message(), change)
}
