package relay_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"confab/chat"
	"confab/presence"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/wire"
)

// sound checks at the test's end, after all nodes and sockets, that no goroutine is left.
func sound(t *testing.T, except ...goleak.Option) {
	t.Helper()
	except = append(except, goleak.IgnoreCurrent())
	t.Cleanup(func() { goleak.VerifyNone(t, except...) })
}

// both runs a test on an embedded store and on a real Redis.
func both(t *testing.T, run func(t *testing.T, w *relaytest.World)) {
	t.Run("embedded", func(t *testing.T) {
		sound(t)
		run(t, relaytest.New(t))
	})
	t.Run("redis", func(t *testing.T) {
		sound(t)
		run(t, relaytest.NewReal(t))
	})
}

// generous lets a test send faster than people do.
func generous(o *relay.Options) {
	l := chat.Limits
	l.SendsPerSecond, l.SendsBurst, l.FramesPerSecond, l.FramesBurst = 100_000, 100_000, 100_000, 100_000
	l.AgentHeartbeatMillis = l.VisitorHeartbeatMillis
	o.Limits = &l
}

// messages returns the texts of entries, with their numbers checked to follow one another.
func messages(t *testing.T, entries []relaytest.Numbered) []string {
	t.Helper()
	var texts []string
	for i, e := range entries {
		if i > 0 && e.Seq != entries[i-1].Seq+1 {
			t.Fatalf("entry %d follows entry %d", e.Seq, entries[i-1].Seq)
		}
		if e.Entry.Kind == chat.KindMessage {
			texts = append(texts, e.Entry.Text)
		}
	}
	return texts
}

// live returns the entry frames among frames, as entries.
func live(frames []relaytest.Frame) []relaytest.Numbered {
	var all []relaytest.Numbered
	for _, f := range frames {
		if f.T == wire.TypeEntry {
			all = append(all, relaytest.Numbered{Seq: f.Seq, Entry: f.Entry})
		}
	}
	return all
}

func isText(text string) func(relaytest.Frame) bool {
	return func(f relaytest.Frame) bool { return f.T == wire.TypeEntry && f.Entry.Text == text }
}

func TestAVisitorAndAnAgentTalkThroughTwoNodes(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor := a.Visitor()
		visitor.Next(wire.TypeCaughtUp)
		ack := visitor.Post("", "Hello")
		if ack.Seq != 3 {
			t.Errorf("the first message has number %d, want 3 after conversation.started and episode.started", ack.Seq)
		}

		anna := b.Agent(relaytest.Anna, false)
		if got := messages(t, anna.Subscribe(visitor.Thread, nil)); len(got) != 1 || got[0] != "Hello" {
			t.Fatalf("the agent reads %q", got)
		}
		for i := range 20 {
			anna.Post(visitor.Thread, fmt.Sprint("answer ", i))
			visitor.Until(isText(fmt.Sprint("answer ", i)))
			visitor.Post("", fmt.Sprint("question ", i))
			anna.Until(isText(fmt.Sprint("question ", i)))
		}
	})
}

func TestHelloNamesTheAccount(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		want := wire.HelloAccount{ID: relaytest.Acme, Name: relaytest.AcmeName}
		for who, s := range map[string]*relaytest.Socket{"a visitor": n.Visitor(), "an agent": n.Agent(relaytest.Anna, false)} {
			if s.Hello.Account != want {
				t.Errorf("%s was told %s", who, s.Hello.Raw)
			}
		}
	})
}

func TestTheSendersOwnSocketGetsTheAckInTheEntrysPlace(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		visitor := n.Visitor()
		second := n.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: visitor.Token}})
		second.Next(wire.TypeCaughtUp)
		visitor.Next(wire.TypeCaughtUp)
		have := chat.Seq(0)
		for i := range 30 {
			visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(i), Text: fmt.Sprint(i)})
			frames := visitor.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeAck })
			for _, f := range append(frames, visitor.Ping()...) {
				switch f.T {
				case wire.TypeEntry, wire.TypeAck:
					if f.Seq != have+1 {
						t.Fatalf("%s after number %d", f.Raw, have)
					}
					have = f.Seq
					if f.T == wire.TypeEntry && f.Entry.Kind == chat.KindMessage {
						t.Fatalf("own message came as an entry: %s", f.Raw)
					}
				}
			}
			got := second.Until(isText(fmt.Sprint(i)))
			if f := got[len(got)-1]; f.Entry.CMID != relaytest.CMID(i) {
				t.Fatalf("the author's other socket got cmid %q", f.Entry.CMID)
			}
		}
	})
}

