package desk

import (
	"encoding/json"
	"errors"
	"testing"

	"confab/chat"
)

func postDraft(d *Desk, draft chat.Draft) outcome {
	result := make(chan outcome, 1)
	d.Post(Post{Account: account, Thread: thread, Visitor: chat.VisitorID(maya.ID), Draft: draft}, func(p Posted, err error) {
		result <- outcome{p, err}
	})
	return <-result
}

// entryAt reads one entry of the log.
func entryAt(t *testing.T, d *Desk, seq chat.Seq) (e chat.Entry) {
	t.Helper()
	entries, _, err := d.Messages(t.Context(), account, thread, seq-1, 1)
	if err != nil || len(entries) != 1 {
		t.Fatalf("entry %d: %v, %v", seq, entries, err)
	}
	if err := json.Unmarshal(entries[0].Raw, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAFileNeedsNoText(t *testing.T) {
	desks := nodes(t, 2)
	file := chat.File{ID: "file-1", Name: "plan.png", Size: 12, Type: "image/png", Width: 3, Height: 4, URL: "/confab/files/file-1"}
	draft := chat.Draft{Author: maya, CMID: "cmid-0001", File: &file}
	first := postDraft(desks[0], draft)
	if first.err != nil {
		t.Fatal(first.err)
	}
	if e := entryAt(t, desks[0], first.Cursor.Seq); e.File == nil || *e.File != file || e.Text != "" {
		t.Errorf("kept %+v", e)
	}
	if again := postDraft(desks[1], draft); again.err != nil || again.Cursor != first.Cursor {
		t.Errorf("sent again: %+v, the first %+v", again, first)
	}
	other := file
	other.ID = "file-2"
	draft.File = &other
	if got := postDraft(desks[1], draft); !errors.Is(got.err, &chat.Refusal{Code: chat.Conflict}) {
		t.Errorf("another file under the same id: %v", got.err)
	}
	draft.CMID, draft.Text = "cmid-0002", "a\x00b"
	if got := postDraft(desks[1], draft); !errors.Is(got.err, &chat.Refusal{Code: chat.BadField}) {
		t.Errorf("a text that cannot be read beside a file: %v", got.err)
	}
	if got := postDraft(desks[1], chat.Draft{Author: maya, CMID: "cmid-0003"}); !errors.Is(got.err, &chat.Refusal{Code: chat.MissingField}) {
		t.Errorf("neither text nor file: %v", got.err)
	}
}
