package presence

import (
	"sync"
	"time"

	"confab/chat"
)

const maxHeldBack = 1 << 16 // arrivals and departures that wait for the node's lease

// gate lets through what writes in the name of the node's lease while the lease surely holds, and holds the rest
// back, in order, until there is one again: a node that slept must not write for connections it has lost.
// Safe for concurrent use.
type gate struct {
	ttl time.Duration

	mu       sync.Mutex
	lease    string // "" while there is none
	renewed  time.Time
	held     []func(lease string, err error)
	flushing bool
}

// pass runs op, now or later, with the lease or an error if too many wait. Operations run in the order of passing.
func (g *gate) pass(op func(lease string, err error)) {
	g.mu.Lock()
	if g.open() && !g.flushing && len(g.held) == 0 {
		lease := g.lease
		g.mu.Unlock()
		op(lease, nil)
		return
	}
	if len(g.held) >= maxHeldBack {
		g.mu.Unlock()
		op("", chat.Refuse(chat.Unavailable, "Too many wait until the store answers."))
		return
	}
	g.held = append(g.held, op)
	g.mu.Unlock()
}

func (g *gate) open() bool { return g.lease != "" && time.Since(g.renewed) < g.ttl }

// hold says that lease was renewed by a request sent at the given moment, and lets through what waited.
func (g *gate) hold(lease string, sent time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lease, g.renewed = lease, sent
	if g.flushing {
		return
	}
	g.flushing = true
	for len(g.held) > 0 && g.open() {
		batch, lease := g.held, g.lease
		g.held = nil
		g.mu.Unlock()
		for _, op := range batch {
			op(lease, nil)
		}
		g.mu.Lock()
	}
	g.flushing = false
}

// shut says that there is no lease.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lease = ""
}

func (g *gate) current() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.lease
}
