package mail

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/outbox"
	"confab/people"
	"confab/store"
	"confab/wire"
)

const acme = dialecttest.Acme

// world is the mail of a deployment with a mail server, driven as the outbox does it, and a clock that tests move.
type world struct {
	*dialecttest.World
	mail   *Mail
	smtp   *mailServer
	logs   *observer.ObservedLogs
	ahead  atomic.Int64 // nanoseconds before the real clock
	states map[chat.ThreadID]*told
}

// told is what the outbox keeps of a thread.
type told struct {
	at    chat.Seq
	state json.RawMessage
}

func newWorld(t *testing.T) *world { return newWorldWith(t, newMailServer(t, serverOptions{})) }

func newWorldWith(t *testing.T, s *mailServer) *world {
	t.Helper()
	w := &world{World: dialecttest.New(t), smtp: s, states: map[chat.ThreadID]*told{}}
	core, logs := observer.New(zap.DebugLevel)
	w.logs = logs
	w.mail = New(Options{
		Store: w.Store, Accounts: w.Accounts, People: w.People, Server: s.server(""), Log: zap.New(core),
		From: netmail.Address{Name: "Chat", Address: "chat@example.com"}, Public: "https://chat.example.com",
		Links: auth.NewLinks([]byte(strings.Repeat("s", 32))), Now: func() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) },
	})
	w.mail.Register(w.Handler)
	return w
}

// pass lets time go by.
func (w *world) pass(d time.Duration) { w.ahead.Add(int64(d)) }

// verified is the proof of one of the site's users.
func verified(id, email string) wire.Proof {
	return wire.Proof{ID: id, Email: email, HMAC: auth.SignUser(auth.NewSecret("acme-server-key"), id)}
}

func (w *world) guest(name string, proof wire.Proof) people.Opened {
	w.T.Helper()
	return w.Guest(name, proof, chat.Page{URL: "https://shop.example/cart"}, "")
}

// says has the page of a guest say something of the layer basic.
func (w *world) says(guest, layer, data string) {
	w.T.Helper()
	v := w.Visitor(guest)
	if err := w.People.Say(w.T.Context(), people.Speaker{Account: acme, Visitor: v.Visitor.ID, Contact: v.Contact}, layer, false, []byte(data)); err != nil {
		w.T.Fatal(err)
	}
}

// answers posts for an agent into a guest's thread.
func (w *world) answers(guest, text string) chat.EntryID {
	w.T.Helper()
	return w.Say(guest, chat.Draft{Author: w.Agent("ann"), Text: text})
}

// patch changes a guest's contact as the team does.
func (w *world) patch(guest, patch string) {
	w.T.Helper()
	if _, err := w.People.PatchContact(w.T.Context(), acme, w.contact(guest).ID, []byte(patch)); err != nil {
		w.T.Fatal(err)
	}
}

func (w *world) contact(guest string) people.Contact {
	w.T.Helper()
	c, err := w.People.Contact(w.T.Context(), acme, chat.ContactID(w.Visitor(guest).Visitor.ID))
	if err != nil {
		w.T.Fatal(err)
	}
	return c
}

// sees lets a guest's marker rise to the end of his thread.
func (w *world) sees(guest string) {
	w.T.Helper()
	v := w.Visitor(guest)
	done := make(chan error, 1)
	w.Desk.Mark(acme, v.Thread, chat.Actor{Kind: chat.Visitor, ID: string(v.Visitor.ID)}, 0, 1000, func(err error) { done <- err })
	w.Await(done)
}

// look has the mail look at a guest's thread once, and returns what it wants to be delivered.
func (w *world) look(guest string) []outbox.Delivery {
	w.T.Helper()
	v := w.Visitor(guest)
	s := w.states[v.Thread]
	if s == nil {
		s = &told{}
		w.states[v.Thread] = s
	}
	a := w.Account()
	batch := outbox.Batch{Account: a, Target: w.mail.Targets(a)[0], Thread: v.Thread, Visitor: v.Visitor.ID, State: s.state}
	page, _, err := w.mail.after(w.T.Context(), acme, v.Thread, s.at)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, e := range page {
		batch.Entries, s.at = append(batch.Entries, outbox.Entry{Entry: e.Entry, Seq: e.seq}), e.seq
	}
	encoded, err := w.mail.Encode(w.T.Context(), batch)
	if err != nil {
		w.T.Fatal(err)
	}
	s.state = encoded.State
	var deliveries []outbox.Delivery
	for _, e := range encoded.Events {
		deliveries = append(deliveries, outbox.Delivery{
			ID: w.IDs.New(), Target: Kind, Kind: Kind, Type: e.Type, Thread: v.Thread, Conversation: e.Conversation, Body: e.Body,
			CreatedAt: chat.At(w.mail.o.Now()),
		})
	}
	return deliveries
}

// later looks when all waiting is over.
func (w *world) later(guest string) []outbox.Delivery {
	w.T.Helper()
	w.pass(answerWait + time.Second)
	return w.look(guest)
}

func (w *world) try(d outbox.Delivery) outbox.Outcome {
	w.T.Helper()
	return w.mail.Deliver(w.T.Context(), w.Account(), d)
}

// send delivers what there is, and fails the test if one does not go.
func (w *world) send(deliveries []outbox.Delivery) {
	w.T.Helper()
	for _, d := range deliveries {
		if out := w.try(d); !out.Done {
			w.T.Fatalf("%s was not sent: %+v", d.Type, out)
		}
	}
}

// follow asks for an address of the mail's pages; a form is POSTed.
func (w *world) follow(method, address, form string) *httptest.ResponseRecorder {
	w.T.Helper()
	u, err := url.Parse(address)
	if err != nil {
		w.T.Fatal(err)
	}
	r := httptest.NewRequest(method, u.RequestURI(), strings.NewReader(form))
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	out := httptest.NewRecorder()
	w.Handler.ServeHTTP(out, r)
	return out
}

var addressIn = regexp.MustCompile(`https://chat\.example\.com/mail/\S+`)

// linkIn finds the address of a page of ours in a mail.
func linkIn(t *testing.T, mail received) string {
	t.Helper()
	found := addressIn.FindString(mail.text)
	if found == "" {
		t.Fatalf("no link in\n%s", mail.text)
	}
	return found
}

// texts are the messages that a guest reads in the chat, and all that he is sent beside them.
func (w *world) texts(guest string) (texts []string, all string) {
	w.T.Helper()
	page, _, err := w.Desk.Messages(w.T.Context(), acme, w.Visitor(guest).Thread, 0, 1000)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, n := range page {
		var e chat.Entry
		if err := json.Unmarshal(n.Raw, &e); err != nil {
			w.T.Fatal(err)
		}
		if e.Kind == chat.KindMessage {
			texts = append(texts, e.Text)
		}
		all += string(n.Raw)
	}
	return texts, all
}

func (w *world) bring(spec account.AccountSpec) {
	w.T.Helper()
	spec.ID = acme
	if _, err := w.Accounts.Update(w.T.Context(), spec); err != nil {
		w.T.Fatal(err)
	}
	w.Accounts.Invalidate(acme)
}

// outgoing tells which threads the outbox has to look at now.
func (w *world) outgoing() []store.Outgoing {
	w.T.Helper()
	out, err := w.Store.ClaimOutgoing(w.T.Context(), acme, 10, time.Minute)
	if err != nil {
		w.T.Fatal(err)
	}
	return out
}

func status(r *httptest.ResponseRecorder) int { return r.Result().StatusCode }

func jsonText(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func contextThatEnds(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
