package people

import (
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
}

// Contact is a person. Attributes are flat: text, numbers and true or false.
type Contact struct {
	ID         chat.ContactID   `json:"id"`
	ExternalID string           `json:"externalId,omitempty"` // the site's id, proven
	Level      string           `json:"level"`
	Name       string           `json:"name,omitempty"`
	Email      string           `json:"email,omitempty"`
	Phone      string           `json:"phone,omitempty"`
	Attributes map[string]any   `json:"attributes"`
	Thread     chat.ThreadID    `json:"thread"`
	Visitors   []chat.VisitorID `json:"visitors"`
	CreatedAt  chat.Millis      `json:"createdAt"`
	UpdatedAt  chat.Millis      `json:"updatedAt"`
}

// Export is everything kept about a person.
type Export struct {
	Contact       Contact           `json:"contact"`
	Visitors      []ExportedVisitor `json:"visitors"`
	Conversations []store.Summary   `json:"conversations"`
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
	Pages     []presence.View `json:"pages"`
}

// ExportedThread is a whole log, rising.
type ExportedThread struct {
	ID      chat.ThreadID   `json:"id"`
	Entries []wire.Numbered `json:"entries"`
}

// Happening is one line of a person's history. Exactly one of Visit, Page and Conversation is set, as Kind says.
type Happening struct {
	Kind         string          `json:"kind"` // visit, page, conversation
	At           chat.Millis     `json:"at"`
	Visitor      chat.VisitorID  `json:"visitor,omitempty"`
	Visit        *presence.Visit `json:"visit,omitempty"`
	Page         *presence.View  `json:"page,omitempty"`
	Conversation *store.Summary  `json:"conversation,omitempty"`
}
