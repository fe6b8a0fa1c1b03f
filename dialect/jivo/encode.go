package jivo

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

// Encoder tells of chats in the dialect's six events, and does what an answer asks for. Safe for concurrent use.
type Encoder struct{ o EncoderOptions }

var _ webhook.Encoder = (*Encoder)(nil)

// NewEncoder returns the encoder of the dialect's webhooks.
func NewEncoder(o EncoderOptions) *Encoder { return &Encoder{o} }

// Names of events.
const (
	callEvent      = "call_event"
	chatAccepted   = "chat_accepted"
	chatAssigned   = "chat_assigned"
	chatFinished   = "chat_finished"
	chatUpdated    = "chat_updated"
	offlineMessage = "offline_message"
)

// Rules are the dialect's: five more tries, each after a longer pause.
func (*Encoder) Rules() webhook.Rules {
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
func (*Encoder) Headers(account.Webhook, outbox.Delivery, time.Time) (http.Header, error) {
	return nil, nil
}

// Encode goes along what has happened with the target's state, then looks whether something else is known of the visitor than
// was told. What happened before the target was there goes the same way, and is not told. Who was erased is not told of.
func (e *Encoder) Encode(ctx context.Context, b outbox.Batch) (outbox.Encoded, error) {
	w := walk{Encoder: e, ctx: ctx, b: b}
	if len(b.State) > 0 {
		if err := json.Unmarshal(b.State, &w.state); err != nil {
			return outbox.Encoded{}, fmt.Errorf("state of a webhook: %w", err)
		}
	}
	err := w.all()
	switch {
	case errors.Is(err, errNobody):
		w.events = nil
	case err != nil:
		return outbox.Encoded{}, err
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

	known *people.Profile // read once
}

var errNobody = errors.New("the visitor was erased")

func isNotFound(err error) bool { return errors.Is(err, &chat.Refusal{Code: chat.NotFound}) }

// person is what is known of the visitor now.
func (w *walk) person() (*people.Profile, error) {
	if w.known != nil {
		return w.known, nil
	}
	p, err := w.o.People.Profile(w.ctx, w.b.Account, w.b.Visitor)
	if isNotFound(err) {
		return nil, errNobody
	}
	if err != nil {
		return nil, fmt.Errorf("what is known of %s: %w", w.b.Visitor, err)
	}
	w.known = &p
	return w.known, nil
}

func (w *walk) all() error {
	for i := range w.b.Entries {
		if err := w.entry(&w.b.Entries[i]); err != nil {
			return fmt.Errorf("encode entry %d: %w", w.b.Entries[i].Seq, err)
		}
	}
	return w.updates()
}

func (w *walk) entry(e *outbox.Entry) error {
	switch e.Kind {
	case chat.KindConversationStarted:
		w.state.start(e)
	case chat.KindConversationAccepted, chat.KindConversationJoined:
		return w.enters(e)
	case chat.KindConversationCard:
		return w.card(e)
	case chat.KindConversationLinked:
		return w.linked(e)
	case chat.KindConversationClosed:
		return w.closed(e)
	case chat.KindCall:
		return w.call(e)
	case chat.KindMessage:
		return w.message(e)
	}
	return nil
}

// tell adds an event, unless it happened before the target was there. at is when.
func (w *walk) tell(at chat.Millis, id chat.ConversationID, ev event) error {
	if at < w.b.Target.Since {
		return nil
	}
	if err := w.dress(&ev); err != nil {
		return err
	}
	body, err := json.Marshal(ev)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ev.EventName, err)
	}
	w.events = append(w.events, outbox.Event{Type: ev.EventName, Body: body, Conversation: id})
	return nil
}

// enters notes an agent. The first who accepts a chat is told of.
func (w *walk) enters(e *outbox.Entry) error {
	t, err := w.talk(e.Conversation)
	if err != nil {
		return err
	}
	t.enter(chat.AgentID(e.Author.ID))
	if t.Told != nil {
		return nil
	}
	p, err := w.person()
	if err != nil {
		return err
	}
	t.Told = new(detailsOf(p))
	ev, err := w.about(chatAccepted, t, e.Author)
	if err != nil {
		return err
	}
	return w.tell(e.At, e.Conversation, ev)
}

// card remembers what an answer says of the visitor: it is not told back.
func (w *walk) card(e *outbox.Entry) error {
	if e.Card == nil || e.Card.Contact == nil {
		return nil
	}
	t, err := w.talk(e.Conversation)
	if err == nil {
		t.Given = *e.Card.Contact
	}
	return err
}

func (w *walk) linked(e *outbox.Entry) error {
	t, err := w.talk(e.Conversation)
	if err != nil {
		return err
	}
	ev, err := w.about(chatAssigned, t, e.Author)
	if err != nil {
		return err
	}
	ev.AssignTo = &e.Link
	if ev.Page, err = w.startPage(e.Conversation); err != nil {
		return err
	}
	return w.tell(e.At, e.Conversation, ev)
}

// closed tells of the end of a chat that somebody had accepted, with all that was said.
func (w *walk) closed(e *outbox.Entry) error {
	t, err := w.talk(e.Conversation)
	if err != nil {
		return err
	}
	w.state.end(e)
	if t.Told == nil || e.At < w.b.Target.Since {
		return nil
	}
	ev, err := w.about(chatFinished, t, chat.Actor{})
	if err != nil {
		return err
	}
	ev.Agents = []agent{}
	for _, id := range t.Agents {
		one, err := w.agent(id)
		if err != nil {
			return err
		}
		ev.Agents = append(ev.Agents, one)
	}
	if ev.Page, err = w.startPage(e.Conversation); err != nil {
		return err
	}
	if ev.Chat, err = w.transcript(t, e); err != nil {
		return err
	}
	return w.tell(e.At, e.Conversation, ev)
}

// message tells of what a visitor left for later.
func (w *walk) message(e *outbox.Entry) error {
	if !e.Offline || e.Author.Kind != chat.Visitor || e.Auto || e.DeletedAt != 0 {
		return nil
	}
	t, err := w.talk(e.Conversation)
	if err != nil {
		return err
	}
	id, text := t.offlineID(e.Seq), w.text(&e.Entry)
	return w.tell(e.At, e.Conversation, event{EventName: offlineMessage, OfflineMessageID: &id, Message: &text})
}

// updates tells, for each chat that goes on, if the visitor is called otherwise than was told last. What an answer said of
// him is not told back once it is known.
func (w *walk) updates() error {
	for _, t := range w.state.Open {
		if t.Told == nil {
			continue
		}
		p, err := w.person()
		if err != nil {
			return err
		}
		if !t.learn(detailsOf(p)) {
			continue
		}
		by, err := w.present(t)
		if err != nil {
			return err
		}
		ev, err := w.about(chatUpdated, t, by)
		if err != nil {
			return err
		}
		if err := w.tell(w.b.Target.Since, t.ID, ev); err != nil {
			return err
		}
	}
	return nil
}
