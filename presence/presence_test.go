package presence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"
	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

const acct = chat.AccountID("acme")

type node struct {
	*Presence
	lost chan struct{}
	ear  *storetest.Ear
	kill func() // at once, without a word to the store
}

func start(t testing.TB, g ground, name string) *node {
	t.Helper()
	n := &node{lost: make(chan struct{}, 10), ear: &storetest.Ear{}}
	s := storetest.Open(t, g.url, n.ear, g.reach)
	if _, err := s.PutDoc(context.Background(), acct, "account", string(acct), []byte("{}"), store.AnyVersion); err != nil {
		t.Fatal(err)
	}
	storetest.Follow(t, s, acct)
	n.Presence = newWith(Options{Store: s, Node: name, Log: zap.NewNop(), VisitorGrace: time.Minute,
		LeaseLost: func() { n.lost <- struct{}{} }}, g.times)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { n.Run(ctx) })
	n.kill = func() { cancel(); running.Wait() }
	t.Cleanup(n.kill)
	return n
}

func visitor(i int) Person { return Person{chat.Visitor, fmt.Sprintf("v%04d", i)} }

func arrival(who Person, connection string, page string) Arrival {
	a := Arrival{Account: acct, Person: who, Connection: connection}
	if who.Kind == chat.Agent {
		a.Agent = &AgentInfo{Name: "Ann"}
		return a
	}
	a.Visitor = &VisitorInfo{Name: "guest", Level: "anonymous", Thread: chat.ThreadID("t-" + who.ID),
		Page: chat.Privacy{}.View(chat.Page{URL: page, Title: "Home", Referrer: "https://search.test/?q=x#frag"})}
	return a
}

