package relay_test

import (
	"fmt"
	"testing"

	"confab/chat"
	"confab/relay/relaytest"
	"confab/wire"
)

func conversationOf(t *testing.T, n *relaytest.Node, s *relaytest.Socket) *chat.Conversation {
	t.Helper()
	th, err := n.Store.LoadThread(t.Context(), relaytest.Acme, s.Thread)
	if err != nil {
		t.Fatal(err)
	}
	return th.Conversation
}

func wantPlace(t *testing.T, s *relaytest.Socket, place int) relaytest.Frame {
	t.Helper()
	f := s.Next(wire.TypeQueue)
	if f.Position != place {
		t.Fatalf("told %s, want %d", f.Raw, place)
	}
	return f
}

func TestWhoWaitsHearsWhereHeStands(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		first := a.Conversation("hello")
		wantPlace(t, first, 1)
		later := b.Visitor()
		later.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(1), Text: "tomorrow will do", Offline: true})
		answered(t, later)
		second := b.Conversation("hello")
		if f := wantPlace(t, second, 2); f.WaitMillis != 0 {
			t.Errorf("nobody has been accepted yet: %s", f.Raw)
		}
		third := a.Conversation("hello")
		wantPlace(t, third, 3)

		again := same(a, second)
		wantPlace(t, again, 2)

		anna := chat.Actor{Kind: chat.Agent, ID: "anna", Name: "Anna"}
		if _, err := a.Desk.Accept(t.Context(), relaytest.Acme, conversationOf(t, a, first).ID, anna, nil); err != nil {
			t.Fatal(err)
		}
		wantPlace(t, first, 0)
		for _, s := range []*relaytest.Socket{second, again} {
			if f := wantPlace(t, s, 1); f.WaitMillis == 0 {
				t.Errorf("one has been accepted: %s", f.Raw)
			}
		}
		wantPlace(t, third, 2)
		if _, err := b.Desk.Close(t.Context(), relaytest.Acme, conversationOf(t, a, second).ID, anna, nil, chat.AgentClosed); err != nil {
			t.Fatal(err)
		}
		wantPlace(t, second, 0)
		wantPlace(t, again, 0)
		wantPlace(t, third, 1)
		// The last agent leaves: the oldest waits again, before all others.
		if _, err := b.Desk.Leave(t.Context(), relaytest.Acme, conversationOf(t, a, first).ID, anna, nil); err != nil {
			t.Fatal(err)
		}
		wantPlace(t, first, 1)
		wantPlace(t, third, 2)
		for _, f := range later.Ping() {
			if f.T == wire.TypeQueue {
				t.Errorf("who left it for later does not wait: %s", f.Raw)
			}
		}
	})
}

func TestWhoIsBlockedIsPromisedNobody(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		first, second := a.Conversation("buy my watches"), b.Conversation("hello")
		wantPlace(t, first, 1)
		wantPlace(t, second, 2)
		block := func(blocked bool) {
			t.Helper()
			patch := fmt.Appendf(nil, `{"blocked":%v}`, blocked)
			if _, err := b.People.PatchContact(t.Context(), relaytest.Acme, chat.ContactID(helloVisitor(t, first).ID), patch); err != nil {
				t.Fatal(err)
			}
		}
		block(true)
		wantPlace(t, first, 0)
		again := same(b, first)
		third := a.Conversation("me too") // all are told where they stand, once more
		wantPlace(t, third, 3)
		for _, s := range []*relaytest.Socket{first, again} {
			for _, f := range s.Ping() {
				if f.T == wire.TypeQueue {
					t.Errorf("somebody blocked is told %s", f.Raw)
				}
			}
		}
		block(false)
		wantPlace(t, first, 1)
		wantPlace(t, again, 1)
	})
}

func TestWhoGoesToAGroupWaitsAmongItsOwn(t *testing.T) {
	sound(t)
	w := relaytest.New(t)
	n := w.Start()
	sales(t, n, relaytest.Ben)
	wantPlace(t, n.Conversation("hello"), 1)
	buyer := n.Visitor()
	buyer.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(1), Text: "how much?", Group: "sales"})
	answered(t, buyer)
	wantPlace(t, buyer, 1)
	wantPlace(t, n.Conversation("hello"), 3)
}
