package chat

import "slices"

// State is where a conversation stands.
type State string

const (
	Waiting State = "waiting" // started, and no agent is in it
	Active  State = "active"  // at least one agent is in it
	Over    State = "closed"
)

// Why a conversation or an episode ended.
const (
	AgentClosed  = "agent_closed"
	Idle         = "idle"
	VisitorLeft  = "visitor_left"
	AgentsLeft   = "agents_left"
	ClosedReason = "closed"     // an episode that ended because its conversation did
	Superseded   = "superseded" // an episode that ended because another conversation was started beside its own
)

// Conversation is one matter in a thread. Agents lists who is in it now, in the order of coming.
type Conversation struct {
	ID          ConversationID `json:"id"`
	No          int64          `json:"no"`
	Thread      ThreadID       `json:"thread"`
	Visitor     VisitorID      `json:"visitor"`
	State       State          `json:"state"`
	StartedBy   Actor          `json:"startedBy"`
	StartedAt   Millis         `json:"startedAt"`
	StartedOn   *Page          `json:"startedOn,omitempty"`
	Offline     bool           `json:"offline,omitempty"` // left for later: its visitor does not wait for an answer
	Group       GroupID        `json:"group,omitempty"`
	Assignee    AgentID        `json:"assignee,omitempty"`
	Agents      []AgentID      `json:"agents"`
	AcceptedBy  AgentID        `json:"acceptedBy,omitempty"`
	AcceptedAt  Millis         `json:"acceptedAt,omitempty"`
	ClosedAt    Millis         `json:"closedAt,omitempty"`
	CloseReason string         `json:"closeReason,omitempty"`
	Episode     *Episode       `json:"episode,omitempty"` // the running one, or the last
	Rating      *Rating        `json:"rating,omitempty"`
	Subject     string         `json:"subject,omitempty"`  // of mails about it; visitors see it nowhere else
	Profile     string         `json:"profile,omitempty"`  // of StartedBy, under which he writes mails about it
	LinkedTo    string         `json:"linkedTo,omitempty"` // the card of another system that an agent tied it to
	Card        *Card          `json:"card,omitempty"`     // what another system says of the visitor; never changed, only replaced
}

// Episode is one live stretch of a conversation. It runs until FinishedAt is set.
type Episode struct {
	ID           EpisodeID `json:"id"`
	StartedBy    Actor     `json:"startedBy"`
	StartedAt    Millis    `json:"startedAt"`
	FinishedAt   Millis    `json:"finishedAt,omitempty"`
	FinishReason string    `json:"finishReason,omitempty"`
}

// Running tells whether the episode has not ended.
func (e *Episode) Running() bool { return e != nil && e.FinishedAt == 0 }

// Open tells whether c exists and is not closed.
func (c *Conversation) Open() bool { return c != nil && c.State != Over }

// Has tells whether the agent is in the conversation.
func (c *Conversation) Has(id AgentID) bool { return slices.Contains(c.Agents, id) }

func (c *Conversation) clone() *Conversation {
	if c == nil {
		return nil
	}
	n := *c
	n.Agents = slices.Clone(c.Agents)
	if c.Episode != nil {
		e := *c.Episode
		n.Episode = &e
	}
	return &n
}

// Thread is what must be known of a thread to decide about it: its last conversation, and the version of that
// state in the store. A version is an identity, not a count: after a failover of the store the same count may stand
// for another state. A decision made on an outdated version is refused there and made anew.
type Thread struct {
	ID           ThreadID
	Visitor      VisitorID
	Version      EntryID       // of the entry that brought the state about; "" before the first
	Conversation *Conversation // nil if there was none yet
}

// Change is what a rule decided: entries to append, in order, and the conversation as it will be (nil if it stays
// as it is). Main is the index of the entry that was asked for among those that come along.
type Change struct {
	Entries []Entry
	Main    int
	Next    *Conversation
}

// Empty tells that nothing is to be written: what was asked for holds already.
func (c Change) Empty() bool { return len(c.Entries) == 0 && c.Next == nil }

// Fresh holds what a rule may need and cannot make: new ids, and a number for a new conversation.
type Fresh struct {
	Conversation ConversationID
	No           int64
	Episode      EpisodeID
	EID          func() EntryID
}
