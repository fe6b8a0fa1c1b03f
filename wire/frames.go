// Package wire holds what travels on the socket: frames, close codes, and the strict decoder for what clients send.
// docs/protocol.md describes it for other languages.
package wire

import (
	"encoding/json"
	"fmt"

	"confab/chat"
)

// Type is the field "t" of a frame.
type Type string

// From clients.
const (
	TypeAuth        Type = "auth"
	TypeSubscribe   Type = "subscribe"
	TypeUnsubscribe Type = "unsubscribe"
	TypeSend        Type = "send"
	TypeHistory     Type = "history"
	TypeTyping      Type = "typing" // both ways
	TypeSeen        Type = "seen"
	TypeDelivered   Type = "delivered"
	TypePage        Type = "page"
	TypePing        Type = "ping"
	TypePerson      Type = "person"
	TypeEvent       Type = "event"
	TypeConsent     Type = "consent"
	TypeRate        Type = "rate"
	TypeFeedback    Type = "feedback"
	TypeUpload      Type = "upload" // and the server's answer
	TypeCall        Type = "call"   // both ways
)

// From the server.
const (
	TypeHello        Type = "hello"
	TypeEntries      Type = "entries"
	TypeEntry        Type = "entry"
	TypeCaughtUp     Type = "caught_up"
	TypeReset        Type = "reset"
	TypeTruncated    Type = "truncated"
	TypeAck          Type = "ack"
	TypeNack         Type = "nack"
	TypeMarker       Type = "marker"
	TypeAvailability Type = "availability"
	TypeConversation Type = "conversation"
	TypeVisitor      Type = "visitor"
	TypeAgent        Type = "agent"
	TypeContact      Type = "contact"
	TypeStale        Type = "stale"
	TypeError        Type = "error"
	TypeReconnect    Type = "reconnect"
	TypePong         Type = "pong"
	TypeDone         Type = "done"
	TypeUser         Type = "user"
	TypeQueue        Type = "queue"
)

// Cursor is [seq, "eid"] on the wire.
type Cursor chat.Cursor

func (c Cursor) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]any{c.Seq, c.EID})
}

func (c *Cursor) UnmarshalJSON(raw []byte) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(raw, &pair); err != nil || len(pair) != 2 {
		return fmt.Errorf("a cursor is [number, id]")
	}
	if err := json.Unmarshal(pair[0], &c.Seq); err != nil || c.Seq < 0 {
		return fmt.Errorf("a cursor's number is a whole number from 0")
	}
	if err := json.Unmarshal(pair[1], &c.EID); err != nil {
		return fmt.Errorf("a cursor's id is text")
	}
	return nil
}

// Proof is what a visitor shows of who he is. All optional; docs/protocol.md, "Connecting".
type Proof struct {
	Token    string `json:"token,omitempty"`
	ClientID string `json:"clientId,omitempty"`
	ID       string `json:"id,omitempty"`
	Email    string `json:"email,omitempty"`
	HMAC     string `json:"hmac,omitempty"`
	JWT      string `json:"jwt,omitempty"`
	Ticket   string `json:"ticket,omitempty"` // of a session elsewhere
	Name     string `json:"name,omitempty"`
}

// Device is what the browser says of itself.
type Device struct {
	Language string `json:"language,omitempty"`
	Timezone string `json:"timezone,omitempty"`
	Screen   string `json:"screen,omitempty"`

	// Set by the node.
	Channel string `json:"-"` // widget id of the channel that the page named
	Absent  bool   `json:"-"` // nobody is there: no visit begins
}

// AgentProof is an agent's access token.
type AgentProof struct {
	Token string `json:"token"`
}

// Auth is the first frame of a client; agents repeat it with a fresh token.
type Auth struct {
	T        Type           `json:"t"`
	Account  chat.AccountID `json:"account,omitempty"`
	Visitor  *Proof         `json:"visitor,omitempty"`
	Agent    *AgentProof    `json:"agent,omitempty"`
	Inbox    bool           `json:"inbox,omitempty"`
	Presence *bool          `json:"presence,omitempty"` // nil is true
	Page     *chat.Page     `json:"page,omitempty"`
	Device   *Device        `json:"device,omitempty"`
	Cursor   *Cursor        `json:"cursor,omitempty"`
	Known    []Cursor       `json:"known,omitempty"`
}

