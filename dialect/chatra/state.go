package chatra

import (
	"slices"

	"confab/chat"
	"confab/outbox"
)

// state is what is remembered of a thread for a target.
type state struct {
	Fragment   chat.Seq `json:"fragment,omitempty"`   // the last message of the last chatFragment
	Transcript chat.Seq `json:"transcript,omitempty"` // the end of the chat that the last chatTranscript told of
	Starting   bool     `json:"starting,omitempty"`   // a chat has started, and its first message is still to come
	Run        running  `json:"run,omitzero"`         // the running chat

	Open []matter `json:"open,omitempty"` // conversations that are not over
}

// running is a running chat.
type running struct {
	In     chat.ConversationID `json:"in,omitempty"`
	Page   *chat.Page          `json:"page,omitempty"`   // where it started
	Agents []chat.AgentID      `json:"agents,omitempty"` // who has taken part
}

// matter is a conversation: chats are stretches of it.
type matter struct {
	ID     chat.ConversationID `json:"id"`
	Wrote  bool                `json:"wrote,omitempty"`  // the visitor has written in it
	Agents []chat.AgentID      `json:"agents,omitempty"` // who is in it now
}

func (s *state) matter(id chat.ConversationID) *matter {
	i := slices.IndexFunc(s.Open, func(m matter) bool { return m.ID == id })
	if i < 0 {
		i = len(s.Open)
		s.Open = append(s.Open, matter{ID: id})
	}
	return &s.Open[i]
}

func (s *state) written(id chat.ConversationID) { s.matter(id).Wrote = true }

func (s *state) wrote(id chat.ConversationID) bool {
	return slices.ContainsFunc(s.Open, func(m matter) bool { return m.ID == id && m.Wrote })
}

// start begins a chat. Who is in the conversation already takes part in it.
func (s *state) start(e *outbox.Entry) {
	s.Starting = true
	s.Run = running{In: e.Conversation, Page: e.Page, Agents: slices.Clone(s.matter(e.Conversation).Agents)}
}

func (s *state) enter(e *outbox.Entry) {
	m, id := s.matter(e.Conversation), chat.AgentID(e.Author.ID)
	if !slices.Contains(m.Agents, id) {
		m.Agents = append(m.Agents, id)
	}
	if s.Run.In == e.Conversation && !slices.Contains(s.Run.Agents, id) {
		s.Run.Agents = append(s.Run.Agents, id)
	}
}

func (s *state) leave(e *outbox.Entry) {
	s.keep(e.Conversation, func(id chat.AgentID) bool { return id != chat.AgentID(e.Author.ID) })
}

// assign takes out all but whom the conversation is given to.
func (s *state) assign(e *outbox.Entry) {
	s.keep(e.Conversation, func(id chat.AgentID) bool { return e.Agent != nil && id == chat.AgentID(e.Agent.ID) })
}

func (s *state) keep(in chat.ConversationID, stays func(chat.AgentID) bool) {
	m := s.matter(in)
	m.Agents = slices.DeleteFunc(m.Agents, func(id chat.AgentID) bool { return !stays(id) })
}

func (s *state) over(e *outbox.Entry) {
	s.Open = slices.DeleteFunc(s.Open, func(m matter) bool { return m.ID == e.Conversation })
}
