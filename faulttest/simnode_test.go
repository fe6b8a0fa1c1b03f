package faulttest

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2/server"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/desk"
	"confab/people"
	"confab/presence"
	"confab/relay"
	"confab/store"
	"confab/wire"
)

const (
	simAccount = chat.AccountID("acme")
	simAgent   = chat.AgentID("d9nKoegKSjmCtyK78")
	simSession = "session"
	storeHost  = "embedded"
)

var simSecret = []byte("the signing secret of a simulated deployment")

// answerFirst sets what the simulation answers in the store's place.
func (s *sim) answerFirst() {
	scripts := knownScripts()
	s.embedded.Server().SetPreHook(func(c *server.Peer, name string, args ...string) bool {
		return s.answerInfo(c, name, args) || scripts(c, name, args)
	})
}

// knownScripts answers the loading of a script that the store has, which otherwise parses it again at each node's start.
func knownScripts() func(c *server.Peer, name string, args []string) bool {
	var mu sync.Mutex
	known := map[string]bool{} // by text
	return func(c *server.Peer, name string, args []string) bool {
		if name != "SCRIPT" || len(args) != 2 || !strings.EqualFold(args[0], "load") {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		if !known[args[1]] {
			known[args[1]] = true
			return false
		}
		sum := sha1.Sum([]byte(args[1]))
		c.WriteBulk(hex.EncodeToString(sum[:]))
		return true
	}
}

// simNode is a whole node of the program, less its command line, in a bubble.
type simNode struct {
	name   string
	sim    *sim
	store  *store.Store
	server *http.Server
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// openStore connects to the embedded store as a host.
func (s *sim) openStore(host string) (*store.Store, error) {
	return store.Open(context.Background(), store.Options{
		URL: s.embedded.URL(), Dialer: s.net.Dialer(host), Node: host, IDs: s.ids, Log: zap.NewNop(), Embedded: true, Limits: simLimits(),
	})
}

// start runs the node until stop.
func (n *simNode) start() {
	listener, err := n.sim.net.Listen(n.name + ":80")
	n.sim.must(err)
	for n.store, err = n.sim.openStore(n.name); err != nil; n.store, err = n.sim.openStore(n.name) {
		time.Sleep(time.Second) // the bubble's clock; a process that cannot start is started again
	}
	log := zap.NewNop()
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel = cancel
	var node *relay.Node
	there := presence.New(presence.Options{
		Store: n.store, Node: n.name, Log: log, VisitorGrace: time.Minute, LeaseLost: func() { node.LeaseLost() },
	})
	accounts := account.New(account.Options{Store: n.store, IDs: n.sim.ids, Log: log, Secret: simSecret})
	d := desk.New(desk.Options{Store: n.store, IDs: n.sim.ids, Log: log, IdleAfter: accounts.IdleAfter})
	node = relay.New(relay.Options{
		Store: n.store, Desk: d, Presence: there, Accounts: accounts, IDs: n.sim.ids, Log: log, Node: n.name, Limits: simLimits(),
		People: people.New(people.Options{Store: n.store, Accounts: accounts, Presence: there, IDs: n.sim.ids, Log: log}),
	})
	n.server = &http.Server{Handler: node}
	for _, run := range []func(context.Context) error{
		n.store.Run, there.Run, node.Run, func(ctx context.Context) error { return d.Run(ctx, n.name) },
	} {
		n.done.Go(func() { _ = run(ctx) })
	}
	n.done.Go(func() { _ = n.server.Serve(listener) })
}

// kill ends the node as the death of its process does.
func (n *simNode) kill() {
	n.sim.net.Kill(n.name)
	n.stop()
}

// stop ends the node's goroutines. What it says while it ends reaches nobody if the network has killed it before.
func (n *simNode) stop() {
	_ = n.server.Close()
	n.cancel()
	n.done.Wait()
	_ = n.store.Close()
}

// prepare creates the account and an agent who is logged in, without the time that hashing a password takes.
func (s *sim) prepare() {
	ctx := context.Background()
	st, err := s.openStore("operator")
	s.must(err)
	defer st.Close()
	accounts := account.New(account.Options{Store: st, IDs: s.ids, Log: zap.NewNop(), Secret: simSecret})
	email := "ann@acme.test"
	spec := account.AccountSpec{ID: simAccount, Agents: []account.AgentSpec{{ID: simAgent, Email: &email}}}
	s.must(accounts.Apply(ctx, account.Bootstrap{Accounts: []account.AccountSpec{spec}}))
	doc, err := st.GetDoc(ctx, simAccount, "agent", string(simAgent))
	s.must(err)
	fields := map[string]any{}
	s.must(json.Unmarshal(doc.Data, &fields))
	fields["sessions"] = map[string]any{simSession: map[string]any{"generation": 1}}
	revision, _ := fields["revision"].(float64)
	s.revision = int64(revision)
	raw, err := json.Marshal(fields)
	s.must(err)
	_, err = st.PutDoc(ctx, simAccount, "agent", string(simAgent), raw, doc.Version)
	s.must(err)
}

func (s *sim) agentAuth(context.Context) (wire.Auth, error) {
	token, _, err := auth.NewTokens(simSecret).SignAccess(
		auth.Access{Account: simAccount, Agent: simAgent, Session: simSession, Revision: s.revision}, time.Now())
	return wire.Auth{Agent: &wire.AgentProof{Token: token}, Inbox: true}, err
}

func (s *sim) visitorAuth(context.Context) (wire.Auth, error) {
	return wire.Auth{Account: simAccount}, nil
}
