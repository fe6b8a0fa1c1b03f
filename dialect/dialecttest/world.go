package dialecttest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/calls"
	"confab/chat"
	"confab/desk"
	"confab/files"
	"confab/outbox"
	"confab/people"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

// Acme is the account of a World: with two agents, one of them of the group Sales, a channel, and keys of every kind.
const Acme = chat.AccountID("acme")

// Patience is how long a World waits for what must happen.
const Patience = 20 * time.Second

// World is all that a dialect's handlers and encoders stand on, real and on an embedded store.
type World struct {
	T        *testing.T
	IDs      chat.IDs
	Store    *store.Store
	StoreURL string // for others of the same deployment
	Desk     *desk.Desk
	Presence *presence.Presence
	Accounts *account.Accounts
	People   *people.People
	Calls    *calls.Calls
	Files    *files.Files
	Handler  *httprouter.Router
	told     map[chat.ThreadID]*listening
	events   map[chat.ThreadID][]outbox.Event // told last
	guests   map[string]people.Opened
	numeric  bool // the target is a webhook with numeric ids
}

// New starts a world. Handlers are registered on its Handler, which is set as the node's is.
func New(t *testing.T) *World {
	t.Helper()
	embedded, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	w := &World{
		T: t, IDs: chat.NewIDs(nil), Store: storetest.Open(t, embedded.URL(), nil), StoreURL: embedded.URL(),
		told: map[chat.ThreadID]*listening{}, events: map[chat.ThreadID][]outbox.Event{}, guests: map[string]people.Opened{},
	}
	w.Presence = presence.New(presence.Options{Store: w.Store, Node: "node-1", Log: zap.NewNop(), VisitorGrace: time.Minute, LeaseLost: func() {}})
	w.Run(w.Presence.Run)
	w.Desk = desk.New(desk.Options{Store: w.Store, IDs: w.IDs, Log: zap.NewNop(), Begun: w.Presence.Retain, Meet: func(ctx context.Context, a chat.AccountID, v chat.VisitorID) error { return w.People.Meet(ctx, a, v) }})
	w.Accounts = account.New(account.Options{
		Store: w.Store, IDs: w.IDs, Log: zap.NewNop(), Secret: []byte(strings.Repeat("s", 32)),
		HashCost: auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1},
	})
	w.People = people.New(people.Options{Store: w.Store, Accounts: w.Accounts, Presence: w.Presence, IDs: w.IDs, Log: zap.NewNop()})
	if err := w.Accounts.Apply(t.Context(), account.Bootstrap{Accounts: []account.AccountSpec{Tenant(Acme), Tenant("rival")}}); err != nil {
		t.Fatal(err)
	}
	w.Calls = calls.New(calls.Options{Store: w.Store, Desk: w.Desk, Accounts: w.Accounts, IDs: w.IDs, Log: zap.NewNop()})
	disk, err := files.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	w.Files = files.New(files.Options{Store: w.Store, Place: disk, Log: zap.NewNop(), Temp: disk.Temp()})
	w.Handler = httprouter.New()
	w.Handler.RedirectTrailingSlash, w.Handler.RedirectFixedPath, w.Handler.HandleMethodNotAllowed = false, false, true
	return w
}

// Run runs a part until the test ends.
func (w *World) Run(run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx); err != nil {
			w.T.Errorf("run: %v", err)
		}
	})
	w.T.Cleanup(func() { cancel(); running.Wait() })
}

// Tenant is an account whose things are named after it: acme-ann, acme-ben, acme-sales, acme-server-key, acme-shop, and the pair
// acme-public and acme-secret.
func Tenant(id chat.AccountID) account.AccountSpec {
	of := func(name string) string { return string(id) + "-" + name }
	sales := chat.GroupID(of("sales"))
	agent := func(name, shown string, no int64, groups ...chat.GroupID) account.AgentSpec {
		return account.AgentSpec{
			ID: chat.AgentID(of(name)), No: &no, Email: new(of(name) + "@example.com"), Name: &shown,
			Password: new(auth.NewSecret("correct horse battery")), Groups: &groups,
		}
	}
	ann := agent("ann", "Ann", 2224, sales)
	ann.Phone = new("+47 55 12 34")
	return account.AccountSpec{
		ID: id, Name: new("The " + string(id) + " company"), Hosts: &[]string{string(id) + ".example"},
		// The dialects' own examples tell whole addresses.
		Privacy:     account.PrivacySpec{Addresses: new(chat.AddressesWhole)},
		ServerKey:   new(auth.NewSecret(of("server-key"))),
		Credentials: []account.Credential{{Kind: account.DialectChatra, Public: of("public"), Secret: auth.NewSecret(of("secret"))}},
		Channels:    []account.ChannelSpec{{WidgetID: of("shop"), Calls: new(account.CallsManual)}},
		Groups:      []account.GroupSpec{{ID: sales, No: new(int64(161)), Name: new("Sales")}},
		Agents:      []account.AgentSpec{ann, agent("ben", "Ben", 2225)},
	}
}

