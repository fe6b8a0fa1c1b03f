package faulttest

import (
	"fmt"
	"time"

	"confab/chat"
)

// History is what everybody went through in one run, and what the log says at its end. Check judges it.
type History struct {
	Clients []*ClientHistory
	Log     map[chat.ThreadID][]Logged // the whole log of each thread, read when all was quiet
	// Settled says that the run ended with a quiet time in which everybody could catch up and every outbox drain.
	// Then nobody may lack anything.
	Settled bool
	// Alone says that nobody else writes as these clients' persons: what none of them sent may not be in the log.
	Alone bool

	Lives  []Life // when people were really there, each connection or all in one
	Bounds PresenceBounds
}

// Logged is an entry of the final log.
type Logged struct {
	Seq   chat.Seq
	Entry chat.Entry
}

// ClientHistory is what one client did and saw, in order. A client is one person in one program; when it restarts
// with nothing kept, that is another client.
type ClientHistory struct {
	Name   string
	Person chat.Actor
	Events []Event
}

// Event is one thing that happened to a client. Which fields are set depends on What.
type Event struct {
	At     time.Time
	What   What
	Thread chat.ThreadID

	CMID   chat.ClientMessageID // Sent, Acked, Refused, Repaired
	Text   string               // Sent
	Note   bool                 // Sent
	Place  chat.Cursor          // Acked; Reset: the last entry that stays; Truncated: the first entry that is kept, in Seq
	Entry  chat.Entry           // Applied, with Place.Seq
	Who    chat.Actor           // Marked, Seen present or gone
	Marker MarkerPair           // Marked
}

// What names an event.
type What string

const (
	Sent      What = "sent"      // the person pressed send
	Acked     What = "acked"     // the server acknowledged
	Refused   What = "refused"   // the server refused for good
	Repaired  What = "repaired"  // the client found an acknowledged message missing and offered it again
	Applied   What = "applied"   // an entry took its place
	Reset     What = "reset"     // the server told that the history is another one
	Truncated What = "truncated" // the server told that older entries are gone
	Followed  What = "followed"  // the client began to follow the thread, with nothing
	Marked    What = "marked"    // somebody's marker arrived
	Forked    What = "forked"    // the store has lost its newest commits, markers among them
	SawCome   What = "saw come"  // somebody is said to be there
	SawGo     What = "saw go"    // somebody is said to be gone
	Blinded   What = "blinded"   // the connection was lost: presence is not heard from here on
	Sighted   What = "sighted"   // and is heard again
)

// MarkerPair is how far somebody has got.
type MarkerPair struct{ Delivered, Seen chat.Seq }

// Life is a stretch of time in which a person had a working connection. A zero To is the end of the run.
type Life struct {
	Who      chat.Actor
	From, To time.Time
}

// PresenceBounds are the promises about presence.
type PresenceBounds struct {
	ComeWithin time.Duration // a coming is told within this
	Grace      time.Duration // a visitor's absence shorter than this is not told
	AgentGrace time.Duration // nor an agent's
	GoWithin   time.Duration // a going is told within this, counted from the last connection's end
	End        time.Time     // end of the run: what was due later is not judged
}

// Violation is a broken promise. Rule is I1 to I6 of the list of invariants; Text explains it to a person.
type Violation struct {
	Rule   string
	Client string
	Thread chat.ThreadID
	Text   string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s %s in thread %q: %s", v.Rule, v.Client, v.Thread, v.Text)
}
