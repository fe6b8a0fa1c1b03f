// Package calls keeps the telephone calls that visitors ask for: who is to be called, how it goes, and who brings both
// sides together. It carries no voice.
package calls

import (
	"encoding/json"
	"regexp"

	"confab/chat"
)

// Status tells how far a call has come. It only goes forward, and Ended and Failed are the last.
type Status string

const (
	Begun           Status = "start"
	AgentConnected  Status = "agent_connected"
	ClientConnected Status = "client_connected"
	Ended           Status = "end"
	Failed          Status = "error"
)

var order = map[Status]int{Begun: 0, AgentConnected: 1, ClientConnected: 2, Ended: 3, Failed: 3}

// Known tells that there is such a status.
func (s Status) Known() bool {
	_, ok := order[s]
	return ok
}

// Over tells that nothing more will happen.
func (s Status) Over() bool { return s == Ended || s == Failed }

// Call is one call. Times are zero while what they tell of has not happened.
type Call struct {
	ID           string              `json:"id"`
	Visitor      chat.VisitorID      `json:"visitor"`
	Thread       chat.ThreadID       `json:"thread"`                 // whose log tells how it goes
	Conversation chat.ConversationID `json:"conversation,omitempty"` // that was going on when it was asked for
	Phone        string              `json:"phone"`                  // + and digits
	Status       Status              `json:"status"`
	Reason       string              `json:"reason,omitempty"`    // why it failed
	RecordURL    string              `json:"recordUrl,omitempty"` // where it can be heard again
	Provider     string              `json:"provider"`
	By           chat.Actor          `json:"by"`              // who made it what it is
	Agent        chat.AgentID        `json:"agent,omitempty"` // the last agent who set its status
	CreatedAt    chat.Millis         `json:"createdAt"`
	AgentAt      chat.Millis         `json:"agentAt,omitempty"`  // the agent was on the telephone
	ClientAt     chat.Millis         `json:"clientAt,omitempty"` // the visitor was
	EndedAt      chat.Millis         `json:"endedAt,omitempty"`
	ChangedAt    chat.Millis         `json:"changedAt"` // of Status

	version int64 // of what is kept
}

// Change is what is said of a call. What is empty says nothing.
type Change struct {
	Status    Status
	Reason    string // of Failed
	RecordURL string
	By        chat.Actor
}

// News is what a bell of calls carries.
type News struct {
	Visitor chat.VisitorID `json:"visitor"`
	ID      string         `json:"id"`
	Status  Status         `json:"status"`
	Reason  string         `json:"reason,omitempty"`
}

// News tells it to those who have not heard.
func (c Call) News() News {
	return News{Visitor: c.Visitor, ID: c.ID, Status: c.Status, Reason: c.Reason}
}

// Follows tells that this is newer than what was heard, if anything was: the same call further on, or a later one.
func (n News) Follows(heard *News) bool {
	switch {
	case heard == nil:
		return true
	case n.ID != heard.ID:
		return n.ID < heard.ID // newID counts down
	}
	return order[n.Status] > order[heard.Status]
}

// ParseNews reads the data of a bell.
func ParseNews(data []byte) (News, error) {
	var n News
	err := json.Unmarshal(data, &n)
	return n, err
}

var phone = regexp.MustCompile(`^\+[0-9]{7,15}$`)

// CheckPhone refuses what is not + and 7 to 15 digits.
func CheckPhone(number string) error {
	if !phone.MatchString(number) {
		return &chat.Refusal{Code: chat.BadField, Message: "A telephone number is + and 7 to 15 digits.", Field: "phone"}
	}
	return nil
}

// apply changes the call, and tells whether it is another one now. Errors: chat.Closed, chat.Conflict.
func (c *Call) apply(change Change, now chat.Millis) (changed bool, err error) {
	was := *c
	by := change.By
	if by.Kind == "" {
		by = chat.Actor{Kind: chat.System} // it goes by itself
	}
	if change.RecordURL != "" {
		c.RecordURL = change.RecordURL // recordings are ready after the call
	}
	if change.Status != "" && change.Status != c.Status {
		if err := c.advance(change, now); err != nil {
			return false, err
		}
	}
	if *c == was {
		return false, nil
	}
	c.By = by
	return true, nil
}

func (c *Call) advance(change Change, now chat.Millis) error {
	switch {
	case c.Status.Over():
		return chat.Refuse(chat.Closed, "This call is over.")
	case order[change.Status] < order[c.Status]:
		return chat.Refuse(chat.Conflict, "This call is past that: it is %q.", c.Status)
	}
	c.Status, c.ChangedAt = change.Status, now
	switch change.Status {
	case AgentConnected:
		c.AgentAt = now
	case ClientConnected:
		c.ClientAt = now
	case Failed:
		c.Reason, c.EndedAt = change.Reason, now
	case Ended:
		c.EndedAt = now
	}
	if change.By.Kind == chat.Agent {
		c.Agent = chat.AgentID(change.By.ID)
	}
	return nil
}
