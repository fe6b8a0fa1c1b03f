package api

import (
	"slices"

	"confab/chat"
	"confab/people"
	"confab/store"
)

func (c *call) conversation() chat.ConversationID { return chat.ConversationID(c.id()) }

func (a *api) conversations(c *call) (any, error) {
	query, after, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	state := chat.State(query.Get("state"))
	switch state {
	case "", chat.Waiting, chat.Active, chat.Over:
	default:
		return nil, bad("state", "A state is waiting, active or closed.")
	}
	if thread := chat.ThreadID(query.Get("thread")); thread != "" {
		return a.conversationsOf(c, thread, state)
	}
	items, next, err := a.seenConversations(c, state, after, limit)
	if err != nil {
		return nil, err
	}
	return listOf(items, next), nil
}

// mostOfThread is how many of a thread's conversations are listed, the newest: one page, without a next.
const mostOfThread = 200

func (a *api) conversationsOf(c *call, thread chat.ThreadID, state chat.State) (any, error) {
	owner, err := a.people.MayRead(c.ctx, c.account, c.scope, thread)
	if err != nil {
		return nil, err
	}
	all, err := a.store.VisitorConversations(c.ctx, c.account, owner, mostOfThread)
	if err != nil {
		return nil, err
	}
	items := slices.DeleteFunc(people.Seen(c.scope, all), func(s store.Summary) bool {
		return s.Thread != thread || state != "" && s.State != state
	})
	return listOf(items, ""), nil
}

func (a *api) conversation(c *call) (any, error) {
	return whole(a.desk.Conversation(c.ctx, c.account, c.conversation()))
}

func (a *api) accept(c *call) (any, error) {
	if err := empty(c); err != nil {
		return nil, err
	}
	return whole(a.desk.Accept(c.ctx, c.account, c.conversation(), c.actor, c.scope))
}

func (a *api) leave(c *call) (any, error) {
	if err := empty(c); err != nil {
		return nil, err
	}
	return whole(a.desk.Leave(c.ctx, c.account, c.conversation(), c.actor, c.scope))
}

func (a *api) close(c *call) (any, error) {
	if err := empty(c); err != nil {
		return nil, err
	}
	return whole(a.desk.Close(c.ctx, c.account, c.conversation(), c.actor, c.scope, chat.AgentClosed))
}

// empty refuses a body that says anything.
func empty(c *call) error {
	_, err := decode[struct{}](c)
	return err
}

func whole(s store.Summary, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

type assignBody struct {
	AgentID chat.AgentID `json:"agentId"`
	GroupID chat.GroupID `json:"groupId"`
}

func (a *api) assign(c *call) (any, error) {
	body, err := decode[assignBody](c)
	if err != nil {
		return nil, err
	}
	to, err := a.assignment(c, body)
	if err != nil {
		return nil, err
	}
	return whole(a.desk.Assign(c.ctx, c.account, c.conversation(), c.actor, c.scope, to))
}

// assignment finds the agent or group of the caller's account that is meant.
func (a *api) assignment(c *call, body assignBody) (chat.Assignment, error) {
	switch {
	case body.AgentID == "" && body.GroupID == "":
		return chat.Assignment{}, missing("agentId")
	case body.AgentID != "" && body.GroupID != "":
		return chat.Assignment{}, bad("groupId", "Name an agent or a group, one of them.")
	case body.GroupID != "":
		return a.toGroup(c, body.GroupID)
	}
	to, err := a.accounts.Agent(c.ctx, c.account, body.AgentID)
	if notFound(err) || err == nil && !to.Active {
		return chat.Assignment{}, bad("agentId", "There is no such agent.")
	}
	if err != nil {
		return chat.Assignment{}, err
	}
	actor := to.Actor()
	return chat.Assignment{Agent: &actor}, nil
}

func (a *api) toGroup(c *call, id chat.GroupID) (chat.Assignment, error) {
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return chat.Assignment{}, err
	}
	if _, ok := owner.Group(id); !ok {
		return chat.Assignment{}, bad("groupId", "There is no such group.")
	}
	return chat.Assignment{Group: id}, nil
}

// link ties a conversation to the card that another system showed.
func (a *api) link(c *call) (any, error) {
	if err := empty(c); err != nil {
		return nil, err
	}
	before, err := a.desk.Conversation(c.ctx, c.account, c.conversation())
	if err != nil {
		return nil, err
	}
	if card := before.Card; card == nil || !card.Assign || card.URL == "" {
		return nil, chat.Refuse(chat.Forbidden, "No other system offers to tie this conversation to a record.")
	}
	return whole(a.desk.Link(c.ctx, c.account, before.ID, c.actor, c.scope, before.Card.URL))
}

func (a *api) seen(c *call) (any, error) {
	body, err := decode[struct {
		Seq *chat.Seq `json:"seq"`
	}](c)
	switch {
	case err != nil:
		return nil, err
	case body.Seq == nil:
		return nil, missing("seq")
	case *body.Seq < 0 || *body.Seq > maxSeq:
		return nil, bad("seq", "seq is the number of an entry.")
	}
	before, err := a.desk.Conversation(c.ctx, c.account, c.conversation())
	if err != nil {
		return nil, err
	}
	another, err := a.another(c, before.Thread)
	if err != nil {
		return nil, err
	}
	if !another {
		if err := a.mark(c, before.Thread, *body.Seq); err != nil {
			return nil, err
		}
	}
	return a.conversation(c)
}

// another tells that a thread has gone on to a conversation that the caller does not see: he has seen nothing of what stands at
// its end.
func (a *api) another(c *call, thread chat.ThreadID) (bool, error) {
	if c.scope == nil {
		return false, nil
	}
	t, err := a.store.LoadThread(c.ctx, c.account, thread)
	return err == nil && t.Conversation != nil && !c.scope.Sees(t.Conversation), err
}

func (a *api) mark(c *call, thread chat.ThreadID, seq chat.Seq) error {
	result := make(chan error, 1)
	a.desk.Mark(c.account, thread, c.actor, seq, seq, func(err error) { result <- err })
	select {
	case err := <-result:
		return err
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}
