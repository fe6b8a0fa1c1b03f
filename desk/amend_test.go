package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"confab/chat"
)

func TestAMessageIsEditedAndTakenBackByWhoeverMay(t *testing.T) {
	desks := nodes(t, 2)
	post(desks[0], maya, "cmid-0001", "hello")
	mine := post(desks[0], anna, "cmid-0002", "helo Maya")
	c := conversation(t, desks[0])
	eid := mine.Cursor.EID

	edit := chat.Amendment{By: anna, CMID: "edit-0001", Text: "hello Maya"}
	for _, d := range desks { // the answer to the first may be lost
		n, err := d.Edit(t.Context(), account, c.ID, eid, edit)
		if err != nil || n.EID != eid || n.Amended.By == 0 || n.Amended.Deleted {
			t.Fatalf("edited: %+v, %v", n, err)
		}
	}
	if e := entryAt(t, desks[1], mine.Cursor.Seq+1); e.Kind != chat.KindMessageEdited || e.Target != eid || e.Text != "hello Maya" || e.Conversation != c.ID {
		t.Errorf("the log says %+v", e)
	}
	if got := conversation(t, desks[0]); got.Top != mine.Cursor.Seq+1 || got.Last.Text != "hello Maya" {
		t.Errorf("top %d, last %+v", got.Top, got.Last)
	}
	if _, err := desks[0].Edit(t.Context(), account, c.ID, eid, chat.Amendment{By: ben, Text: "no"}); !errors.Is(err, &chat.Refusal{Code: chat.Forbidden}) {
		t.Errorf("edited by another: %v", err)
	}
	if _, err := desks[0].Edit(t.Context(), account, c.ID, "no-such-message", edit); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		t.Errorf("what is not there: %v", err)
	}

	if _, err := desks[0].Close(t.Context(), account, c.ID, anna, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	for i, d := range desks { // taken back twice is taken back once
		if err := d.Delete(t.Context(), account, c.ID, eid, chat.Amendment{By: anna, CMID: chat.ClientMessageID(fmt.Sprintf("delete-000%d", i))}); err != nil {
			t.Fatal(err)
		}
	}
	if e := entryAt(t, desks[0], mine.Cursor.Seq); e.Text != "" || e.DeletedAt == 0 {
		t.Errorf("read after it was deleted: %+v", e)
	}
	after, _, err := desks[0].Messages(t.Context(), account, thread, mine.Cursor.Seq+1, 50)
	deleted := 0
	for _, n := range after {
		var e chat.Entry
		if err := json.Unmarshal(n.Raw, &e); err != nil {
			t.Fatal(err)
		}
		if e.Kind == chat.KindMessageDeleted {
			deleted++
		}
	}
	if err != nil || deleted != 1 {
		t.Errorf("deleted %d times, %v", deleted, err)
	}
	if _, err := desks[0].Edit(t.Context(), account, c.ID, eid, chat.Amendment{By: anna, Text: "again"}); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		t.Errorf("what was deleted is edited: %v", err)
	}
}

func TestAnOldMessageIsFoundAmongMany(t *testing.T) {
	d := nodes(t, 1)[0]
	first := post(d, maya, "cmid-0001", "hello")
	n := 2*chat.Limits.CatchUpPage + 10
	done := make(chan error, n)
	for i := range n {
		d.Post(message(maya, fmt.Sprintf("more-%05d", i), "more"), func(_ Posted, err error) { done <- err })
	}
	for range n {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	shop := chat.Actor{Kind: chat.Integration, ID: "server"}
	got, err := d.Edit(t.Context(), account, conversation(t, d).ID, first.Cursor.EID, chat.Amendment{By: shop, Text: "good day"})
	if err != nil || got.Seq != first.Cursor.Seq {
		t.Errorf("got %d, %v", got.Seq, err)
	}
}

func TestOfEditsAndADeletionAtOnceNothingIsSeenAfterTheDeletion(t *testing.T) {
	desks := nodes(t, 2)
	post(desks[0], maya, "cmid-0001", "hello")
	mine := post(desks[0], anna, "cmid-0002", "secret")
	c := conversation(t, desks[0])
	done := make(chan error, 20)
	for i := range 20 {
		go func() {
			if i == 10 {
				done <- desks[1].Delete(t.Context(), account, c.ID, mine.Cursor.EID, chat.Amendment{By: anna})
				return
			}
			_, err := desks[i%2].Edit(t.Context(), account, c.ID, mine.Cursor.EID, chat.Amendment{By: anna, Text: fmt.Sprint("secret ", i)})
			if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
				err = nil
			}
			done <- err
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	entries, _, err := desks[0].Messages(t.Context(), account, thread, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	gone := false
	for _, n := range entries {
		var e chat.Entry
		if err := json.Unmarshal(n.Raw, &e); err != nil {
			t.Fatal(err)
		}
		if gone && e.Kind == chat.KindMessageEdited {
			t.Errorf("edit %d follows the deletion", n.Seq)
		}
		gone = gone || e.Kind == chat.KindMessageDeleted
		if e.Text != "" && e.Text != "hello" {
			t.Errorf("entry %d says %q", n.Seq, e.Text)
		}
	}
	if !gone {
		t.Error("nothing was deleted")
	}
}
