package chat

import "errors"

// Draft is a message that somebody wants to post. Auto marks one that a rule sends, Note one for agents only.
type Draft struct {
	Author Actor
	Sender Actor // whose CMID it is; zero: the author's, who is another only if he is made to speak
	CMID   ClientMessageID
	Text   string
	Note   bool
	Auto   bool
	Pushed bool // implies Auto
	// ReceivedFrom is the mark by which another system knows its own messages again.
	ReceivedFrom string
	File         *File    // in the file store already; then Text may be empty
	Choices      []string // answers to pick from; of bots and integrations

	// Kept if the message starts a conversation.
	Page    *Page   // where the visitor was
	Group   GroupID // where the conversation goes, one of the account's
	Offline bool    // left for later
	Subject string  // of mails about it
	Profile string  // of the author, under which he writes them
	// New has the message start a conversation of its own although another is open. That one stays open; its running episode
	// must have been finished before.
	New bool
	// Earlier says that the conversation is open and not its thread's last one: no episode starts with the message, for of a thread
	// only one runs at a time.
	Earlier bool
	// Assign is to whom a conversation that starts is given, for others than its author to accept; zero: to nobody.
	Assign Assignment
	// Scope is which conversations its author may write into; nil: all.
	Scope *Scope
}

// change collects what a rule decides while it goes along.
type change struct {
	Change
	at    Millis
	fresh Fresh
	conv  *Conversation // what Next will be; nil while there is none
}

func begin(t Thread, f Fresh, now Millis) *change {
	return &change{at: now, fresh: f, conv: t.Conversation.clone()}
}

func (c *change) add(kind Kind, by Actor, fill func(*Entry)) *Entry {
	e := Entry{EID: c.fresh.EID(), Kind: kind, Author: by, At: c.at}
	if c.conv.Open() {
		e.Conversation = c.conv.ID
	}
	if fill != nil {
		fill(&e)
	}
	c.Entries = append(c.Entries, e)
	return &c.Entries[len(c.Entries)-1]
}

// settle makes the conversation as changed the one to be kept.
func (c *change) settle() { c.Next = c.conv }

func (c *change) startEpisode(by Actor, on *Page) {
	c.conv.Episode = &Episode{ID: c.fresh.Episode, StartedBy: by, StartedAt: c.at}
	c.add(KindEpisodeStarted, by, func(e *Entry) { e.Episode, e.Page = c.conv.Episode.ID, on })
	c.settle()
}

func (c *change) finishEpisode(by Actor, reason string) {
	if ep := c.conv.Episode; ep.Running() {
		ep.FinishedAt, ep.FinishReason = c.at, reason
		c.add(KindEpisodeFinished, by, func(e *Entry) { e.Episode, e.Reason = ep.ID, reason })
		c.settle()
	}
}

func (c *change) enter(agent Actor) {
	id := AgentID(agent.ID)
	kind := KindConversationJoined
	if len(c.conv.Agents) == 0 {
		kind = KindConversationAccepted
		c.conv.Assignee = id
	}
	if c.conv.AcceptedAt == 0 {
		c.conv.AcceptedBy, c.conv.AcceptedAt = id, c.at
	}
	c.conv.Agents = append(c.conv.Agents, id)
	c.conv.State = Active
	c.add(kind, agent, nil)
	c.settle()
}

// Post decides what a message brings about. By hand it starts a conversation if none is open, starts an episode if
// none runs, and an agent who writes is in the conversation from then on. Notes and automatic messages change no
// state: they stand in the log, and in the conversation if one is open.
func Post(t Thread, d Draft, f Fresh, now Millis) (Change, error) {
	if d.Note && d.Author.Kind == Visitor {
		return Change{}, Refuse(Forbidden, "Only agents write notes.")
	}
	if len(d.Choices) > 0 && d.Author.Kind != Bot && d.Author.Kind != Integration {
		return Change{}, &Refusal{Forbidden, "Only bots and integrations offer choices.", "choices"}
	}
	c := begin(t, f, now)
	if c.conv.Open() {
		if err := d.Scope.Check(c.conv); err != nil {
			return Change{}, err
		}
	}
	if !d.Note && !d.Auto && !d.Pushed {
		if !c.conv.Open() || d.New {
			if d.New && c.conv.Open() && c.conv.Episode.Running() {
				return Change{}, ErrEpisodeRuns
			}
			c.conv = &Conversation{
				ID: f.Conversation, No: f.No, Thread: t.ID, Visitor: t.Visitor, State: Waiting,
				StartedBy: d.Author, StartedAt: now, StartedOn: d.Page, Group: d.Group, Offline: d.Offline, Subject: d.Subject, Profile: d.Profile, Agents: []AgentID{},
			}
			c.add(KindConversationStarted, d.Author, func(e *Entry) {
				e.No, e.Page, e.Group, e.Offline = f.No, d.Page, d.Group, d.Offline
			})
			c.give(d.Author, d.Assign)
			c.settle()
		}
		if !c.conv.Episode.Running() && !d.Earlier {
			c.startEpisode(d.Author, d.Page)
		}
		if d.Author.Kind == Agent && !c.conv.Has(AgentID(d.Author.ID)) {
			c.enter(d.Author)
		}
	}
	c.add(KindMessage, d.Author, func(e *Entry) {
		e.Offline = d.Offline
		e.CMID, e.Text, e.Note, e.File, e.Choices = d.CMID, d.Text, d.Note, d.File, d.Choices
		e.Auto, e.Pushed, e.ReceivedFrom = d.Auto || d.Pushed, d.Pushed, d.ReceivedFrom
	})
	c.Main = len(c.Entries) - 1
	return c.Change, nil
}

