package chat

import (
	"errors"
	"strings"
	"testing"
)

var shop = Actor{Kind: Integration, ID: "server"}

// said is a message of Anna's, written at 1000.
func said() Entry {
	return Entry{EID: "target", Kind: KindMessage, Author: anna, At: 1000, Conversation: "c1", Text: "helo"}
}

func TestWhoMayAmendAMessage(t *testing.T) {
	note, auto, event, gone := said(), said(), said(), said()
	note.Note, auto.Auto, event.Kind, gone.DeletedAt = true, true, KindConversationClosed, 1001
	day := 1000 + AmendWithin
	for name, c := range map[string]struct {
		by     Actor
		any    bool
		target Entry
		now    Millis
		want   Code // of an edit
	}{
		"an agent his own":              {anna, false, said(), day, ""},
		"an agent his own, too late":    {anna, false, said(), day + 1, Forbidden},
		"an agent his own note":         {anna, false, note, 2000, ""},
		"an agent what a rule made him": {anna, false, auto, 2000, ""},
		"another agent":                 {ben, false, said(), 2000, Forbidden},
		"an admin":                      {ben, true, said(), day, ""},
		"an admin, too late":            {ben, true, said(), day + 1, Forbidden},
		"an integration, at any time":   {shop, false, said(), day * 10, ""},
		"a visitor":                     {maya, false, said(), 2000, Forbidden},
		"a visitor as an admin":         {maya, true, said(), 2000, Forbidden},
		"a bot":                         {Actor{Kind: Bot}, true, said(), 2000, Forbidden},
		"what is no message":            {anna, true, event, 2000, NotFound},
		"what was deleted":              {anna, false, gone, 2000, NotFound},
	} {
		a := Amendment{By: c.by, Any: c.any, Target: c.target, Text: "hello", CMID: "cmid-0001"}
		b := newBench(t)
		change, err := Edit(a, b.fresh(), c.now)
		if got := codeOf(err); got != c.want {
			t.Errorf("edit by %s: %q, want %q", name, got, c.want)
		}
		if c.want == "" {
			e := change.Entries[change.Main]
			if e.Kind != KindMessageEdited || e.Text != "hello" || e.Target != "target" || e.Conversation != "c1" ||
				e.Private() != c.target.Note || e.CMID != "cmid-0001" || e.Author != c.by || change.Next != nil {
				t.Errorf("edit by %s: %+v", name, change)
			}
		}
		change, err = Delete(a, b.fresh(), c.now)
		switch {
		case name == "what was deleted":
			if err != nil || !change.Empty() {
				t.Errorf("deleted twice: %+v, %v", change, err)
			}
		case codeOf(err) != c.want:
			t.Errorf("delete by %s: %v, want %q", name, err, c.want)
		case c.want == "":
			if e := change.Entries[change.Main]; e.Kind != KindMessageDeleted || e.Text != "" || e.Target != "target" || e.Private() != c.target.Note {
				t.Errorf("delete by %s: %+v", name, change)
			}
		}
	}
}

func TestANewTextIsCheckedLikeTheFirst(t *testing.T) {
	file := said()
	file.File = &File{ID: "f"}
	for _, c := range []struct {
		target Entry
		text   string
		want   Code
	}{
		{said(), " ", MissingField}, {said(), "a\x00", BadField}, {said(), strings.Repeat("x", Limits.TextRunes+1), TooLong},
		{file, "", ""}, {file, " ", MissingField},
	} {
		_, err := Edit(Amendment{By: anna, Target: c.target, Text: c.text}, newBench(t).fresh(), 1001)
		if got := codeOf(err); got != c.want {
			t.Errorf("%.10q: %q, want %q", c.text, got, c.want)
		}
	}
}

func codeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func TestWhoIsLimitedAmendsMessagesOfTheConversationThatHeNamesAndNoOthers(t *testing.T) {
	outside := said()
	outside.Conversation = ""
	for name, c := range map[string]struct {
		scope  *Scope
		within ConversationID
		target Entry
		want   Code
	}{
		"of that one":                        {&Scope{Agent: "anna"}, "c1", said(), ""},
		"of another":                         {&Scope{Agent: "anna"}, "c2", said(), NotFound},
		"of none":                            {&Scope{Agent: "anna"}, "c1", outside, NotFound},
		"if he names none":                   {&Scope{Agent: "anna"}, "", said(), NotFound},
		"of none, if he names none":          {&Scope{Agent: "anna"}, "", outside, NotFound},
		"of another, if he is not limited":   {nil, "c2", said(), ""},
		"who names none, and is not limited": {nil, "", said(), ""},
	} {
		a := Amendment{By: anna, Scope: c.scope, Within: c.within, Target: c.target, Text: "hello"}
		for what, rule := range map[string]func(Amendment, Fresh, Millis) (Change, error){"edit": Edit, "delete": Delete} {
			if _, err := rule(a, newBench(t).fresh(), 2000); codeOf(err) != c.want {
				t.Errorf("%s %s: %v, want %q", what, name, err, c.want)
			}
		}
	}
}
