// Package relaytest starts relay nodes on one store, behind real listeners, and speaks to them frame by frame.
package relaytest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/desk"
	"confab/people"
	"confab/presence"
	"confab/relay"
	"confab/store"
)

// Patience is how long a test waits for what must happen. Nothing waits for as long when all is well.
const Patience = 15 * time.Second

// Who there is in a World. Globex has an agent of its own.
const (
	Acme     = chat.AccountID("acme")
	AcmeName = "Acme Travel"
	Globex   = chat.AccountID("globex")
	Origin   = "https://acme.test" // a page that may embed Acme's widget
	Anna     = "anna@acme.test"
	Ben      = "ben@acme.test"
	Gina     = "gina@globex.test"
	password = "correct horse battery"
)

// World is a store with two accounts.
type World struct {
	TB  testing.TB
	URL string // of the store
}

// New starts an embedded store with the accounts in it.
func New(t testing.TB) *World {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return On(t, e.URL())
}

// On puts the accounts into the store at url.
func On(t testing.TB, url string) *World {
	return &World{TB: t, URL: url}
}

// Node is one relay node with everything below it.
type Node struct {
	Relay    *relay.Node
	Store    *store.Store
	Desk     *desk.Desk
	Presence *presence.Presence
	Accounts *account.Accounts
	URL      string // http://127.0.0.1:port

	world *World
	serve *http.Server
	stop  context.CancelFunc
	done  sync.WaitGroup
	once  sync.Once
}

// Start starts a node. change may alter its options.
func (w *World) Start(change ...func(*relay.Options)) *Node {
	w.TB.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.TB.Fatal(err)
	}
	n := w.StartOn(listener, change...)
	n.URL = "http://" + listener.Addr().String()
	return n
}

// StartOn starts a node that serves what the listener accepts.
func (w *World) StartOn(listener net.Listener, change ...func(*relay.Options)) *Node {
	w.TB.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ids, log := chat.NewIDs(nil), zap.NewNop()
	name := ids.New()
	s, err := store.Open(ctx, store.Options{URL: w.URL, Node: name, IDs: ids, Log: log, Embedded: true})
	if err != nil {
		w.TB.Fatal(err)
	}
	n := &Node{Store: s, world: w, stop: stop}
	n.Desk = desk.New(desk.Options{Store: s, IDs: ids, Log: log})
	n.Accounts = account.New(account.Options{Store: s, IDs: ids, Log: log, Secret: []byte(strings.Repeat("s", 32))})
	n.Presence = presence.New(presence.Options{Store: s, Node: name, Log: log, VisitorGrace: time.Minute, LeaseLost: func() { n.Relay.LeaseLost() }})
	who := people.New(people.Options{Store: s, Accounts: n.Accounts, Presence: n.Presence, IDs: ids, Log: log})
	o := relay.Options{Store: s, Desk: n.Desk, Presence: n.Presence, Accounts: n.Accounts, People: who, IDs: ids, Log: log, Node: name}
	for _, c := range change {
		c(&o)
	}
	n.Relay = relay.New(o)
	n.run(ctx, listener)
	n.setUp(ctx)
	w.TB.Cleanup(n.Stop)
	return n
}

func (n *Node) run(ctx context.Context, listener net.Listener) {
	mux := http.NewServeMux()
	mux.Handle("/ws", n.Relay)
	n.serve = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	n.done.Go(func() {
		if err := n.serve.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			n.world.TB.Errorf("serve: %v", err)
		}
	})
	for _, part := range []func(context.Context) error{n.Store.Run, n.Presence.Run, n.Relay.Run} {
		n.done.Go(func() {
			if err := part(ctx); err != nil && ctx.Err() == nil {
				n.world.TB.Errorf("node: %v", err)
			}
		})
	}
}

func (n *Node) setUp(ctx context.Context) {
	origins, secret, name := []string{Origin}, auth.NewSecret(password), AcmeName
	agent := func(email string) account.AgentSpec {
		name := strings.ToUpper(email[:1]) + email[1:strings.Index(email, "@")]
		return account.AgentSpec{Email: &email, Name: &name, Password: &secret}
	}
	err := n.Accounts.Apply(ctx, account.Bootstrap{Accounts: []account.AccountSpec{
		{ID: Acme, Name: &name, AllowedOrigins: &origins, Agents: []account.AgentSpec{agent(Anna), agent(Ben)}},
		{ID: Globex, Agents: []account.AgentSpec{agent(Gina)}},
	}})
	if err != nil {
		n.world.TB.Fatalf("accounts: %v", err)
	}
}

// Stop ends the node as SIGKILL would not: everything is waited for.
func (n *Node) Stop() {
	n.once.Do(func() {
		_ = n.serve.Close()
		n.stop()
		n.done.Wait()
		_ = n.Store.Close()
	})
}

// LogIn returns an access token.
func (n *Node) LogIn(email string) account.Session {
	n.world.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	s, err := n.Accounts.LogIn(ctx, email, auth.NewSecret(password), "127.0.0.1:1")
	if err != nil {
		n.world.TB.Fatalf("log in %s: %v", email, err)
	}
	return s
}

// Conversation makes a conversation with one message from a visitor and returns the visitor's socket.
func (n *Node) Conversation(text string) *Socket {
	n.world.TB.Helper()
	v := n.Visitor()
	v.Post("", text)
	return v
}

// CMID returns the i-th client message id of a test.
func CMID(i int) chat.ClientMessageID { return chat.ClientMessageID("message-" + strconv.Itoa(i)) }
