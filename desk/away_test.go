package desk

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
)

const grace = time.Minute

// house is nodes with desks that know who is here, on one store, in a bubble whose clock the store goes by.
type house struct {
	t     *testing.T
	e     *store.Embedded
	reach func(*store.Options)

	expects bool // episodes that begin without the visitor end
}

type houseNode struct {
	*Desk
	here *presence.Presence
	kill func() // at once, without a word to the store
}

// inHouse runs a test in a bubble, where time passes only while everybody waits.
func inHouse(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e, reach := storetest.Memory(t)
		test(t, &house{t: t, e: e, reach: reach})
	})
}

func (h *house) start(name string) *houseNode {
	h.t.Helper()
	s := storetest.Open(h.t, h.e.URL(), nil, h.reach)
	if _, err := s.PutDoc(h.t.Context(), account, "account", string(account), []byte("{}"), store.AnyVersion); err != nil {
		h.t.Fatal(err)
	}
	n := &houseNode{here: presence.New(presence.Options{Store: s, Node: name, Log: zap.NewNop(), VisitorGrace: grace})}
	n.Desk = New(Options{Store: s, IDs: chat.NewIDs(nil), Log: zap.NewNop(), AllAway: n.here.AllAway})
	if h.expects {
		n.expect = n.here.Expect
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { n.here.Run(ctx) })
	running.Go(func() { n.Desk.Run(ctx, name) })
	n.kill = func() { stop(); running.Wait() }
	h.t.Cleanup(func() { n.kill(); n.tasks.Wait() })
	return n
}

func (n *houseNode) enter(t *testing.T, agent chat.Actor, connection string) {
	t.Helper()
	done := make(chan error, 1)
	n.here.Enter(presence.Arrival{
		Account: account, Person: presence.Person{Kind: chat.Agent, ID: agent.ID}, Connection: connection, Agent: &presence.AgentInfo{},
	}, func(err error) { done <- err })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func (n *houseNode) leave(agent chat.Actor, connection string) {
	n.here.Leave(account, presence.Person{Kind: chat.Agent, ID: agent.ID}, connection)
}

// running tells whether the episode of the one conversation runs; otherwise it has ended because the agents left, and the
// conversation goes on with them.
func (n *houseNode) running(t *testing.T, agents int) bool {
	t.Helper()
	c := conversation(t, n.Desk)
	if c.State != chat.Active || len(c.Agents) != agents {
		t.Fatalf("the conversation is %+v", c.Conversation)
	}
	if !c.Episode.Running() && c.Episode.FinishReason != chat.AgentsLeft {
		t.Fatalf("the episode ended for %q", c.Episode.FinishReason)
	}
	return c.Episode.Running()
}

// talk is an episode in which agents take part.
func (n *houseNode) talk(t *testing.T, agents ...chat.Actor) {
	t.Helper()
	for _, by := range append([]chat.Actor{maya}, agents...) {
		if o := post(n.Desk, by, "cmid-"+chat.NewIDs(nil).New(), "hello"); o.err != nil {
			t.Fatal(o.err)
		}
	}
}

// Proves CHATRA-WH-036 CHATRA-WH-038.
func TestAnEpisodeEndsWhenAllItsAgentsHaveStayedAwayForTheGrace(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		n := h.start("a")
		n.enter(t, anna, "one")
		n.enter(t, ben, "two")
		n.talk(t, anna, ben)
		n.leave(anna, "one")
		time.Sleep(5 * grace) // of the bubble's clock, as below
		if !n.running(t, 2) {
			t.Fatal("it ended although Ben is here")
		}
		n.leave(ben, "two")
		time.Sleep(grace - 2*time.Second)
		if !n.running(t, 2) {
			t.Fatal("it ended within the grace")
		}
		time.Sleep(6 * time.Second)
		if n.running(t, 2) {
			t.Fatal("it runs although both are away")
		}
		n.talk(t)
		if !n.running(t, 2) {
			t.Fatal("the visitor's next message begins another one")
		}
	})
}

func TestAnAgentWhoIsBackInTimeEndsNothing(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		n := h.start("a")
		n.enter(t, anna, "one")
		n.talk(t, anna)
		for range 3 {
			n.leave(anna, "one")
			time.Sleep(grace - 5*time.Second)
			n.enter(t, anna, "one")
			time.Sleep(5 * grace)
		}
		// A timer that comes late finds her here.
		if err := n.store.TimerSet(t.Context(), account, chat.TimerAgentGone, anna.ID, 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if !n.running(t, 1) {
			t.Error("it ended")
		}
	})
}

func TestTheTimerOfAnAgentSurvivesTheNodeThatSetIt(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		a := h.start("a")
		a.enter(t, anna, "one")
		a.talk(t, anna)
		a.leave(anna, "one")
		time.Sleep(20 * time.Second) // it is set
		a.kill()
		b := h.start("b")
		time.Sleep(grace)
		if b.running(t, 1) {
			t.Error("it runs")
		}
	})
}

func TestANodeThatDiesWithItsAgentsEndsTheirEpisodesOnce(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		a, b := h.start("a"), h.start("b")
		a.enter(t, anna, "one")
		a.talk(t, anna)
		a.kill()
		time.Sleep(grace + 30*time.Second)
		if b.running(t, 1) {
			t.Error("it runs")
		}
		ended := 0
		entries, _, err := b.Messages(t.Context(), account, thread, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if kindOf(t, e) == chat.KindEpisodeFinished {
				ended++
			}
		}
		if ended != 1 {
			t.Errorf("it ended %d times", ended)
		}
	})
}

func TestADummyBesideAnAgentIsNeverHere(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		n := h.start("a")
		dummy := chat.Actor{Kind: chat.Agent, ID: "dummy", Name: "Robot"}
		n.enter(t, anna, "one")
		n.talk(t, anna, dummy)
		time.Sleep(5 * grace)
		if !n.running(t, 2) {
			t.Fatal("it ended although Anna is here")
		}
		n.leave(anna, "one")
		time.Sleep(grace + 5*time.Second)
		if n.running(t, 2) {
			t.Error("it runs")
		}
	})
}
