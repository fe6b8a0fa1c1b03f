package presence

import "confab/chat"

// Person is somebody who can be present: a visitor or an agent.
type Person struct {
	Kind chat.ActorKind // chat.Visitor or chat.Agent
	ID   string
}

// Arrival is a connection of a person. Exactly one of Visitor and Agent is set, as Person.Kind says.
type Arrival struct {
	Account    chat.AccountID
	Person     Person
	Connection string // unique among all connections of all nodes
	Visitor    *VisitorInfo
	Agent      *AgentInfo
}

// VisitorInfo is what a visitor's connection knows of him. Later arrivals replace what earlier ones said.
type VisitorInfo struct {
	Name   string
	Email  string
	Level  string
	Thread chat.ThreadID
	Device Device
	Page   chat.PageView // without a page: the connection shows none
	// Contact is whose visits his are; "": his own, for he is nobody in particular.
	Contact chat.ContactID
	Place   string // where he is in the world, JSON of whoever reads it; "" if that is not known
}

// AgentInfo is what an agent's connection knows of him.
type AgentInfo struct {
	Name string
}

// Device is what a visitor uses.
type Device struct {
	Language string `json:"language,omitempty"`
	Timezone string `json:"timezone,omitempty"`
	Screen   string `json:"screen,omitempty"`
	Browser  string `json:"browser,omitempty"`
	OS       string `json:"os,omitempty"`
}

// Visit is a stretch of a person's activity without a gap of 30 minutes, as it was when the visitor last did something.
type Visit struct {
	No        int64       `json:"no"` // 1 for the person's first
	StartedAt chat.Millis `json:"startedAt"`
	Pages     int64       `json:"pages"`
}

// LiveVisitor is a row of the roster, and the data of the bell 'V'. Of two with the same id the one with the higher
// Version is right; Online false says that the visitor is gone.
type LiveVisitor struct {
	ID           chat.VisitorID      `json:"id"`
	Name         string              `json:"name"`
	Email        string              `json:"email,omitempty"`
	Level        string              `json:"level"`
	Page         *Page               `json:"page,omitempty"`
	PageSince    chat.Millis         `json:"pageSince,omitempty"`
	Visit        Visit               `json:"visit"`
	Referrer     string              `json:"referrer,omitempty"` // of the first page of the visit
	Device       Device              `json:"device"`
	Node         string              `json:"node"` // where the newest connection is
	Thread       chat.ThreadID       `json:"thread"`
	Conversation chat.ConversationID `json:"conversation,omitempty"` // the open one of his thread, at reading
	Online       bool                `json:"online"`
	Since        chat.Millis         `json:"since"`
	Version      int64               `json:"version"`
}

// Page is a page now looked at.
type Page struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
}

// View is one page of a visitor's trail.
type View struct {
	URL      string      `json:"url"`
	Title    string      `json:"title,omitempty"`
	Referrer string      `json:"referrer,omitempty"` // only on the first page of a visit
	At       chat.Millis `json:"at"`
	Visit    int64       `json:"visit"` // number of the visit it belongs to
	// Conversation is the one that the page was told of with, "" if with none.
	Conversation chat.ConversationID `json:"conversation,omitempty"`
}

// What an agent may choose, and Offline, which is what one without a connection is seen as.
const (
	Online    = "online"
	Busy      = "busy"
	Away      = "away"
	Invisible = "invisible"
	Offline   = "offline"
)

// LiveAgent is an agent as he sees himself, and the data of the bell 'A'; SeenBy is what others may be told. Of two
// with the same id the one with the higher Version is right.
type LiveAgent struct {
	ID      chat.AgentID `json:"id"`
	Name    string       `json:"name"`
	Status  string       `json:"status"` // what he chose while he is present or holds it, else offline
	Chosen  string       `json:"-"`
	Version int64        `json:"version"`
}
