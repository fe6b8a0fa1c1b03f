package faulttest

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

var (
	simSeeds = flag.Int("seeds", 20, "how many seeds TestSimulation runs")
	simFirst = flag.Uint64("seed", 1, "the first of them; with -seeds 1 a failed one runs alone")
	simLog   = flag.Bool("log", false, "log every fault")
)

const (
	simNodes    = 3
	simVisitors = 3
	simAgents   = 2
	simTroubled = time.Minute     // with faults
	simQuiet    = 4 * time.Minute // at most, for everybody to be complete after them
)

// TestSimulation lets people talk over nodes that die, freeze and lose their bus, and checks what they went through.
func TestSimulation(t *testing.T) {
	for seed := *simFirst; seed < *simFirst+uint64(*simSeeds); seed++ {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { simulate(t, seed) })
			if t.Failed() {
				t.Logf("again: go test ./faulttest -run TestSimulation -seed=%d -seeds=1 -log", seed)
			}
		})
	}
}

// sim is one simulated deployment and the people who use it.
type sim struct {
	random   *rand.Rand // of the driver's goroutine alone
	net      *Network
	embedded *store.Embedded
	ids      chat.IDs
	revision int64
	nodes    []*simNode
	people   []*person

	mu    sync.Mutex
	rings Doorbells
}

// lockedReader makes one source of random bytes safe for all nodes.
type lockedReader struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (r *lockedReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Read(p)
}

func simulate(t *testing.T, seed uint64) {
	var key [32]byte
	copy(key[:], fmt.Sprint("seed ", seed))
	s := &sim{
		random: rand.New(rand.NewPCG(seed, 1)), net: NewNetwork(), embedded: store.NewMemory(zap.NewNop()),
		ids: chat.NewIDs(&lockedReader{source: rand.NewChaCha8(key)}),
	}
	stopStore := s.serveStore(t)
	s.prepare(t)
	s.setFilters(seed)
	for i := range simNodes {
		n := &simNode{name: fmt.Sprint("node", i), sim: s}
		n.start(t)
		s.nodes = append(s.nodes, n)
	}
	s.gather(t, seed)
	s.trouble(t, seed)
	quiet := s.settle()
	h := s.history(t)
	for _, v := range Check(h) {
		t.Error(v)
	}
	if !quiet {
		t.Error("not everybody was complete in the quiet time")
	}
	for _, p := range s.people {
		p.leave()
	}
	for _, n := range s.nodes {
		n.stop()
	}
	stopStore()
}

// serveStore answers dials to the store's host. The function it returns ends that.
func (s *sim) serveStore(t *testing.T) func() {
	l, err := s.net.Listen(storeHost + ":6379")
	if err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.embedded.ServeConn(c)
		}
	})
	return func() {
		_ = l.Close()
		conns.Wait()
		s.net.CutHost(storeHost)
		s.embedded.Close()
	}
}

func (s *sim) setFilters(seed uint64) {
	count := uint64(0)
	s.net.SetFilter(func(from, to string) Filter {
		if from != storeHost || !strings.HasPrefix(to, "node") {
			return nil
		}
		count++
		return DoorbellFilter(rand.New(rand.NewPCG(seed, 1000+count)), s.ringing, nil)
	})
}

func (s *sim) ringing() Doorbells {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rings
}

func (s *sim) setRinging(d Doorbells) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rings = d
}

// gather brings the visitors, then the agents, who follow all visitors' threads.
func (s *sim) gather(t *testing.T, seed uint64) {
	visit := func(context.Context) (wire.Auth, error) { return wire.Auth{Account: simAccount}, nil }
	var threads []chat.ThreadID
	for i := range simVisitors {
		p := s.newPerson(fmt.Sprint("visitor", i), i, seed, visit)
		p.arrive(t)
		threads = append(threads, p.ownThread())
	}
	for i := range simAgents {
		p := s.newPerson(fmt.Sprint("agent", i), i+1, seed, s.agentAuth)
		p.threads = threads
		p.arrive(t)
	}
}