type Subscribe struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread"`
	Cursor *Cursor       `json:"cursor,omitempty"`
	Known  []Cursor      `json:"known,omitempty"`
}

type Unsubscribe struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread"`
}

// Send posts a message. Thread may be empty for visitors, who have one.
type Send struct {
	T      Type                 `json:"t"`
	Thread chat.ThreadID        `json:"thread,omitempty"`
	CMID   chat.ClientMessageID `json:"cmid"`
	Text   string               `json:"text"`
	Note   bool                 `json:"note,omitempty"`
	Auto   bool                 `json:"auto,omitempty"`

	// Visitors only.
	Group   chat.GroupID `json:"group,omitempty"`   // a conversation that starts with this goes to that group
	Offline bool         `json:"offline,omitempty"` // left for later: nobody is expected to answer at once

	File chat.FileID `json:"file,omitempty"` // one that its author has uploaded; then the text may be empty
}

type History struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread,omitempty"`
	Before chat.Seq      `json:"before"`
	Limit  int           `json:"limit,omitempty"`
}

// Typing goes both ways; Who is set by the server.
type Typing struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread,omitempty"`
	On     bool          `json:"on"`
	Text   string        `json:"text,omitempty"`
	Who    *chat.Actor   `json:"who,omitempty"`
}

// Mark is "seen" or "delivered".
type Mark struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread,omitempty"`
	Seq    chat.Seq      `json:"seq"`
}

type Page struct {
	T Type `json:"t"`
	chat.Page
}

type Ping struct {
	T Type `json:"t"`
}

// Request names a frame that the server answers with done, or with an error that carries the same id. A client that lost
// its socket before the answer sends the same frame again: each of them asked twice does what it does once.
type Request struct {
	T  Type           `json:"t"`
	ID chat.RequestID `json:"id"`
}

// Asked returns the request, for those who do not care what is asked.
func (r Request) Asked() Request { return r }

// Layers of what is known of a person, by who says it.
const (
	LayerBasic       = "basic"       // name, email, phone, description: forms and the site
	LayerForm        = "form"        // other fields of a form
	LayerIntegration = "integration" // flat, from the page: never trusted
	LayerPanel       = "panel"       // "fields": a list for the agents' panel, from the page
	LayerAttributes  = "attributes"  // flat, with types that last
	LayerSite        = "site"        // "token": what the site calls this visitor; told to webhooks, shown to nobody
)

// Person changes what the visitor, or his page, says of him.
type Person struct {
	Request
	Layer   string          `json:"layer"`
	Replace bool            `json:"replace,omitempty"` // what Data does not name goes; else it stays, and null erases
	Data    json.RawMessage `json:"data"`              // an object
}

// Event records that the visitor did something that the site has a name for.
type Event struct {
	Request
	Name string          `json:"name"`
	Data json.RawMessage `json:"data,omitempty"` // an object
}

// Consent is the visitor's answer to a question of the site.
type Consent struct {
	Request
	Kind  string `json:"kind"` // terms, marketing
	Value bool   `json:"value"`
}

// Rate judges a conversation of the visitor's own thread.
type Rate struct {
	Request
	Conversation chat.ConversationID `json:"conversation"`
	Score        int                 `json:"score"` // 1, bad, to 5
	Comment      string              `json:"comment,omitempty"`
}

// Feedback is what a visitor says of the moment, to be found in his history.
type Feedback struct {
	Request
	Text string `json:"text"`
}

// Upload asks for the address that a file may be sent to. Answered by Ticket.
type Upload struct {
	Request
	Thread chat.ThreadID `json:"thread,omitempty"`
	Name   string        `json:"name"`
	Size   int64         `json:"size"` // bytes
	Type   string        `json:"type,omitempty"`
}

