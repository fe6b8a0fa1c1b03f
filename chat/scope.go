package chat

import "slices"

// Scope is which conversations an agent may see who is limited to his groups. nil stands for all of them: for agents who are
// not limited, admins and other systems.
type Scope struct {
	Agent  AgentID
	Groups []GroupID // his
}

// Sees tells whether the agent may know of the conversation: if it is one of his groups', or given to him, or he is in it, or
// it is nobody's yet, of no group and given to no one.
func (s *Scope) Sees(c *Conversation) bool {
	switch {
	case s == nil, c.Assignee == s.Agent, c.Has(s.Agent):
		return true
	case c.Group != "":
		return slices.Contains(s.Groups, c.Group)
	}
	return c.Assignee == ""
}

// Check refuses a conversation that the agent may not see, as if there were none. Errors: NotFound.
func (s *Scope) Check(c *Conversation) error {
	if !s.Sees(c) {
		return Refuse(NotFound, "There is no such conversation.")
	}
	return nil
}

// Knows tells whether the agent may know a person with these conversations: if he sees any of them.
func (s *Scope) Knows(all []Conversation) bool {
	return s == nil || slices.ContainsFunc(all, func(c Conversation) bool { return s.Sees(&c) })
}

// Meets tells whether the agent may speak to a person with these conversations who is on the site: if he knows him, or nobody
// else speaks to him.
func (s *Scope) Meets(all []Conversation) bool {
	return s.Knows(all) || !slices.ContainsFunc(all, func(c Conversation) bool { return c.Open() })
}

// Same tells that both let see the same.
func (s *Scope) Same(other *Scope) bool {
	if s == nil || other == nil {
		return s == other
	}
	return s.Agent == other.Agent && s.within(other) && other.within(s)
}

func (s *Scope) within(other *Scope) bool {
	return !slices.ContainsFunc(s.Groups, func(g GroupID) bool { return !slices.Contains(other.Groups, g) })
}

// Places tells whether an entry of that kind may change who sees its conversation, or whether it goes on.
func (k Kind) Places() bool {
	switch k {
	case KindConversationStarted, KindConversationAccepted, KindConversationJoined, KindConversationLeft,
		KindConversationAssigned, KindConversationClosed:
		return true
	}
	return false
}
