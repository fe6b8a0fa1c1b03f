//go:build processes

package faulttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"confab/chat"
)

const (
	pace        = 150 * time.Millisecond // of one person's messages, on the average
	drainTime   = 60 * time.Second       // for every outbox after the troubles
	presentSoon = 5 * time.Second
	goneSoon    = 30 * time.Second // a visitor: lease, quiet time and a sweep; longer than an agent's 15 s

	visitorQuiet = 10 * time.Second // from the last connection's end until a visitor may be told gone
	agentQuiet   = 4 * time.Second  // until an agent may
)

// crowd is everybody who uses a house, and what happened to them all.
type crowd struct {
	house    *house
	ear      *ear
	visitors []*voice
	agents   []*voice
	watchers []*voice
	voices   []*voice // all of them
	dial     func(ctx context.Context, network, addr string) (net.Conn, error)
	ended    func() // stops the talking; set by talk

	mu     sync.Mutex
	delays []time.Duration // from pressing send to the acknowledgement
}

// gather brings two watchers, one at each node, then pairs: a visitor at one node, his agent at the other. Agents 0
// and 1 watch, the following ones are in the pairs.
func gather(h *house, pairs int) *crowd {
	h.t.Helper()
	c := &crowd{house: h, ear: h.listen(), ended: func() {}}
	for i := range 2 {
		w := c.newWatcher(fmt.Sprint("watcher", i), h.urls(i), i)
		w.arriveAlive()
		c.watchers = append(c.watchers, w)
	}
	for i := range pairs {
		v := c.newVoice(fmt.Sprint("visitor", i), h.urls(i), h.visitorAuth)
		v.arriveAlive()
		v.say()
		a := c.newVoice(fmt.Sprint("agent", i), h.urls(i+1), h.agentAuth(2+i, false))
		a.thread = v.about()
		a.arriveAlive()
		c.visitors, c.agents = append(c.visitors, v), append(c.agents, a)
	}
	return c
}

func (c *crowd) acknowledged(after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delays = append(c.delays, after)
}

func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.delays)
}

// talkers are those who write.
func (c *crowd) talkers() []*voice { return slices.Concat(c.visitors, c.agents) }

// talk lets everybody write until hush.
func (c *crowd) talk() {
	ctx, cancel := context.WithCancel(context.Background())
	var busy sync.WaitGroup
	for i, v := range c.talkers() {
		busy.Go(func() { v.talk(ctx, rand.New(rand.NewPCG(*killSeed, 100+uint64(i))), pace) })
	}
	c.ended = sync.OnceFunc(func() {
		cancel()
		busy.Wait()
	})
	c.house.t.Cleanup(c.ended)
}

// at lists those who are connected to a node.
func (c *crowd) at(n *relayProcess) []*voice {
	return slices.DeleteFunc(slices.Clone(c.voices), func(v *voice) bool { return v.where() != n.address })
}

// spread cuts about half of the talkers' connections, so that they move, and both nodes have some again.
func (c *crowd) spread(random *rand.Rand) {
	for _, v := range c.talkers() {
		if random.IntN(2) == 0 {
			v.client.Cut()
		}
	}
}

// awaitProgress waits until so many more messages are acknowledged.
func (c *crowd) awaitProgress(more int) {
	c.house.t.Helper()
	goal := c.count() + more
	await(c.house.t, fmt.Sprint(more, " more messages are acknowledged"), 30*time.Second, func() bool { return c.count() >= goal })
}

// settle ends the talking and waits until every outbox is empty and everybody has what the others have.
func (c *crowd) settle() {
	c.house.t.Helper()
	c.ended()
	if came(drainTime, c.complete) {
		return
	}
	for _, v := range c.talkers() {
		c.house.t.Logf("%s at %q: %d unanswered, has %d", v.name, v.where(), v.unanswered(), v.position())
	}
	c.house.t.Fatalf("not everybody was complete after %v", drainTime)
}

