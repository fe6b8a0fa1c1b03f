package relay_test

import (
	"context"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"confab/faulttest"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/store/storetest"
	"confab/wire"
)

// ear is how a node reaches the store. While it is deaf, what rings on Acme's feed does not arrive.
type ear struct {
	deaf atomic.Bool

	mu    sync.Mutex
	conns []net.Conn
}

// start starts a node behind the ear.
func (e *ear) start(w *relaytest.World, change ...func(*relay.Options)) *relaytest.Node {
	w.Dialer = e.dial
	defer func() { w.Dialer = nil }()
	return w.Start(change...)
}

func (e *ear) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.conns = append(e.conns, c)
	return &heardConn{Conn: c, filter: faulttest.DoorbellFilter(rand.New(rand.NewPCG(1, 1)), e.rings, notAcmes)}, nil
}

func (e *ear) rings() faulttest.Doorbells {
	if e.deaf.Load() {
		return faulttest.Doorbells{Drop: 1}
	}
	return faulttest.Doorbells{}
}

func notAcmes(channel []byte) bool { return string(channel) != "cf:{"+string(relaytest.Acme)+"}:feed" }

// cut breaks all connections to the store.
func (e *ear) cut() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.conns {
		c.Close()
	}
	e.conns = nil
}

// heardConn passes what comes through a filter.
type heardConn struct {
	net.Conn
	filter faulttest.Filter
	ready  []byte // owned by the reader
}

func (c *heardConn) Read(p []byte) (int, error) {
	var raw [4096]byte
	for len(c.ready) == 0 {
		n, err := c.Conn.Read(raw[:])
		if n == 0 {
			return 0, err
		}
		c.filter(raw[:n], func(piece []byte, _ time.Duration) { c.ready = append(c.ready, piece...) })
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// barrier passes what the store rings in order: what it speaks on Globex's feed comes after all that rang before.
type barrier struct {
	visitor, agent *relaytest.Socket
}

func newBarrier(from, to *relaytest.Node) barrier {
	v := from.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Globex})
	v.Next(wire.TypeCaughtUp)
	gina := to.Agent(relaytest.Gina, false)
	v.Post("", "begin")
	gina.Subscribe(v.Thread, nil)
	return barrier{v, gina}
}

// pass waits until the other node has heard, or not, whatever rang until now.
func (b barrier) pass() {
	b.visitor.Post("", "pass")
	b.agent.Until(isText("pass"))
}

func TestLostDoorbellsAreFoundWithTheNext(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		e := &ear{}
		a, b := w.Start(), e.start(w)
		visitor, gate := a.Conversation("0"), newBarrier(a, b)
		anna := b.Agent(relaytest.Anna, false)
		anna.Subscribe(visitor.Thread, nil)
		e.deaf.Store(true)
		for _, text := range []string{"1", "2", "3"} {
			visitor.Post("", text)
		}
		gate.pass()
		e.deaf.Store(false)
		visitor.Post("", "4")
		got := messages(t, live(anna.Until(isText("4"))))
		if strings.Join(got, " ") != "1 2 3 4" {
			t.Errorf("read %q", got)
		}
	})
}

func TestTheLostLastDoorbellIsFoundWithoutAnother(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		e := &ear{}
		a, b := w.Start(), e.start(w)
		visitor := a.Conversation("0")
		anna := b.Agent(relaytest.Anna, false)
		anna.Subscribe(visitor.Thread, nil)
		e.deaf.Store(true)
		visitor.Post("", "last")
		watch := storetest.Watch()
		anna.Until(isText("last"))
		if took := watch(); took > 8*time.Second {
			t.Errorf("found after %v", took)
		}
	})
}

func TestAnAckWhoseDoorbellIsLostComesAllTheSame(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		e := &ear{}
		n := e.start(w)
		visitor := n.Conversation("0")
		visitor.Ping()
		e.deaf.Store(true)
		watch := storetest.Watch()
		first := visitor.Post("", "1")
		second := visitor.Post("", "2")
		if took := watch(); took > 3*time.Second {
			t.Errorf("acknowledged after %v", took)
		}
		if second.Seq != first.Seq+1 {
			t.Errorf("acknowledged %d, then %d", first.Seq, second.Seq)
		}
	})
}
