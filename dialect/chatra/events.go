package chatra

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"confab/chat"
	"confab/outbox"
	"confab/people"
)

// started is the event of a chat that begins.
type started struct {
	EventName       string  `json:"eventName"`
	Message         message `json:"message"`
	Agent           *agent  `json:"agent,omitempty"` // who began it, if an agent did
	Client          client  `json:"client"`
	HostName        string  `json:"hostName,omitempty"`
	ChatStartedPage *page   `json:"chatStartedPage,omitempty"`
}

// fragment is the event of a message that somebody has to know of, with those before it that were in no fragment.
type fragment struct {
	EventName string    `json:"eventName"`
	Messages  []message `json:"messages"`
	Agents    []agent   `json:"agents"`
	Client    client    `json:"client"`
}

// transcript is the event of a chat that is over.
type transcript struct {
	EventName            string    `json:"eventName"`
	Messages             []message `json:"messages"`
	OfflineMessagesCount int       `json:"offlineMessagesCount"`
	Agents               []agent   `json:"agents"`
	Client               client    `json:"client"`
	HostName             string    `json:"hostName,omitempty"`
	ChatStartedPage      *page     `json:"chatStartedPage,omitempty"`
}

// agent is one as events show him. The picture is left out if he has none.
type agent struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Userpic string `json:"userpic,omitempty"`
}

// silent tells whether nothing is told of an entry: it is older than the target.
func (w *walk) silent(e *outbox.Entry) bool { return e.At < w.b.Target.Since }

func (w *walk) emit(name string, e *outbox.Entry, event any) error {
	raw, err := json.Marshal(event)
	w.events = append(w.events, outbox.Event{Type: name, Body: raw, Conversation: e.Conversation})
	return err
}

func (w *walk) started(e *outbox.Entry) error {
	if w.silent(e) {
		return nil
	}
	c, err := w.client()
	if err != nil {
		return err
	}
	event := started{EventName: chatStarted, Message: w.shown(e), Client: c}
	event.HostName, event.ChatStartedPage = w.place(w.state.Run)
	if e.Author.Kind == chat.Agent {
		by, err := w.agent(e.Author)
		if err != nil {
			return err
		}
		event.Agent = &by
	}
	return w.emit(chatStarted, e, event)
}

func (w *walk) fragment(e *outbox.Entry, after chat.Seq) error {
	if w.silent(e) {
		return nil
	}
	entries, err := w.between(after, e.Seq)
	if err != nil {
		return err
	}
	c, err := w.client()
	if err != nil {
		return err
	}
	event := fragment{EventName: chatFragment, Messages: make([]message, len(entries)), Client: c}
	for i := range entries {
		event.Messages[i] = w.shown(&entries[i])
	}
	if event.Agents, err = w.part(nil, entries); err != nil {
		return err
	}
	return w.emit(chatFragment, e, event)
}

func (w *walk) transcript(e *outbox.Entry, after chat.Seq, run running) error {
	if w.silent(e) {
		return nil
	}
	entries, err := w.between(after, e.Seq)
	if err != nil {
		return err
	}
	seen, err := w.seen()
	if err != nil {
		return err
	}
	c, err := w.client()
	if err != nil {
		return err
	}
	c.LatestVisit.FinishedAt = visitEnd(c.LatestVisit, e)
	event := transcript{EventName: chatTranscript, Messages: make([]message, len(entries)), Client: c}
	answered := false
	for i, entry := range slices.Backward(entries) {
		m := w.shown(&entry)
		if m.Type == typeClient {
			m.IsMissed = !answered && seen.byAgents < entry.Seq
		} else {
			m.IsMissedByClient = seen.byVisitor < entry.Seq
			answered = answered || !m.IsTrigger && !m.IsPushed
		}
		if m.IsMissed {
			event.OfflineMessagesCount++
		}
		event.Messages[i] = m
	}
	if event.Agents, err = w.part(run.Agents, entries); err != nil {
		return err
	}
	event.HostName, event.ChatStartedPage = w.place(run)
	return w.emit(chatTranscript, e, event)
}

// visitEnd is when the visit of a chat that is over ended: at the latest when it was noticed that the visitor has left, and not
// at all if it was the agents who did.
func visitEnd(v visit, finished *outbox.Entry) chat.Millis {
	switch {
	case finished.Reason == chat.AgentsLeft:
		return 0
	case finished.Reason == chat.VisitorLeft && v.FinishedAt == 0:
		return max(finished.At, v.StartedAt)
	}
	return v.FinishedAt
}

// errNobody says that the visitor is not known any more.
var errNobody = errors.New("the visitor was erased")

// client is the visitor as he is at this moment.
func (w *walk) client() (client, error) {
	p, err := w.profile()
	if err != nil {
		return client{}, err
	}
	c := clientOf(p, w.b.Account.Address(w.o.PublicURL))
	c.MarketingConsent, c.TermsOfServiceConsent = answerOf(p, "marketing"), answerOf(p, "terms")
	return c, nil
}

func (w *walk) profile() (*people.Profile, error) {
	if w.known != nil {
		return w.known, nil
	}
	p, err := w.o.People.Profile(w.ctx, w.b.Account, w.b.Visitor)
	if isRefused(err, chat.NotFound) {
		return nil, errNobody
	}
	if err != nil {
		return nil, err
	}
	w.known = &p
	return w.known, nil
}

// answerOf is what he answered, nil if he was never asked.
func answerOf(p *people.Profile, consent string) *bool {
	given, asked := p.Facts.Consents[consent]
	if !asked {
		return nil
	}
	return &given.Value
}

// place is where a chat was started, or if nobody said so where its visitor was last.
func (w *walk) place(run running) (host string, at *page) {
	if run.Page == nil && w.known != nil && w.known.Page != nil {
		run.Page = &chat.Page{URL: w.known.Page.URL, Title: w.known.Page.Title}
	}
	if run.Page == nil {
		return "", nil
	}
	return people.Host(run.Page.URL), &page{run.Page.URL, run.Page.Title}
}

// shown is a message with the address of its file.
func (w *walk) shown(e *outbox.Entry) message {
	m := messageOf(&e.Entry)
	if e.File != nil {
		m.File = fileOf(e.File, w.b.Account.Address(w.o.PublicURL))
	}
	return m
}

// part are those who have joined, and the authors among agents, each once.
func (w *walk) part(joined []chat.AgentID, entries []outbox.Entry) ([]agent, error) {
	actors := make([]chat.Actor, 0, len(joined))
	for _, id := range joined {
		actors = append(actors, chat.Actor{Kind: chat.Agent, ID: string(id)})
	}
	for i := range entries {
		if entries[i].Author.Kind == chat.Agent {
			actors = append(actors, entries[i].Author)
		}
	}
	list := []agent{}
	for _, actor := range actors {
		if slices.ContainsFunc(list, func(a agent) bool { return a.ID == actor.ID }) {
			continue
		}
		a, err := w.agent(actor)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// agent looks an agent up. One who is not there any more keeps the name that he wrote under.
func (w *walk) agent(actor chat.Actor) (agent, error) {
	known, err := w.o.Accounts.Agent(w.ctx, w.b.Account.ID, chat.AgentID(actor.ID))
	if isRefused(err, chat.NotFound) {
		return agent{ID: actor.ID, Name: actor.Name}, nil
	}
	if err != nil {
		return agent{}, fmt.Errorf("agent %s: %w", actor.ID, err)
	}
	return agent{ID: actor.ID, Name: known.Name, Email: known.Email, Userpic: known.Picture}, nil
}