func TestTheSameMessageSentAgainIsKeptOnce(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		first := a.Visitor()
		send := wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(1), Text: "once"}
		first.Send(send)
		ack := first.Next(wire.TypeAck)
		again := b.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: first.Token}})
		again.Next(wire.TypeCaughtUp)
		again.Send(send)
		if f := again.Next(wire.TypeAck); f.Seq != ack.Seq || f.EID != ack.EID {
			t.Errorf("the second try was acknowledged as %d %s, the first as %d %s", f.Seq, f.EID, ack.Seq, ack.EID)
		}
		send.Text = "other"
		again.Send(send)
		if f := again.Next(wire.TypeNack); f.Code != chat.Conflict || f.Retryable {
			t.Errorf("another text under the same id: %s", f.Raw)
		}
	})
}

func TestResumeLosesNothingWhenTheReaderComesBackAtAnotherNode(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor := a.Conversation("0")
		anna := a.Agent(relaytest.Anna, false)
		got := anna.Subscribe(visitor.Thread, nil)
		for round := range 5 {
			anna.Cut()
			for i := range 7 {
				visitor.Post("", fmt.Sprint(round, "-", i))
			}
			last := got[len(got)-1]
			anna = b.Agent(relaytest.Anna, false)
			got = append(got, anna.Subscribe(visitor.Thread, &wire.Cursor{Seq: last.Seq, EID: last.Entry.EID})...)
			a, b = b, a
		}
		if texts := messages(t, got); len(texts) != 36 || texts[35] != "4-6" {
			t.Errorf("read %q", texts)
		}
	})
}

func TestACursorOfAnotherHistoryIsResetToTheLastCommonEntry(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		visitor := n.Conversation("0")
		anna := n.Agent(relaytest.Anna, false)
		all := anna.Subscribe(visitor.Thread, nil)
		anna.Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: visitor.Thread, Cursor: &wire.Cursor{Seq: 3, EID: "forged"}, Known: []wire.Cursor{
			{Seq: 2, EID: all[1].Entry.EID}, {Seq: 1, EID: all[0].Entry.EID},
		}})
		if f := anna.Next(wire.TypeReset); f.Common == nil || f.Common.Seq != 2 {
			t.Errorf("reset: %s", f.Raw)
		}
		if got := anna.CatchUp(); len(got) != 1 || got[0].Seq != 3 {
			t.Errorf("after the reset came %v", got)
		}
		anna.Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: visitor.Thread, Cursor: &wire.Cursor{Seq: 1 << 50, EID: "x"}})
		if f := anna.Next(wire.TypeReset); f.Common == nil || f.Common.Seq != 0 {
			t.Errorf("reset: %s", f.Raw)
		}
	})
}

func TestALongLogIsCaughtUpInBoundedPagesWithAnEnd(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(generous)
		visitor := n.Visitor()
		const count = 450
		for i := range count {
			visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(i), Text: fmt.Sprint(i)})
			visitor.Next(wire.TypeAck)
		}
		anna := n.Agent(relaytest.Anna, false)
		anna.Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: visitor.Thread, Cursor: &wire.Cursor{}})
		var got []relaytest.Numbered
		frames := anna.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeCaughtUp })
		for _, f := range frames {
			if len(f.Entries) > chat.Limits.CatchUpPage {
				t.Errorf("a page of %d entries", len(f.Entries))
			}
			got = append(got, f.Entries...)
		}
		if texts := messages(t, got); len(texts) != count {
			t.Errorf("caught up with %d of %d", len(texts), count)
		}
		if end := frames[len(frames)-1]; end.Seq != got[len(got)-1].Seq || end.EID != got[len(got)-1].Entry.EID {
			t.Errorf("caught_up says %s", end.Raw)
		}
	})
}

