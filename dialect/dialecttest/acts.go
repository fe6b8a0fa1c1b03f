package dialecttest

import (
	"encoding/json"
	"fmt"
	"strings"

	"confab/calls"
	"confab/chat"
	"confab/outbox"
)

// Acts are more steps, of which one is set.
type Acts struct {
	Edit   *Amend `json:"edit"`
	Delete *Amend `json:"delete"`
	Assign *struct {
		Of    string       `json:"of"`
		By    string       `json:"by"`
		Group chat.GroupID `json:"group"`
	} `json:"assign"`
	Link *struct { // an agent ties the conversation to the card that is shown
		Of string `json:"of"`
		By string `json:"by"`
	} `json:"link"`
	Phone *struct { // a call begins, or goes on
		Of     string       `json:"of"`
		By     string       `json:"by"`     // ann, ben; empty: by itself
		Number string       `json:"number"` // the call begins
		Status calls.Status `json:"status"`
		Reason string       `json:"reason"`
		Record string       `json:"record"`
	} `json:"phone"`
	View *struct {
		Of   string    `json:"of"`
		Page chat.Page `json:"page"`
	} `json:"view"`
	Team *struct { // writes down what it knows of a visitor
		Of    string          `json:"of"`
		Patch json.RawMessage `json:"patch"`
	} `json:"team"`
	Reply *struct { // to the event of this type that was told last
		Of    string  `json:"of"`
		To    string  `json:"to"`
		Body  any     `json:"body"`
		Raw   *string `json:"raw"`   // instead of Body
		Fault string  `json:"fault"` // a part of the error, "" for none
	} `json:"reply"`
	Shown *struct { // what agents see
		Of           string `json:"of"`
		Contact      any    `json:"contact"`
		Conversation any    `json:"conversation"`
	} `json:"shown"`
	NumericIDs *bool `json:"numericIds"` // the webhook that is told is switched
}

// Amend changes a message whose id was kept, of a visitor's last conversation.
type Amend struct {
	Of      string `json:"of"`
	By      string `json:"by"`
	Message string `json:"message"`
	Text    string `json:"text"`
}

func (p *player) act(s Acts) error {
	p.t.Helper()
	switch {
	case s.Edit != nil:
		_, err := p.Desk.Edit(p.t.Context(), Acme, p.Conversation(s.Edit.Of).ID, p.message(s.Edit.Message), p.amendment(s.Edit))
		return err
	case s.Delete != nil:
		return p.Desk.Delete(p.t.Context(), Acme, p.Conversation(s.Delete.Of).ID, p.message(s.Delete.Message), p.amendment(s.Delete))
	case s.Assign != nil:
		_, err := p.Desk.Assign(p.t.Context(), Acme, p.Conversation(s.Assign.Of).ID, p.actor(s.Assign.By), nil, chat.Assignment{Group: s.Assign.Group})
		return err
	case s.Link != nil:
		c := p.Conversation(s.Link.Of)
		_, err := p.Desk.Link(p.t.Context(), Acme, c.ID, p.actor(s.Link.By), nil, c.Card.URL)
		return err
	case s.Phone != nil:
		return p.phone(s)
	case s.View != nil:
		done := make(chan error, 1)
		p.Presence.View(Acme, p.World.Visitor(s.View.Of).Visitor.ID, p.World.Account().Privacy.View(s.View.Page), func(err error) { done <- err })
		p.Await(done)
		return nil
	case s.Team != nil:
		_, err := p.People.PatchContact(p.t.Context(), Acme, chat.ContactID(p.World.Visitor(s.Team.Of).Visitor.ID), s.Team.Patch)
		return err
	case s.Reply != nil:
		p.reply(s)
		return nil
	case s.NumericIDs != nil:
		p.numeric = *s.NumericIDs
		return nil
	case s.Shown != nil:
		p.shown(s)
		return nil
	}
	return fmt.Errorf("nothing happens")
}

func (p *player) message(name string) chat.EntryID { return chat.EntryID(fmt.Sprint(p.kept[name])) }

func (p *player) amendment(a *Amend) chat.Amendment {
	return chat.Amendment{By: p.actor(a.By), Any: true, CMID: chat.ClientMessageID(p.IDs.New()), Text: a.Text}
}

func (p *player) phone(s Acts) error {
	v, at := p.World.Visitor(s.Phone.Of), s.Phone.Of+".call"
	if s.Phone.Number != "" {
		c, err := p.Calls.Start(p.t.Context(), calls.Wish{
			Account: Acme, Visitor: v.Visitor.ID, Thread: v.Thread, Request: chat.RequestID(p.IDs.New()), Phone: s.Phone.Number,
		})
		p.kept[at] = c.ID
		return err
	}
	change := calls.Change{Status: s.Phone.Status, Reason: s.Phone.Reason, RecordURL: s.Phone.Record}
	if s.Phone.By != "" {
		change.By = p.actor(s.Phone.By)
	}
	_, err := p.Calls.Set(p.t.Context(), Acme, fmt.Sprint(p.kept[at]), change)
	return err
}

func (p *player) reply(s Acts) {
	p.t.Helper()
	v := p.World.Visitor(s.Reply.Of)
	body, _ := json.Marshal(p.fill(s.Reply.Body))
	if s.Reply.Raw != nil {
		body = []byte(*s.Reply.Raw)
	}
	for _, e := range p.events[v.Thread] {
		if e.Type != s.Reply.To {
			continue
		}
		err := p.Answered(outbox.Delivery{Target: "target", Type: e.Type, Thread: v.Thread, Conversation: e.Conversation, Body: e.Body}, body)
		if s.Reply.Fault == "" && err != nil || s.Reply.Fault != "" && (err == nil || !strings.Contains(err.Error(), s.Reply.Fault)) {
			p.t.Fatalf("%s: the answer's fault is %v, want %q", p.at, err, s.Reply.Fault)
		}
		return
	}
	p.t.Fatalf("%s: no %s was told", p.at, s.Reply.To)
}

func (p *player) shown(s Acts) {
	p.t.Helper()
	see := func(what string, want, have any, err error) {
		p.t.Helper()
		p.must(err)
		raw, err := json.Marshal(have)
		p.must(err)
		var plain any
		p.must(json.Unmarshal(raw, &plain))
		p.compare(what, want, plain)
	}
	if s.Shown.Contact != nil {
		c, err := p.People.Contact(p.t.Context(), Acme, chat.ContactID(p.World.Visitor(s.Shown.Of).Visitor.ID))
		see("contact", s.Shown.Contact, c, err)
	}
	if s.Shown.Conversation != nil {
		see("conversation", s.Shown.Conversation, p.Conversation(s.Shown.Of), nil)
	}
}