func (c *crowd) complete() bool {
	for i, v := range c.visitors {
		a := c.agents[i]
		if v.unanswered() > 0 || a.unanswered() > 0 || v.position() != a.position() {
			return false
		}
	}
	return true
}

// history is what everybody went through, with the logs as Redis has them.
func (c *crowd) history() History {
	h := History{Log: map[chat.ThreadID][]Logged{}, Settled: true, Clients: []*ClientHistory{c.ear.history()}}
	for _, v := range c.voices {
		h.Clients = append(h.Clients, v.history())
		h.Lives = append(h.Lives, v.lives()...)
	}
	for _, v := range c.visitors {
		h.Log[v.about()] = c.house.readThread(v.about())
	}
	h.Bounds = PresenceBounds{ComeWithin: presentSoon, Grace: visitorQuiet, AgentGrace: agentQuiet, GoWithin: goneSoon, End: time.Now()}
	return h
}

// judge checks the history, and says in one line what happened.
func (c *crowd) judge(what string) {
	c.house.t.Helper()
	broken := map[string]int{}
	for _, v := range Check(c.history()) {
		broken[v.Rule]++
		c.house.t.Error(v)
	}
	c.summarize(what, broken)
}

func (c *crowd) summarize(what string, broken map[string]int) {
	c.house.t.Helper()
	total := 0
	losses := c.losses()
	for _, n := range losses {
		total += n
	}
	c.house.t.Logf("connections lost: %v; the longest times without one: %v", losses, c.absences())
	c.house.t.Logf("%s: %d messages acknowledged (%s), %d connections lost; lost %d, doubled %d, reordered %d, not in the log %d, markers wrong %d, presence wrong %d",
		what, c.count(), c.percentiles(), total,
		broken["I1"], broken["I2"], broken["I3"], broken["I4"], broken["I5"], broken["I6"])
}

// losses counts the connections that ended, by reason.
func (c *crowd) losses() map[string]int {
	all := map[string]int{}
	for _, v := range c.voices {
		v.at.Lock()
		for why, n := range v.losses {
			all[why] += n
		}
		v.at.Unlock()
	}
	return all
}

// absences are the three longest times that somebody who came back was without a connection.
func (c *crowd) absences() []time.Duration {
	var all []time.Duration
	for _, v := range c.voices {
		lives := v.lives()
		for i := 1; i < len(lives); i++ { // who was never greeted has none
			all = append(all, lives[i].From.Sub(lives[i-1].To).Round(time.Millisecond))
		}
	}
	slices.Sort(all)
	slices.Reverse(all)
	return all[:min(3, len(all))]
}

func (c *crowd) percentiles() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.delays) == 0 {
		return "none"
	}
	sorted := slices.Sorted(slices.Values(c.delays))
	var b strings.Builder
	for _, p := range []int{50, 99} {
		fmt.Fprintf(&b, "p%d %v, ", p, sorted[(len(sorted)-1)*p/100].Round(time.Millisecond))
	}
	fmt.Fprintf(&b, "max %v", sorted[len(sorted)-1].Round(time.Millisecond))
	return b.String()
}

// answers checks that every send on a living connection was answered in time, and rightly, and returns the number of
// nacks.
func (c *crowd) answers(t *testing.T) int {
	t.Helper()
	nacks, slowest := 0, time.Duration(0)
	for _, v := range c.talkers() {
		v.at.Lock()
		nacks += v.nacks
		slowest = max(slowest, v.slowest)
		for _, n := range v.improper {
			t.Errorf("%s was told %q, retryable %v", v.name, n.Code, n.Retryable)
		}
		v.at.Unlock()
	}
	const scheduling = 500 * time.Millisecond // two nodes, Redis and all clients share few cores
	if slowest > answerWithin+scheduling {
		t.Errorf("a nack came %v after its send, promised are %v", slowest, answerWithin)
	}
	t.Logf("%d nacks, the slowest after %v", nacks, slowest.Round(time.Millisecond))
	return nacks
}
