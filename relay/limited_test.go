package relay_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/desk/desktest"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/store"
	"confab/wire"
)

const (
	salesGroup   = chat.GroupID("sales")
	supportGroup = chat.GroupID("support")
)

// limit gives Acme two groups, and limits Ben to one of them.
func limit(t *testing.T, n *relaytest.Node) chat.Actor {
	t.Helper()
	ctx := t.Context()
	if _, err := n.Accounts.Update(ctx, account.AccountSpec{ID: relaytest.Acme, Groups: []account.GroupSpec{{ID: salesGroup}, {ID: supportGroup}}}); err != nil {
		t.Fatal(err)
	}
	ben, err := n.Accounts.AgentByEmail(ctx, relaytest.Ben)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Accounts.UpdateAgent(ctx, relaytest.Acme, account.AgentSpec{ID: ben.ID, Groups: &[]chat.GroupID{salesGroup}, Limited: new(true)}); err != nil {
		t.Fatal(err)
	}
	return ben.Actor()
}

// talk returns the last conversation of a visitor's thread.
func talk(t *testing.T, n *relaytest.Node, visitor *relaytest.Socket) chat.Conversation {
	t.Helper()
	thread, err := n.Store.LoadThread(t.Context(), relaytest.Acme, visitor.Thread)
	if err != nil || thread.Conversation == nil {
		t.Fatalf("%+v, %v", thread, err)
	}
	return *thread.Conversation
}

func give(t *testing.T, n *relaytest.Node, visitor *relaytest.Socket, to chat.Assignment) {
	t.Helper()
	if _, err := n.Desk.Assign(t.Context(), relaytest.Acme, talk(t, n, visitor).ID, chat.Actor{Kind: chat.Integration, ID: "server"}, nil, to); err != nil {
		t.Fatal(err)
	}
}

// listed is what list frames of a socket say, by the ids of what they are about: "shown" or "gone".
func listed(frames []relaytest.Frame) map[string]string {
	said := map[string]string{}
	for _, f := range frames {
		raw := f.Conversation
		if f.T == wire.TypeVisitor {
			raw = f.Visitor
		}
		var of struct {
			ID string `json:"id"`
		}
		if raw == nil || json.Unmarshal(raw, &of) != nil {
			continue
		}
		said[of.ID] = "shown"
		if f.Gone {
			said[of.ID] = "gone"
		}
	}
	return said
}

// settled returns what an agent's socket was told until everything that had happened was told: two that follow, one after the
// other, were.
func settled(t *testing.T, n *relaytest.Node, agent *relaytest.Socket) []relaytest.Frame {
	t.Helper()
	var all []relaytest.Frame
	for range 2 {
		id := string(talk(t, n, n.Conversation("a sign")).ID)
		all = append(all, agent.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeConversation && strings.Contains(f.Raw, id) })...)
	}
	return all
}

func TestALimitedAgentsListsHoldWhatHisGroupsTalkOf(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(generous), w.Start(generous)
		ben := limit(t, a)
		before := a.Conversation("before he came")
		give(t, a, before, chat.Assignment{Group: salesGroup})
		anna, limited := a.Agent(relaytest.Anna, true), b.Agent(relaytest.Ben, true)
		visitor := a.Conversation("Hello")
		of, who := string(talk(t, a, visitor).ID), visitorID(t, visitor)
		steps := []struct {
			name    string
			do      func()
			limited string // what he is told of the conversation; "": nothing
			roster  string // and of the visitor
		}{
			{"nobody's", func() {}, "shown", "shown"},
			{"given to another group", func() { give(t, a, visitor, chat.Assignment{Group: supportGroup}) }, "gone", "gone"},
			{"talked of there", func() { visitor.Post("", "a secret") }, "", ""},
			{"marked there", func() { visitor.Send(wire.Mark{T: wire.TypeSeen, Thread: visitor.Thread, Seq: 2}) }, "", ""},
			{"another page", func() { visitor.Send(`{"t":"page","url":"https://acme.test/secret"}`) }, "", ""},
			{"given to him", func() { give(t, a, visitor, chat.Assignment{Agent: &ben}) }, "shown", "shown"},
			{"given away again", func() { give(t, a, visitor, chat.Assignment{Group: supportGroup}) }, "gone", "gone"},
			{"closed there", func() {
				if _, err := a.Desk.Close(t.Context(), relaytest.Acme, chat.ConversationID(of), ben, nil, chat.AgentClosed); err != nil {
					t.Fatal(err)
				}
			}, "", "shown"},
		}
		for _, step := range steps {
			step.do()
			frames := settled(t, b, limited)
			if got := listed(frames); got[of] != step.limited || got[who] != step.roster {
				t.Errorf("%s: the conversation %q, want %q; the visitor %q, want %q", step.name, got[of], step.limited, got[who], step.roster)
			}
			for _, f := range frames {
				if step.limited+step.roster == "" && strings.Contains(f.Raw, "secret") {
					t.Errorf("%s: told %s", step.name, f.Raw)
				}
			}
			if got := listed(settled(t, a, anna)); step.limited != "" && got[of] != "shown" {
				t.Errorf("%s: a colleague who is not limited was told %q", step.name, got[of])
			}
		}
		give(t, a, before, chat.Assignment{Group: supportGroup}) // it was there before he came
		if got := listed(settled(t, b, limited)); got[string(talk(t, a, before).ID)] != "gone" {
			t.Errorf("what was open before he came: %v", got)
		}
	})
}

