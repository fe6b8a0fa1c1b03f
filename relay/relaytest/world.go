// Package relaytest starts relay nodes on one store, behind real listeners, and speaks to them frame by frame.
package relaytest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/calls"
	"confab/chat"
	"confab/desk"
	"confab/people"
	"confab/presence"
	"confab/relay"
	"confab/store"
	"confab/store/storetest"
)

// Patience is how long a test waits for what must happen. Nothing waits for as long when all is well.
const Patience = 15 * time.Second

// Who there is in a World. Globex has an agent of its own.
const (
	Acme     = chat.AccountID("acme")
	AcmeName = "Acme Travel"
	AcmeKey  = "acme-server-key" // signs the ids of Acme's users
	Widget   = "3677"            // of Acme's channel
	Public   = "acme-public"     // of Acme's credential, of kind Kind
	Kind     = account.DialectChatra
	Globex   = chat.AccountID("globex")
	Origin   = "https://acme.test" // a page that may embed Acme's widget
	Anna     = "anna@acme.test"
	Ben      = "ben@acme.test"
	Gina     = "gina@globex.test"
	password = "correct horse battery"
	secret   = "signs the tokens of all the nodes"
)

// World is a store with two accounts. Exactly one of Memory and Redis is set.
type World struct {
	TB     testing.TB
	URL    string // of the store
	Memory *store.Embedded
	Redis  *storetest.Server
	// Dialer replaces how nodes that start from now on reach the store, if it is set.
	Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

	// Log hears what nodes log that start from now on; nil: nobody does.
	Log *zap.Logger

	setUp  sync.Once
	mu     sync.Mutex
	tokens map[string]string // access tokens of agents who have logged in, by email
}

// New starts an embedded store. Its nodes put the accounts into it.
func New(t testing.TB) *World {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return &World{TB: t, URL: e.URL(), Memory: e}
}

// NewReal starts a redis-server that syncs every write.
func NewReal(t testing.TB) *World {
	t.Helper()
	dir, err := os.MkdirTemp("", "relay") // short, for the path of a socket has few characters
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := storetest.StartIn(t, dir)
	return &World{TB: t, URL: s.URL(), Redis: s}
}

// Remember copies what was committed; fallBack makes the store forget what came after it. Neither may run beside
// commits.
func (w *World) Remember() (fallBack func()) {
	w.TB.Helper()
	if w.Redis != nil {
		return w.Redis.Remember(w.TB)
	}
	return storetest.RememberEmbedded(w.TB, w.Memory)
}

// Node is one relay node with everything below it.
type Node struct {
	Relay    *relay.Node
	Store    *store.Store
	Desk     *desk.Desk
	Presence *presence.Presence
	Accounts *account.Accounts
	People   *people.People
	Calls    *calls.Calls
	URL      string            // http://127.0.0.1:port
	Client   http.RoundTripper // nil: the common way to URL

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
	ids, log := chat.NewIDs(nil), w.Log
	if log == nil {
		log = zap.NewNop()
	}
	name := ids.New()
	s, err := store.Open(ctx, store.Options{URL: w.URL, Dialer: w.Dialer, Node: name, IDs: ids, Log: log, Embedded: w.Memory != nil})
	if err != nil {
		w.TB.Fatal(err)
	}
	n := &Node{Store: s, world: w, stop: stop}
	n.Accounts = account.New(account.Options{
		Store: s, IDs: ids, Log: log, Secret: []byte(secret), HashCost: auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1},
	})
	n.Presence = presence.New(presence.Options{Store: s, Node: name, Log: log, VisitorGrace: time.Minute, LeaseLost: func() { n.Relay.LeaseLost() }})
	n.People = people.New(people.Options{Store: s, Accounts: n.Accounts, Presence: n.Presence, Tickets: auth.NewTickets([]byte(secret)), IDs: ids, Log: log})
	n.Desk = desk.New(desk.Options{Store: s, IDs: ids, Log: log, Begun: n.Presence.Retain, Meet: n.People.Meet, MayMeet: n.People.MayMeet})
	n.Calls = calls.New(calls.Options{Store: s, Desk: n.Desk, Accounts: n.Accounts, IDs: ids, Log: log})
	o := relay.Options{Store: s, Desk: n.Desk, Presence: n.Presence, Accounts: n.Accounts, People: n.People, Calls: n.Calls, IDs: ids, Log: log, Node: name}
	unhurried := chat.Limits // who only listens is not cut off because the machine takes its time for the test
	unhurried.SilentHeartbeats = 15
	o.Limits = &unhurried
	for _, c := range change {
		c(&o)
	}
	n.Relay = relay.New(o)
	n.run(ctx, listener)
	w.setUp.Do(func() { n.apply(ctx) })
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

func (n *Node) apply(ctx context.Context) {
	origins, word, name, key := []string{Origin}, auth.NewSecret(password), AcmeName, auth.NewSecret(AcmeKey)
	agent := func(email string) account.AgentSpec {
		name := strings.ToUpper(email[:1]) + email[1:strings.Index(email, "@")]
		return account.AgentSpec{Email: &email, Name: &name, Password: &word}
	}
	err := n.Accounts.Apply(ctx, account.Bootstrap{Accounts: []account.AccountSpec{
		{ID: Acme, Name: &name, AllowedOrigins: &origins, Agents: []account.AgentSpec{agent(Anna), agent(Ben)}, ServerKey: &key,
			Channels:    []account.ChannelSpec{{WidgetID: Widget}},
			Credentials: []account.Credential{{Kind: Kind, Public: Public, Secret: auth.NewSecret("pair-secret")}}},
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

// token returns an access token of an agent, who logs in once in a World: hashing passwords takes most of a test's time.
func (n *Node) token(email string) string {
	n.world.TB.Helper()
	n.world.mu.Lock()
	defer n.world.mu.Unlock()
	if n.world.tokens == nil {
		n.world.tokens = map[string]string{}
	}
	if n.world.tokens[email] == "" {
		n.world.tokens[email] = n.LogIn(email).Token
	}
	return n.world.tokens[email]
}

// ShortToken returns an access token of the agent that ends in about life, a second more or less.
func (n *Node) ShortToken(email string, life time.Duration) string {
	n.world.TB.Helper()
	tokens, now := auth.NewTokens([]byte(secret)), time.Now()
	access, err := tokens.VerifyAccess(n.LogIn(email).Token, now)
	if err != nil {
		n.world.TB.Fatal(err)
	}
	token, _, err := tokens.SignAccess(access, now.Add(life-auth.AccessLife))
	if err != nil {
		n.world.TB.Fatal(err)
	}
	return token
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
