package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"confab/chat"
	"confab/outbox"
	"confab/people"
	"confab/store"
)

const (
	// answerWait is how long an answer may be seen in the chat before it goes by mail; what follows it meanwhile goes along.
	answerWait = 3 * time.Minute
	clockSlack = time.Second // by which nodes' clocks may differ

	// Types of events.
	typeAnswer  = "answer"
	typeConfirm = "confirm" // asks whether an address is somebody's
	typeLog     = "log"     // of a chat that has ended, to its account
)

// order is the body of an event: what to send, but nothing that anybody wrote. The mail itself is made when it is sent, of
// what may be sent then.
type order struct {
	Visitor      chat.VisitorID      `json:"visitor"`
	Conversation chat.ConversationID `json:"conversation"`
	After        chat.Seq            `json:"after,omitempty"` // messages of the conversation that come after this entry
	UpTo         chat.Seq            `json:"upTo"`            // and not after this one
	Must         bool                `json:"must,omitempty"`  // also if it was seen in the chat
	Mark         string              `json:"mark,omitempty"`  // of the address that is asked
}

func (o order) event(kind string) (outbox.Event, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return outbox.Event{}, fmt.Errorf("order of a mail: %w", err)
	}
	return outbox.Event{Type: kind, Body: raw, Conversation: o.Conversation}, nil
}

// round is one look at a thread.
type round struct {
	*Mail
	b      outbox.Batch
	s      state
	now    chat.Millis
	events []outbox.Event
	next   time.Duration // until something is due, 0 if nothing is
	who    *people.Contact
}

// Encode decides which mails are due. What is not yet has the thread looked at again when it is: with the timer that is set
// before the state is kept, a node that dies leaves nothing unlooked at.
func (m *Mail) Encode(ctx context.Context, b outbox.Batch) (outbox.Encoded, error) {
	s, err := parseState(b.State)
	if err != nil {
		return outbox.Encoded{}, err
	}
	r := &round{Mail: m, b: b, s: s, now: chat.At(m.o.Now())}
	for i := range b.Entries {
		r.s.take(&b.Entries[i], r.now)
		if err := r.ended(&b.Entries[i]); err != nil {
			return outbox.Encoded{}, err
		}
	}
	for _, id := range r.s.waiting() {
		if err := r.look(ctx, id, r.s.Talks[id]); err != nil {
			return outbox.Encoded{}, fmt.Errorf("mail of conversation %s: %w", id, err)
		}
	}
	if r.next > 0 {
		if err := m.o.Store.TimerSet(ctx, b.Account.ID, TimerKind, string(b.Thread), r.next); err != nil {
			return outbox.Encoded{}, err
		}
	}
	kept, err := r.s.encode()
	return outbox.Encoded{Events: r.events, State: kept}, err
}

// ended sends the account the log of a chat that is over, if it wants that.
func (r *round) ended(e *outbox.Entry) error {
	if e.Kind != chat.KindConversationClosed || r.b.Account.ChatLogTo == "" || r.now-e.At > chat.Millis(oldest.Milliseconds()) {
		return nil
	}
	return r.add(typeLog, order{Visitor: r.b.Visitor, Conversation: e.Conversation, UpTo: e.Seq})
}

func (r *round) add(kind string, o order) error {
	event, err := o.event(kind)
	r.events = append(r.events, event)
	return err
}

// look decides about the answers of one conversation.
func (r *round) look(ctx context.Context, id chat.ConversationID, t *talk) error {
	age := time.Duration(r.now-t.Since) * time.Millisecond
	c, err := r.o.Store.Conversation(ctx, r.b.Account.ID, id)
	most := oldest
	if len(r.s.Asked) > 0 {
		most = confirmLife
	}
	if isNotFound(err) || err == nil && age > most {
		t.drop()
		return nil
	}
	if err != nil {
		return err
	}
	must := c.Subject != "" && t.Mailed == 0
	wait := answerWait
	if must && isTeam(c.StartedBy) {
		wait = 0
	}
	if left := wait - age; left > clockSlack {
		r.wake(left)
		return nil
	}
	return r.due(ctx, id, t, must)
}

// wake has the thread looked at again.
func (r *round) wake(in time.Duration) {
	if r.next == 0 || in < r.next {
		r.next = in
	}
}

// due sends answers that were waited for long enough.
func (r *round) due(ctx context.Context, id chat.ConversationID, t *talk, must bool) error {
	seen, err := r.seen(ctx, r.b.Account.ID, r.b.Thread)
	if err != nil {
		return err
	}
	unseen := max(seen, r.s.Wrote) < t.Last
	if !must && !unseen {
		t.drop()
		return nil
	}
	who, err := r.person(ctx)
	if err != nil {
		return err
	}
	box := who.Mailbox()
	address, ok := postal(box.Address)
	switch {
	case who.Blocked || !who.WantsMail():
		t.drop()
	case ok && box.Known:
		o := order{Visitor: r.b.Visitor, Conversation: id, After: t.Mailed, UpTo: t.Last, Must: must}
		t.Mailed = t.Last
		t.drop()
		return r.add(typeAnswer, o)
	case !unseen:
		t.drop() // there is no need to know where to write
	case ok:
		return r.ask(id, t, address)
	}
	return nil // an address may be given yet: who gives it is looked at again
}

// ask has an address confirmed that was only said; until then the answers wait.
func (r *round) ask(id chat.ConversationID, t *talk, address string) error {
	mark := r.o.Links.Mark(address)
	if slices.Contains(r.s.Asked, mark) {
		return nil
	}
	r.s.Asked = append(r.s.Asked, mark)
	return r.add(typeConfirm, order{Visitor: r.b.Visitor, Conversation: id, UpTo: t.Last, Mark: mark})
}

func (r *round) person(ctx context.Context) (*people.Contact, error) {
	if r.who == nil {
		who, err := r.o.People.Contact(ctx, r.b.Account.ID, chat.ContactID(r.b.Visitor))
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		r.who = &who // nobody has no address
	}
	return r.who, nil
}

// seen tells up to which entry any of the thread's visitors has seen it.
func (m *Mail) seen(ctx context.Context, a chat.AccountID, thread chat.ThreadID) (chat.Seq, error) {
	type answer struct {
		markers []store.Marker
		err     error
	}
	result := make(chan answer, 1)
	m.o.Store.Markers(a, thread, func(markers []store.Marker, err error) { result <- answer{markers, err} })
	select {
	case got := <-result:
		var seen chat.Seq
		for _, marker := range got.markers {
			if marker.Who.Kind == chat.Visitor {
				seen = max(seen, marker.Seen)
			}
		}
		return seen, got.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func isNotFound(err error) bool { return errors.Is(err, &chat.Refusal{Code: chat.NotFound}) }