func visitorID(t *testing.T, s *relaytest.Socket) string {
	t.Helper()
	var v wire.HelloVisitor
	if err := json.Unmarshal(s.Hello.Visitor, &v); err != nil {
		t.Fatal(err)
	}
	return string(v.ID)
}

func TestAThreadIsLostWithItsConversationAndReadAgainWithIt(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(generous), w.Start(generous)
		ben := limit(t, a)
		anna, limited := a.Agent(relaytest.Anna, false), b.Agent(relaytest.Ben, false)
		visitor := a.Conversation("Hello")
		give(t, a, visitor, chat.Assignment{Group: salesGroup})
		anna.Subscribe(visitor.Thread, nil)
		if got := messages(t, limited.Subscribe(visitor.Thread, nil)); len(got) != 1 {
			t.Fatalf("his group's: %q", got)
		}
		visitor.Send(wire.Typing{T: wire.TypeTyping, Thread: visitor.Thread, On: true, Text: "I th"})
		limited.Next(wire.TypeTyping)
		visitor.Post("", "I think")
		limited.Until(isText("I think"))

		give(t, a, visitor, chat.Assignment{Group: supportGroup})
		if f := limited.Next(wire.TypeReset); !strings.Contains(f.Raw, `"gone":true`) || f.Common == nil || f.Common.Seq != 0 {
			t.Fatalf("the thread went with %s", f.Raw)
		}
		visitor.Send(wire.Typing{T: wire.TypeTyping, Thread: visitor.Thread, On: false})
		visitor.Post("", "a secret")
		anna.Until(isText("a secret"))
		for _, thread := range []chat.ThreadID{visitor.Thread, "none-at-all"} {
			limited.Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: thread})
			limited.Send(wire.History{T: wire.TypeHistory, Thread: thread})
			limited.Send(wire.Typing{T: wire.TypeTyping, Thread: thread, On: true})
			limited.Send(wire.Mark{T: wire.TypeSeen, Thread: thread, Seq: 3})
			limited.Send(wire.Send{T: wire.TypeSend, Thread: thread, CMID: relaytest.CMID(len(thread)), Text: "Hi"})
		}
		var codes []string
		for _, f := range limited.Ping() {
			if f.T == wire.TypeError || f.T == wire.TypeNack {
				codes = append(codes, fmt.Sprintf("%s %s %s %v", f.T, f.Ref, f.Code, strings.Contains(f.Raw, "There is no such thread")))
			} else if f.T != wire.TypePong {
				t.Errorf("told of the lost thread: %s", f.Raw)
			}
		}
		if len(codes) != 10 || strings.Join(codes[:5], ",") != strings.Join(codes[5:], ",") {
			t.Errorf("of the lost thread and one that is none: %q", codes)
		}

		give(t, a, visitor, chat.Assignment{Agent: &ben})
		if got := messages(t, limited.Subscribe(visitor.Thread, nil)); len(got) != 3 || got[2] != "a secret" {
			t.Errorf("given to him: %q", got)
		}
	})
}

// shownOf says for each entry what a reader has of it: its text, "-" if it is hidden, or "." for an event.
func shownOf(entries []relaytest.Numbered) string {
	out := make([]string, len(entries))
	for i, e := range entries {
		switch e.Entry.Kind {
		case chat.KindMessage:
			out[i] = e.Entry.Text
		case chat.KindHidden:
			out[i] = "-"
		default:
			out[i] = "."
		}
	}
	return strings.Join(out, " ")
}