func (n *node) enter(t testing.TB, a Arrival) {
	t.Helper()
	done := make(chan error, 1)
	n.Enter(a, func(err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// enterAll lets visitors come, a few at a time: the embedded store takes all of them at once, but not in the time that
// one batch has when the race detector watches it.
func (n *node) enterAll(t testing.TB, from, to int, suffix string) {
	t.Helper()
	const atOnce = 20
	done := make(chan error, atOnce)
	for ; from < to; from += atOnce {
		group := min(atOnce, to-from)
		for i := from; i < from+group; i++ {
			n.Enter(arrival(visitor(i), visitor(i).ID+suffix, "https://acme.test/"), func(err error) { done <- err })
		}
		for range group {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}
}

// heard are the rows of the roster that were announced, in order.
func (n *node) heard(t testing.TB) []LiveVisitor {
	t.Helper()
	var all []LiveVisitor
	for _, b := range n.ear.Bells(store.BellVisitor) {
		var v LiveVisitor
		if err := json.Unmarshal(b.Data, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func (n *node) gone(t testing.TB) map[chat.VisitorID]int {
	gone := map[chat.VisitorID]int{}
	for _, v := range n.heard(t) {
		if !v.Online {
			gone[v.ID]++
		}
	}
	return gone
}

func (n *node) statuses(t testing.TB) []string {
	t.Helper()
	var all []string
	for _, b := range n.ear.Bells(store.BellAgent) {
		var a LiveAgent
		if err := json.Unmarshal(b.Data, &a); err != nil {
			t.Fatal(err)
		}
		all = append(all, a.Status)
	}
	return all
}

func (n *node) live(t testing.TB) map[chat.VisitorID]LiveVisitor {
	t.Helper()
	all, after := map[chat.VisitorID]LiveVisitor{}, ""
	for {
		page, next, err := n.Visitors(context.Background(), acct, after, 70)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page {
			all[v.ID] = v
		}
		if after = next; next == "" {
			return all
		}
	}
}

// settled waits until the agenda has nothing left but the leases of the living.
func (n *node) settled(t testing.TB, leases int) {
	t.Helper()
	storetest.Eventually(t, "everything that was due is done", func() bool {
		reply, err := n.o.Store.Command(context.Background(), "", "ZRANGE", n.nodesKey(), 0, -1)
		if err != nil {
			return false
		}
		living, rest := 0, 0
		for _, m := range texts(reply) {
			switch {
			case strings.HasPrefix(m, "l:"):
				living++
			case m != "s":
				rest++
			}
		}
		return living == leases && rest == 0
	})
}

// reaped waits until all that hung on a lease was removed.
func (n *node) reaped(t testing.TB, lease string) {
	t.Helper()
	storetest.Eventually(t, "the lease has run out", func() bool {
		reply, err := n.o.Store.Command(context.Background(), acct, "ZRANGEBYLEX", n.connsKey(acct), "["+lease+" ", "("+lease+"!")
		return err == nil && len(texts(reply)) == 0
	})
}

// looked waits until it was looked so many times who is due.
func (n *node) looked(t testing.TB, times int) {
	t.Helper()
	swept := func() string {
		reply, err := n.o.Store.Command(t.Context(), "", "ZSCORE", n.nodesKey(), "s")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(reply)
	}
	for range times {
		last := swept()
		storetest.Eventually(t, "another look", func() bool { return swept() != last })
	}
}

func TestNobodyIsOfflineWhenANodeDiesAndItsVisitorsComeBack(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a, b := start(t, g, "a"), start(t, g, "b")
		a.enterAll(t, 0, 200, "-a")
		storetest.Eventually(t, "all are announced", func() bool { return len(b.heard(t)) == 200 })
		a.kill()
		b.enterAll(t, 0, 100, "-b")
		b.reaped(t, a.gate.current())
		b.looked(t, 2)
		b.enterAll(t, 100, 200, "-b")
		b.settled(t, 1)
		if gone := b.gone(t); len(gone) != 0 {
			t.Errorf("%d visitors were said to be gone", len(gone))
		}
		if n := len(b.live(t)); n != 200 {
			t.Errorf("%d visitors are here, want 200", n)
		}
		if n := len(b.heard(t)); n != 200 {
			t.Errorf("%d announcements, want the 200 of the first arrival", n)
		}
	})
}

func TestWhoDoesNotComeBackIsOfflineOnce(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a, b, c := start(t, g, "a"), start(t, g, "b"), start(t, g, "c")
		a.enterAll(t, 0, 200, "-a")
		a.kill()
		dead := time.Now()
		b.enterAll(t, 100, 200, "-b")
		storetest.Eventually(t, "100 are gone", func() bool { return len(c.gone(t)) == 100 })
		if took, bound := time.Since(dead), g.times.late(); took > bound {
			t.Errorf("offline after %v, bound %v", took, bound)
		}
		b.settled(t, 2)
		for id, times := range c.gone(t) {
			if times != 1 || id >= "v0100" {
				t.Errorf("%s was said to be gone %d times", id, times)
			}
		}
		timers, err := b.o.Store.Command(context.Background(), acct, "ZCARD", b.o.Store.TimersKey(acct))
		if err != nil || timers != int64(100) {
			t.Errorf("%v timers of visitors who are gone (%v), want 100", timers, err)
		}
		b.enter(t, arrival(visitor(3), "again", "https://acme.test/"))
		if timers, _ := b.o.Store.Command(context.Background(), acct, "ZCARD", b.o.Store.TimersKey(acct)); timers != int64(99) {
			t.Errorf("%v timers after one came back, want 99", timers)
		}
	})
}

func TestALateRenewalRaisesNothing(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a, b := start(t, g, "a"), start(t, g, "b")
		a.enterAll(t, 0, 5, "-a")
		lease := a.gate.current()
		a.kill()
		storetest.Eventually(t, "all are gone", func() bool { return len(b.gone(t)) == 5 })
		if err := a.renewLease(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
		select {
		case <-a.lost:
		default:
			t.Error("the node was not told that its lease is lost")
		}
		if a.gate.current() == lease {
			t.Error("the lease came back")
		}
		if n := len(b.live(t)); n != 0 {
			t.Errorf("%d visitors came back with it", n)
		}
	})
}

// Proves CHATRA-WH-037.
func TestLeaveAndReturnWithinTheGraceSaysNothing(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a := start(t, g, "a")
		a.enter(t, arrival(visitor(1), "one", "https://acme.test/"))
		a.enter(t, arrival(visitor(2), "other", "https://acme.test/"))
		a.Leave(acct, visitor(1), "one")
		storetest.Eventually(t, "the store knows", func() bool { return a.unsettled.count() == 0 })
		a.looked(t, 3)
		a.enter(t, arrival(visitor(1), "two", "https://acme.test/"))
		a.Leave(acct, visitor(2), "other")
		storetest.Eventually(t, "the other is gone", func() bool { return a.gone(t)["v0002"] == 1 })
		a.settled(t, 1)
		if n := a.gone(t)["v0001"]; n != 0 {
			t.Errorf("who came back was said to be gone %d times", n)
		}
		if n := len(a.heard(t)); n != 3 {
			t.Errorf("%d announcements, want 3: two came, one left", n)
		}
	})
}

func TestALeaveThatOvertakesItsArrivalLeavesNobodyBehind(t *testing.T) {
	t.Parallel()
	real := storetest.Start(t)
	a := start(t, ground{real.URL(), func(*store.Options) {}, quick()}, "a")
	c := real.Client()
	defer c.Close()
	// Only the script of leaving is known: an arrival takes a second try.
	if err := errors.Join(c.ScriptFlush(t.Context()).Err(), c.ScriptLoad(t.Context(), "-- presence.leave 2\n"+personLua+leaveLua).Err()); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		a.Enter(arrival(visitor(i), visitor(i).ID, "https://acme.test/"), func(error) {})
		a.Leave(acct, visitor(i), visitor(i).ID)
	}
	storetest.Eventually(t, "all is told", func() bool { return a.unsettled.count() == 0 })
	storetest.Eventually(t, "all are gone", func() bool { return len(a.live(t)) == 0 && len(a.heard(t)) >= 50 })
	if conns, err := c.ZCard(t.Context(), a.connsKey(acct)).Result(); err != nil || conns != 0 {
		t.Errorf("%d connections are left (%v)", conns, err)
	}
}

