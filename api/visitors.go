package api

import (
	"errors"

	"confab/chat"
	"confab/people"
	"confab/presence"
	"confab/store"
)

// visitorConversations is how many of a visitor's conversations stand beside him; the rest is found by the lists.
const visitorConversations = 50

func (a *api) visitors(c *call) (any, error) {
	_, after, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	items, next, err := a.presence.Visitors(c.ctx, c.account, after, limit)
	if err != nil {
		return nil, err
	}
	if items, err = a.seenVisitors(c, items); err != nil {
		return nil, err
	}
	return listOf(items, next), nil
}

// visitorAnswer is a visitor with where he was and what he talked about.
type visitorAnswer struct {
	presence.LiveVisitor
	Contact       chat.ContactID  `json:"contact,omitempty"`
	Trail         []presence.View `json:"trail"`
	Conversations []store.Summary `json:"conversations"`
}

func (a *api) visitor(c *call) (any, error) {
	id := chat.VisitorID(c.id())
	record, err := a.people.Visitor(c.ctx, c.account, id)
	if err != nil {
		return nil, err
	}
	live, err := a.lastSeen(c, record)
	if err != nil {
		return nil, err
	}
	trail, err := a.presence.Trail(c.ctx, c.account, id)
	if err != nil {
		return nil, err
	}
	talks, err := a.store.VisitorConversations(c.ctx, c.account, id, visitorConversations)
	if err != nil {
		return nil, err
	}
	seen, err := a.seenAmong(c, append(told(trail), live.Conversation)...)
	if err != nil {
		return nil, err
	}
	if !seen(live.Conversation) {
		live.Conversation = ""
	}
	for i := range trail {
		if !seen(trail[i].Conversation) {
			trail[i].Conversation = ""
		}
	}
	return visitorAnswer{live, record.Contact, listOf(trail, "").Data, listOf(people.Seen(c.scope, talks), "").Data}, nil
}

// told are the conversations that pages of a trail were told of with.
func told(trail []presence.View) []chat.ConversationID {
	ids := make([]chat.ConversationID, len(trail))
	for i := range trail {
		ids[i] = trail[i].Conversation
	}
	return ids
}

// lastSeen returns the visitor as presence knows him, or, if he was not here since that was kept, as his record does.
func (a *api) lastSeen(c *call, v store.Visitor) (presence.LiveVisitor, error) {
	live, err := a.presence.Visitor(c.ctx, c.account, v.ID)
	if !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		return live, err
	}
	return presence.LiveVisitor{
		ID: v.ID, Name: v.Name, Email: v.Email, Level: v.Level, Thread: v.Thread, Since: v.SeenAt,
		Device: presence.Device{Language: v.Language, Timezone: v.Timezone, Screen: v.Screen, Browser: v.Browser, OS: v.OS},
	}, nil
}
