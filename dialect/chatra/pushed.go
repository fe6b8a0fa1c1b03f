package chatra

import (
	"confab/account"
	"confab/chat"
	"confab/dialect/rest"
	"confab/presence"
)

// postPushed sends an automatic message: it starts nothing, and nobody has to answer for it.
func (a *server) postPushed(c *rest.Call) (any, error) {
	body, err := readBody(c)
	if err != nil {
		return nil, err
	}
	text, err := body.message()
	if err != nil {
		return nil, err
	}
	name, err := body.client()
	if err != nil {
		return nil, err
	}
	var agentID, groupID string
	if err := body.texts(map[string]*string{"agentId": &agentID, "groupId": &groupID}); err != nil {
		return nil, err
	}
	v, err := a.client(c, name)
	if err != nil {
		return nil, err
	}
	var agent chat.Actor
	if agentID != "" {
		agent, err = a.agent(c, agentID)
	} else {
		agent, err = a.draw(c, chat.GroupID(groupID))
	}
	if err != nil {
		return nil, err
	}
	return a.say(c, v, chat.Draft{Author: agent, Text: text, Pushed: true})
}

// draw picks who speaks, of a group if one is named.
func (a *server) draw(c *rest.Call, group chat.GroupID) (chat.Actor, error) {
	if _, known := c.Account.Group(group); group != "" && !known {
		return chat.Actor{}, notFound("group")
	}
	agents, err := a.Accounts.Agents(c.Ctx, c.Account.ID)
	if err != nil {
		return chat.Actor{}, err
	}
	live, err := a.Presence.Agents(c.Ctx, c.Account.ID)
	if err != nil {
		return chat.Actor{}, err
	}
	online := map[chat.AgentID]bool{}
	for _, one := range live {
		online[one.ID] = one.Status == presence.Online
	}
	drawn, ok := account.Draw(agents, func(id chat.AgentID) bool { return online[id] }, group)
	if !ok {
		return chat.Actor{}, bad("groupId", "There is no agent to speak.")
	}
	return drawn.Actor(), nil
}

func (a *server) getPushed(c *rest.Call) (any, error)    { return a.read(c, anyPushed) }
func (a *server) putPushed(c *rest.Call) (any, error)    { return a.edit(c, anyPushed) }
func (a *server) deletePushed(c *rest.Call) (any, error) { return a.takeBack(c, anyPushed) }