// anew reads what comes after a reset that says so.
func anew(t *testing.T, s *relaytest.Socket) []relaytest.Numbered {
	t.Helper()
	if f := s.Next(wire.TypeReset); !strings.Contains(f.Raw, `"anew":true`) || f.Common == nil || f.Common.Seq != 0 {
		t.Fatalf("reset: %s", f.Raw)
	}
	return s.CatchUp()
}

func TestOfOneThreadALimitedAgentReadsHisConversationsAndOnlyTheNumbersOfOthers(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(generous), w.Start(generous)
		ben := limit(t, a)
		anna, limited := a.Agent(relaytest.Anna, false), b.Agent(relaytest.Ben, false)
		visitor := a.Conversation("one")
		give(t, a, visitor, chat.Assignment{Group: salesGroup})
		all := anna.Subscribe(visitor.Thread, nil)
		mine := limited.Subscribe(visitor.Thread, nil)
		if shownOf(mine) != shownOf(all) || shownOf(all) != ". . one ." {
			t.Fatalf("at first %q, by who is not limited %q", shownOf(mine), shownOf(all))
		}
		first := talk(t, a, visitor).ID
		if _, err := a.Desk.Close(t.Context(), relaytest.Acme, first, ben, nil, chat.AgentClosed); err != nil {
			t.Fatal(err)
		}
		visitor.Post("", "two")
		limited.Until(func(f relaytest.Frame) bool { return strings.Contains(f.Raw, `"two"`) }) // nobody's yet
		give(t, a, visitor, chat.Assignment{Group: supportGroup})
		if got := shownOf(anew(t, limited)); got != ". . one . . . - - - -" {
			t.Errorf("after it was given to another group: %q", got)
		}
		visitor.Send(wire.Typing{T: wire.TypeTyping, Thread: visitor.Thread, On: true, Text: "a sec"})
		anna.Next(wire.TypeTyping)
		visitor.Post("", "secret")
		frames := limited.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeEntry && f.Seq == 11 })
		post := wire.Send{T: wire.TypeSend, Thread: visitor.Thread, CMID: "message-0001", Text: "Me too", Note: true}
		limited.Send(post)
		frames = append(frames, limited.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeNack })...)
		if f := frames[len(frames)-1]; f.Code != chat.NotFound {
			t.Errorf("his note there: %s", f.Raw)
		}
		anna.Until(isText("secret"))
		for _, f := range frames {
			if strings.Contains(f.Raw, "sec") || f.T == wire.TypeTyping || f.T == wire.TypeEntry && f.Entry.Kind != chat.KindHidden {
				t.Errorf("told %s", f.Raw)
			}
		}
		limited.Send(wire.History{T: wire.TypeHistory, Thread: visitor.Thread, Before: 12, Limit: 4})
		if f := limited.Next(wire.TypeEntries); !f.History || shownOf(f.Entries) != "- - - -" {
			t.Errorf("history: %s", f.Raw)
		}
		last := mine[len(mine)-1]
		limited.Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: visitor.Thread, Cursor: &wire.Cursor{Seq: last.Seq, EID: last.Entry.EID}})
		if got := shownOf(anew(t, limited)); got != ". . one . . . - - - - -" {
			t.Errorf("with a cursor: %q", got)
		}
		give(t, a, visitor, chat.Assignment{Agent: &ben})
		if got := shownOf(anew(t, limited)); got != ". . one . . . . . two . secret ." {
			t.Errorf("given to him: %q", got)
		}
		limited.Post(visitor.Thread, "mine")
		if got := anna.Until(isText("mine")); len(got) == 0 {
			t.Error("his answer did not come")
		}
	})
}

func TestALimitedAgentSpeaksToWhoOnlyLooksAround(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(generous)
		limit(t, n)
		limited := n.Agent(relaytest.Ben, true)
		visitor := n.Visitor()
		limited.Until(func(f relaytest.Frame) bool {
			return f.T == wire.TypeVisitor && strings.Contains(f.Raw, visitorID(t, visitor))
		})
		limited.Subscribe(visitor.Thread, nil)
		limited.Post(visitor.Thread, "Can I help?")
		visitor.Until(isText("Can I help?"))
		if c := talk(t, n, visitor); len(c.Agents) != 1 {
			t.Errorf("the conversation: %+v", c)
		}
	})
}

