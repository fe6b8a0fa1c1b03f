// Package relay carries frames between sockets and the desk. docs/protocol.md says what travels; this package says who
// receives it, in which order, and what happens to those who are too slow, too fast or not allowed.
package relay

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/files"
	"confab/people"
	"confab/presence"
	"confab/store"
	"confab/wire"
)

// Options configures New. Store, Desk, Presence, Accounts, People, Log and Node are required.
type Options struct {
	Store    *store.Store
	Desk     *desk.Desk
	Presence *presence.Presence
	Accounts *account.Accounts
	People   *people.People
	IDs      chat.IDs
	Log      *zap.Logger
	Node     string // id of this node

	// Files takes what people send besides text; nil: nothing.
	Files *files.Files

	// Own tells whether origin is one of the node's own addresses, whose pages (the console) agents use.
	// nil: the scheme and host that the request came to.
	Own func(r *http.Request, origin string) bool
	// Address tells where a request comes from, as far as that can be trusted. nil: the peer's address.
	Address func(*http.Request) string
	// Limits replaces chat.Limits; for tests.
	Limits *chat.LimitSet
	// DrainTime is over how long Drain spreads the closes. 0: 20 s.
	DrainTime time.Duration
}

const (
	defaultDrainTime = 20 * time.Second
	shutdownTime     = 3 * time.Second // for sockets to end after Run's context did
)

// Node is the socket endpoint of one process: an http.Handler, and the store's Listener.
type Node struct {
	o      Options
	limits *chat.LimitSet
	tally  *tally
	hub    *hub
	pong   []byte

	limitsJSON []byte // as hello has them

	drain atomic.Bool // set once: no new sockets

	mu       sync.Mutex
	sessions []*session     // in no order; session.slot is the index
	waiting  map[string]int // unauthenticated sockets by address
	over     bool           // Run has ended: no session may start

	pollers  pollers
	running  sync.WaitGroup // sessions
	flushers sync.WaitGroup // of their conns
	tasks    sync.WaitGroup // store reads on behalf of the hub
}

// New returns a node and makes it the store's listener. Run makes it work; until then and after Drain it refuses.
func New(o Options) *Node {
	if o.Limits == nil {
		o.Limits = &chat.Limits
	}
	if o.DrainTime == 0 {
		o.DrainTime = defaultDrainTime
	}
	if o.Own == nil {
		o.Own = ownByRequest
	}
	if o.Address == nil {
		o.Address = peerAddress
	}
	n := &Node{o: o, limits: o.Limits, tally: newTally(), waiting: map[string]int{}, pong: pongFrame()}
	n.limitsJSON = wire.Encode(n.limits)
	n.hub = newHub(n)
	o.Store.Listen(n.hub)
	return n
}

// Collectors returns the node's metrics.
func (n *Node) Collectors() []prometheus.Collector { return n.tally.collectors() }

// Ready tells why the node should get no new sockets; nil if it should.
func (n *Node) Ready() error {
	if n.drain.Load() {
		return errors.New("this node is draining")
	}
	return nil
}

// LeaseLost ends all sockets: to the rest of the world this node was dead (presence.Options.LeaseLost).
func (n *Node) LeaseLost() {
	for _, s := range n.all() {
		s.conn.close(wire.LeaseLost, "lease_lost")
	}
}

// Run works until ctx ends, then ends all sockets and waits for them.
func (n *Node) Run(ctx context.Context) error {
	var loops sync.WaitGroup
	loops.Go(func() { n.sweepLoop(ctx) })
	loops.Go(func() { n.hub.inboxLoop(ctx) })
	loops.Wait()
	n.mu.Lock()
	n.over = true
	n.mu.Unlock()
	n.endAll()
	n.running.Wait()
	n.flushers.Wait()
	n.tasks.Wait()
	n.pollers.stop()
	return nil
}

// task does f on a goroutine of its own, which Run waits for. After Run's end it does nothing: nobody is left to tell.
func (n *Node) task(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.over {
		n.tasks.Go(f)
	}
}

func (n *Node) endAll() {
	open := n.all()
	for _, s := range open {
		s.conn.close(wire.GoingAway, "stopped")
	}
	if len(open) == 0 {
		return
	}
	force := time.AfterFunc(shutdownTime, func() {
		for _, s := range n.all() {
			s.conn.cut("stopped")
		}
	})
	n.running.Wait()
	force.Stop()
}

// all returns the sessions there are now.
func (n *Node) all() []*session {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]*session(nil), n.sessions...)
}

// reserve counts a new socket against its address; "" means it may come in, else why not.
func (n *Node) reserve(address string) (refusal string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.over || n.drain.Load():
		return "draining"
	case n.waiting[address] >= n.limits.SocketsPerAddress:
		return "address_full"
	}
	n.waiting[address]++
	return ""
}

// join adds a session whose connection stands. False if the node ended meanwhile.
func (n *Node) join(s *session) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over {
		return false
	}
	s.slot = len(n.sessions)
	n.sessions = append(n.sessions, s)
	n.running.Add(1)
	return true
}

// release stops counting a socket against its address.
func (n *Node) release(address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting[address]--; n.waiting[address] <= 0 {
		delete(n.waiting, address)
	}
}

func (n *Node) leave(s *session) {
	n.mu.Lock()
	last := n.sessions[len(n.sessions)-1]
	n.sessions[s.slot], last.slot = last, s.slot
	n.sessions[len(n.sessions)-1] = nil
	n.sessions = n.sessions[:len(n.sessions)-1]
	n.mu.Unlock()
	n.running.Done()
}
