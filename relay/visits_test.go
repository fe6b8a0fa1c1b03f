package relay_test

import (
	"testing"
	"time"

	"confab/chat"
	"confab/presence"
	"confab/relay/relaytest"
	"confab/store/storetest"
	"confab/wire"
)

// Clicks, keys and scrolling elsewhere on the page are not told, so of the activities these are all that there are.
func TestWhatAVisitorDoesIsActivityAndAnOpenSocketIsNone(t *testing.T) {
	w := relaytest.New(t)
	n := w.Start()
	acts := map[string]any{
		"page":     wire.Page{T: wire.TypePage, Page: chat.Page{URL: "https://acme.test/2"}},
		"send":     wire.Send{T: wire.TypeSend, CMID: "cmid-00001", Text: "hello"},
		"event":    wire.Event{Request: request(wire.TypeEvent, "event"), Name: "order"},
		"typing":   wire.Typing{T: wire.TypeTyping, On: true},
		"feedback": wire.Feedback{Request: request(wire.TypeFeedback, "feedback"), Text: "nice"},
		"rate":     wire.Rate{Request: request(wire.TypeRate, "rate"), Conversation: "none", Score: 5},
		"nothing":  nil,
	}
	for name, act := range acts {
		s := n.VisitorAs(as(wire.Proof{}))
		u := userIn(t, s.Hello.User)
		visits := func() presence.Visits {
			v, err := n.Presence.Visits(t.Context(), relaytest.Acme, chat.ContactID(u.ID))
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if u.TotalVisits != 1 || u.LastVisitAt == 0 || u.LastActiveAt < u.LastVisitAt {
			t.Fatalf("hello tells %+v", u)
		}
		storetest.Eventually(t, "he is here", func() bool { return visits().No == 1 })
		came := visits().ActiveAt
		storetest.Eventually(t, "the next millisecond", func() bool { s.Ping(); return chat.At(time.Now()) > came+1 })
		if act == nil {
			if v := visits(); v.ActiveAt != came {
				t.Errorf("an open socket and pings are activity: %+v", v)
			}
			continue
		}
		s.Send(act)
		storetest.Eventually(t, name+" is activity", func() bool { return visits().ActiveAt > came })
	}
}

// What is done within a minute of what was told is told when he leaves.
func TestTheLastThingThatAVisitorDidCounts(t *testing.T) {
	w := relaytest.New(t)
	n := w.Start()
	s := n.VisitorAs(as(wire.Proof{}))
	id := chat.ContactID(userIn(t, s.Hello.User).ID)
	active := func() chat.Millis {
		v, err := n.Presence.Visits(t.Context(), relaytest.Acme, id)
		if err != nil {
			t.Fatal(err)
		}
		return v.ActiveAt
	}
	event := func(id string) chat.Millis {
		r := request(wire.TypeEvent, id)
		at := chat.At(time.Now())
		s.Send(wire.Event{Request: r, Name: "order"})
		if f := answerTo(s, r); f.T != wire.TypeDone {
			t.Fatalf("answered with %s", f.Raw)
		}
		return at
	}
	first := event("first")
	storetest.Eventually(t, "it is told", func() bool { return active() >= first })
	storetest.Eventually(t, "some time passes", func() bool { s.Ping(); return chat.At(time.Now()) > active()+20 })
	second := event("second")
	if at := active(); at >= second {
		t.Fatalf("told at once, %d", at)
	}
	s.Cut()
	storetest.Eventually(t, "it counts", func() bool { at := active(); return at >= second-1 && at <= chat.At(time.Now()) })
}

func TestTheGroupThatAVisitorWritesToIsKept(t *testing.T) {
	w := relaytest.New(t)
	n := w.Start()
	s := n.VisitorAs(as(wire.Proof{}))
	sales(t, n)
	who := userIn(t, s.Hello.User).ID
	for i, c := range []struct{ says, kept chat.GroupID }{{"sales", "sales"}, {"", ""}, {"sales", "sales"}, {"no-such", ""}} {
		s.Send(wire.Send{T: wire.TypeSend, CMID: chat.ClientMessageID("cmid-0000" + string(rune('0'+i))), Text: "hello", Group: c.says})
		storetest.Eventually(t, "the group is kept", func() bool {
			v, err := n.People.Visitor(t.Context(), relaytest.Acme, who)
			return err == nil && v.Group == c.kept
		})
	}
}
