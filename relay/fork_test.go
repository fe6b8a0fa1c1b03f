package relay_test

import (
	"fmt"
	"strings"
	"testing"

	"confab/relay/relaytest"
	"confab/wire"
)

// forked is a reader of a thread whose newest entry the store has forgotten, while all connections stood.
type forked struct {
	*testing.T
	ear     *ear
	visitor *relaytest.Socket // at another node than the reader
	anna    *relaytest.Socket // the reader, at a node that may be deaf
	gate    barrier
	kept    []relaytest.Numbered // what she holds and the log has
	lost    relaytest.Numbered   // what she holds and the log has no more
}

func newForked(t *testing.T, w *relaytest.World) *forked {
	f := &forked{T: t, ear: &ear{}}
	a, b := w.Start(), f.ear.start(w)
	f.visitor, f.gate = a.Conversation("kept"), newBarrier(a, b)
	f.anna = b.Agent(relaytest.Anna, false)
	f.kept = f.anna.Subscribe(f.visitor.Thread, nil)
	fallBack := w.Remember()
	f.visitor.Post("", "lost")
	got := live(f.anna.Until(isText("lost")))
	f.lost = got[len(got)-1]
	f.visitor.Cut() // his own node need not see the fork
	f.ear.deaf.Store(true)
	fallBack()
	f.visitor = a.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: f.visitor.Token}})
	f.visitor.Next(wire.TypeCaughtUp)
	return f
}

// post writes on in the new history; heard tells whether the reader's node hears of it.
func (f *forked) post(text string, heard bool) {
	f.ear.deaf.Store(!heard)
	f.visitor.Post("", text)
	if !heard {
		f.gate.pass()
	}
}

// toldFirst checks that the reader is told to subscribe anew before anything else of the thread comes, and does so.
func (f *forked) toldFirst() []relaytest.Numbered {
	f.Helper()
	frame := f.anna.Next(wire.TypeReset, wire.TypeEntry, wire.TypeEntries, wire.TypeAck)
	if frame.T != wire.TypeReset || frame.Common != nil {
		f.Fatalf("before the reset came %s", frame.Raw)
	}
	f.ear.deaf.Store(false)
	last := f.kept[len(f.kept)-1]
	f.anna.Send(wire.Subscribe{
		T: wire.TypeSubscribe, Thread: f.visitor.Thread, Cursor: &wire.Cursor{Seq: f.lost.Seq, EID: f.lost.Entry.EID},
		Known: []wire.Cursor{{Seq: last.Seq, EID: last.Entry.EID}},
	})
	if frame := f.anna.Next(wire.TypeReset, wire.TypeEntry, wire.TypeEntries); frame.Common == nil || frame.Common.Seq != last.Seq {
		f.Fatalf("after subscribing anew came %s", frame.Raw)
	}
	return f.anna.CatchUp()
}

func TestAForkIsToldBeforeAnyEntryOfTheOtherHistory(t *testing.T) {
	for unheard, what := range []string{"the same number", "the very next number", "a number further on"} {
		t.Run(what, func(t *testing.T) {
			both(t, func(t *testing.T, w *relaytest.World) {
				f := newForked(t, w)
				want := ""
				for i := range unheard {
					f.post(fmt.Sprint("unheard", i), false)
					want += fmt.Sprint("unheard", i, " ")
				}
				f.post("heard", true)
				if got := strings.Join(messages(t, f.toldFirst()), " "); got != want+"heard" {
					t.Errorf("then she reads %q", got)
				}
			})
		})
	}
}

func TestAForkIsToldBeforeTheAckOfAnOwnMessage(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		f := newForked(t, w)
		f.post("unheard", false)
		f.ear.deaf.Store(false)
		f.anna.Send(wire.Send{T: wire.TypeSend, Thread: f.visitor.Thread, CMID: relaytest.CMID(1), Text: "mine"})
		if got := strings.Join(messages(t, f.toldFirst()), " "); got != "unheard mine" {
			t.Errorf("then she reads %q", got)
		}
		if ack := f.anna.Next(wire.TypeAck); ack.CMID != relaytest.CMID(1) {
			t.Errorf("got %s", ack.Raw)
		}
	})
}

func TestAForkOfAQuietThreadIsToldWhenTheConnectionToTheStoreWasLost(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		f := newForked(t, w)
		f.ear.deaf.Store(false)
		f.ear.cut()
		if got := f.toldFirst(); len(got) != 0 {
			t.Errorf("then she reads %v", got)
		}
	})
}

func TestAForkWhoseDoorbellsAreLostIsToldByThePositionCheck(t *testing.T) {
	sound(t)
	f := newForked(t, relaytest.New(t))
	f.post("unheard", false)
	if got := messages(t, f.toldFirst()); len(got) != 1 || got[0] != "unheard" {
		t.Errorf("then she reads %q", got)
	}
}