// ErrEpisodeRuns refuses to start a conversation beside an open one whose episode runs: of a thread only one runs at a time.
var ErrEpisodeRuns = errors.New("the episode of another conversation of this thread runs")

// give assigns a conversation that starts.
func (c *change) give(by Actor, to Assignment) {
	if to.Agent == nil && to.Group == "" {
		return
	}
	if to.Agent != nil {
		c.conv.Assignee = AgentID(to.Agent.ID)
	} else {
		c.conv.Group = to.Group
	}
	c.add(KindConversationAssigned, by, func(e *Entry) { e.Agent, e.Group = to.Agent, to.Group })
}

// Accept lets the agent take a waiting conversation. Exactly one wins: who comes second gets Taken, and who has it
// already changes nothing.
func Accept(t Thread, agent Actor, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	switch {
	case !c.conv.Open():
		return Change{}, Refuse(Closed, "This conversation is over.")
	case c.conv.Has(AgentID(agent.ID)):
		return Change{}, nil
	case c.conv.State == Active:
		return Change{}, Refuse(Taken, "Another agent was first.")
	}
	c.enter(agent)
	return c.Change, nil
}

// Leave takes the agent out. The last one to leave puts the conversation back into the queue and ends its episode.
func Leave(t Thread, agent Actor, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if !c.conv.Open() {
		return Change{}, Refuse(Closed, "This conversation is over.")
	}
	if !c.conv.Has(AgentID(agent.ID)) {
		return Change{}, nil
	}
	c.removeAgents(func(id AgentID) bool { return id == AgentID(agent.ID) })
	if c.conv.Assignee == AgentID(agent.ID) {
		c.conv.Assignee = ""
	}
	c.add(KindConversationLeft, agent, nil)
	if len(c.conv.Agents) == 0 {
		c.finishEpisode(agent, AgentsLeft)
	}
	c.settle()
	return c.Change, nil
}

func (c *change) removeAgents(gone func(AgentID) bool) {
	kept := []AgentID{}
	for _, id := range c.conv.Agents {
		if !gone(id) {
			kept = append(kept, id)
		}
	}
	c.conv.Agents = kept
	if len(kept) == 0 {
		c.conv.State = Waiting
	}
}

// Close ends the conversation and its running episode. Closing what is closed changes nothing.
func Close(t Thread, by Actor, reason string, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if c.conv == nil {
		return Change{}, Refuse(NotFound, "There is no such conversation.")
	}
	if !c.conv.Open() {
		return Change{}, nil
	}
	c.finishEpisode(by, ClosedReason)
	c.add(KindConversationClosed, by, func(e *Entry) { e.Reason = reason })
	c.conv.State, c.conv.ClosedAt, c.conv.CloseReason = Over, c.at, reason
	c.settle()
	return c.Change, nil
}

// Assignment is to an agent or to a group; exactly one is set.
type Assignment struct {
	Agent *Actor
	Group GroupID
}

// Assign hands the conversation to an agent or a group. Who assigns it to himself is in it at once; anybody else
// finds it waiting for him, and those who were in it are out.
func Assign(t Thread, by Actor, to Assignment, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if !c.conv.Open() {
		return Change{}, Refuse(Closed, "This conversation is over.")
	}
	if (to.Agent == nil) == (to.Group == "") {
		return Change{}, Refuse(BadField, "Name an agent or a group, one of them.")
	}
	c.add(KindConversationAssigned, by, func(e *Entry) { e.Agent, e.Group = to.Agent, to.Group })
	c.settle()
	if to.Agent == nil {
		c.conv.Group, c.conv.Assignee = to.Group, ""
		c.removeAgents(func(AgentID) bool { return true })
		return c.Change, nil
	}
	id := AgentID(to.Agent.ID)
	c.removeAgents(func(a AgentID) bool { return a != id })
	c.conv.Assignee = id
	if by.Kind == Agent && by.ID == to.Agent.ID && !c.conv.Has(id) {
		c.enter(*to.Agent)
	}
	return c.Change, nil
}

// AgentsGone ends the running episode because all agents who are in the conversation have been away for the grace time.
func AgentsGone(t Thread, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if c.conv.Open() && len(c.conv.Agents) > 0 {
		c.finishEpisode(Actor{Kind: System}, AgentsLeft)
	}
	return c.Change, nil
}

// EndEpisode ends the running episode because its thread goes on to another conversation.
func EndEpisode(t Thread, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if c.conv.Open() {
		c.finishEpisode(Actor{Kind: System}, Superseded)
	}
	return c.Change, nil
}

// VisitorGone ends the running episode because the visitor has been away for the grace time.
func VisitorGone(t Thread, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if c.conv.Open() {
		c.finishEpisode(Actor{Kind: System}, VisitorLeft)
	}
	return c.Change, nil
}
