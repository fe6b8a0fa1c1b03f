package relay_test

import (
	"strings"
	"testing"

	"confab/chat"
	"confab/relay/relaytest"
	"confab/wire"
)

func TestReadersHearOfChangesAndLaterOnesNotOfWhatWas(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor := a.Conversation("my PIN is 1234")
		anna := b.Agent(relaytest.Anna, false)
		log := anna.Subscribe(visitor.Thread, nil)
		pin := log[len(log)-1].Entry.EID
		anna.Send(wire.Send{T: wire.TypeSend, Thread: visitor.Thread, CMID: relaytest.CMID(1), Text: "odd fellow", Note: true})
		note := answered(t, anna)

		id := conversationOf(t, a, visitor).ID
		shop := chat.Actor{Kind: chat.Integration, ID: "server"}
		for _, change := range []struct {
			target chat.EntryID
			text   string
		}{{pin, "my PIN is secret"}, {note.EID, "nice fellow"}} {
			if _, err := a.Desk.Edit(t.Context(), relaytest.Acme, id, change.target, chat.Amendment{By: shop, Text: change.text}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Desk.Delete(t.Context(), relaytest.Acme, id, pin, chat.Amendment{By: shop}); err != nil {
			t.Fatal(err)
		}

		deleted := func(f relaytest.Frame) bool { return f.Entry.Kind == chat.KindMessageDeleted }
		heard := live(visitor.Until(deleted))
		if heard[1].Entry.Kind != chat.KindMessageEdited || heard[1].Entry.Target != pin || heard[1].Entry.Text != "my PIN is secret" {
			t.Errorf("the visitor hears %+v", heard[1])
		}
		if heard[0].Entry.Kind != chat.KindHidden || heard[2].Entry.Kind != chat.KindHidden || heard[3].Entry.Target != pin {
			t.Errorf("the visitor hears of notes, or not of the deletion: %+v", heard)
		}
		if told := live(anna.Until(deleted)); told[1].Entry.Text != "nice fellow" || !told[1].Entry.Note || told[1].Entry.Target != note.EID {
			t.Errorf("the agent hears %+v", told)
		}

		late := b.Agent(relaytest.Ben, false)
		read := late.Subscribe(visitor.Thread, nil)
		late.Send(wire.History{T: wire.TypeHistory, Thread: visitor.Thread})
		back := late.Next(wire.TypeEntries)
		if len(back.Entries) != len(read) || strings.Contains(back.Raw, "PIN") {
			t.Errorf("history: %s", back.Raw)
		}
		for _, e := range append(read, back.Entries...) {
			if strings.Contains(e.Entry.Text, "PIN") || e.Entry.EID == pin && e.Entry.DeletedAt == 0 {
				t.Errorf("who comes later reads %+v", e)
			}
		}
		again := same(a, visitor)
		again.Send(wire.History{T: wire.TypeHistory})
		if back := again.Next(wire.TypeEntries); strings.Contains(back.Raw, "PIN") || strings.Contains(back.Raw, "fellow") {
			t.Errorf("the visitor's history: %s", back.Raw)
		}
	})
}
