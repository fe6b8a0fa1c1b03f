// Package outbox tells others what happened in threads: webhooks, mail. What is to be told is noted by the very step that
// keeps it, any node does the telling, and a node that dies in between leaves nothing untold. At least once, in the order of
// each thread for each target.
package outbox

import (
	"context"
	"encoding/json"
	"time"

	"confab/account"
	"confab/chat"
)

// Target is who is to be told: a webhook's address, or the mail of an account.
type Target struct {
	ID   string // unique within the account
	Kind string // of Options.Kinds
	// Since is from when on: what happened before is not told, but may be a part of what is.
	Since chat.Millis
}

// Kind is one way of telling. Its methods may run at once for different threads and targets, never for the same thread of the
// same target.
type Kind interface {
	// Targets are the account's of this kind.
	Targets(a *account.Account) []Target
	// Encode makes of what happened what is told of it. It is called again with the same batch if the node dies or the store
	// does not answer before the outcome is kept, so it changes nothing.
	Encode(ctx context.Context, b Batch) (Encoded, error)
	// Deliver tries once. An outcome that is neither done nor given up is tried again after a while.
	Deliver(ctx context.Context, a *account.Account, d Delivery) Outcome
	// AtOnce is how many deliveries to one target are under way at most.
	AtOnce() int
}

// Batch is what happened in a thread that the target was not told yet.
type Batch struct {
	Account *account.Account
	Target  Target
	Thread  chat.ThreadID
	Visitor chat.VisitorID // whose thread it is
	// State is what Encode returned for this thread and target the last time, nil at first.
	State json.RawMessage
	// Entries follow the last that was encoded, rising; messages that were taken back since have DeletedAt. There may be none:
	// what is known of the visitor has changed then, or nothing at all has.
	Entries []Entry
}

// Entry is a numbered entry of the log. Text is what it is by now if it was edited.
type Entry struct {
	chat.Entry
	Seq chat.Seq
}

// Encoded is what is to be told, in order, and what Encode wants to know the next time.
type Encoded struct {
	Events []Event
	State  json.RawMessage
}

// Event is one thing to be told.
type Event struct {
	Type         string // in the words of the kind
	Body         []byte
	Conversation chat.ConversationID // that it is about, "" if none
}

// Delivery is an event on its way to a target.
type Delivery struct {
	ID           string              `json:"id"` // the same at every try
	Target       string              `json:"target"`
	Kind         string              `json:"kind"`
	Type         string              `json:"type"`
	Thread       chat.ThreadID       `json:"thread"`
	Conversation chat.ConversationID `json:"conversation,omitempty"`
	Body         []byte              `json:"body"`
	CreatedAt    chat.Millis         `json:"createdAt"`
	Tries        int                 `json:"tries"` // that have ended
}

// Outcome is how one try ended. Exactly one of Done, GiveUp and Again is set.
type Outcome struct {
	Done   bool
	GiveUp bool          // it will never be taken
	Again  time.Duration // when to try again; of the outcomes of a thread the order is kept
	// Untried says that nobody was asked: the target rests. It counts as no try.
	Untried bool
	// Well says that the target does its work: that this one was not done is no reason to leave it alone.
	Well   bool
	Status int    // of HTTP, 0 if there was no answer
	Error  string // a sentence for people, "" if it is done
	Millis int64  // that it took
}
