package pavior

import (
	"confab/chat"
	"confab/desk"
	"confab/dialect/rest"
	"confab/people"
)

const maxSubjectRunes = 500

// message is what both calls that start a conversation say.
type message struct {
	people.Name
	subject, text string
}

func readMessage(body rest.Object) message {
	return message{named(body), chat.Clean(body.Need("subject"), maxSubjectRunes), body.Need("message")}
}

// outbound answers POST /v1/outbound_message: the team starts a conversation with somebody it knows.
func (a *server) outbound(c *rest.Call) (any, error) {
	body, err := c.Body()
	if err != nil {
		return nil, err
	}
	m, sender, profile := readMessage(body), body.Need("senderId"), body.Or("senderProfileId")
	if err := body.Err(); err != nil {
		return nil, err
	}
	if m.ID != "" {
		m.Email = "" // says nothing beside an id
	}
	from, err := a.member(c.Ctx, c.Account, "senderId", sender)
	if err != nil {
		return nil, err
	}
	author, profile, err := from.author(profile)
	if err != nil {
		return nil, err
	}
	to, err := a.People.Named(c.Ctx, c.Account.ID, m.Name)
	if err != nil {
		return nil, err
	}
	at, err := a.People.Address(c.Ctx, c.Account.ID, to)
	if err != nil {
		return nil, err
	}
	return a.start(c, at, m, chat.Draft{Author: author, Profile: profile, Group: from.group.ID})
}

// inbound answers POST /v1/inbound_message: one of the site's users starts a conversation with the team.
func (a *server) inbound(c *rest.Call) (any, error) {
	body, err := c.Body()
	if err != nil {
		return nil, err
	}
	m, assignee := readMessage(body), body.Or("assignedToId")
	if err := body.Err(); err != nil {
		return nil, err
	}
	if err := chat.CheckText(m.text); err != nil {
		return nil, renamed(err, "text", "message") // before anybody is made
	}
	var d chat.Draft
	if assignee != "" {
		to, err := a.member(c.Ctx, c.Account, "assignedToId", assignee)
		if err != nil {
			return nil, err
		}
		d.Assign = to.assignment()
	}
	from, err := a.writer(c, m.Name)
	if err != nil {
		return nil, err
	}
	at, err := a.People.GuardedAddress(c.Ctx, c.Account.ID, from)
	if err != nil {
		return nil, err
	}
	d.Author = chat.Actor{Kind: chat.Visitor, ID: string(at.Visitor), Name: at.Contact.Name}
	return a.start(c, at, m, d)
}

// writer finds who writes. An e-mail is noted, and makes somebody who is not known yet.
func (a *server) writer(c *rest.Call, n people.Name) (chat.ContactID, error) {
	if n.Email == "" {
		return a.People.Named(c.Ctx, c.Account.ID, n)
	}
	contact, err := a.People.Put(c.Ctx, c.Account, n, people.Attributes{})
	return contact.ID, err
}

// start posts the first message of a conversation.
func (a *server) start(c *rest.Call, at people.Address, m message, d chat.Draft) (any, error) {
	d.CMID, d.New, d.Subject, d.Text = chat.ClientMessageID(a.IDs.New()), true, m.subject, m.text
	if _, err := a.Desk.Say(c.Ctx, desk.Post{Account: c.Account.ID, Thread: at.Thread, Visitor: at.Visitor, Draft: d}); err != nil {
		return nil, renamed(err, "text", "message")
	}
	return done{true}, nil
}
