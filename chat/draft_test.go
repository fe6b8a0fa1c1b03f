package chat

import (
	"strings"
	"testing"
)

func TestAConversationGoesToTheGroupOfTheMessageThatStartsIt(t *testing.T) {
	b := newBench(t)
	c := b.apply(Post(b.thread, Draft{Author: maya, Text: "hello", Group: "sales", Offline: true}, b.fresh(), 1))
	started := c.Entries[0]
	if is := b.thread.Conversation; is.Group != "sales" || !is.Offline || started.Group != "sales" || !started.Offline {
		t.Errorf("started %+v by %+v", is, started)
	}
	b.apply(Post(b.thread, Draft{Author: maya, Text: "hello?", Group: "support"}, b.fresh(), 2))
	if is := b.thread.Conversation; is.Group != "sales" || !is.Offline {
		t.Errorf("a running conversation was moved: %+v", is)
	}
	b.apply(Close(b.thread, anna, AgentClosed, b.fresh(), 3))
	b.apply(Post(b.thread, Draft{Author: maya, Text: "again", Group: "support"}, b.fresh(), 4))
	if is := b.thread.Conversation; is.Group != "support" || is.Offline {
		t.Errorf("the next one is %+v", is)
	}
}

func TestWhatAPageSaysByItselfStartsNoConversationInAnyGroup(t *testing.T) {
	b := newBench(t)
	c := b.apply(Post(b.thread, Draft{Author: anna, Sender: maya, CMID: "cmid-0001", Text: "May I help you?", Auto: true, Group: "sales"}, b.fresh(), 1))
	b.wantLog(KindMessage)
	if e := c.Entries[0]; e.Author != anna || !e.Auto || b.thread.Conversation != nil {
		t.Errorf("%+v, conversation %+v", e, b.thread.Conversation)
	}
}

func TestOnlyBotsAndIntegrationsOfferChoices(t *testing.T) {
	for by, want := range map[Actor]Code{{Kind: Bot}: "", shop: "", anna: Forbidden, maya: Forbidden} {
		c, err := Post(newBench(t).thread, Draft{Author: by, Text: "Which?", Choices: []string{"Tents", "Boats"}}, newBench(t).fresh(), 1)
		if codeOf(err) != want {
			t.Errorf("by %s: %v, want %q", by.Kind, err, want)
		}
		if want == "" && len(c.Entries[c.Main].Choices) != 2 {
			t.Errorf("by %s: %+v", by.Kind, c.Entries[c.Main])
		}
	}
}

func TestChoicesAreFewAndShort(t *testing.T) {
	for name, c := range map[string]struct {
		choices []string
		want    Code
	}{
		"none":            {nil, ""},
		"as many as may":  {strings.Split(strings.Repeat("a", MaxChoices), ""), ""},
		"too many":        {strings.Split(strings.Repeat("a", MaxChoices+1), ""), TooLong},
		"as long as may":  {[]string{strings.Repeat("é", ChoiceRunes)}, ""},
		"too long":        {[]string{strings.Repeat("é", ChoiceRunes+1)}, TooLong},
		"empty":           {[]string{"a", ""}, BadField},
		"not UTF-8":       {[]string{"a\xff"}, BadField},
		"two lines":       {[]string{"a\nb"}, BadField},
		"with edges":      {[]string{" a"}, BadField},
		"with a NUL byte": {[]string{"a\x00b"}, BadField},
	} {
		if got := codeOf(CheckChoices(c.choices)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