// Call asks to be called back.
type Call struct {
	Request
	Phone string `json:"phone"` // + and digits
}

// Hello answers auth. Exactly one of Visitor and Agent is set.
type Hello struct {
	T               Type            `json:"t"`
	Connection      string          `json:"connection"`
	Node            string          `json:"node"`
	Time            chat.Millis     `json:"time"`
	HeartbeatMillis int             `json:"heartbeatMillis"`
	Durability      string          `json:"durability"`
	Limits          *chat.LimitSet  `json:"limits"`
	Account         HelloAccount    `json:"account"`
	Visitor         *HelloVisitor   `json:"visitor,omitempty"`
	Agent           *HelloAgent     `json:"agent,omitempty"`
	Availability    *Availability   `json:"availability,omitempty"`
	User            json.RawMessage `json:"user,omitempty"` // as in UserFrame; visitors only
}

// HelloAccount is whose socket it is.
type HelloAccount struct {
	ID   chat.AccountID `json:"id"`
	Name string         `json:"name"`
}

type HelloVisitor struct {
	ID     chat.VisitorID `json:"id"`
	Token  string         `json:"token,omitempty"` // only when new
	Thread chat.ThreadID  `json:"thread"`
	Level  string         `json:"level"`
	Name   string         `json:"name,omitempty"`
	Email  string         `json:"email,omitempty"`
	No     int64          `json:"no,omitempty"` // visitors of an account are numbered as they come
}

type HelloAgent struct {
	ID      chat.AgentID   `json:"id"`
	Account chat.AccountID `json:"account"`
	Name    string         `json:"name"`
	Role    string         `json:"role"`
	Status  string         `json:"status"`
}

// Numbered is an entry with its number. Raw is the entry's JSON as it was committed; it is never encoded again.
type Numbered struct {
	Seq chat.Seq        `json:"seq"`
	Raw json.RawMessage `json:"entry"`
}

type Entries struct {
	T       Type          `json:"t"`
	Thread  chat.ThreadID `json:"thread"`
	History bool          `json:"history,omitempty"`
	Entries []Numbered    `json:"entries"`
}

type Entry struct {
	T      Type            `json:"t"`
	Thread chat.ThreadID   `json:"thread"`
	Seq    chat.Seq        `json:"seq"`
	Raw    json.RawMessage `json:"entry"`
}

// Marker says how far a person has got.
type Marker struct {
	Who       chat.Actor `json:"who"`
	Delivered chat.Seq   `json:"delivered"`
	Seen      chat.Seq   `json:"seen"`
}

type MarkerFrame struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread"`
	Marker
}

type CaughtUp struct {
	T       Type          `json:"t"`
	Thread  chat.ThreadID `json:"thread"`
	Seq     chat.Seq      `json:"seq"`
	EID     chat.EntryID  `json:"eid"`
	Markers []Marker      `json:"markers"`
}

type Reset struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread"`
	Common *Cursor       `json:"common"` // nil: subscribe again and name what you know
	// Anew says that the reader may read other entries than before: the log is the same, and is read from its end again.
	Anew bool `json:"anew,omitempty"`
	// Gone says that he may not read the thread any more: nothing follows, as after unsubscribe.
	Gone bool `json:"gone,omitempty"`
}

type Truncated struct {
	T      Type          `json:"t"`
	Thread chat.ThreadID `json:"thread"`
	From   chat.Seq      `json:"from"`
}

type Ack struct {
	T      Type                 `json:"t"`
	Thread chat.ThreadID        `json:"thread"`
	CMID   chat.ClientMessageID `json:"cmid"`
	Seq    chat.Seq             `json:"seq"`
	EID    chat.EntryID         `json:"eid"`
	At     chat.Millis          `json:"at"`
	Author *chat.Actor          `json:"author,omitempty"` // if it is not who sent it: an agent speaks a rule's message
}

