//go:build processes

package faulttest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"confab/chat"
)

const (
	killGap      = 700 * time.Millisecond // at least, between two kills
	killProgress = 60                     // messages acknowledged between them, at least
	shortDrain   = 3 * time.Second
	exitPatience = 30 * time.Second // from SIGTERM, by default
	offlineBound = 15 * time.Second // until a dead agent is seen as offline
	freezeTime   = 12 * time.Second
)

// TestProcessesKillLosesNothing kills a random node again and again while people talk.
func TestProcessesKillLosesNothing(t *testing.T) {
	const pairs = 24
	h := newHouse(t, pairs+2)
	c := gather(h, pairs)
	c.talk()
	random := rand.New(rand.NewPCG(*killSeed, 1))
	hit := 0
	for range *killCount {
		gap := time.After(killGap)
		n := h.nodes[random.IntN(len(h.nodes))]
		hit += len(c.at(n))
		n.child.end()
		n.start()
		n.awaitReady()
		c.spread(random)
		c.awaitProgress(killProgress)
		<-gap
	}
	c.settle()
	c.judge(fmt.Sprintf("%d kills that hit %d connections", *killCount, hit))
}

// TestProcessesRedisRestartLosesNothing stops Redis, by word and by kill -9, until the nodes say that they are not
// ready, and starts it again on what it wrote.
func TestProcessesRedisRestartLosesNothing(t *testing.T) {
	const pairs = 16
	h := newHouse(t, pairs+2)
	c := gather(h, pairs)
	c.talk()
	stops := []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}
	for _, stop := range stops {
		c.awaitProgress(200)
		before := c.answers(t)
		h.redis.signal(t, stop)
		_ = h.redis.stopped(t, redisPatience)
		for _, n := range h.nodes {
			await(t, n.name+" is not ready without Redis", 10*time.Second, func() bool { return !n.ready() })
		}
		h.startRedis()
		for _, n := range h.nodes {
			n.awaitReady()
			if !n.child.running() {
				t.Errorf("%s ended with Redis: %v", n.name, n.child.result)
			}
		}
		c.awaitProgress(200)
		if c.answers(t) == before {
			t.Errorf("after %v nobody was told that the store is unavailable", stop)
		}
	}
	c.settle()
	if lost := c.losses(); len(lost) > 0 {
		t.Errorf("connections were lost with Redis: %v", lost)
	}
	c.judge(fmt.Sprintf("%d restarts of Redis", len(stops)))
}

// TestProcessesRollingRestartLosesNobody stops each node by word, in turns, and starts it again.
func TestProcessesRollingRestartLosesNobody(t *testing.T) {
	t.Parallel()
	const pairs, rounds = 16, 3
	h := newHouse(t, pairs+2)
	c := gather(h, pairs)
	c.talk()
	for range rounds {
		for _, n := range h.nodes {
			n.flags = []string{"--drain", shortDrain.String()} // of the next life; the first drains as nodes do by default
			c.awaitProgress(100)
			n.child.signal(t, syscall.SIGTERM)
			await(t, n.name+" says that it is not ready", time.Second, func() bool { return !n.ready() })
			if err := n.child.stopped(t, exitPatience); err != nil {
				t.Errorf("%s ended with %v", n.name, err)
			}
			n.start()
			n.awaitReady()
		}
	}
	c.settle()
	c.judge(fmt.Sprintf("%d restarts of a node", rounds*len(h.nodes)))
}

// TestProcessesDeadAgentIsSeenOffline within 15 s, whether his node dies with him or only he falls silent.
func TestProcessesDeadAgentIsSeenOffline(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 3)
	c := &crowd{house: h, ear: h.listen(), ended: func() {}}
	watcher := c.newWatcher("watcher", h.urls(1)[:1], 0)
	watcher.arriveAlive()
	killed := c.newVoice("killed", h.urls(0)[:1], h.agentAuth(1, false))
	dial, mute := h.muting()
	c.dial = dial
	silent := c.newVoice("silent", h.urls(1)[:1], h.agentAuth(2, false))
	for _, v := range []*voice{killed, silent} {
		v.arriveAlive()
		who := v.who()
		await(t, v.name+" is seen as online", presentSoon, func() bool { return saidThere(watcher.history(), who) })
	}
	dead := time.Now()
	h.nodes[0].child.end()
	mute.Store(true)
	for _, v := range []*voice{killed, silent} {
		who := v.who()
		await(t, v.name+" is seen as offline", time.Until(dead.Add(offlineBound)), func() bool {
			return !saidGone(watcher.history(), who).IsZero()
		})
		t.Logf("%s was seen as offline after %v", v.name, saidGone(watcher.history(), who).Sub(dead).Round(10*time.Millisecond))
	}
	if at := saidGone(watcher.history(), watcher.who()); !at.IsZero() {
		t.Errorf("the watcher was told that he is gone himself, %v after", at.Sub(dead))
	}
}

// TestProcessesFrozenNodeLosesNothing stops a node for longer than its lease. Its agents go on at the other, its
// visitors when it wakes; who left meanwhile is not seen for ever.
func TestProcessesFrozenNodeLosesNothing(t *testing.T) {
	t.Parallel()
	const pairs = 8
	h := newHouse(t, pairs+4, "--visitor-grace", "10s")
	c := gather(h, pairs)
	ghosts := []*voice{
		c.newVoice("ghostly visitor", h.urls(0), h.visitorAuth),
		c.newVoice("ghostly agent", h.urls(0), h.agentAuth(pairs+2, false)),
	}
	for _, g := range ghosts {
		g.arriveAlive()
	}
	c.talk()
	c.awaitProgress(200)
	frozen := h.nodes[0]
	there := c.at(frozen)
	frozen.child.signal(t, syscall.SIGSTOP)
	over := time.After(freezeTime)
	var leaving sync.WaitGroup
	for _, g := range ghosts {
		leaving.Go(g.depart) // the goodbye finds nobody who answers
	}
	for _, v := range there {
		if v.who().Kind == chat.Agent && !slices.Contains(ghosts, v) {
			await(t, v.name+" goes on at the other node", freezeTime, func() bool { return v.where() == h.nodes[1].address })
		}
	}
	leaving.Wait()
	<-over
	frozen.child.signal(t, syscall.SIGCONT)
	frozen.awaitReady()
	c.awaitProgress(200)
	for _, g := range ghosts {
		who := g.who()
		await(t, g.name+" is seen as gone", goneSoon, func() bool { return !saidGone(c.ear.history(), who).IsZero() })
	}
	c.settle()
	c.judge(fmt.Sprintf("a freeze of %v", freezeTime))
}
