//go:build processes

package faulttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"confab/chat"
)

const (
	queued      = 10_000
	queueing    = 50                    // visitors who write it
	queuePace   = 65 * time.Millisecond // of one of them; more would be refused
	queueFilled = 2 * time.Minute       // for all of it to be acknowledged
)

// TestProcessesKillLosesNoneOfTenThousandQueuedDeliveries has an address of webhooks withhold its answers until ten thousand
// messages wait for it, and kills nodes again and again while they are delivered: each committed entry is told at least once,
// and, by its id once, in the order of its thread.
func TestProcessesKillLosesNoneOfTenThousandQueuedDeliveries(t *testing.T) {
	t.Parallel()
	ear := newListener(t)
	ear.open = make(chan struct{})
	h := ear.newHouse(1)
	threads := fillQueue(h)
	logs, entries := h.readThreads(threads)
	if ear.count() > 0 || entries < queued {
		t.Fatalf("%d of %d entries were told while nothing was answered", ear.count(), entries)
	}
	close(ear.open)
	began := time.Now()
	random := rand.New(rand.NewPCG(*killSeed, 3))
	kills := max(*killCount/toldKills, 1)
	for i := range kills {
		goal := (i + 1) * entries / (kills + 1)
		await(t, fmt.Sprintf("%d of %d deliveries are taken", goal, entries), toldTime, func() bool { return ear.count() >= goal })
		if ear.count() >= entries {
			t.Fatalf("all was told before kill %d", i+1)
		}
		n := h.nodes[random.IntN(len(h.nodes))]
		n.child.end()
		n.start()
		n.awaitReady()
	}
	ear.awaitAll(logs)
	logs, entries = h.readThreads(threads) // what came meanwhile may have been told too
	ear.judge(logs)
	ear.mu.Lock()
	defer ear.mu.Unlock()
	t.Logf("%d kills while %d queued entries were told in %v; %d were told, %d of them twice or more, %d refused at first",
		kills, entries, time.Since(began).Round(time.Second), len(ear.taken), ear.again, len(ear.refused))
}

// fillQueue has visitors write until enough is acknowledged. They stay, and write no more.
func fillQueue(h *house) (threads []chat.ThreadID) {
	h.t.Helper()
	c := &crowd{house: h, ended: func() {}}
	for i := range queueing {
		v := c.newVoice(fmt.Sprint("visitor", i), h.urls(i), h.visitorAuth)
		v.arriveAlive()
		c.visitors = append(c.visitors, v)
	}
	ctx, cancel := context.WithCancel(h.t.Context())
	var busy sync.WaitGroup
	for i, v := range c.visitors {
		busy.Go(func() { v.talk(ctx, rand.New(rand.NewPCG(*killSeed, 100+uint64(i))), queuePace) })
	}
	enough := came(queueFilled, func() bool { return c.count() >= queued })
	cancel()
	busy.Wait()
	if !enough {
		h.t.Fatalf("only %d messages were acknowledged within %v", c.count(), queueFilled)
	}
	for _, v := range c.visitors {
		await(h.t, v.name+" has all answers", drainTime, func() bool { return v.unanswered() == 0 })
		threads = append(threads, v.about())
	}
	return threads
}

// readThreads returns the logs of threads, and how many entries they have.
func (h *house) readThreads(threads []chat.ThreadID) (logs map[chat.ThreadID][]Logged, entries int) {
	h.t.Helper()
	logs = map[chat.ThreadID][]Logged{}
	for _, thread := range threads {
		logs[thread] = h.readThread(thread)
		entries += len(logs[thread])
	}
	return logs, entries
}