type Nack struct {
	T           Type                 `json:"t"`
	Thread      chat.ThreadID        `json:"thread,omitempty"`
	CMID        chat.ClientMessageID `json:"cmid"`
	Code        chat.Code            `json:"code"`
	Retryable   bool                 `json:"retryable"`
	AfterMillis int                  `json:"afterMillis,omitempty"`
	Message     string               `json:"message"`
	Field       string               `json:"field,omitempty"`
}

// Availability is what visitors see of the agents.
type Availability struct {
	T      Type         `json:"t,omitempty"`
	Online bool         `json:"online"`
	Agents []ShownAgent `json:"agents"`
}

type ShownAgent struct {
	Name string `json:"name"`
}

// ConversationFrame, VisitorFrame and AgentFrame carry the objects of the REST API as they are.
type ConversationFrame struct {
	T            Type            `json:"t"`
	Conversation json.RawMessage `json:"conversation"`
	Gone         bool            `json:"gone,omitempty"` // the agent may not see it any more: of the object only what GoneConversation has
}

// GoneConversation is what is told of a conversation that an agent who is limited to his groups has lost.
type GoneConversation struct {
	ID     chat.ConversationID `json:"id"`
	Thread chat.ThreadID       `json:"thread"`
	Top    chat.Seq            `json:"top"` // what is older of it is not so any more
}

type VisitorFrame struct {
	T       Type            `json:"t"`
	Visitor json.RawMessage `json:"visitor"`
	Gone    bool            `json:"gone,omitempty"`
}

type AgentFrame struct {
	T     Type            `json:"t"`
	Agent json.RawMessage `json:"agent"`
}

// ContactFrame tells an agent's socket with inbox that something else is known of a person: it is to be read again by whoever
// shows it.
type ContactFrame struct {
	T        Type             `json:"t"`
	ID       chat.ContactID   `json:"id"` // a visitor's who has no contact
	Visitors []chat.VisitorID `json:"visitors"`
}

// Stale tells an agent's socket with inbox that it may have missed conversations, visitors and agents: their lists are to
// be read again.
type Stale struct {
	T Type `json:"t"`
}

type Error struct {
	T           Type           `json:"t"`
	Code        chat.Code      `json:"code"`
	Message     string         `json:"message"`
	Field       string         `json:"field,omitempty"`
	Ref         Type           `json:"ref,omitempty"` // type of the frame at fault
	ID          chat.RequestID `json:"id,omitempty"`  // of the request at fault
	AfterMillis int            `json:"afterMillis,omitempty"`
}

type ReconnectFrame struct {
	T            Type `json:"t"`
	WindowMillis int  `json:"windowMillis"`
}

// DoneFrame answers a request.
type DoneFrame struct {
	T  Type           `json:"t"`
	ID chat.RequestID `json:"id"`
}

// Ticket answers Upload: the bytes go there in one PUT, with the same Content-Length, before Until.
type Ticket struct {
	T     Type           `json:"t"`
	ID    chat.RequestID `json:"id"`
	URL   string         `json:"url"` // a path of any node; whoever has it may use it once
	Until chat.Millis    `json:"until"`
}

// UserFrame tells a visitor's sockets what is known of him, after each change. User is the JSON of people.User.
type UserFrame struct {
	T    Type            `json:"t"`
	User json.RawMessage `json:"user"`
}

// Queue tells a visitor who waits where he stands.
type Queue struct {
	T          Type  `json:"t"`
	Position   int   `json:"position"`             // from 1; 0: he does not wait any more
	WaitMillis int64 `json:"waitMillis,omitempty"` // about how long, if there is something to guess it from
}

// CallFrame tells a visitor how his call goes.
type CallFrame struct {
	T    Type           `json:"t"`
	ID   chat.RequestID `json:"id,omitempty"` // of the request that it answers
	Call ShownCall      `json:"call"`
}

// ShownCall is what a visitor sees of a call.
type ShownCall struct {
	ID     string `json:"id"`
	Status string `json:"status"`           // start, agent_connected, client_connected, end, error
	Reason string `json:"reason,omitempty"` // of error
}
