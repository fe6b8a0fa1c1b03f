package store

import (
	"errors"

	"confab/chat"
)

// Commit is a decision of the chat rules, to be written in one step or not at all.
type Commit struct {
	Account chat.AccountID
	Thread  chat.ThreadID
	// Expect is the version of the thread's state that the decision was made on; "" is that of a thread whose
	// state nobody has changed yet.
	Expect chat.EntryID
	// Top is the number of the newest entry that the decision knows of, if it depends on that: should the log have gone
	// on, nothing is written and the answer is ErrBehind. 0: it does not matter.
	Top chat.Seq
	// Entries as decided, 1 to 16. Only Entries[Main] may have a CMID.
	Entries []chat.Entry
	Main    int
	Next    *chat.Conversation // the state as it will be; nil: unchanged
	Origin  string             // connection that sent it, "" for none; stands in the doorbell of Entries[Main]
	// Earlier is set, and Next is not, if a conversation changes that is not the thread's last any more. The version of the
	// thread's state moves on with it, its last conversation stays.
	Earlier *chat.Conversation
	// Sender is whose CMID it is, if that is not the main entry's author. Who the author is does not count then: the same
	// CMID of the same sender is the same message, whoever speaks it this time.
	Sender chat.Actor
}

// Committed tells where the main entry of a Commit stands in the log.
type Committed struct {
	Known   bool // the CMID was committed before: Main and At are those of then, and nothing was written now
	Main    chat.Cursor
	At      chat.Millis  // of the main entry as kept
	Version chat.EntryID // of the thread's state after
}

// Stale refuses a Commit that was decided on an outdated state.
type Stale struct{ Current chat.Thread }

func (e *Stale) Error() string {
	return "the thread " + string(e.Current.ID) + " has changed meanwhile"
}

// ErrBehind refuses a Commit that was decided on a log that has gone on since.
var ErrBehind = errors.New("the log has gone on since")

// Numbered is an entry of the log with its number.
type Numbered struct {
	Seq     chat.Seq
	EID     chat.EntryID
	Private bool
	Raw     []byte // JSON of a chat.Entry, the bytes as committed; of kind "damaged" if they do not fit their checksum
	// Amended tells what became of a message, as far as reading a log says; not of entries that came by a doorbell. What was
	// deleted is not in Raw any more.
	Amended Amended
}

// Page is a stretch of a log.
type Page struct {
	Entries   []Numbered // rising
	Reset     bool       // the cursor did not hold; Entries go on after Common
	Common    chat.Cursor
	Truncated chat.Seq    // above 0: the entries before it are not kept any more
	Top       chat.Cursor // newest of the log at reading
	More      bool        // the log goes on after Entries
}

// Marker says how far somebody has got in a thread.
type Marker struct {
	Who       chat.Actor
	Delivered chat.Seq
	Seen      chat.Seq
}

// Summary is a conversation as lists show it: the JSON of the REST API and of the frame "conversation".
type Summary struct {
	chat.Conversation
	Last          *SummaryEntry `json:"last,omitempty"` // the last message
	Top           chat.Seq      `json:"top"`            // of the thread
	Unread        int           `json:"unread"`         // visitor's messages after the agents' last seen marker or message, at most 99
	LastVisitorAt chat.Millis   `json:"lastVisitorAt,omitempty"`
	LastAgentAt   chat.Millis   `json:"lastAgentAt,omitempty"`
	VisitorName   string        `json:"visitorName"`
	VisitorLevel  string        `json:"visitorLevel"`
}

// SummaryEntry is the beginning of a message.
type SummaryEntry struct {
	Seq    chat.Seq    `json:"seq"`
	Kind   chat.Kind   `json:"kind"`
	Author chat.Actor  `json:"author"`
	Text   string      `json:"text"` // the first 140 runes
	At     chat.Millis `json:"at"`
	Note   bool        `json:"note,omitempty"`

	EditedAt  chat.Millis `json:"editedAt,omitempty"`  // then Text is the new one
	DeletedAt chat.Millis `json:"deletedAt,omitempty"` // then there is no text

	eid chat.EntryID
}

// BellKind tells what a doorbell announces.
type BellKind byte

const (
	BellEntry    BellKind = 'E'
	BellMarker   BellKind = 'M'
	BellTyping   BellKind = 'T'
	BellVisitor  BellKind = 'V' // the roster
	BellAgent    BellKind = 'A' // an agent's status
	BellSettings BellKind = 'S' // the account's settings changed
	BellRevoked  BellKind = 'R' // an agent's tokens
	BellPerson   BellKind = 'P' // what is known of a person; Data is who, in the words of package people
	BellCall     BellKind = 'C' // how a telephone call goes
)

// Bell is a doorbell: a hint that something happened, which may come late, twice or not at all.
type Bell struct {
	Kind         BellKind
	N            int64  // number on the account's feed; 0 on kinds that are not numbered
	Prev         string // identity of the bell N-1; "" likewise
	Thread       chat.ThreadID
	Seq          chat.Seq
	EID          chat.EntryID // of the entry; of a marker bell its own identity on the feed
	Before       chat.EntryID // of the entry Seq-1 of the thread; "" if it is the first, and on other kinds
	Conversation chat.ConversationID
	Private      bool
	Origin       string
	Data         []byte // entry, wire.Marker, wire.Typing or REST object as JSON; valid only during the call
}

// Listener receives what the feeds of the followed accounts bring. Calls come one at a time and must not block.
type Listener interface {
	Bell(chat.AccountID, Bell)
	Changed(chat.AccountID, []chat.ThreadID) // bells were lost: these threads may have moved, read on
	Verify(chat.AccountID)                   // the history may have forked: compare every live thread's top (VerifyTops)
}

// Timer is a job that falls due.
type Timer struct {
	Account  chat.AccountID
	Kind, ID string
	Due      chat.Millis // by the clock of Redis; of a claimed timer, until when it is claimed
}

// Doc is a versioned JSON document. Versions count from 1.
type Doc struct {
	ID      string
	Version int64
	Data    []byte
}

// AnyVersion makes PutDoc write whatever is there. 0 stands for "must not exist".
const AnyVersion = -1

// Moved refuses a PutDoc whose document has another version.
type Moved struct{ Current Doc }

func (e *Moved) Error() string { return "the document " + e.Current.ID + " has changed meanwhile" }

// Visitor is the record of a browser or device.
type Visitor struct {
	ID        chat.VisitorID
	No        int64
	Name      string
	Email     string
	Level     string
	Contact   chat.ContactID
	Thread    chat.ThreadID
	Tokens    string // what people keeps of his tokens: hashes and nonces, none of which opens anything
	Claim     string // id or e-mail that was said, proven or not; who says another is another
	Language  string
	Timezone  string
	Screen    string
	Browser   string
	OS        string
	Address   string
	Channel   string // widget id of the last channel that he came through, "" if no page named one
	CreatedAt chat.Millis
	SeenAt    chat.Millis
	Said      string       // JSON of what his browser said of him, "" if it said nothing
	Blocked   bool         // what he writes is refused
	UserAgent string       // as the browser sends it
	Place     string       // JSON of where Address is in the world, "" if that is not known
	Group     chat.GroupID // that he chose last, "" if none
}

// Finding is the outcome of one check of the store, for people.
type Finding struct {
	Name     string
	OK       bool
	Sentence string // what is, and what to do about it if it is not right
}
