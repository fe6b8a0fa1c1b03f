package faulttest

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	lua "github.com/yuin/gopher-lua"
	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
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
	simTroubled = 15 * time.Second // with faults
	simQuiet    = 4 * time.Minute  // at most, for everybody to be complete after them
	simPatience = 20_000           // writes of one instant of the simulated clock; some 500 are usual
	simPage     = 7                // entries of a page in the simulation, so that catching up takes several
)

// simLimits are those of the simulated nodes.
func simLimits() *chat.LimitSet {
	l := chat.Limits
	l.CatchUpPage = simPage
	return &l
}

// init runs before any script does.
func init() {
	lua.RegistrySize = 1024 // of a script's machine, made anew for each run; ours need far less than the usual 5,120 values
}

// frugal has the collector run when this much is in use, instead of some hundred times a second for some megabytes of
// what lives long. The returned function makes it run as usual again.
func frugal() (usual func()) {
	const used = 512 << 20
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(used)
	return func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	}
}

// TestSimulation lets people talk over nodes that die, freeze and lose their bus, on a store that stalls and forgets,
// and checks what they went through.
func TestSimulation(t *testing.T) {
	t.Cleanup(frugal())
	for seed := *simFirst; seed < *simFirst+uint64(*simSeeds); seed++ {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			for _, v := range runSeed(t, seed) {
				t.Error(v)
			}
			if t.Failed() {
				t.Logf("again: make sim SEEDS=1 SEED=%d", seed)
			}
		})
	}
}

// runSeed runs one simulation in a bubble of its own and returns what was broken.
func runSeed(t *testing.T, seed uint64) (found []Violation) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, seed)
		found = s.run()
	})
	return found
}

// sim is one simulated deployment and the people who use it.
type sim struct {
	t        *testing.T
	seed     uint64
	random   *rand.Rand // of the driver's goroutine alone
	net      *Network
	embedded *store.Embedded
	ids      chat.IDs
	revision int64
	nodes    []*simNode
	people   []*person

	mu      sync.Mutex
	rings   Doorbells
	forks   int         // how often the store has lost commits
	blurred bool        // bells were broken: what is heard of presence may be wrong
	broken  []Violation // of the run itself
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

func newSim(t *testing.T, seed uint64) *sim {
	var key [32]byte
	copy(key[:], fmt.Sprint("seed ", seed))
	return &sim{
		t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 1)), net: NewNetwork(), embedded: store.NewMemory(zap.NewNop()),
		ids: chat.NewIDs(&lockedReader{source: rand.NewChaCha8(key)}),
	}
}

// run goes through the acts of a simulation: all arrive, write in trouble, come to rest, come and go.
func (s *sim) run() []Violation {
	s.net.SetPatience(simPatience, func() { s.fail("%d writes, and no time passed", simPatience) })
	stopStore := s.serveStore()
	s.answerFirst()
	s.prepare()
	s.setFilters()
	for i := range simNodes {
		n := &simNode{name: fmt.Sprint("node", i), sim: s}
		n.start()
		s.nodes = append(s.nodes, n)
	}
	s.gather()
	s.trouble()
	if !s.settle() {
		s.fail("not everybody was complete in the quiet time")
	}
	if s.seed%3 == 0 {
		s.comeAndGo()
	}
	h := s.history()
	for _, p := range s.people {
		p.leave()
	}
	for _, n := range s.nodes {
		n.stop()
	}
	stopStore()
	return append(Check(h), s.broken...)
}

// fail notes what the checker cannot see.
func (s *sim) fail(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, Violation{Rule: "run", Client: "the run", Text: fmt.Sprintf(format, args...)})
}

// serveStore answers dials to the store's host. The function it returns ends that.
func (s *sim) serveStore() func() {
	l, err := s.net.Listen(storeHost + ":6379")
	if err != nil {
		s.t.Fatal(err)
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

func (s *sim) setFilters() {
	count := uint64(0)
	s.net.SetFilter(func(from, to string) Filter {
		if from != storeHost || !strings.HasPrefix(to, "node") {
			return nil
		}
		count++
		return DoorbellFilter(rand.New(rand.NewPCG(s.seed, 1000+count)), s.ringing, nil)
	})
}

// gather brings the visitors, then the agents, who follow all visitors' threads.
func (s *sim) gather() {
	var threads []chat.ThreadID
	for i := range simVisitors {
		p := s.newPerson(fmt.Sprint("visitor", i), i, s.visitorAuth)
		p.arrive()
		threads = append(threads, p.ownThread())
	}
	for i := range simAgents {
		p := s.newPerson(fmt.Sprint("agent", i), i+1, s.agentAuth)
		p.threads = threads
		p.arrive()
	}
}

// trouble lets people write while the schedule breaks things.
func (s *sim) trouble() {
	ctx, cancel := context.WithTimeout(context.Background(), simTroubled)
	defer cancel()
	var busy sync.WaitGroup
	for i, p := range s.people {
		busy.Go(func() { p.write(ctx, rand.New(rand.NewPCG(s.seed, 100+uint64(i)))) })
	}
	log := func(string, ...any) {}
	if *simLog {
		log = s.t.Logf
	}
	for i := range uint64(2) { // two things may be broken at a time
		schedule := &Schedule{
			Random: rand.New(rand.NewPCG(s.seed, 10+i)), Faults: s.choose(s.faults(int(i))), Pause: time.Second, Log: log,
		}
		busy.Go(func() { schedule.Run(ctx) })
	}
	busy.Wait()
}

// choose takes some of the faults: a run that has few of them meets states that a run of all does not.
func (s *sim) choose(all []Fault) []Fault {
	s.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+s.random.IntN(len(all))]
}

// settle waits until everything sent is answered and everybody has the newest entry that anybody has.
func (s *sim) settle() bool {
	for end := time.Now().Add(simQuiet); time.Now().Before(end); time.Sleep(time.Second) {
		synctest.Wait()
		if s.complete() {
			time.Sleep(2 * store.PositionsWithin) // nothing may come after: also not by a check that begins at the last moment
			if s.complete() {
				return true
			}
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
		if !p.connected() || p.unanswered() > 0 {
			return false
		}
	}
	return true
}

// history collects what people went through, and reads the logs past all faults.
func (s *sim) history() History {
	st, err := s.openStore("auditor")
	if err != nil {
		s.t.Fatal(err)
	}
	defer st.Close()
	h := History{Log: map[chat.ThreadID][]Logged{}, Settled: true, Alone: true, Bounds: simBounds(time.Now())}
	for _, p := range s.people {
		client, lives := p.history()
		h.Clients = append(h.Clients, client)
		h.Lives = append(h.Lives, lives...)
		if id := p.ownThread(); id != "" {
			h.Log[id] = s.readLog(st, id)
		}
	}
	return h
}
