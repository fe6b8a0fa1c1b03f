package mail

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/outbox"
	"confab/people"
	"confab/wire"
)

func TestTheTimeToSeeAnAnswerBeginsWithTheFirst(t *testing.T) {
	s, err := parseState(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []chat.Millis{1000, 2000, 3000} {
		e := chat.Entry{Kind: chat.KindMessage, Conversation: "c", Author: chat.Actor{Kind: chat.Agent, ID: "a"}, At: at}
		s.take(&outbox.Entry{Seq: chat.Seq(i + 1), Entry: e}, 4000)
	}
	if talk := s.Talks["c"]; talk.Since != 1000 || talk.Last != 3 {
		t.Errorf("%+v", talk)
	}
}

func TestAnAnswerIsMailedAlthoughTheClockOfTheNodeThatLooksIsBehind(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Hello"})
	w.answers("kim", "Hello Kim")
	w.pass(answerWait - clockSlack/2)
	if due := w.look("kim"); len(due) != 1 {
		t.Errorf("%d mails", len(due))
	}
}

// asked has a guest be asked whether an address is his, and returns the link.
func (w *world) asked(guest string) string {
	w.T.Helper()
	w.guest(guest, wire.Proof{})
	w.says(guest, wire.LayerBasic, `{"email":"`+guest+`@example.org"}`)
	w.Say(guest, chat.Draft{Text: "Hello"})
	w.answers(guest, "Hello "+guest)
	w.send(w.later(guest))
	return linkIn(w.T, w.smtp.one())
}

func TestAnswersWaitForDaysUntilAnAddressIsConfirmed(t *testing.T) {
	w := newWorld(t)
	link := w.asked("kim")
	w.pass(6 * day)
	w.look("kim") // whatever has the thread looked at meanwhile
	if r := w.follow(http.MethodPost, link, "do=on"); status(r) != http.StatusOK {
		t.Fatalf("%d\n%s", status(r), r.Body)
	}
	w.send(w.look("kim"))
	if got := w.smtp.one(); !strings.Contains(got.text, "Hello kim") {
		t.Errorf("the answer is not in\n%s", got.text)
	}

	w = newWorld(t)
	late := w.asked("ben")
	w.pass(confirmLife - time.Minute)
	w.follow(http.MethodPost, late, "do=on")
	w.pass(2 * time.Minute)
	if due := w.look("ben"); len(due) != 0 {
		t.Errorf("%d mails of more than a week ago", len(due))
	}
}

func TestABlockedPersonConfirmsNothing(t *testing.T) {
	w := newWorld(t)
	link := w.asked("kim")
	w.patch("kim", `{"blocked":true}`)
	if r := w.follow(http.MethodPost, link, "do=on"); !strings.Contains(r.Body.String(), "Nothing to confirm") {
		t.Errorf("%d\n%s", status(r), r.Body)
	}
	if c := w.contact("kim"); c.Mailbox().Known {
		t.Error("confirmed after all")
	}
}

func TestWhatOneWroteWhoOnlyClaimsToBeSomebodyIsNotSentToHim(t *testing.T) {
	w := newWorld(t)
	if _, err := w.People.Put(t.Context(), w.Account(), people.Name{ID: "7"}, people.Attributes{BuiltIn: map[string]any{"email": "kim@example.org"}}); err != nil {
		t.Fatal(err)
	}
	w.guest("somebody", wire.Proof{ID: "7"})
	w.Say("somebody", chat.Draft{Text: "Cheap pills at evil.example"})
	w.answers("somebody", "Hello Kim")
	w.send(w.later("somebody"))
	got := w.smtp.one()
	if got.to != "kim@example.org" || !strings.Contains(got.text, "Hello Kim") || strings.Contains(got.raw+got.text+got.html, "evil") {
		t.Errorf("to %s:\n%s", got.to, got.text)
	}
}