func TestAStatusFollowsThePerson(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a, b := start(t, g, "a"), start(t, g, "b")
		ann := Person{chat.Agent, "ann"}
		who := chat.Actor{Kind: chat.Agent, ID: "ann", Name: "Ann"}
		a.enter(t, arrival(ann, "one", ""))
		if _, err := a.SetStatus(t.Context(), acct, who, Busy, true); err != nil {
			t.Fatal(err)
		}
		a.kill()
		storetest.Eventually(t, "the agent is offline", func() bool {
			s := b.statuses(t)
			return len(s) == 3 && s[0] == Online && s[1] == Busy && s[2] == Offline
		})
		b.enter(t, arrival(ann, "two", ""))
		if now, err := b.Agent(t.Context(), acct, "ann"); err != nil || now.Status != Busy {
			t.Errorf("back with %v (%v), want the status chosen before", now, err)
		}
		held, err := b.SetStatus(t.Context(), acct, chat.Actor{Kind: chat.Agent, ID: "bob"}, Away, true)
		if err != nil || held.Status != Away {
			t.Errorf("held without a connection: %v, %v", held, err)
		}
		if all, err := b.Agents(t.Context(), acct); err != nil || len(all) != 2 || all[1].Status != Away {
			t.Errorf("agents %v, %v", all, err)
		}
		if _, err := b.SetStatus(t.Context(), acct, who, Offline, true); err == nil {
			t.Error("offline cannot be chosen")
		}
	})
}

func TestShuffledDeltasConvergeByVersion(t *testing.T) {
	t.Parallel()
	still(t, shuffledDeltas)
}

func shuffledDeltas(t testing.TB, g ground, _ *store.Embedded) {
	a := start(t, g, "a")
	for i := range 40 {
		a.enter(t, arrival(visitor(i%4), fmt.Sprint(i), fmt.Sprintf("https://acme.test/%d", i)))
	}
	storetest.Eventually(t, "all is announced", func() bool { return len(a.heard(t)) == 40 })
	want := a.live(t)
	deltas := a.heard(t)
	for range 100 {
		rand.Shuffle(len(deltas), func(i, j int) { deltas[i], deltas[j] = deltas[j], deltas[i] })
		got := map[chat.VisitorID]LiveVisitor{}
		for _, d := range append(deltas, deltas[:10]...) {
			if d.Version > got[d.ID].Version {
				got[d.ID] = d
			}
		}
		for id, v := range want {
			if got[id].Page.URL != v.Page.URL || got[id].Version != v.Version {
				t.Fatalf("%s ends on %v, want %v", id, got[id], v)
			}
		}
	}
}

func TestDrainSaysNothingWithinTheGrace(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a, b := start(t, g, "a"), start(t, g, "b")
		a.enterAll(t, 0, 50, "-a")
		if err := a.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.enterAll(t, 0, 49, "-b")
		storetest.Eventually(t, "the one who stayed away is gone", func() bool { return len(b.gone(t)) == 1 })
		b.settled(t, 1)
		if len(b.gone(t)) != 1 || len(a.lost) != 0 {
			t.Errorf("gone %v, lease lost %d times", b.gone(t), len(a.lost))
		}
	})
}

func TestAnIdleNodeSendsOnlyForItsLease(t *testing.T) {
	t.Parallel()
	still(t, func(t testing.TB, g ground, e *store.Embedded) {
		a := start(t, g, "a")
		a.enterAll(t, 0, 300, "-a")
		var sent atomic.Int64
		e.Server().SetPreHook(func(_ *server.Peer, command string, _ ...string) bool {
			if slices.Contains([]string{"EVALSHA", "HSET", "HGETALL"}, strings.ToUpper(command)) {
				sent.Add(1)
			}
			return false
		})
		const idle = 2 * time.Second
		time.Sleep(idle) // of the bubble's clock
		// A renewal, a sweep of two scripts, and five probes of the store a second.
		q := g.times
		if n, most := sent.Load(), int64(idle/q.Renew+2*(idle/q.Sweep)+5*(idle/time.Second)); n > most || n < int64(idle/q.Renew) {
			t.Errorf("%d scripts in %v, at most %d without anything to do", n, idle, most)
		}
	})
}
