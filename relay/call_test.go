package relay_test

import (
	"encoding/json"
	"strings"
	"testing"

	"confab/account"
	"confab/calls"
	"confab/chat"
	"confab/people"
	"confab/relay/relaytest"
	"confab/wire"
)

// offersCalls switches calls on for Acme, at a node that knows of it at once.
func offersCalls(t *testing.T, n *relaytest.Node) {
	t.Helper()
	kind := account.CallsManual
	channel := account.ChannelSpec{WidgetID: "shop", Calls: &kind}
	if _, err := n.Accounts.Update(t.Context(), account.AccountSpec{ID: relaytest.Acme, Channels: []account.ChannelSpec{channel}}); err != nil {
		t.Fatal(err)
	}
}

func ring(s *relaytest.Socket, request chat.RequestID, phone string) {
	s.Send(wire.Call{Request: wire.Request{T: wire.TypeCall, ID: request}, Phone: phone})
}

func callOf(t *testing.T, f relaytest.Frame) wire.CallFrame {
	t.Helper()
	var frame wire.CallFrame
	if err := json.Unmarshal([]byte(f.Raw), &frame); err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestAllSocketsOfAVisitorHearHowHisCallGoes(t *testing.T) {
	w := relaytest.New(t)
	a, b := w.Start(), w.Start()
	offersCalls(t, a)
	maya := a.Visitor()
	tab := b.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: maya.Token}})
	other := b.Visitor()

	ring(maya, "request-1", "+14084987855")
	answer := callOf(t, maya.Next(wire.TypeCall))
	if answer.ID != "request-1" || answer.Call.Status != "start" || answer.Call.ID == "" {
		t.Fatalf("the answer: %+v", answer)
	}
	if news := callOf(t, tab.Next(wire.TypeCall)); news.ID != "" || news.Call != answer.Call {
		t.Errorf("the other tab: %+v", news)
	}
	if _, err := b.Calls.Set(t.Context(), relaytest.Acme, answer.Call.ID, calls.Change{Status: calls.Failed, Reason: "hung up"}); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*relaytest.Socket{"the same tab": maya, "the other": tab} {
		// The first news after the answer is of the end: the tab that asked was not told of the beginning twice.
		if news := callOf(t, s.Next(wire.TypeCall)); news.ID != "" || news.Call.Status != "error" || news.Call.Reason != "hung up" {
			t.Errorf("%s: %+v", name, news)
		}
	}
	for _, f := range other.Ping() {
		if f.T == wire.TypeCall {
			t.Errorf("another visitor was told: %s", f.Raw)
		}
	}
}

func TestWhoComesBackIsToldOfHisCall(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		offersCalls(t, a)
		b.Accounts.Invalidate(relaytest.Acme)
		maya := a.Visitor()
		ring(maya, "request-1", "+14084987855")
		call := callOf(t, maya.Next(wire.TypeCall)).Call
		for _, status := range []calls.Status{calls.Begun, calls.AgentConnected, calls.ClientConnected, calls.Ended} {
			if _, err := a.Calls.Set(t.Context(), relaytest.Acme, call.ID, calls.Change{Status: status}); err != nil {
				t.Fatal(err)
			}
			again := same(b, maya)
			if news := callOf(t, again.Next(wire.TypeCall)); news.ID != "" || news.Call.ID != call.ID || news.Call.Status != string(status) {
				t.Errorf("%s: %+v", status, news)
			}
			b.Relay.Recall(maya.Thread)
			for _, f := range again.Ping() {
				if f.T == wire.TypeCall {
					t.Errorf("%s: told again, %s", status, f.Raw)
				}
			}
		}
	})
}

func TestLostNewsOfACallAreFoundToo(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		e := &ear{}
		a, b := w.Start(), e.start(w)
		offersCalls(t, a)
		b.Accounts.Invalidate(relaytest.Acme)
		maya := b.Visitor()
		ring(maya, "request-1", "+14084987855")
		call := callOf(t, maya.Next(wire.TypeCall)).Call
		e.deaf.Store(true)
		if _, err := a.Calls.Set(t.Context(), relaytest.Acme, call.ID, calls.Change{Status: calls.Ended}); err != nil {
			t.Fatal(err)
		}
		if news := callOf(t, maya.Next(wire.TypeCall)); news.Call.ID != call.ID || news.Call.Status != "end" {
			t.Errorf("told of %+v", news)
		}
	})
}

