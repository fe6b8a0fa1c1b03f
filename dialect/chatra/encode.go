package chatra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/outbox"
	"confab/people"
	"confab/store"
	"confab/webhook"
)

// EncoderOptions of NewEncoder. All but PublicURL are required.
type EncoderOptions struct {
	Store    *store.Store
	Desk     *desk.Desk
	Accounts *account.Accounts
	People   *people.People
	// PublicURL is where people reach the node, without a slash at its end. Without it that is the account's first host.
	PublicURL string
}

// Encoder tells of chats in the dialect's three events. Safe for concurrent use.
type Encoder struct{ o EncoderOptions }

var _ webhook.Encoder = (*Encoder)(nil)

// NewEncoder returns the encoder of the dialect's webhooks.
func NewEncoder(o EncoderOptions) *Encoder { return &Encoder{o} }

// Names of events.
const (
	chatStarted    = "chatStarted"
	chatFragment   = "chatFragment"
	chatTranscript = "chatTranscript"
)

// Rules are the dialect's: five more tries, each after a longer pause.
func (e *Encoder) Rules() webhook.Rules {
	return webhook.Rules{
		ContentType: "application/json; charset=utf-8",
		Timeout:     10 * time.Second,
		Pauses:      []time.Duration{2 * time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute},
		Jitter:      0.1,
		Repeats: func(status int) bool {
			return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= 500
		},
	}
}

// Headers adds none.
func (e *Encoder) Headers(account.Webhook, outbox.Delivery, time.Time) (http.Header, error) {
	return nil, nil
}

// Answered reads nothing: the dialect has no answers.
func (e *Encoder) Answered(context.Context, *account.Account, outbox.Delivery, []byte) error {
	return nil
}

// Encode goes along what has happened with the target's state. What happened before the target was there goes the same way,
// and is not told: so the first event goes on from where an earlier target's would.
func (e *Encoder) Encode(ctx context.Context, b outbox.Batch) (outbox.Encoded, error) {
	w := walk{Encoder: e, ctx: ctx, b: b}
	if len(b.State) > 0 {
		if err := json.Unmarshal(b.State, &w.state); err != nil {
			return outbox.Encoded{}, fmt.Errorf("state of a webhook: %w", err)
		}
	}
	if len(b.Entries) > 0 { // a log that another one has taken the place of may go on below where it was told
		before := b.Entries[0].Seq - 1
		w.state.Fragment, w.state.Transcript = min(w.state.Fragment, before), min(w.state.Transcript, before)
	}
	for i := range b.Entries {
		if err := w.entry(i); err != nil {
			if errors.Is(err, errNobody) {
				w.events = nil // who was erased is not told of
				break
			}
			return outbox.Encoded{}, fmt.Errorf("encode entry %d: %w", b.Entries[i].Seq, err)
		}
	}
	raw, err := json.Marshal(w.state)
	return outbox.Encoded{Events: w.events, State: raw}, err
}

// walk is one Encode under way.
type walk struct {
	*Encoder
	ctx    context.Context
	b      outbox.Batch
	state  state
	events []outbox.Event

	older []outbox.Entry  // before the batch, as far as they were read
	from  chat.Seq        // older begins after it
	read  bool            // older was read
	known *people.Profile // read once
}

func (w *walk) entry(i int) error {
	e := &w.b.Entries[i]
	switch e.Kind {
	case chat.KindEpisodeStarted:
		w.state.start(e)
	case chat.KindConversationAccepted, chat.KindConversationJoined:
		w.state.enter(e)
	case chat.KindConversationLeft:
		w.state.leave(e)
	case chat.KindConversationAssigned:
		w.state.assign(e)
	case chat.KindConversationClosed:
		w.state.over(e)
	case chat.KindMessage:
		return w.message(e)
	case chat.KindEpisodeFinished:
		return w.finish(e)
	}
	return nil
}

// message tells of a message what there is to tell, the start before the fragment.
func (w *walk) message(e *outbox.Entry) error {
	if !told(e) {
		return nil
	}
	byHand := !e.Auto && !e.Pushed
	if byHand && e.Author.Kind == chat.Visitor {
		w.state.written(e.Conversation)
	}
	if byHand && w.state.Starting {
		w.state.Starting = false
		if err := w.started(e); err != nil {
			return err
		}
	}
	// A bot asks for nobody, an agent's message is no answer before the visitor has written, and what was taken back needs none.
	if !byHand || e.Author.Kind == chat.Bot || !w.state.wrote(e.Conversation) || e.DeletedAt != 0 {
		return nil
	}
	after := w.state.Fragment
	w.state.Fragment = e.Seq
	return w.fragment(e, after)
}

// told tells whether an entry is a message of the dialect: notes and the core's own notices are none.
func told(e *outbox.Entry) bool {
	return e.Kind == chat.KindMessage && !e.Private() && kindOf(&e.Entry) != ""
}

// finish tells of a chat that is over.
func (w *walk) finish(e *outbox.Entry) error {
	after, run := w.state.Transcript, w.state.Run
	w.state.Transcript, w.state.Run, w.state.Starting = e.Seq, running{}, false
	return w.transcript(e, after, run)
}
