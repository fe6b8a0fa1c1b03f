package jivo

import (
	"fmt"
	"slices"
	"strconv"

	"confab/chat"
	"confab/outbox"
	"confab/people"
)

// state is what is remembered of a thread for a target.
type state struct {
	Loose chat.Seq `json:"loose,omitempty"` // the last entry by which a chat began or ended: automatic messages after it belong to the next
	Last  int64    `json:"last,omitempty"`  // number of the chat that began last
	Open  []*talk  `json:"open,omitempty"`  // chats that are not over
	Call  ring     `json:"call,omitzero"`
}

// talk is a chat that is not over.
type talk struct {
	ID     chat.ConversationID `json:"id"`
	No     int64               `json:"no"`
	From   chat.Seq            `json:"from"`  // its automatic messages stand after this entry
	Start  chat.Seq            `json:"start"` // the entry by which it began
	Group  chat.GroupID        `json:"group,omitempty"`
	Agents []chat.AgentID      `json:"agents,omitempty"` // all who were in it, in the order of coming
	// Told is how the visitor was called when that was told last; nil while nobody has accepted.
	Told *details `json:"told,omitempty"`
	// Given is what an answer says of him, until it is what is known: it is not told back.
	Given chat.CardContact `json:"given,omitzero"`
	// Left tells that something was left for later in it.
	Left bool `json:"left,omitempty"`
}

// ring is the last call.
type ring struct {
	ID       string       `json:"id,omitempty"`
	Status   string       `json:"status,omitempty"` // that was told last
	Recorded bool         `json:"recorded,omitempty"`
	Agent    chat.AgentID `json:"agent,omitempty"` // who has it
}

// details are what chat_updated is about.
type details struct {
	Name        string `json:"name,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Description string `json:"description,omitempty"`
}

func (s *state) start(e *outbox.Entry) {
	s.Open = append(s.Open, &talk{ID: e.Conversation, No: e.No, From: s.Loose, Start: e.Seq, Group: e.Group})
	s.Loose, s.Last = e.Seq, e.No
}

func (s *state) end(e *outbox.Entry) {
	s.Open = slices.DeleteFunc(s.Open, func(t *talk) bool { return t.ID == e.Conversation })
	s.Loose = e.Seq
}

// talk finds a chat. One that began before what is kept of the log is put together from its record.
func (w *walk) talk(id chat.ConversationID) (*talk, error) {
	if t := w.state.find(id); t != nil {
		return t, nil
	}
	c, err := w.o.Desk.Conversation(w.ctx, w.b.Account.ID, id)
	if err != nil {
		return nil, fmt.Errorf("conversation %s: %w", id, err)
	}
	t := &talk{ID: id, No: c.No, From: w.state.Loose, Start: w.state.Loose, Group: c.Group, Agents: slices.Clone(c.Agents)}
	w.state.Open = append(w.state.Open, t)
	return t, nil
}

func (s *state) find(id chat.ConversationID) *talk {
	i := slices.IndexFunc(s.Open, func(t *talk) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return s.Open[i]
}

func (t *talk) enter(id chat.AgentID) {
	if !slices.Contains(t.Agents, id) {
		t.Agents = append(t.Agents, id)
	}
}

// learn takes how the visitor is called now, and tells whether that is news: another than was told, and not what an answer
// said.
func (t *talk) learn(now details) (news bool) {
	var none string
	for _, f := range []struct{ told, given, now *string }{
		{&t.Told.Name, &t.Given.Name, &now.Name}, {&t.Told.Email, &t.Given.Email, &now.Email},
		{&t.Told.Phone, &t.Given.Phone, &now.Phone}, {&t.Told.Description, &none, &now.Description},
	} {
		if *f.given != "" && *f.given == *f.now {
			*f.told, *f.given = *f.now, ""
		}
		news = news || *f.told != *f.now
		*f.told = *f.now
	}
	return news
}

// offlineID names what was left for later: the first of a chat by the chat's number, others by their own too.
func (t *talk) offlineID(seq chat.Seq) string {
	no := strconv.FormatInt(t.No, 10)
	if !t.Left {
		t.Left = true
		return no
	}
	return no + "-" + strconv.FormatInt(int64(seq), 10)
}

func detailsOf(p *people.Profile) details {
	return details{Name: nameOf(p), Email: p.Contact.Email, Phone: p.Contact.Phone, Description: p.Contact.Description}
}
