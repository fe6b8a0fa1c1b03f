package presence

import (
	"context"
	"slices"
	"testing"

	"confab/chat"
	"confab/store/storetest"
)

// timers are the threads whose episode ends soon because nobody of theirs is here.
func (n *node) timers(t testing.TB) []string {
	t.Helper()
	reply, err := n.o.Store.Command(context.Background(), acct, "ZRANGE", n.o.Store.TimersKey(acct), 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	return texts(reply)
}

func in(thread chat.ThreadID, i int, connection string) Arrival {
	a := arrival(visitor(i), connection, "https://acme.test/")
	a.Visitor.Thread = thread
	return a
}

func TestAnEpisodeGoesOnWhileAnotherDeviceOfThePersonIsHere(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a, b := start(t, g, "a"), start(t, g, "b")
		a.enter(t, in("shared", 1, "phone"))
		b.enter(t, in("shared", 2, "laptop"))
		b.enter(t, in("shared-2", 3, "stranger")) // its name begins alike
		leaves := func(n *node, i int, connection string, left ...string) {
			t.Helper()
			times := b.gone(t)[chat.VisitorID(visitor(i).ID)]
			n.Leave(acct, visitor(i), connection)
			storetest.Eventually(t, connection+" is gone", func() bool { return b.gone(t)[chat.VisitorID(visitor(i).ID)] > times })
			if got := b.timers(t); !slices.Equal(got, left) {
				t.Fatalf("after %s left, these end: %v, want %v", connection, got, left)
			}
		}
		leaves(a, 1, "phone")
		a.enter(t, in("shared", 1, "phone again"))
		leaves(b, 2, "laptop")
		leaves(a, 1, "phone again", "visitor.gone|shared")
		b.enter(t, in("shared", 2, "laptop again"))
		if got := b.timers(t); len(got) != 0 {
			t.Fatalf("back, and yet these end: %v", got)
		}
		leaves(b, 3, "stranger", "visitor.gone|shared-2")
	})
}

func TestAVisitorWhoMovesToAnotherThreadEndsTheOneHeLeft(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a := start(t, g, "a")
		a.enter(t, in("anonymous", 1, "before"))
		a.enter(t, in("known", 1, "after"))
		if got := a.timers(t); !slices.Equal(got, []string{"visitor.gone|anonymous"}) {
			t.Fatalf("these end: %v", got)
		}
		if err := a.Forget(t.Context(), acct, "v0001"); err != nil {
			t.Fatal(err)
		}
		if n, err := a.o.Store.Command(t.Context(), acct, "ZCARD", a.threadsKey(acct)); err != nil || n != int64(0) {
			t.Fatalf("%v are in threads after the visitor was erased (%v)", n, err)
		}
	})
}

// becomes puts a conversation of the thread into a state.
func (n *node) becomes(t testing.TB, thread chat.ThreadID, state chat.State, version chat.EntryID) chat.EntryID {
	t.Helper()
	c := storetest.Note(acct, thread, "v0001", "message-"+string(state), "hello")
	c.Expect = version
	c.Next = &chat.Conversation{ID: "c1", Thread: thread, Visitor: "v0001", State: state}
	return storetest.MustAppend(t, n.o.Store, c).EID
}

func TestTheRosterTellsWhichConversationIsOpenNow(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a := start(t, g, "a")
		a.enter(t, in("t1", 1, "one"))
		a.enter(t, in("t2", 2, "two"))
		rung, version := 2, chat.EntryID("")
		for _, step := range []struct {
			state chat.State
			open  chat.ConversationID
		}{{chat.Waiting, "c1"}, {chat.Active, "c1"}, {chat.Over, ""}} {
			version = a.becomes(t, "t1", step.state, version)
			a.view(t, visitor(1), "https://acme.test/"+string(step.state))
			rung++
			storetest.Eventually(t, "the bell", func() bool { return len(a.heard(t)) == rung })
			if got := a.heard(t)[rung-1].Conversation; got != step.open {
				t.Errorf("%s: the bell tells %q, want %q", step.state, got, step.open)
			}
			live := a.live(t)
			if live["v0001"].Conversation != step.open || live["v0002"].Conversation != "" {
				t.Errorf("%s: the roster tells %q and %q", step.state, live["v0001"].Conversation, live["v0002"].Conversation)
			}
			if one, err := a.Visitor(t.Context(), acct, "v0001"); err != nil || one.Conversation != step.open {
				t.Errorf("%s: the visitor has %q (%v)", step.state, one.Conversation, err)
			}
		}
	})
}
