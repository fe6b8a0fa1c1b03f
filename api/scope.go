package api

import (
	"slices"

	"confab/calls"
	"confab/chat"
	"confab/people"
	"confab/presence"
	"confab/store"
)

// subject is what a route tells of, and so what of it an agent may reach who is limited to his groups. What its :id names is
// looked at before its handler, and what he may not know is refused as if it were not there. What a handler changes of a conversation
// the desk looks at again when it decides, for it may have moved meanwhile.
type subject uint8

const (
	everybody  subject = iota // all people, whoever speaks to them: nothing for him
	noPerson                  // nobody, and nothing that was said
	theSeen                   // a list, from which its handler leaves out what he may not see
	oneTalk                   // :id is a conversation
	oneVisitor                // a visitor
	oneContact                // a contact, or a visitor who has none
	oneCall                   // a call
)

// within refuses what is beyond the caller's scope. Errors: chat.Forbidden, chat.NotFound.
func (a *api) within(c *call, about subject) error {
	switch about {
	case noPerson, theSeen:
		return nil
	case oneTalk:
		return a.seesTalk(c, c.conversation())
	case oneVisitor:
		return a.meets(c, chat.VisitorID(c.id()))
	case oneContact:
		return a.people.MayKnow(c.ctx, c.account, c.scope, c.contact())
	case oneCall:
		return a.seesCall(c)
	}
	return chat.Refuse(chat.Forbidden, "You see the people of your own conversations only, not everybody.")
}

func (a *api) seesTalk(c *call, id chat.ConversationID) error {
	found, err := a.store.Placed(c.ctx, c.account, id)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return chat.Refuse(chat.NotFound, "There is no such conversation.")
	}
	return c.scope.Check(&found[0])
}

func (a *api) meets(c *call, id chat.VisitorID) error {
	if _, err := a.people.Visitor(c.ctx, c.account, id); err != nil {
		return err
	}
	return a.people.MayMeet(c.ctx, c.account, c.scope, id)
}

func (a *api) seesCall(c *call) error {
	found, err := a.calls.Get(c.ctx, c.account, c.id())
	if err != nil {
		return err
	}
	seen, err := a.seenAmong(c, found.Conversation)
	if err == nil && !seen(found.Conversation) {
		err = chat.Refuse(chat.NotFound, "There is no such call.")
	}
	return err
}

// seenAmong tells which of the conversations the caller may see. None, "", hides nothing.
func (a *api) seenAmong(c *call, ids ...chat.ConversationID) (func(chat.ConversationID) bool, error) {
	if c.scope == nil {
		return func(chat.ConversationID) bool { return true }, nil
	}
	ids = slices.DeleteFunc(ids, func(id chat.ConversationID) bool { return id == "" })
	found, err := a.store.Placed(c.ctx, c.account, ids...)
	if err != nil {
		return nil, err
	}
	seen := map[chat.ConversationID]bool{"": true}
	for i := range found {
		seen[found[i].ID] = c.scope.Sees(&found[i])
	}
	return func(id chat.ConversationID) bool { return seen[id] }, nil
}

// maxSparse is how many pages are read for one answer out of which most is left out: an answer may hold fewer than was asked
// for, and still name what comes next.
const maxSparse = 20

// seenConversations lists those that the caller may see.
func (a *api) seenConversations(c *call, state chat.State, after string, limit int) ([]store.Summary, string, error) {
	found, next := []store.Summary{}, after
	for range maxSparse {
		some, more, err := a.desk.Conversations(c.ctx, c.account, state, next, limit-len(found))
		if err != nil {
			return nil, "", err
		}
		found, next = append(found, people.Seen(c.scope, some)...), more
		if c.scope == nil || next == "" || len(found) == limit {
			break
		}
	}
	return found, next, nil
}

// seenVisitors leaves out those who talk where the caller sees nothing.
func (a *api) seenVisitors(c *call, all []presence.LiveVisitor) ([]presence.LiveVisitor, error) {
	return seenOf(a, c, all, func(v *presence.LiveVisitor) chat.ConversationID { return v.Conversation })
}

// seenCalls leaves out those of conversations that the caller does not see.
func (a *api) seenCalls(c *call, all []calls.Call) ([]calls.Call, error) {
	return seenOf(a, c, all, func(one *calls.Call) chat.ConversationID { return one.Conversation })
}

// seenOf leaves out what belongs to conversations that the caller does not see. It changes the list that it is given.
func seenOf[T any](a *api, c *call, all []T, talk func(*T) chat.ConversationID) ([]T, error) {
	ids := make([]chat.ConversationID, len(all))
	for i := range all {
		ids[i] = talk(&all[i])
	}
	seen, err := a.seenAmong(c, ids...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(one T) bool { return !seen(talk(&one)) }), nil
}

// seenHistory leaves out conversations that the caller does not see, and which of them a page was told of with.
func (a *api) seenHistory(c *call, all []people.Happening) ([]people.Happening, error) {
	var ids []chat.ConversationID
	for _, h := range all {
		if h.Page != nil {
			ids = append(ids, h.Page.Conversation)
		}
	}
	seen, err := a.seenAmong(c, ids...)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(all, func(h people.Happening) bool {
		return h.Conversation != nil && !c.scope.Sees(&h.Conversation.Conversation)
	})
	for i := range kept {
		if page := kept[i].Page; page != nil && !seen(page.Conversation) {
			page.Conversation = ""
		}
	}
	return kept, nil
}