// Account returns Acme as it is.
func (w *World) Account() *account.Account {
	w.T.Helper()
	a, err := w.Accounts.Account(w.T.Context(), Acme)
	w.must(err)
	return a
}

// Agent returns the actor of "ann" or "ben".
func (w *World) Agent(name string) chat.Actor {
	w.T.Helper()
	a, err := w.Accounts.Agent(w.T.Context(), Acme, chat.AgentID(string(Acme)+"-"+name))
	w.must(err)
	return a.Actor()
}

// Arrive makes an agent online.
func (w *World) Arrive(name string) {
	w.T.Helper()
	actor := w.Agent(name)
	w.enter(presence.Arrival{
		Account: Acme, Person: presence.Person{Kind: chat.Agent, ID: actor.ID}, Connection: w.IDs.New(), Agent: &presence.AgentInfo{Name: actor.Name},
	})
}

// Guest has a visitor come under a name of the test's, on a page.
func (w *World) Guest(name string, proof wire.Proof, page chat.Page, userAgent string) people.Opened {
	w.T.Helper()
	opened, err := w.People.Open(w.T.Context(), w.Account(), proof, wire.Device{Language: "en-US"}, userAgent, "192.0.2.7")
	w.must(err)
	w.guests[name] = opened
	w.enter(presence.Arrival{
		Account: Acme, Person: presence.Person{Kind: chat.Visitor, ID: string(opened.Visitor.ID)}, Connection: w.IDs.New(),
		Visitor: &presence.VisitorInfo{Name: opened.Visitor.Name, Level: opened.Level, Thread: opened.Thread, Page: w.Account().Privacy.View(page)},
	})
	return opened
}

func (w *World) enter(a presence.Arrival) {
	w.T.Helper()
	done := make(chan error, 1)
	w.Presence.Enter(a, func(err error) { done <- err })
	w.Await(done)
}

// Await fails the test if what is awaited fails or does not come.
func (w *World) Await(done chan error) {
	w.T.Helper()
	select {
	case err := <-done:
		w.must(err)
	case <-time.After(Patience):
		w.T.Fatal("no answer")
	}
}

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Visitor is who came under the name.
func (w *World) Visitor(name string) people.Opened {
	w.T.Helper()
	opened, ok := w.guests[name]
	if !ok {
		w.T.Fatalf("nobody came as %s", name)
	}
	return opened
}

// Say posts a draft into a guest's thread and returns its id. Without an author it is the guest's own.
func (w *World) Say(guest string, d chat.Draft) chat.EntryID {
	w.T.Helper()
	v := w.Visitor(guest)
	if d.Author.Kind == "" {
		d.Author = chat.Actor{Kind: chat.Visitor, ID: string(v.Visitor.ID), Name: v.Visitor.Name}
	}
	d.CMID = chat.ClientMessageID(w.IDs.New())
	posted, err := w.Desk.Say(w.T.Context(), desk.Post{Account: Acme, Thread: v.Thread, Visitor: v.Visitor.ID, Draft: d})
	w.must(err)
	return posted.Cursor.EID
}

// Conversation is the last of a guest's thread.
func (w *World) Conversation(guest string) *chat.Conversation {
	w.T.Helper()
	t, err := w.Store.LoadThread(w.T.Context(), Acme, w.Visitor(guest).Thread)
	w.must(err)
	if t.Conversation == nil {
		w.T.Fatalf("%s has no conversation", guest)
	}
	return t.Conversation
}

// Seen says that somebody has seen all of a guest's thread.
func (w *World) Seen(guest string, by chat.Actor) {
	w.T.Helper()
	v, done := w.Visitor(guest), make(chan error, 1)
	w.Desk.Mark(Acme, v.Thread, by, 1<<30, 1<<30, func(err error) { done <- err })
	w.Await(done)
}

// Self is a guest as an actor.
func (w *World) Self(guest string) chat.Actor {
	v := w.Visitor(guest).Visitor
	return chat.Actor{Kind: chat.Visitor, ID: string(v.ID), Name: v.Name}
}