func TestWhoSubscribesAmongAppendsSeesEachEntryOnce(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(generous), w.Start(generous)
		visitor := a.Conversation("first")
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range 150 {
				visitor.Post("", fmt.Sprint(i))
			}
			visitor.Post("", "last")
		}()
		readers := make([]*relaytest.Socket, 12)
		for i := range readers {
			readers[i] = b.Agent([]string{relaytest.Anna, relaytest.Ben}[i%2], false)
			readers[i].Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: visitor.Thread, Cursor: &wire.Cursor{}})
		}
		for i, r := range readers {
			var got []relaytest.Numbered
			last := false
			for !last {
				f := r.Next(wire.TypeEntries, wire.TypeEntry)
				add := f.Entries
				if f.T == wire.TypeEntry {
					add = []relaytest.Numbered{{Seq: f.Seq, Entry: f.Entry}}
				}
				for _, e := range add {
					got = append(got, e)
					last = last || e.Entry.Text == "last"
				}
			}
			if texts := messages(t, got); len(texts) != 152 || got[0].Seq != 1 {
				t.Errorf("reader %d saw %d messages from number %d on", i, len(texts), got[0].Seq)
			}
		}
		<-done
	})
}

func TestNotesAreHiddenFromVisitorsButKeepTheirNumbers(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor := a.Conversation("Hello")
		anna := b.Agent(relaytest.Anna, false)
		anna.Subscribe(visitor.Thread, nil)
		anna.Send(wire.Send{T: wire.TypeSend, Thread: visitor.Thread, CMID: relaytest.CMID(1), Text: "secret-canary", Note: true})
		note := anna.Next(wire.TypeAck)
		anna.Post(visitor.Thread, "public")
		for _, f := range visitor.Until(isText("public")) {
			if f.Seq == note.Seq && (f.Entry.Kind != chat.KindHidden || f.Entry.EID != note.EID || f.Entry.Text != "") {
				t.Errorf("the visitor got %s", f.Raw)
			}
		}
		again := a.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: visitor.Token}})
		for _, e := range again.CatchUp() {
			if e.Seq == note.Seq && (e.Entry.Kind != chat.KindHidden || e.Entry.EID != note.EID || e.Entry.Text != "") {
				t.Errorf("on resuming the visitor got %+v", e)
			}
		}
		again.Send(wire.History{T: wire.TypeHistory, Before: 100, Limit: 50})
		for _, e := range again.Next(wire.TypeEntries).Entries {
			if e.Entry.Note || e.Entry.Text == "secret-canary" {
				t.Errorf("the visitor's history has %+v", e)
			}
		}
		visitor.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(2), Text: "x", Note: true})
		if f := visitor.Next(wire.TypeNack); f.Code != chat.Forbidden {
			t.Errorf("a visitor's note: %s", f.Raw)
		}
	})
}

func TestNobodyReadsOrWritesThreadsOfOthers(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		visitor := n.Conversation("mine")
		others := map[string]*relaytest.Socket{"agent of another account": n.Agent(relaytest.Gina, true), "another visitor": n.Visitor()}
		for who, s := range others {
			for _, frame := range []any{
				wire.Subscribe{T: wire.TypeSubscribe, Thread: visitor.Thread},
				wire.History{T: wire.TypeHistory, Thread: visitor.Thread, Before: 9, Limit: 9},
				wire.Mark{T: wire.TypeSeen, Thread: visitor.Thread, Seq: 1},
				wire.Typing{T: wire.TypeTyping, Thread: visitor.Thread, On: true},
			} {
				s.Send(frame)
				if f := s.Next(wire.TypeError, wire.TypeEntries, wire.TypeMarker); f.T != wire.TypeError || f.Code != chat.NotFound {
					if f.T == wire.TypeEntries && f.Thread != visitor.Thread {
						continue
					}
					t.Errorf("%s, %T: %s", who, frame, f.Raw)
				}
			}
			s.Send(wire.Send{T: wire.TypeSend, Thread: visitor.Thread, CMID: relaytest.CMID(1), Text: "intruder"})
			if f := s.Next(wire.TypeAck, wire.TypeNack); f.Code != chat.NotFound {
				t.Errorf("%s, send: %s", who, f.Raw)
			}
		}
	})
}

