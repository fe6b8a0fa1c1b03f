package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/outbox"
	"confab/store"
)

const (
	deliverTime = 40 * time.Second // for one try, from dialling to the mail server's last word
	giveUpAfter = day              // since the event
	jitter      = 0.2              // by which part a pause may be longer
)

// pauses follow the first try that failed, the second, …; together they are a little less than a day.
var pauses = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 6 * time.Hour,
}

// unsent is why a mail is not sent although nothing failed.
type unsent struct {
	reason   string
	sentence string
	after    time.Duration // when it may go; 0: never
}

func (u *unsent) Error() string { return u.sentence }

// Reasons by which mails are counted. Each mail that is not sent has one.
const (
	reasonSent         = "sent"
	reasonFailed       = "failed"        // will be tried again
	reasonRefused      = "refused"       // by the mail server, for good
	reasonGivenUp      = "given_up"      // after a day of failing
	reasonGone         = "gone"          // conversation, messages or person are erased
	reasonSeen         = "seen"          // in the chat, meanwhile
	reasonUnwanted     = "unwanted"      // the person unsubscribed
	reasonBlocked      = "blocked"       // the person is blocked
	reasonNoAddress    = "no_address"    // none is known any more
	reasonUnknown      = "unknown"       // nobody who may said that the address is his
	reasonAskedBefore  = "asked_before"  // the address was asked to be confirmed
	reasonAddressBound = "address_bound" // too many to this address
	reasonAccountBound = "account_bound" // too many of this account
)

func notSent(reason, sentence string) error { return &unsent{reason: reason, sentence: sentence} }

// Deliver makes one try.
func (m *Mail) Deliver(ctx context.Context, a *account.Account, d outbox.Delivery) outbox.Outcome {
	ctx, cancel := context.WithTimeout(ctx, deliverTime)
	defer cancel()
	begun := time.Now()
	err := m.deliver(ctx, a, d)
	reason, out := m.outcome(d, err)
	out.Millis = time.Since(begun).Milliseconds()
	m.metrics.count(d.Type, reason)
	if !out.Done {
		m.o.Log.Info("mail not sent", zap.String("account", string(a.ID)), zap.String("delivery", d.ID), zap.String("thread", string(d.Thread)),
			zap.String("type", d.Type), zap.String("reason", reason), zap.String("error", out.Error), zap.Duration("again", out.Again))
	}
	return out
}

func (m *Mail) deliver(ctx context.Context, a *account.Account, d outbox.Delivery) error {
	var o order
	if err := json.Unmarshal(d.Body, &o); err != nil {
		return notSent(reasonGone, "This order of a mail cannot be read.")
	}
	var write func(context.Context, *account.Account, outbox.Delivery, order) (letter, error)
	switch d.Type {
	case typeAnswer:
		write = m.writeAnswer
	case typeConfirm:
		write = m.writeConfirm
	case typeLog:
		write = m.writeLog
	default:
		return notSent(reasonGone, "This node does not know such mails.")
	}
	l, err := write(ctx, a, d, o)
	if err != nil {
		return err
	}
	if err := m.pass(ctx, d, l.bounds); err != nil {
		return err
	}
	if err := m.o.Server.send(ctx, m.envelope(d, l)); err != nil {
		return err
	}
	return nil
}

// pass asks the bounds, once for all tries of a delivery.
func (m *Mail) pass(ctx context.Context, d outbox.Delivery, bounds []bound) error {
	if d.Tries > 0 {
		return nil
	}
	refused, after, err := m.allow(ctx, bounds)
	if err != nil || refused == nil {
		return err
	}
	u := &unsent{reason: refused.reason, sentence: "More mails than are sent to one address."}
	switch {
	case refused.reason == reasonAskedBefore:
		u.sentence = "This address was asked before whether it is somebody's."
	case refused.reason == reasonAccountBound:
		u.sentence = "More mails than an account sends in an hour."
	}
	if refused.waits {
		u.after = after
	}
	return u
}

// outcome says what becomes of a delivery.
func (m *Mail) outcome(d outbox.Delivery, err error) (reason string, out outbox.Outcome) {
	var left *unsent
	var refused *refusal
	status := 0 // a server that answers is well, whatever it says of one mail
	if errors.As(err, &refused) {
		status = refused.status
	}
	old := m.o.Now().Sub(d.CreatedAt.Time()) > giveUpAfter
	switch {
	case err == nil:
		return reasonSent, outbox.Outcome{Done: true}
	case errors.As(err, &left) && left.after > 0 && !old:
		return left.reason, outbox.Outcome{Again: left.after, Untried: true, Error: left.sentence}
	case left != nil:
		return left.reason, outbox.Outcome{GiveUp: true, Well: true, Error: left.sentence}
	case refused != nil && refused.forGood():
		return reasonRefused, outbox.Outcome{GiveUp: true, Well: true, Status: status, Error: err.Error()}
	case old || d.Tries >= len(pauses):
		return reasonGivenUp, outbox.Outcome{GiveUp: true, Well: refused != nil, Status: status, Error: err.Error()}
	}
	pause := pauses[d.Tries]
	pause += time.Duration(rand.Float64() * jitter * float64(pause))
	return reasonFailed, outbox.Outcome{Again: pause, Well: refused != nil, Status: status, Error: err.Error()}
}

// conversation reads what a mail is about.
func (m *Mail) conversation(ctx context.Context, a *account.Account, d outbox.Delivery, o order) (store.Summary, error) {
	c, err := m.o.Store.Conversation(ctx, a.ID, o.Conversation)
	if isNotFound(err) || err == nil && c.Thread != d.Thread {
		return c, notSent(reasonGone, "The conversation is not there any more.")
	}
	if err != nil {
		return c, fmt.Errorf("conversation %s: %w", o.Conversation, err)
	}
	return c, nil
}

// recipient is who a mail goes to.
type recipient struct {
	claimed bool // he only says that he is the person: what he wrote is not sent there
	id      chat.ContactID
	name    string
	address string // as mail servers take it
	known   bool   // to be his
	mark    string // of the address
	box     string // mark of the postbox, by which bounds go
	words   *words // in which he is written to
}

// recipient finds whom an order concerns and where to write to him.
func (m *Mail) recipient(ctx context.Context, a *account.Account, o order) (recipient, error) {
	who, err := m.o.People.Contact(ctx, a.ID, chat.ContactID(o.Visitor))
	if isNotFound(err) {
		return recipient{}, notSent(reasonGone, "The person is not there any more.")
	}
	if err != nil {
		return recipient{}, fmt.Errorf("whom to write to: %w", err)
	}
	box := who.Mailbox()
	address, ok := postal(box.Address)
	switch {
	case who.Blocked:
		return recipient{}, notSent(reasonBlocked, "The person is blocked.")
	case !who.WantsMail():
		return recipient{}, notSent(reasonUnwanted, "The person wants no mail.")
	case !ok:
		return recipient{}, notSent(reasonNoAddress, "No address of the person is known.")
	}
	v, err := m.o.People.Visitor(ctx, a.ID, o.Visitor)
	if err != nil && !isNotFound(err) {
		return recipient{}, fmt.Errorf("whom to write to: %w", err)
	}
	return recipient{
		id: who.ID, name: who.Name, address: address, known: box.Known, mark: m.o.Links.Mark(address), box: m.o.Links.Mark(postbox(address)),
		words:   wordsFor(a, who.Attributes, v.Language),
		claimed: err == nil && v.Contact != who.ID && chat.ContactID(v.ID) != who.ID,
	}, nil
}
