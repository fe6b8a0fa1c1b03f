package relay_test

import (
	"encoding/json"
	"strings"
	"testing"

	"confab/account"
	"confab/calls"
	"confab/chat"
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