func TestASocketEndsWhenItsAgentSeesOtherConversations(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		ben := limit(t, a)
		limited := b.Agent(relaytest.Ben, true)
		if _, err := a.Accounts.UpdateAgent(t.Context(), relaytest.Acme, account.AgentSpec{ID: chat.AgentID(ben.ID), Groups: &[]chat.GroupID{supportGroup}}); err != nil {
			t.Fatal(err)
		}
		if code := limited.Closed(); code != 4010 {
			t.Errorf("closed with %d", code)
		}
	})
}

// A conversation that goes to others just as a limited agent writes gets nothing of him: his socket reads it yet, and the desk has
// looked.
func TestAMessageIntoAConversationThatHasJustMovedIsRefused(t *testing.T) {
	w := relaytest.New(t)
	a := w.Start()
	var turn desktest.Turn
	b := w.Start(func(o *relay.Options) {
		o.Desk = desk.New(desk.Options{Store: o.Store, IDs: turn.IDs(), Log: o.Log, MayMeet: o.People.MayMeet})
	})
	limit(t, a)
	limited := b.Agent(relaytest.Ben, false)
	for i, note := range []bool{false, true} {
		visitor := a.Conversation("Hello")
		limited.Subscribe(visitor.Thread, nil)
		limited.Post(visitor.Thread, "Hi")
		give(t, a, visitor, chat.Assignment{Group: salesGroup})
		var top store.Summary
		turn.At(1, func() {
			give(t, a, visitor, chat.Assignment{Group: supportGroup})
			top = summary(t, a, visitor)
		})
		limited.Send(wire.Send{T: wire.TypeSend, Thread: visitor.Thread, CMID: relaytest.CMID(100 + i), Text: "a word", Note: note})
		frames := limited.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeNack || f.T == wire.TypeAck })
		if f := frames[len(frames)-1]; f.T != wire.TypeNack || f.Code != chat.NotFound || !turn.Came() {
			t.Errorf("note %v, moved %v: %s", note, turn.Came(), f.Raw)
		}
		if is := summary(t, a, visitor); is.Top != top.Top || len(is.Agents) != 0 {
			t.Errorf("note %v: %d entries after %d, %+v", note, is.Top, top.Top, is.Conversation)
		}
	}
}

func summary(t *testing.T, n *relaytest.Node, visitor *relaytest.Socket) store.Summary {
	t.Helper()
	is, err := n.Desk.Conversation(t.Context(), relaytest.Acme, talk(t, n, visitor).ID)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// TestAnAgentBeginsNothingWithWhomOthersSpokeToAndWhoIsGone has it look as if he might, until the desk decides.
func TestAnAgentBeginsNothingWithWhomOthersSpokeToAndWhoIsGone(t *testing.T) {
	w := relaytest.New(t)
	n := w.Start()
	ben := limit(t, n)
	here := n.Visitor()
	owner, err := n.Accounts.Account(t.Context(), relaytest.Acme)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := n.People.Open(t.Context(), owner, wire.Proof{}, wire.Device{}, "", "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	for thread, visitor := range map[chat.ThreadID]chat.VisitorID{here.Thread: chat.VisitorID(visitorID(t, here)), gone.Thread: gone.Visitor.ID} {
		say := func(d chat.Draft) error {
			d.Text, d.CMID = "Hi", "message-0001"
			_, err := n.Desk.Say(t.Context(), desk.Post{Account: relaytest.Acme, Thread: thread, Visitor: visitor, Draft: d})
			return err
		}
		if err := say(chat.Draft{Author: chat.Actor{Kind: chat.Visitor, ID: string(visitor)}, Group: supportGroup}); err != nil {
			t.Fatal(err)
		}
		is, err := n.Store.LoadThread(t.Context(), relaytest.Acme, thread)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Desk.Close(t.Context(), relaytest.Acme, is.Conversation.ID, ben, nil, chat.AgentClosed); err != nil {
			t.Fatal(err)
		}
		err = say(chat.Draft{Author: ben, Scope: &chat.Scope{Agent: chat.AgentID(ben.ID), Groups: []chat.GroupID{salesGroup}}})
		if met := err == nil; met != (thread == here.Thread) || !met && !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Errorf("he is here: %v; answered %v", thread == here.Thread, err)
		}
	}
}
