// Package faulttest shows that the relay keeps its promises when things break: an in-memory network whose faults a
// seed decides, and one checker that judges what the clients went through.
package faulttest

import (
	"context"
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Network joins hosts in memory. A host is the part of an address before the colon. Everything that waits, waits on
// channels and conditions, so that a testing/synctest bubble sees it as asleep, and all deadlines obey the bubble's
// clock. Safe for concurrent use.
type Network struct {
	mu        sync.Mutex
	changed   *sync.Cond // a host was frozen, thawed, or came back
	listeners map[string]*Listener
	conns     map[*conn]struct{} // the dialing ends
	frozen    map[string]bool
	dead      map[string]bool // killed, and has not listened since: cannot dial either
	latency   func(from, to string) time.Duration
	filter    func(from, to string) Filter

	instant time.Time // of the newest write
	writes  int       // in that instant
	most    int       // of them
	stuck   func()    // more came
}

// Filter rewrites the bytes that one end writes. It is called with what was written, in order, and calls pass for
// what shall arrive, after a delay counted from now; a delayed piece arrives out of order.
type Filter func(written []byte, pass func(piece []byte, after time.Duration))

// NewNetwork returns a network without hosts, faults and latency.
func NewNetwork() *Network {
	n := &Network{
		listeners: map[string]*Listener{}, conns: map[*conn]struct{}{}, frozen: map[string]bool{}, dead: map[string]bool{},
		latency: func(string, string) time.Duration { return 0 },
		filter:  func(string, string) Filter { return nil },
		most:    math.MaxInt,
	}
	n.changed = sync.NewCond(&n.mu)
	return n
}

// Host is the part of an address before the colon.
func Host(addr string) string {
	host, _, _ := strings.Cut(addr, ":")
	return host
}

// Listen opens addr ("host:port", any words). An address that is open already is refused.
func (n *Network) Listen(addr string) (*Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[addr] != nil {
		return nil, &net.OpError{Op: "listen", Net: "mem", Addr: address(addr), Err: syscall.EADDRINUSE}
	}
	l := &Listener{network: n, addr: addr, arrivals: make(chan net.Conn, 1024), closed: make(chan struct{})}
	n.listeners[addr] = l
	delete(n.dead, Host(addr))
	return l, nil
}

// Dialer returns a dial function for the host from. Dialing a frozen host, or from one, waits until it thaws or ctx ends.
func (n *Network) Dialer(from string) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		if err := n.reachable(ctx, from, Host(addr)); err != nil {
			return nil, &net.OpError{Op: "dial", Net: "mem", Addr: address(addr), Err: err}
		}
		return n.connect(from, addr)
	}
}

// reachable waits while one of the hosts is frozen.
func (n *Network) reachable(ctx context.Context, from, to string) error {
	stop := context.AfterFunc(ctx, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.changed.Broadcast()
	})
	defer stop()
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.frozen[from] || n.frozen[to] {
		if err := ctx.Err(); err != nil {
			return err
		}
		n.changed.Wait()
	}
	return ctx.Err()
}

func (n *Network) connect(from, addr string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	refused := &net.OpError{Op: "dial", Net: "mem", Addr: address(addr), Err: syscall.ECONNREFUSED}
	l := n.listeners[addr]
	if l == nil || n.dead[from] {
		return nil, refused
	}
	to := Host(addr)
	there, back := newStream(n, from, to), newStream(n, to, from)
	near := &conn{network: n, in: back, out: there, local: address(from + ":0"), remote: address(addr)}
	far := &conn{network: n, in: there, out: back, local: address(addr), remote: address(from + ":0")}
	near.peer, far.peer = far, near
	select {
	case l.arrivals <- far:
	default:
		return nil, refused // the backlog is full
	}
	n.conns[near] = struct{}{}
	return near, nil
}

// Cut breaks all connections for which match is true, given the dialing and the listening host. Both ends find
// them reset; bytes on the way are lost. It returns how many there were.
func (n *Network) Cut(match func(from, to string) bool) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for c := range n.conns {
		if match(Host(string(c.local)), Host(string(c.remote))) {
			c.in.reset()
			c.out.reset()
			delete(n.conns, c)
			count++
		}
	}
	return count
}

// CutHost breaks all connections from and to a host.
func (n *Network) CutHost(host string) int {
	return n.Cut(func(from, to string) bool { return from == host || to == host })
}

// Kill closes all listeners of a host and breaks its connections, as the death of its process does. Whatever still
// runs there cannot dial until the host listens again.
func (n *Network) Kill(host string) {
	n.mu.Lock()
	n.dead[host] = true
	var open []*Listener
	for addr, l := range n.listeners {
		if Host(addr) == host {
			open = append(open, l)
		}
	}
	n.mu.Unlock()
	for _, l := range open {
		_ = l.Close()
	}
	n.CutHost(host)
	n.Thaw(host)
}

// Freeze lets nothing pass from and to a host, and tells nobody: what is written waits until Thaw.
func (n *Network) Freeze(host string) { n.setFrozen(host, true) }

// Thaw ends Freeze. What was written meanwhile arrives at once.
func (n *Network) Thaw(host string) { n.setFrozen(host, false) }

func (n *Network) setFrozen(host string, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if on {
		n.frozen[host] = true
	} else {
		delete(n.frozen, host)
	}
	n.changed.Broadcast()
	for c := range n.conns {
		c.in.changed.Broadcast()
		c.out.changed.Broadcast()
	}
}

// SetPatience bounds the writes of one instant: with more than most of them the clock of a bubble stands, for somebody
// goes round in circles without waiting. stuck is called then, under the network's lock, and the connections that go
// on writing are broken, so that time passes again.
func (n *Network) SetPatience(most int, stuck func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.most, n.stuck = most, stuck
}

// patient counts one write.
func (n *Network) patient() bool {
	if now := time.Now(); !now.Equal(n.instant) {
		n.instant, n.writes = now, 0
	}
	n.writes++
	if n.writes == n.most+1 {
		n.stuck()
	}
	return n.writes <= n.most
}

// SetLatency makes bytes written by one host to another arrive so much later, in order.
func (n *Network) SetLatency(f func(from, to string) time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.latency = f
}

// SetFilter puts filters into connections made from now on: f is asked once for each direction, and may answer nil.
func (n *Network) SetFilter(f func(from, to string) Filter) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.filter = f
}

// Open tells how many connections there are.
func (n *Network) Open() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns)
}

type address string

func (a address) Network() string { return "mem" }
func (a address) String() string  { return string(a) }

// Listener accepts connections to one address.
type Listener struct {
	network  *Network
	addr     string
	arrivals chan net.Conn
	once     sync.Once
	closed   chan struct{}
}

func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	default:
	}
	select {
	case c := <-l.arrivals:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close frees the address. Connections that nobody accepted are closed.
func (l *Listener) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		delete(l.network.listeners, l.addr)
		l.network.mu.Unlock()
		close(l.closed)
		for {
			select {
			case c := <-l.arrivals:
				_ = c.Close()
			default:
				return
			}
		}
	})
	return nil
}

func (l *Listener) Addr() net.Addr { return address(l.addr) }

var _ net.Listener = (*Listener)(nil)

// String names the network's state for the log of a failed run.
func (n *Network) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return fmt.Sprintf("%d connections, %d listeners, %d frozen hosts", len(n.conns), len(n.listeners), len(n.frozen))
}
