package chatra

import (
	"unicode/utf8"

	"confab/chat"
	"confab/desk"
	"confab/dialect/rest"
	"confab/store"
)

const maxMarkRunes = 200 // of receivedFrom

// postMessage sends a message as an agent, as if he had written it by hand.
func (a *server) postMessage(c *rest.Call) (any, error) {
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
	var by author
	err = body.texts(map[string]*string{
		"agentId": &by.id, "agentEmail": &by.email, "agentName": &by.name, "receivedFrom": &by.receivedFrom,
	})
	if err == nil {
		err = by.check()
	}
	if err != nil {
		return nil, err
	}
	v, err := a.client(c, name)
	if err != nil {
		return nil, err
	}
	agent, err := a.speaker(c, by)
	if err != nil {
		return nil, err
	}
	return a.say(c, v, chat.Draft{Author: agent, Text: text, ReceivedFrom: by.receivedFrom})
}

// author is who a message shall be from: an agent's id, or an e-mail with a name and a mark.
type author struct{ id, email, name, receivedFrom string }

func (by *author) check() error {
	switch {
	case utf8.RuneCountInString(by.receivedFrom) > maxMarkRunes:
		return bad("receivedFrom", "This has at most 200 characters.")
	case by.id != "":
		return nil
	case by.email == "" && by.name == "" && by.receivedFrom == "":
		return bad("agentId", "This field is missing, and so are agentEmail, agentName and receivedFrom.")
	case by.email == "":
		return missing("agentEmail")
	case by.name == "":
		return missing("agentName")
	case by.receivedFrom == "":
		return missing("receivedFrom")
	}
	return nil
}

// speaker finds the agent, or makes one who is only an author.
func (a *server) speaker(c *rest.Call, by author) (chat.Actor, error) {
	if by.id != "" {
		return a.agent(c, by.id)
	}
	made, err := a.Accounts.Author(c.Ctx, c.Account.ID, by.email, by.name)
	if isRefused(err, chat.BadField) {
		return chat.Actor{}, bad("agentEmail", "This is no e-mail address, or agentName no name.")
	}
	return made.Actor(), err
}

func (a *server) agent(c *rest.Call, id string) (chat.Actor, error) {
	found, err := a.Accounts.Agent(c.Ctx, c.Account.ID, chat.AgentID(id))
	if isRefused(err, chat.NotFound) {
		return chat.Actor{}, notFound("agent")
	}
	return found.Actor(), err
}

func (a *server) client(c *rest.Call, id string) (store.Visitor, error) {
	v, err := a.People.Client(c.Ctx, c.Account.ID, id)
	if isRefused(err, chat.NotFound) {
		err = notFound("client")
	}
	return v, err
}

// say writes the message into the visitor's thread and answers when it is kept.
func (a *server) say(c *rest.Call, v store.Visitor, d chat.Draft) (any, error) {
	live, err := a.Presence.Visitor(c.Ctx, c.Account.ID, v.ID)
	if err != nil && !isRefused(err, chat.NotFound) {
		return nil, err
	}
	if live.Page != nil { // where he was last, should a conversation start
		d.Page = &chat.Page{URL: live.Page.URL, Title: live.Page.Title}
	}
	d.CMID = chat.ClientMessageID(a.IDs.New())
	posted, err := a.Desk.Say(c.Ctx, desk.Post{Account: c.Account.ID, Thread: v.Thread, Visitor: v.ID, Draft: d})
	if err != nil {
		return nil, err
	}
	return a.shown(c, v, chat.Entry{
		EID: posted.Cursor.EID, At: posted.At, Author: d.Author, Text: d.Text, Pushed: d.Pushed, ReceivedFrom: d.ReceivedFrom,
	})
}

// which tells whether a message is among those that a request may name.
type which func(desk.Message) bool

func anyMessage(m desk.Message) bool {
	return m.Kind == chat.KindMessage && !m.Private() && kindOf(&m.Entry) != ""
}
func anyPushed(m desk.Message) bool { return anyMessage(m) && m.Pushed }

func (a *server) getMessage(c *rest.Call) (any, error)    { return a.read(c, anyMessage) }
func (a *server) putMessage(c *rest.Call) (any, error)    { return a.edit(c, anyMessage) }
func (a *server) deleteMessage(c *rest.Call) (any, error) { return a.takeBack(c, anyMessage) }

func (a *server) find(c *rest.Call, may which) (desk.Message, error) {
	m, err := a.Desk.Message(c.Ctx, c.Account.ID, chat.EntryID(c.Param))
	if isRefused(err, chat.NotFound) || err == nil && !may(m) {
		err = notFound("message")
	}
	return m, err
}

func (a *server) read(c *rest.Call, may which) (any, error) {
	m, err := a.find(c, may)
	if err != nil {
		return nil, err
	}
	return a.told(c, m)
}

func (a *server) edit(c *rest.Call, may which) (any, error) {
	body, err := readBody(c)
	if err != nil {
		return nil, err
	}
	text, err := body.message()
	if err != nil {
		return nil, err
	}
	m, err := a.findOwn(c, may)
	if err != nil {
		return nil, err
	}
	if m, err = a.Desk.EditMessage(c.Ctx, c.Account.ID, m.EID, a.amendment(c, text)); err != nil {
		return nil, err
	}
	return a.told(c, m)
}

func (a *server) takeBack(c *rest.Call, may which) (any, error) {
	m, err := a.findOwn(c, may)
	if err != nil {
		return nil, err
	}
	if m, err = a.Desk.DeleteMessage(c.Ctx, c.Account.ID, m.EID, a.amendment(c, "")); err != nil {
		return nil, err
	}
	return a.told(c, m)
}

// findOwn finds a message that is not the visitor's.
func (a *server) findOwn(c *rest.Call, may which) (desk.Message, error) {
	m, err := a.find(c, may)
	if err == nil && kindOf(&m.Entry) != typeAgent {
		err = chat.Refuse(chat.Forbidden, "A client's message cannot be changed.")
	}
	return m, err
}

// amendment is by the account's own system, which may change all that was not the visitor's, however old.
func (a *server) amendment(c *rest.Call, text string) chat.Amendment {
	return chat.Amendment{
		By:   chat.Actor{Kind: chat.Integration, ID: "server", Name: c.Account.Name},
		CMID: chat.ClientMessageID(a.IDs.New()), Text: text,
	}
}

func (a *server) told(c *rest.Call, m desk.Message) (any, error) {
	v, err := a.People.Visitor(c.Ctx, c.Account.ID, m.Visitor)
	if isRefused(err, chat.NotFound) { // his record is gone, and what he wrote is not yet
		v, err = store.Visitor{ID: m.Visitor}, nil
	}
	if err != nil {
		return nil, err
	}
	return a.shown(c, v, m.Entry)
}

func (a *server) shown(c *rest.Call, v store.Visitor, e chat.Entry) (any, error) {
	binds, err := a.People.ClientID(c.Ctx, c.Account.ID, v)
	if err != nil {
		return nil, err
	}
	m := messageOf(&e)
	return restMessage{
		ID: m.ID, Type: m.Type, Text: m.Text, ClientID: clientID(v.ID, binds), AgentID: m.AgentID, CreatedAt: m.CreatedAt,
		ReceivedFrom: m.ReceivedFrom, IsPushed: m.IsPushed,
	}, nil
}
