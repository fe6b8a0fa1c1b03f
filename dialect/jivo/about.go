package jivo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"confab/account"
	"confab/chat"
	"confab/people"
)

// about begins an event of a chat. by is the agent whom it names, if he is one.
func (w *walk) about(name string, t *talk, by chat.Actor) (event, error) {
	ev := event{EventName: name, ChatID: &t.No, Department: w.department(t.Group)}
	if by.Kind != chat.Agent {
		return ev, nil
	}
	one, err := w.agent(chat.AgentID(by.ID))
	ev.Agent = &one
	return ev, err
}

// agent is one as he is told of. Of one who is not there any more only that.
func (w *walk) agent(id chat.AgentID) (agent, error) {
	a, err := w.o.Accounts.Agent(w.ctx, w.b.Account.ID, id)
	if err != nil && !isNotFound(err) {
		return agent{}, fmt.Errorf("agent %s: %w", id, err)
	}
	return agent{ID: w.id(a.No), Name: a.Name, Email: a.Email, Phone: a.Phone}, nil
}

// present is an agent who is in the chat now, or else the first who was.
func (w *walk) present(t *talk) (chat.Actor, error) {
	c, err := w.o.Desk.Conversation(w.ctx, w.b.Account.ID, t.ID)
	if err != nil {
		return chat.Actor{}, fmt.Errorf("conversation %s: %w", t.ID, err)
	}
	for _, id := range slices.Concat(c.Agents, t.Agents) {
		return actorOf(id), nil
	}
	return chat.Actor{}, nil
}

func actorOf(id chat.AgentID) chat.Actor { return chat.Actor{Kind: chat.Agent, ID: string(id)} }

func (w *walk) department(id chat.GroupID) *department {
	g, ok := w.b.Account.Group(id)
	if !ok {
		return nil
	}
	return &department{g.No, g.Name}
}

// startPage is where the visitor was when the chat began.
func (w *walk) startPage(id chat.ConversationID) (*page, error) {
	c, err := w.o.Desk.Conversation(w.ctx, w.b.Account.ID, id)
	if err != nil {
		return nil, fmt.Errorf("conversation %s: %w", id, err)
	}
	if c.StartedOn == nil {
		return &page{}, nil
	}
	return &page{c.StartedOn.URL, c.StartedOn.Title}, nil
}

// firstInLine is who stands for all whom a call rings that nobody has taken: the active agent with the lowest number, of the
// group if anybody is.
func (w *walk) firstInLine(group chat.GroupID) (chat.Actor, error) {
	all, err := w.o.Accounts.Agents(w.ctx, w.b.Account.ID)
	if err != nil {
		return chat.Actor{}, fmt.Errorf("agents: %w", err)
	}
	all = slices.DeleteFunc(all, func(a account.Agent) bool { return !a.Active || a.Dummy })
	others := func(a account.Agent) int {
		if group == "" || slices.Contains(a.Groups, group) {
			return 0
		}
		return 1
	}
	slices.SortFunc(all, func(a, b account.Agent) int {
		return cmp.Or(cmp.Compare(others(a), others(b)), cmp.Compare(a.No, b.No))
	})
	if len(all) == 0 {
		return chat.Actor{}, nil
	}
	return all[0].Actor(), nil
}

// id is told as the webhook wants it.
func (w *walk) id(no int64) id {
	return id{no, slices.ContainsFunc(w.b.Account.Webhooks, func(h account.Webhook) bool { return h.ID == w.b.Target.ID && h.NumericIDs })}
}

func (w *walk) visitor(p *people.Profile) visitor {
	return visitor{
		Name: nameOf(p), Email: p.Contact.Email, Phone: p.Contact.Phone, Description: p.Contact.Description,
		Number: w.id(p.Visitor.No), ChatsCount: p.Conversations,
	}
}

// nameOf is the visitor's name; the one that he is given in lists while he has none is not told.
func nameOf(p *people.Profile) string {
	if _, given := strings.CutPrefix(p.Contact.Name, "guest-"); given && p.Facts.Basic["name"] == "" {
		return ""
	}
	return p.Contact.Name
}

func sessionOf(p *people.Profile) session {
	return session{
		GeoIP: geoIP{
			RegionCode: p.Place.RegionCode, Country: p.Place.Country, CountryCode: p.Place.CountryCode, Region: p.Place.Region,
			City: p.Place.City, Latitude: p.Place.Latitude, Longitude: p.Place.Longitude, Organization: p.Place.Organization,
		},
		UTM:       utmOf(p.UTM),
		UTMJSON:   utmJSON{Source: p.UTM.Source, Campaign: p.UTM.Campaign, Content: p.UTM.Content, Medium: p.UTM.Medium, Term: p.UTM.Term},
		IPAddr:    p.Visitor.Address,
		UserAgent: p.UserAgent,
	}
}

// utmOf is the one text of old.
func utmOf(u people.UTM) string {
	var parts []string
	for _, part := range [][2]string{{"source", u.Source}, {"medium", u.Medium}, {"content", u.Content}, {"campaign", u.Campaign}, {"term", u.Term}} {
		if part[1] != "" {
			parts = append(parts, part[0]+"="+part[1])
		}
	}
	return strings.Join(parts, "|")
}