func TestWhoIsBlockedAsksForNoCallButHearsOfHis(t *testing.T) {
	n := relaytest.New(t).Start()
	offersCalls(t, n)
	maya := n.Visitor()
	ring(maya, "request-1", "+14084987855")
	call := callOf(t, maya.Next(wire.TypeCall)).Call
	n.Relay.Block(maya.Thread, true)
	if _, err := n.Calls.Set(t.Context(), relaytest.Acme, call.ID, calls.Change{Status: calls.Ended}); err != nil {
		t.Fatal(err)
	}
	if news := callOf(t, maya.Next(wire.TypeCall)); news.Call.ID != call.ID || news.Call.Status != "end" {
		t.Errorf("told of %+v", news)
	}
	ring(maya, "request-2", "+14084987855")
	if f := maya.Next(wire.TypeCall, wire.TypeError); f.Code != chat.Forbidden {
		t.Errorf("answered %s", f.Raw)
	}
}

func TestAgentsReadOfACallInTheLogAndVisitorsDoNot(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		offersCalls(t, n)
		anna := n.Agent(relaytest.Anna, false)
		maya := n.Conversation("Call me?")
		anna.Subscribe(maya.Thread, nil)
		tell(t, maya, wire.LayerBasic, `{"name":"Maya"}`)
		until(t, maya, func(u people.User) bool { return u.Name == "Maya" })
		maya.Ping()
		ring(maya, "request-1", "+14084987855")
		heard := maya.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeCall })
		id := callOf(t, heard[len(heard)-1]).Call.ID
		live := anna.Next(wire.TypeEntry)
		if e := live.Entry; e.Kind != chat.KindCall || e.Call.ID != id || e.Call.Phone != "+14084987855" || e.Author.Kind != chat.Visitor || e.Author.Name != "Maya" || e.Conversation == "" {
			t.Errorf("the agent is told %s", live.Raw)
		}
		hidden := false
		for _, f := range append(heard, maya.Ping()...) {
			hidden = hidden || f.T == wire.TypeEntry && f.Entry.Kind == chat.KindHidden && f.Seq == live.Seq
			if f.T == wire.TypeEntry && strings.Contains(f.Raw, id) {
				t.Errorf("the visitor is told %s", f.Raw)
			}
		}
		if !hidden {
			t.Error("the visitor's log has a hole")
		}
		kept := n.Agent(relaytest.Ben, false).Subscribe(maya.Thread, nil)
		if last := kept[len(kept)-1]; last.Seq != live.Seq || last.Entry.Call == nil || last.Entry.Call.ID != id {
			t.Errorf("kept is %+v", last)
		}
	})
}

// TestNewsOfACallOnlyGoForward: what was read of a call may be older than what has rung meanwhile.
func TestNewsOfACallOnlyGoForward(t *testing.T) {
	news := func(id string, s calls.Status) calls.News { return calls.News{ID: id, Status: s} }
	heard := news("7b", calls.AgentConnected)
	for _, c := range []struct {
		news calls.News
		want bool
	}{
		{news("7b", calls.Begun), false}, {heard, false}, {news("7b", calls.ClientConnected), true}, {news("7b", calls.Failed), true},
		{news("7a", calls.Begun), true}, {news("7c", calls.Ended), false}, // newer ids come first
	} {
		if got := c.news.Follows(&heard); got != c.want {
			t.Errorf("%+v after %+v: %v", c.news, heard, got)
		}
	}
	if !heard.Follows(nil) {
		t.Error("nothing may be told to who has heard nothing")
	}
}

func TestACallIsRefusedUnderTheIDOfItsRequest(t *testing.T) {
	n := relaytest.New(t).Start()
	v := n.Visitor()
	refused := func(request chat.RequestID, phone string, code chat.Code) {
		t.Helper()
		ring(v, request, phone)
		if f := v.Next(wire.TypeError, wire.TypeCall); f.Code != code || !strings.Contains(f.Raw, `"id":"`+string(request)+`"`) {
			t.Errorf("%s: %s", request, f.Raw)
		}
	}
	refused("calls-are-off", "+14084987855", chat.Unsupported)
	offersCalls(t, n)
	refused("not-a-number", "0800 12345", chat.BadField)
	ring(v, "request-1", "+14084987855")
	first := callOf(t, v.Next(wire.TypeCall))
	refused("while-one-goes-on", "+14084987855", chat.Conflict)
	ring(v, "request-1", "+14084987855")
	if again := callOf(t, v.Next(wire.TypeCall)); again != first {
		t.Errorf("asked again: %+v, first %+v", again, first)
	}
	agent := n.Agent(relaytest.Anna, false)
	ring(agent, "by-an-agent", "+14084987855")
	if f := agent.Next(wire.TypeError); f.Code != chat.Forbidden {
		t.Errorf("an agent: %s", f.Raw)
	}
}
