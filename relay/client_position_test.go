package relay

import (
	"testing"

	"confab/chat"
)

// at3 is a reader who has applied e1, e2 and e3.
func at3() *clientThread {
	t := &clientThread{wanted: true}
	for i, eid := range []chat.EntryID{"e1", "e2", "e3"} {
		t.take(chat.Seq(i+1), eid)
	}
	return t
}

func TestAReaderIsBehindWhenTheLogEndsElsewhere(t *testing.T) {
	for _, test := range []struct {
		name string
		top  chat.Cursor
		want bool
	}{
		{"the same end", chat.Cursor{Seq: 3, EID: "e3"}, false},
		{"the log goes on", chat.Cursor{Seq: 4, EID: "e4"}, true},
		{"another entry at the end", chat.Cursor{Seq: 3, EID: "x3"}, true},
		{"an older answer of the same history", chat.Cursor{Seq: 2, EID: "e2"}, false},
		{"an older end of another history", chat.Cursor{Seq: 2, EID: "x2"}, true},
	} {
		if got := at3().behind(test.top); got != test.want {
			t.Errorf("%s: behind is %v", test.name, got)
		}
	}
	holding := at3()
	holding.keep(5, heldEntry{})
	if !holding.behind(chat.Cursor{Seq: 3, EID: "e3"}) {
		t.Error("with an entry held it is not complete")
	}
}

func TestAnotherEntryAtAnAppliedNumberChangesNothingUntilTheServerSaysSo(t *testing.T) {
	r := at3()
	if v := r.judge(2, "x2"); v != forked {
		t.Errorf("judged as %v", v)
	}
	if r.trail.last() != (chat.Cursor{Seq: 3, EID: "e3"}) {
		t.Errorf("position is %v", r.trail.last())
	}
	r.cutBack(chat.Cursor{Seq: 1, EID: "e1"})
	if v := r.judge(2, "x2"); v != apply {
		t.Errorf("after the reset judged as %v", v)
	}
}

func TestAReaderOfAnEmptyThreadResumesFromTheBeginning(t *testing.T) {
	r := &clientThread{wanted: true, started: true} // caught up with nothing
	cursor, known := r.subscription()
	if cursor == nil || chat.Cursor(*cursor) != (chat.Cursor{}) || len(known) != 0 {
		t.Errorf("subscribes from %v, knowing %v", cursor, known)
	}
	if v := r.judge(1, "e1"); v != apply {
		t.Errorf("the first entry is judged as %v", v)
	}
}
