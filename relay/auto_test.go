package relay_test

import (
	"testing"

	"confab/account"
	"confab/chat"
	"confab/relay/relaytest"
	"confab/wire"
)

// sales makes a group of Acme's, with these agents in it.
func sales(t *testing.T, n *relaytest.Node, emails ...string) {
	t.Helper()
	spec := account.AccountSpec{ID: relaytest.Acme, Groups: []account.GroupSpec{{ID: "sales"}}}
	for _, email := range emails {
		spec.Agents = append(spec.Agents, account.AgentSpec{Email: &email, Groups: &[]chat.GroupID{"sales"}})
	}
	if _, err := n.Accounts.Update(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
}

// same is another socket of the same visitor.
func same(n *relaytest.Node, s *relaytest.Socket) *relaytest.Socket {
	second := n.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: s.Token}})
	second.CatchUp()
	return second
}

func answered(t *testing.T, s *relaytest.Socket) relaytest.Frame {
	t.Helper()
	f := s.Next(wire.TypeAck, wire.TypeNack)
	if f.T == wire.TypeNack {
		t.Fatalf("refused: %s", f.Raw)
	}
	return f
}

func TestWhatAPageSaysByItselfIsSaidByAnAgent(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		sales(t, a, relaytest.Ben)
		anna := a.Agent(relaytest.Anna, false)
		visitor := a.Visitor()
		visitor.CatchUp()
		other := same(b, visitor)
		send := wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(1), Text: "May I help you?", Auto: true}
		visitor.Send(send)
		ack := answered(t, visitor)
		if ack.Author == nil || ack.Author.Kind != chat.Agent || ack.Author.Name != "Anna" {
			t.Fatalf("the only one online is Anna: %s", ack.Raw)
		}
		if ack.Seq != 1 {
			t.Errorf("it started something: %s", ack.Raw)
		}
		for _, f := range visitor.Ping() {
			if f.T == wire.TypeEntry {
				t.Errorf("the sender got its entry too: %s", f.Raw)
			}
		}
		heard := other.Next(wire.TypeEntry)
		if heard.Entry.Author != *ack.Author || !heard.Entry.Auto || heard.Entry.CMID != send.CMID || heard.Entry.EID != ack.EID {
			t.Errorf("the other tab got %s", heard.Raw)
		}

		// Sent again elsewhere, where another would be drawn, it is still Anna's.
		send.Group = "sales"
		other.Send(send)
		if again := answered(t, other); again.Seq != ack.Seq || again.EID != ack.EID || again.Author == nil || *again.Author != *ack.Author {
			t.Errorf("sent again: %s, the first time %s", again.Raw, ack.Raw)
		}
		send.CMID = relaytest.CMID(2)
		visitor.Send(send)
		if ack := answered(t, visitor); ack.Author == nil || ack.Author.Name != "Ben" || ack.Seq != 2 {
			t.Errorf("of the group is Ben: %s", ack.Raw)
		}
		if got := anna.Subscribe(visitor.Thread, nil); len(got) != 2 {
			t.Errorf("the log has %+v", got)
		}
		visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(3), Text: "yes, please"})
		if ack := answered(t, visitor); ack.Author != nil {
			t.Errorf("the visitor's own message: %s", ack.Raw)
		}
	})
}

func TestAPageOfAnAccountWithoutAgentsSpeaksAsTheAccount(t *testing.T) {
	sound(t)
	w := relaytest.New(t)
	n := w.Start()
	name := "Lonely Tents"
	if _, err := n.Accounts.Create(t.Context(), account.AccountSpec{ID: "lonely", Name: &name}); err != nil {
		t.Fatal(err)
	}
	visitor := n.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: "lonely"})
	visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(1), Text: "Welcome", Auto: true})
	if ack := answered(t, visitor); ack.Author == nil || ack.Author.Kind != chat.Bot || ack.Author.Name != name {
		t.Errorf("said by %s", ack.Raw)
	}
	on := true
	email := "zoe@lonely.test"
	if _, err := n.Accounts.CreateAgent(t.Context(), "lonely", account.AgentSpec{Email: &email, Active: &on}); err != nil {
		t.Fatal(err)
	}
	visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(2), Text: "Hello", Auto: true})
	if ack := answered(t, visitor); ack.Author == nil || ack.Author.Kind != chat.Agent {
		t.Errorf("there is an agent now, said by %s", ack.Raw)
	}
}

// Proves CHATRA-JS-131.
func TestAConversationStartsInTheGroupThatThePageNames(t *testing.T) {
	sound(t)
	w := relaytest.New(t)
	n := w.Start()
	sales(t, n)
	for name, c := range map[string]struct {
		group, want chat.GroupID
	}{
		"one that there is":     {"sales", "sales"},
		"one that there is not": {"no-such-group", ""},
		"none":                  {"", ""},
	} {
		visitor := n.Visitor()
		started := func(i int, group chat.GroupID, offline bool) *chat.Conversation {
			visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(i), Text: "hello", Group: group, Offline: offline})
			answered(t, visitor)
			th, err := n.Store.LoadThread(t.Context(), relaytest.Acme, visitor.Thread)
			if err != nil {
				t.Fatal(err)
			}
			return th.Conversation
		}
		if got := started(1, c.group, true); got.Group != c.want || !got.Offline {
			t.Errorf("%s: %+v", name, got)
		}
		if got := started(2, "sales", false); got.Group != c.want || !got.Offline {
			t.Errorf("%s: moved to %+v", name, got)
		}
	}
}

func TestWhoIsBlockedCannotWrite(t *testing.T) {
	sound(t)
	w := relaytest.New(t)
	n := w.Start()
	visitor := n.Visitor()
	visitor.CatchUp()
	n.Relay.Block(visitor.Thread, true)
	for i, auto := range []bool{false, true} {
		visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(i), Text: "let me in", Auto: auto})
		if f := visitor.Next(wire.TypeNack, wire.TypeAck); f.Code != chat.Forbidden || f.Retryable {
			t.Errorf("auto %v: %s", auto, f.Raw)
		}
	}
	n.Relay.Block(visitor.Thread, false)
	visitor.Post("", "thank you")
}
