package mail

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"confab/chat"
	"confab/outbox"
	"confab/wire"
)

func TestAnOrderThatCannotBeCarriedOutIsGivenUp(t *testing.T) {
	w := newWorld(t)
	for why, spoil := range map[string]func(*outbox.Delivery){
		"of a type that this node does not know": func(d *outbox.Delivery) { d.Type = "postcard" },
		"of another thread":                      func(d *outbox.Delivery) { d.Thread = "another" },
		"unreadable":                             func(d *outbox.Delivery) { d.Body = []byte(`"`) },
	} {
		d := w.due()
		spoil(&d)
		if out := w.try(d); !out.GiveUp || out.Error == "" || len(w.smtp.taken()) != 0 {
			t.Errorf("%s: %+v", why, out)
		}
	}
}

func TestEveryTryIsCountedByWhatCameOfIt(t *testing.T) {
	w := newWorld(t)
	d := w.due()
	w.smtp.failing(func(string) error { return smtpRefusal(451) })
	w.try(d)
	w.smtp.failing(nil)
	w.try(d)
	d.Type = "postcard"
	w.try(d)
	for _, c := range [][2]string{{typeAnswer, reasonFailed}, {typeAnswer, reasonSent}, {"other", reasonGone}} {
		if got := testutil.ToFloat64(w.mail.metrics.tries.WithLabelValues(c[0], c[1])); got != 1 {
			t.Errorf("%s %s: %v", c[0], c[1], got)
		}
	}
}

// Between looking and sending an address may become one that only somebody in a browser says, or that nobody needs to confirm.
func TestWhoseAddressItIsIsAskedAgainWhenTheMailGoes(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", wire.Proof{})
	w.patch("kim", `{"email":"kim@example.org"}`)
	w.Say("kim", chat.Draft{Text: "Hello"})
	w.answers("kim", "For Kim alone")
	answer := w.later("kim")
	w.patch("kim", `{"email":null}`)
	w.says("kim", wire.LayerBasic, `{"email":"stranger@example.net"}`)
	if out := w.try(answer[0]); answer[0].Type != typeAnswer || !out.GiveUp {
		t.Errorf("to who is only said to have an address: %+v", out)
	}
	for why, then := range map[string]func(guest string){
		"the team knows it now": func(guest string) { w.patch(guest, `{"email":"`+guest+`@example.net"}`) },
		"it is another now":     func(guest string) { w.says(guest, wire.LayerBasic, `{"email":"other@example.net"}`) },
	} {
		guest := strings.ReplaceAll(why, " ", "-")
		w.guest(guest, wire.Proof{})
		w.says(guest, wire.LayerBasic, `{"email":"`+guest+`@example.net"}`)
		w.Say(guest, chat.Draft{Text: "Hello"})
		w.answers(guest, "Hello")
		asked := w.later(guest)
		then(guest)
		if out := w.try(asked[0]); asked[0].Type != typeConfirm || !out.GiveUp {
			t.Errorf("%s: %+v", why, out)
		}
	}
	if mails := w.smtp.taken(); len(mails) != 0 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestABlockedPersonIsSentNothing(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.patch("kim", `{"blocked":true}`)
	w.begin("kim", "Your order", "It is on its way.")
	w.answers("kim", "Are you there?")
	if due := append(w.look("kim"), w.later("kim")...); len(due) != 0 {
		t.Errorf("%d mails", len(due))
	}
	w.patch("kim", `{"blocked":false}`)
	if due := w.later("kim"); len(due) != 0 {
		t.Errorf("%d mails of what was said while he was blocked", len(due))
	}
}

func TestNobodyIsAskedForAnAddressToTellWhatHeHasSeen(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", wire.Proof{})
	w.says("kim", wire.LayerBasic, `{"email":"kim@example.org"}`)
	w.Say("kim", chat.Draft{Text: "Where is my tent?", Subject: "A tent", New: true})
	w.answers("kim", "In Oslo.")
	w.sees("kim")
	if due := w.later("kim"); len(due) != 0 {
		t.Errorf("%d mails", len(due))
	}
}

func TestAnAgentsAddressIsToldOnlyWhereHeWroteAMail(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Author: w.Agent("ann"), Text: "Can I help?", New: true})
	w.send(w.later("kim"))
	got := w.smtp.one()
	if reply := got.header.Get("Reply-To"); reply != "" || strings.Contains(got.raw, "acme-ann@") {
		t.Errorf("replies to what was said in the chat go to %s", reply)
	}
	if !inOrder(got.text, languages["en"].NoReplies, with(languages["en"].Why, "The acme company")) {
		t.Errorf("it does not say why he gets it:\n%s", got.text)
	}
}

func TestWhatAnotherSystemAnswersGoesByMailToo(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Where is my tent?"})
	w.Say("kim", chat.Draft{Author: chat.Actor{Kind: chat.Integration, ID: "crm", Name: "CRM"}, Text: "In Oslo."})
	w.send(w.later("kim"))
	if got := w.smtp.one(); !strings.Contains(got.text, "In Oslo.") {
		t.Errorf("the mail:\n%s", got.text)
	}
}