func TestTypingAndMarkersReachTheOthersOnly(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor := a.Conversation("Hello")
		anna := b.Agent(relaytest.Anna, false)
		anna.Subscribe(visitor.Thread, nil)
		visitor.Send(wire.Typing{T: wire.TypeTyping, On: true, Text: "I thi"})
		if f := anna.Next(wire.TypeTyping); f.Text != "I thi" || f.Who.Kind != chat.Visitor || f.Thread != visitor.Thread {
			t.Errorf("the agent got %s", f.Raw)
		}
		anna.Send(wire.Typing{T: wire.TypeTyping, Thread: visitor.Thread, On: true, Text: "hidden"})
		if f := visitor.Next(wire.TypeTyping); f.Text != "" || f.Who.Kind != chat.Agent {
			t.Errorf("the visitor got %s", f.Raw)
		}
		anna.Send(wire.Mark{T: wire.TypeSeen, Thread: visitor.Thread, Seq: 3})
		if f := visitor.Next(wire.TypeMarker); f.Seen != 3 || f.Delivered != 3 || f.Who.Kind != chat.Agent {
			t.Errorf("the visitor got %s", f.Raw)
		}
		for _, f := range anna.Ping() {
			if f.T == wire.TypeMarker || f.T == wire.TypeTyping {
				t.Errorf("the agent hears himself: %s", f.Raw)
			}
		}
		again := a.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: visitor.Token}})
		if f := again.Next(wire.TypeCaughtUp); len(f.Markers) != 1 || f.Markers[0].Seen != 3 {
			t.Errorf("caught_up has %s", f.Raw)
		}
	})
}

func TestAConsoleHearsOfConversationsVisitorsAndAgents(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		anna := b.Agent(relaytest.Anna, true)
		anna.Next(wire.TypeAgent)
		visitor := a.Conversation("Hello")
		var saw [2]bool
		for !saw[0] || !saw[1] {
			switch f := anna.Next(wire.TypeVisitor, wire.TypeConversation); f.T {
			case wire.TypeVisitor:
				saw[0] = true
			default:
				saw[1] = true
			}
		}
		visitor.Cut()
		ben := a.Agent(relaytest.Ben, false)
		anna.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeAgent })
		ben.Ping()
	})
}

func TestAnInvisibleAgentIsOfflineToEverybodyButHimself(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor, anna := a.Visitor(), a.Agent(relaytest.Anna, true)
		colleagues := map[*relaytest.Socket]string{b.Agent(relaytest.Ben, true): presence.Offline, b.Agent(relaytest.Anna, true): presence.Invisible}
		visitor.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeAvailability && strings.Contains(f.Raw, `"Anna"`) })
		var known wire.HelloAgent
		if err := json.Unmarshal(anna.Hello.Agent, &known); err != nil {
			t.Fatal(err)
		}
		self := chat.Actor{Kind: chat.Agent, ID: string(known.ID)}
		for _, status := range []string{presence.Invisible, presence.Busy} {
			if live, err := a.Presence.SetStatus(t.Context(), relaytest.Acme, self, status, false); err != nil || live.Status != status {
				t.Fatalf("%+v, %v", live, err)
			}
			for s, seen := range colleagues {
				if status == presence.Busy {
					seen = presence.Busy
				}
				s.Until(func(f relaytest.Frame) bool {
					told := f.T == wire.TypeAgent && strings.Contains(f.Raw, self.ID)
					if told && seen == presence.Offline && strings.Contains(f.Raw, presence.Invisible) {
						t.Fatalf("a colleague was told %s", f.Raw)
					}
					return told && strings.Contains(f.Raw, `"status":"`+seen+`"`)
				})
			}
			if status == presence.Invisible {
				visitor.Until(func(f relaytest.Frame) bool {
					return f.T == wire.TypeAvailability && !strings.Contains(f.Raw, `"Anna"`)
				})
				if again := a.Agent(relaytest.Anna, false); !strings.Contains(string(again.Hello.Agent), presence.Invisible) {
					t.Errorf("hello tells himself %s", again.Hello.Raw)
				}
			}
		}
	})
}

func TestVisitorsHearWhenAgentsComeAndGo(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor := a.Visitor()
		if av := visitor.Hello.Availability; av == nil || av.Online {
			t.Fatalf("hello says %+v", av)
		}
		b.Agent(relaytest.Anna, false)
		if f := visitor.Next(wire.TypeAvailability); !f.Online {
			t.Errorf("got %s", f.Raw)
		}
	})
}
