package people

import (
	"encoding/json"

	"confab/chat"
	"confab/presence"
	"confab/store"
	"confab/wire"
)

// How well it is known who a visitor is.
const (
	Anonymous = "anonymous" // nothing was said
	Claimed   = "claimed"   // said, not proven: sees no more than an anonymous visitor
	Bound     = "bound"     // showed the secret clientId
	Verified  = "verified"  // proved by HMAC or JWT
)

// Opened is a visitor who came.
type Opened struct {
	Visitor store.Visitor
	Thread  chat.ThreadID
	Token   string // only when it is new: the client keeps it and shows it next time
	Level   string
	Contact chat.ContactID // "" unless he has proven who he is
	User    User
}

// Contact is a person. Of what several layers know, Name, Email, Phone and Description show the best known. Attributes are
// flat: text, numbers and true or false; those made of events ("order count", "order first", "order last") are among them.
type Contact struct {
	ID          chat.ContactID     `json:"id"`
	ExternalID  string             `json:"externalId,omitempty"` // the site's id of its user, or the e-mail that stands for it
	Level       string             `json:"level"`
	Name        string             `json:"name,omitempty"`
	Email       string             `json:"email,omitempty"`
	Phone       string             `json:"phone,omitempty"`
	Description string             `json:"description,omitempty"`
	Attributes  map[string]any     `json:"attributes"`
	Layers      Layers             `json:"layers"`
	Sources     map[string]string  `json:"sources"` // of each entry of Layers ("basic.name"), and of "panel": team, proven or said
	Consents    map[string]Consent `json:"consents"`
	Blocked     bool               `json:"blocked"`
	Universe    string             `json:"universe"`          // anonymous, lead, signup
	Subscribed  bool               `json:"emailSubscription"` // to mail
	SignedUpAt  chat.Millis        `json:"signedUpAt,omitempty"`
	Thread      chat.ThreadID      `json:"thread"`
	Visitors    []chat.VisitorID   `json:"visitors"`
	CreatedAt   chat.Millis        `json:"createdAt"`
	UpdatedAt   chat.Millis        `json:"updatedAt"`
}

// Layers is what is known of a person by how it is known (wire.Layer…).
type Layers struct {
	Basic       map[string]string `json:"basic"`
	Form        map[string]string `json:"form"`
	Integration map[string]any    `json:"integration"` // from the page: never to be trusted
	Panel       []PanelField      `json:"panel"`       // likewise
	Attributes  map[string]any    `json:"attributes"`
	Fields      map[string]string `json:"fields"` // from whoever knows the token that names him
}

// Export is everything kept about a person.
type Export struct {
	Contact       Contact           `json:"contact"`
	Site          string            `json:"site,omitempty"` // what the site calls him
	Visitors      []ExportedVisitor `json:"visitors"`
	Conversations []store.Summary   `json:"conversations"`
	Did           []Happening       `json:"did"` // what others told that he did, oldest first
	Threads       []ExportedThread  `json:"threads"`
	ExportedAt    chat.Millis       `json:"exportedAt"`
}

// ExportedVisitor is a visitor's record without its secrets, and his pages.
type ExportedVisitor struct {
	ID        chat.VisitorID  `json:"id"`
	No        int64           `json:"no"`
	Name      string          `json:"name"`
	Email     string          `json:"email,omitempty"`
	Level     string          `json:"level"`
	Thread    chat.ThreadID   `json:"thread"`
	Language  string          `json:"language,omitempty"`
	Timezone  string          `json:"timezone,omitempty"`
	Screen    string          `json:"screen,omitempty"`
	Browser   string          `json:"browser,omitempty"`
	OS        string          `json:"os,omitempty"`
	Address   string          `json:"address,omitempty"`
	CreatedAt chat.Millis     `json:"createdAt"`
	SeenAt    chat.Millis     `json:"seenAt"`
	Said      json.RawMessage `json:"said,omitempty"` // by this browser, as it is kept
	Blocked   bool            `json:"blocked,omitempty"`
	Pages     []presence.View `json:"pages"`
	Did       []Happening     `json:"did"` // events, feedback and consents, oldest first
}

// ExportedThread is a whole log, rising.
type ExportedThread struct {
	ID      chat.ThreadID   `json:"id"`
	Entries []wire.Numbered `json:"entries"`
}

// Happening is one line of a person's history. Exactly one of the pointers is set, as Kind says.
type Happening struct {
	Kind         string          `json:"kind"`         // visit, page, conversation, event, feedback, consent
	ID           chat.RequestID  `json:"id,omitempty"` // of the request that it came with
	At           chat.Millis     `json:"at"`
	Visitor      chat.VisitorID  `json:"visitor,omitempty"`
	Visit        *presence.Visit `json:"visit,omitempty"`
	Page         *presence.View  `json:"page,omitempty"`
	Conversation *store.Summary  `json:"conversation,omitempty"`
	Event        *Event          `json:"event,omitempty"`
	Feedback     *Feedback       `json:"feedback,omitempty"`
	Consent      *ConsentGiven   `json:"consent,omitempty"`
}

// Event is something that a visitor did and that the site has a name for.
type Event struct {
	Name string          `json:"name"`
	Data json.RawMessage `json:"data"` // an object
}

// Feedback is what a visitor said of a moment.
type Feedback struct {
	Text string     `json:"text"`
	Page *chat.Page `json:"page,omitempty"`
}

// ConsentGiven is one answer to a question of the site.
type ConsentGiven struct {
	Kind  string `json:"kind"`
	Value bool   `json:"value"`
}
