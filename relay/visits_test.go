package relay_test

import (
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/presence"
	"confab/relay/relaytest"
	"confab/store/storetest"
	"confab/wire"
)

// Proves ATTR-028.
// Clicks, keys and scrolling are told as the page that he is on, again.
func TestWhatAVisitorDoesIsActivityAndAnOpenSocketIsNone(t *testing.T) {
	w := relaytest.New(t)
	n := w.Start()
	acts := map[string]any{
		"page":     wire.Page{T: wire.TypePage, Page: chat.Page{URL: "https://acme.test/2"}},
		"acting":   wire.Page{T: wire.TypePage, Page: chat.Page{URL: "https://acme.test/1"}},
		"send":     wire.Send{T: wire.TypeSend, CMID: "cmid-00001", Text: "hello"},
		"event":    wire.Event{Request: request(wire.TypeEvent, "event"), Name: "order"},
		"typing":   wire.Typing{T: wire.TypeTyping, On: true},
		"feedback": wire.Feedback{Request: request(wire.TypeFeedback, "feedback"), Text: "nice"},
		"rate":     wire.Rate{Request: request(wire.TypeRate, "rate"), Conversation: "none", Score: 5},
		"nothing":  nil,
	}
	for name, act := range acts {
		hello := as(wire.Proof{})
		hello.Page = &chat.Page{URL: "https://acme.test/1"}
		s := n.VisitorAs(hello)
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
		if f := s.Answer(r); f.T != wire.TypeDone {
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

func TestAPageThatIsToldAgainHasComeFromWhereItCameFromAtFirst(t *testing.T) {
	n := relaytest.New(t).Start()
	hello := as(wire.Proof{})
	hello.Page = &chat.Page{URL: "https://acme.test/1", Referrer: "https://search.test/"}
	s := n.VisitorAs(hello)
	s.Send(wire.Page{T: wire.TypePage, Page: chat.Page{URL: "https://acme.test/1", Title: "One"}})
	s.Post("", "hello")
	log := storetest.Log(t, n.Store, relaytest.Acme, helloVisitor(t, s).Thread)
	if want := `"page":{"url":"https://acme.test/1","title":"One","referrer":"https://search.test/"}`; !strings.Contains(string(log[0].Raw), want) {
		t.Errorf("it begins with %s", log[0].Raw)
	}
	trail, err := n.Presence.Trail(t.Context(), relaytest.Acme, helloVisitor(t, s).ID)
	if err != nil || len(trail) > 1 {
		t.Errorf("the trail is %+v: %v", trail, err)
	}
}