// trouble lets people write while the schedule breaks things.
func (s *sim) trouble(t *testing.T, seed uint64) {
	ctx, cancel := context.WithTimeout(context.Background(), simTroubled)
	defer cancel()
	var busy sync.WaitGroup
	for i, p := range s.people {
		busy.Go(func() { p.write(ctx, rand.New(rand.NewPCG(seed, 100+uint64(i)))) })
	}
	log := func(string, ...any) {}
	if *simLog {
		log = t.Logf
	}
	for i := range uint64(2) { // two things may be broken at a time
		schedule := &Schedule{Random: rand.New(rand.NewPCG(seed, 10+i)), Faults: s.faults(t, int(i)), Pause: 3 * time.Second, Log: log}
		busy.Go(func() { schedule.Run(ctx) })
	}
	busy.Wait()
}

// faults lists what a schedule may break. Nodes are shared out, so that two schedules do not kill one node.
func (s *sim) faults(t *testing.T, share int) []Fault {
	list := []Fault{
		{"doorbells dropped", s.ring(Doorbells{Drop: 0.5}), 10 * time.Second},
		{"doorbells doubled", s.ring(Doorbells{Double: 0.5}), 10 * time.Second},
		{"doorbells delayed", s.ring(Doorbells{Delay: 0.5, MaxDelay: 10 * time.Second}), 10 * time.Second},
		{"all doorbells dropped", s.ring(Doorbells{Drop: 1}), 4 * time.Second},
		{"sockets cut", func() func() {
			s.net.Cut(func(_, to string) bool { return strings.HasPrefix(to, "node") })
			return func() {}
		}, 0},
	}
	if share == 0 {
		list = append(list, Fault{"store stalled", s.freeze(storeHost), 8 * time.Second})
	}
	for i := share; i < len(s.nodes); i += 2 {
		n := s.nodes[i]
		list = append(list,
			Fault{n.name + " killed", func() func() {
				s.net.Kill(n.name)
				n.stop()
				return func() { n.start(t) }
			}, 5 * time.Second},
			Fault{n.name + " frozen", s.freeze(n.name), 15 * time.Second},
			Fault{n.name + " loses the store", func() func() {
				s.net.Cut(func(from, to string) bool { return from == n.name && to == storeHost })
				return func() {}
			}, 0},
		)
	}
	return list
}

func (s *sim) ring(d Doorbells) func() func() {
	return func() func() {
		s.setRinging(d)
		return func() { s.setRinging(Doorbells{}) }
	}
}

func (s *sim) freeze(host string) func() func() {
	return func() func() {
		s.net.Freeze(host)
		return func() { s.net.Thaw(host) }
	}
}

// settle waits until everything sent is answered and everybody has the newest entry that anybody has.
func (s *sim) settle() bool {
	for end := time.Now().Add(simQuiet); time.Now().Before(end); time.Sleep(time.Second) {
		synctest.Wait()
		if s.complete() {
			time.Sleep(10 * time.Second) // nothing may come after
			return s.complete()
		}
	}
	return false
}

func (s *sim) complete() bool {
	tops := map[chat.ThreadID]chat.Seq{}
	for _, p := range s.people {
		for thread, top := range p.tops() {
			tops[thread] = max(tops[thread], top)
		}
	}
	for _, p := range s.people {
		for thread, top := range p.tops() {
			if top != tops[thread] {
				return false
			}
		}
		if p.unanswered() > 0 {
			return false
		}
	}
	return true
}

// history collects what people went through, and reads the logs past all faults.
func (s *sim) history(t *testing.T) History {
	st, err := s.openStore("auditor")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	h := History{Log: map[chat.ThreadID][]Logged{}, Settled: true}
	for _, p := range s.people {
		h.Clients = append(h.Clients, p.history())
		if id := p.ownThread(); id != "" {
			h.Log[id] = readLog(t, st, id)
		}
	}
	return h
}
