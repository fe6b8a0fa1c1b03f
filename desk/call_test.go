package desk

import (
	"errors"
	"testing"

	"confab/chat"
)

func TestWhatIsToldOfACallIsKeptOnceWhoeverTellsIt(t *testing.T) {
	desks := nodes(t, 2)
	first := post(desks[0], maya, "cmid-0001", "call me?")
	call := chat.Call{ID: "call-1", Phone: "+14084987855", Status: "end"}
	for i, by := range []chat.Actor{anna, {Kind: chat.System}} {
		if err := desks[i].Call(t.Context(), account, thread, chat.VisitorID(maya.ID), by, "call-1-2", call); err != nil {
			t.Fatal(err)
		}
	}
	e := entryAt(t, desks[0], first.Cursor.Seq+1)
	if e.Kind != chat.KindCall || e.Author != anna || *e.Call != call || e.Conversation != conversation(t, desks[0]).ID {
		t.Errorf("kept %+v", e)
	}
	if c := conversation(t, desks[0]); c.Top != first.Cursor.Seq+1 || c.State != chat.Waiting || c.Last.Seq != first.Cursor.Seq {
		t.Errorf("the conversation is %+v", c)
	}
	if err := desks[0].store.EraseThread(t.Context(), account, thread); err != nil {
		t.Fatal(err)
	}
	if err := desks[0].Call(t.Context(), account, thread, chat.VisitorID(maya.ID), anna, "call-1-3", call); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		t.Errorf("of an erased thread: %v", err)
	}
}
