package relay

import (
	"encoding/json"
	"fmt"
	"testing"

	"confab/chat"
	"confab/store"
)

func TestPlacesAreByAgeWithinTheGroup(t *testing.T) {
	one := func(id chat.ThreadID, at chat.Millis, group chat.GroupID) chat.Conversation {
		return chat.Conversation{Thread: id, StartedAt: at, Group: group, State: chat.Waiting}
	}
	later := one("later", 1, "")
	later.Offline = true
	got := stand([]chat.Conversation{
		one("d", 40, "sales"), one("a", 10, "sales"), one("c", 30, ""), later, one("b", 20, "support"),
	})
	want := map[chat.ThreadID]int{"a": 1, "b": 1, "c": 3, "d": 2}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	twins := []chat.Conversation{one("second", 5, ""), one("first", 5, "")}
	twins[0].No, twins[1].No = 2, 1
	if got := stand(twins); got["first"] != 1 || got["second"] != 2 {
		t.Errorf("of the same moment: %v", got)
	}
}

func TestTheWaitIsThatOfHalfOfThoseBefore(t *testing.T) {
	var l line
	if got := l.expect(1); got != 0 {
		t.Errorf("without anybody before: %d", got)
	}
	accept := func(i int, at chat.Millis, took chat.Millis) {
		id := chat.ConversationID(fmt.Sprint(i))
		l.begin(id, at-took)
		l.end(id, at, true)
		l.end(id, at+99_000, true) // left, and accepted again: nobody knows since when it waited
	}
	accept(0, 1000, 900)
	hour := chat.Millis(waitsHold.Milliseconds())
	for i, took := range []chat.Millis{30, 10, 20, 50, 40} {
		accept(i+1, 1000+hour, took)
	}
	if got := l.expect(1001 + hour); got != 30 {
		t.Errorf("of the last hour: %d, want 30", got)
	}
	if got := l.expect(1000); got != 40 {
		t.Errorf("of all: %d, want 40", got)
	}
	for i := range 2 * waitsKept {
		accept(100+i, 2000+hour, 7)
	}
	if got := l.expect(2000 + hour); len(l.waits) != waitsKept || got != 7 {
		t.Errorf("%d kept, expected %d", len(l.waits), got)
	}
	l.meet([]chat.Conversation{
		{ID: "closed", StartedAt: 1}, {ID: "offline", StartedAt: 1, Offline: true}, {ID: "again", StartedAt: 1, AcceptedAt: 2},
	})
	l.end("closed", 5000, false)
	l.end("offline", 5000, true)
	l.end("again", 5000, true)
	if len(l.begun) != 0 || l.waits[len(l.waits)-1].took != 7 {
		t.Errorf("left behind: %v, %v", l.begun, l.waits)
	}
}

// TestTheLineIsLookedAtOnlyForThoseWhoAreHere: what happens to people at other nodes makes this one read nothing.
func TestTheLineIsLookedAtOnlyForThoseWhoAreHere(t *testing.T) {
	for name, c := range map[string]struct {
		kind       chat.Kind
		text       string
		here, told bool
		look, keep bool
	}{
		"somebody here starts":            {kind: chat.KindConversationStarted, here: true, look: true},
		"somebody elsewhere starts":       {kind: chat.KindConversationStarted},
		"another's, while some wait here": {kind: chat.KindConversationAccepted, told: true, look: true},
		"another's, while nobody waits":   {kind: chat.KindConversationAccepted},
		"a message":                       {kind: chat.KindMessage, here: true, told: true, keep: true},
		"a message that looks like one":   {kind: chat.KindMessage, text: `"kind":"conversation.started`, here: true, told: true, keep: true},
		"a rating":                        {kind: chat.KindConversationRated, here: true, told: true, keep: true},
	} {
		f := &feed{threads: map[chat.ThreadID]*thread{}}
		f.line.read = true
		if c.told {
			f.line.told = 1
		}
		if c.here {
			f.threads["t"] = &thread{}
		}
		raw, err := json.Marshal(chat.Entry{EID: "23456789ABCDEFGHJ", CMID: "cmid-0001", Kind: c.kind, Conversation: "c", Text: c.text, At: 1})
		if err != nil {
			t.Fatal(err)
		}
		f.lineBell(store.Bell{Thread: "t", Conversation: "c", Data: raw})
		if f.line.look != c.look || f.line.read != c.keep {
			t.Errorf("%s: look %v, read %v", name, f.line.look, f.line.read)
		}
	}
}