func TestAMailTellsItsConversationUpToWhatItWasOrderedFor(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.begin("kim", "A tent", "It is in Oslo.")
	w.send(w.look("kim"))
	tent := w.smtp.one()
	w.begin("kim", "A stove", "It is in Rome.")
	due := w.look("kim")
	w.answers("kim", "Now it is here.")
	w.send(due)
	stove := w.smtp.one()
	if !strings.Contains(stove.text, "in Rome") || strings.Contains(stove.text, "in Oslo") || strings.Contains(stove.text, "is here") {
		t.Errorf("the mail of the stove:\n%s", stove.text)
	}
	if tent.header.Get("References") == stove.header.Get("References") {
		t.Error("mails of two conversations stand together")
	}
	w.send(w.later("kim"))
	if next := w.smtp.one(); !strings.Contains(next.text, "is here") || strings.Contains(next.text, "in Rome") {
		t.Errorf("the next:\n%s", next.text)
	}
}

func TestAMailSaysWhatAMessageWasMadeLater(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Where is my tent?"})
	id := w.answers("kim", "In Olso.")
	due := w.later("kim")
	if _, err := w.Desk.EditMessage(t.Context(), acme, id, chat.Amendment{By: w.Agent("ann"), Text: "In Oslo."}); err != nil {
		t.Fatal(err)
	}
	w.send(due)
	if got := w.smtp.one(); !strings.Contains(got.text, "In Oslo.") || strings.Contains(got.text, "Olso") {
		t.Errorf("the mail:\n%s", got.text)
	}
}

func TestOfALongConversationTheNewestIsTold(t *testing.T) {
	for why, c := range map[string]struct {
		messages, told int
		text           string
	}{
		"many messages": {chat.Limits.CatchUpPage + 20, maxMessages, "."},
		"long ones":     {9, 6, strings.Repeat(" and", 2490) + "."},
		"all of a few":  {9, 9, "."},
	} {
		w := newWorld(t)
		w.guest("kim", verified("7", "kim@example.org"))
		for i := range c.messages {
			w.answers("kim", fmt.Sprintf("Number %d%s", i, c.text))
		}
		w.look("kim") // at the first page of the log
		w.send(w.later("kim"))
		got := w.smtp.one()
		told, first := strings.Count(got.html, "Number "), c.messages-c.told
		if preview := 1; told != c.told+preview || !inOrder(got.html, fmt.Sprintf(">Number %d", first), fmt.Sprintf(">Number %d", c.messages-1)) {
			t.Errorf("%s: %d are told, want %d", why, told, c.told)
		}
		if cut := strings.Contains(got.text, languages["en"].Earlier); cut != (first > 0) {
			t.Errorf("%s: it says %t that some are left out", why, cut)
		}
	}
}

func TestMailProgramsAreOfferedOneClickOnlyWhereItIsEncrypted(t *testing.T) {
	w := newWorld(t)
	w.mail.o.Public = "http://chat.example.com"
	w.send([]outbox.Delivery{w.due()})
	got := w.smtp.one()
	if offered := got.header.Get("List-Unsubscribe"); !strings.HasPrefix(offered, "<http://chat.example.com"+unsubscribePath) || got.header.Get("List-Unsubscribe-Post") != "" {
		t.Errorf("%v", got.header)
	}
}

func TestOfAThreadWhatIsNewIsRemembered(t *testing.T) {
	s := state{Talks: map[chat.ConversationID]*talk{"empty": {}, "mailed": {Mailed: 1000}}}
	for i := range keptTalks {
		s.Talks[chat.ConversationID(fmt.Sprint("c", i))] = &talk{Last: chat.Seq(100 - i)}
	}
	for i := range 2 * keptAsked {
		s.Asked = append(s.Asked, fmt.Sprint(i))
	}
	if _, err := s.encode(); err != nil {
		t.Fatal(err)
	}
	if s.Talks["mailed"] == nil || s.Talks["c0"] == nil || s.Talks[chat.ConversationID(fmt.Sprint("c", keptTalks-1))] != nil || len(s.Talks) != keptTalks {
		t.Errorf("%d conversations", len(s.Talks))
	}
	if len(s.Asked) != keptAsked || s.Asked[keptAsked-1] != fmt.Sprint(2*keptAsked-1) {
		t.Errorf("asked %v", s.Asked)
	}
	if first := s.waiting()[0]; s.Talks[first].Last != 100-(keptTalks-2) {
		t.Errorf("%s is told first", first)
	}
}

func TestAThreadIsLookedAtAgainWhenTheFirstOfItsAnswersIsDue(t *testing.T) {
	for _, in := range [][]time.Duration{{time.Minute, time.Hour}, {time.Hour, time.Minute}} {
		r := &round{}
		for _, d := range in {
			r.wake(d)
		}
		if r.next != time.Minute {
			t.Errorf("%v: in %s", in, r.next)
		}
	}
}

func TestLinesAreKeptHoweverTheyAreBroken(t *testing.T) {
	if got := lines("a\r\nb\rc\nd"); !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("%q", got)
	}
	l := letter{Words: languages["en"]}
	ann, ben := chat.Actor{Kind: chat.Agent, ID: "a", Name: "Ann"}, chat.Actor{Kind: chat.Agent, ID: "b", Name: "Ben"}
	l.say([]chat.Entry{{Author: ann}, {Author: ann}, {Author: ben}}, chat.Visitor, names{}, "")
	if !l.Said[1].Next || l.Said[2].Next {
		t.Errorf("whose words these are: %+v", l.Said)
	}
}
