// Package chat holds the nouns of a conversation and the rules by which it changes. It knows no I/O and no clock:
// every rule is a function from what is and what is wanted to what must be written.
package chat

import "time"

// Seq numbers the entries of a thread: 1, 2, 3 … without holes. Zero is "before the first".
type Seq int64

// Millis is a moment in UTC, milliseconds since 1970.
type Millis int64

// At converts a clock's reading.
func At(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time converts back, in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// Cursor is a position in a thread: the last entry that somebody has, by number and by identity. The number alone
// is not enough, for after a failover of the store the same number may belong to another entry.
type Cursor struct {
	Seq Seq
	EID EntryID
}

// ActorKind tells what sort of actor did something.
type ActorKind string

const (
	Visitor     ActorKind = "visitor"
	Agent       ActorKind = "agent"
	Integration ActorKind = "integration"
	Bot         ActorKind = "bot"
	System      ActorKind = "system"
)

// Actor is who does something. Name is what other people are shown; it may be empty.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id,omitempty"`
	Name string    `json:"name,omitempty"`
}

// Key names the actor apart from all others of its account, for dedupe and markers.
func (a Actor) Key() string { return string(a.Kind) + ":" + a.ID }

// Kind tells what an entry of a thread is.
type Kind string

const (
	KindMessage              Kind = "message"
	KindMessageEdited        Kind = "message.edited"
	KindMessageDeleted       Kind = "message.deleted"
	KindConversationStarted  Kind = "conversation.started"
	KindConversationAccepted Kind = "conversation.accepted"
	KindConversationJoined   Kind = "conversation.joined"
	KindConversationLeft     Kind = "conversation.left"
	KindConversationAssigned Kind = "conversation.assigned"
	KindConversationClosed   Kind = "conversation.closed"
	KindConversationRated    Kind = "conversation.rated"
	KindEpisodeStarted       Kind = "episode.started"
	KindEpisodeFinished      Kind = "episode.finished"
	KindCall                 Kind = "call"
	// KindConversationLinked says that an agent tied the conversation to a card of another system.
	KindConversationLinked Kind = "conversation.linked"
	// KindConversationCard tells agents what another system says of the visitor.
	KindConversationCard Kind = "conversation.card"

	// KindHidden is what a visitor receives in the place of an entry that is not for visitors, so that the
	// numbers stay without holes. It is never kept.
	KindHidden Kind = "hidden"
	// KindDamaged is what a reader receives in the place of an entry whose checksum does not fit. It is never kept.
	KindDamaged Kind = "damaged"
)

// Entry is one numbered thing in a thread: a message or an event. Its number stands beside it, not in it: an entry
// is encoded once, before it has a number, and those bytes travel unchanged to every reader.
type Entry struct {
	EID    EntryID         `json:"eid"`
	CMID   ClientMessageID `json:"cmid,omitempty"`
	Kind   Kind            `json:"kind"`
	Author Actor           `json:"author"`
	At     Millis          `json:"at"`

	Conversation ConversationID `json:"conversation,omitempty"`

	// Messages.
	Text string `json:"text,omitempty"`
	Note bool   `json:"note,omitempty"` // only agents see it
	Auto bool   `json:"auto,omitempty"` // sent by a rule, not by hand; starts no conversation
	// Pushed marks an automatic message that the site's server sent to this one person.
	Pushed bool `json:"pushed,omitempty"`
	// ReceivedFrom is the mark by which another system knows its own messages again.
	ReceivedFrom string `json:"receivedFrom,omitempty"`
	File         *File  `json:"file,omitempty"` // then Text may be empty
	// Choices are answers that a bot or an integration offers; picking one says it.
	Choices []string `json:"choices,omitempty"`

	// DeletedAt is set, and Text, File and Choices are not, in what readers get of a message that was taken back before
	// they read. It is never kept.
	DeletedAt Millis `json:"deletedAt,omitempty"`

	// Target is the message that message.edited gives another Text, or that message.deleted takes back.
	Target EntryID `json:"target,omitempty"`

	// Events.
	No      int64     `json:"no,omitempty"`      // conversation.started: its number in the account
	Episode EpisodeID `json:"episode,omitempty"` // episode.*
	Reason  string    `json:"reason,omitempty"`  // conversation.closed, episode.finished
	Agent   *Actor    `json:"agent,omitempty"`   // conversation.assigned: to whom
	Group   GroupID   `json:"group,omitempty"`   // conversation.started, conversation.assigned: to which group
	Page    *Page     `json:"page,omitempty"`    // conversation.started, episode.started
	Offline bool      `json:"offline,omitempty"` // conversation.started, message: left for later
	Score   int       `json:"score,omitempty"`   // conversation.rated: 1 to 5
	Comment string    `json:"comment,omitempty"` // conversation.rated
	Call    *Call     `json:"call,omitempty"`    // call
	Link    string    `json:"link,omitempty"`    // conversation.linked: where the card is
	Card    *Card     `json:"card,omitempty"`    // conversation.card: as it is known now
}

// File is a file that lies in the file store, as it is shown.
type File struct {
	ID     FileID `json:"id"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`             // bytes
	Type   string `json:"type"`             // of its content, found by looking at it
	Width  int    `json:"width,omitempty"`  // pixels, of an image that may be shown
	Height int    `json:"height,omitempty"` // likewise
	URL    string `json:"url"`              // a path of any node; nobody can guess it
}

// Private tells whether the entry is for agents only. A visitor hears of his calls otherwise, and not where they were
// recorded.
func (e *Entry) Private() bool {
	return e.Note || e.Kind == KindCall || e.Kind == KindConversationLinked || e.Kind == KindConversationCard
}

// Page is a page of the site that a visitor looks at.
type Page struct {
	URL      string `json:"url"`
	Title    string `json:"title,omitempty"`
	Referrer string `json:"referrer,omitempty"`
}
