package mail

import (
	"strings"
	"testing"
	"time"

	"confab/account"
	"confab/chat"
	"confab/outbox"
	"confab/store"
	"confab/wire"
)

func (w *world) begin(guest, subject, text string) {
	w.T.Helper()
	w.Say(guest, chat.Draft{Author: w.Agent("ann"), Text: text, Subject: subject, New: true})
}

// Proves PAV-REST-046 PAV-REST-047.
func TestWhatTheTeamBeginsWithASubjectGoesByMailAtOnceAndTheSubjectNowhereElse(t *testing.T) {
	w := newWorld(t)
	proof := verified("7", "kim@example.org")
	proof.Name = "Kim Doe"
	w.guest("kim", proof)
	w.begin("kim", "Your order of May", "Hello Kim,\n\n  it is <on> its way.\nAnn")
	w.send(w.look("kim"))
	got := w.smtp.one()
	if got.to != "kim@example.org" || got.from != "chat@example.com" || got.subject() != "Your order of May" {
		t.Errorf("to %s from %s about %s", got.to, got.from, got.subject())
	}
	if !strings.Contains(got.text, "  Hello Kim,\n\n    it is <on> its way.\n  Ann\n") {
		t.Errorf("lines are not kept:\n%s", got.text)
	}
	if !strings.Contains(got.html, "Hello Kim,<br>\n<br>\n  it is &lt;on&gt; its way.<br>\nAnn</p>") {
		t.Errorf("lines are not kept in\n%s", got.html)
	}
	if from := got.header.Get("From"); decoded(from) != `"Ann (The acme company)" <chat@example.com>` {
		t.Errorf("from %s", from)
	}
	if to := got.header.Get("To"); to != `"Kim Doe" <kim@example.org>` {
		t.Errorf("to %s", to)
	}
	if reply := got.header.Get("Reply-To"); reply != `"Ann" <acme-ann@example.com>` {
		t.Errorf("replies go to %q", reply)
	}
	if _, all := w.texts("kim"); strings.Contains(all, "order of May") {
		t.Error("the subject is in the chat")
	}
}

// Proves PAV-REST-045 PAV-REST-061.
func TestWhoHasNoAddressIsSentNothingAndReadsItInTheChat(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", ""))
	w.begin("kim", "Your order", "It is on its way.")
	w.Say("kim", chat.Draft{Text: "And the other?", Subject: "The other", New: true})
	w.answers("kim", "That too.")
	if due := append(w.look("kim"), w.later("kim")...); len(due) != 0 {
		t.Errorf("%d mails to nobody", len(due))
	}
	if texts, _ := w.texts("kim"); strings.Join(texts, "|") != "It is on its way.|And the other?|That too." {
		t.Errorf("the chat holds %q", texts)
	}
}

// Proves PAV-REST-053 ATTR-019 ATTR-025.
func TestWhoUnsubscribedIsSentNothingAndReadsItInTheChat(t *testing.T) {
	for _, no := range []string{"false", "0"} {
		w := newWorld(t)
		w.guest("kim", verified("7", "kim@example.org"))
		w.begin("kim", "First", "While he wants mail.")
		w.send(w.look("kim"))
		w.smtp.one()
		w.patch("kim", `{"attributes":{"emailSubscription":`+no+`}}`)
		w.begin("kim", "Second", "When he does not.")
		w.answers("kim", "Nor this.")
		if due := append(w.look("kim"), w.later("kim")...); len(due) != 0 {
			t.Errorf("%s: %d mails are wanted", no, len(due))
		}
		if texts, _ := w.texts("kim"); len(texts) != 3 {
			t.Errorf("%s: the chat holds %q", no, texts)
		}
		w.patch("kim", `{"attributes":{"emailSubscription":true}}`)
		w.begin("kim", "Third", "Again.")
		w.send(w.look("kim"))
		if got := w.smtp.one(); got.subject() != "Third" {
			t.Errorf("%s: %s", no, got.subject())
		}
	}
}

func TestAMailOnItsWayIsNotSentToWhoUnsubscribesMeanwhile(t *testing.T) {
	for reason, patch := range map[string]string{
		reasonUnwanted: `{"attributes":{"emailSubscription":false}}`, reasonBlocked: `{"blocked":true}`, reasonNoAddress: `{"email":null}`,
	} {
		w := newWorld(t)
		w.guest("kim", verified("7", "kim@example.org"))
		w.begin("kim", "Hello", "You there")
		due := w.look("kim")
		w.patch("kim", patch)
		if out := w.try(due[0]); !out.GiveUp || !out.Well || out.Error == "" {
			t.Errorf("%s: %+v", reason, out)
		}
		if mails := w.smtp.taken(); len(mails) != 0 {
			t.Errorf("%s: %d mails", reason, len(mails))
		}
		if n := w.logs.FilterMessage("mail not sent").All(); len(n) != 1 || n[0].ContextMap()["reason"] != reason {
			t.Errorf("%s is not in the log: %v", reason, n)
		}
	}
}

// Proves PAV-REST-058 PAV-REST-062.
func TestWhatAVisitorBeganWithASubjectGoesByMailOnlyOnceTheTeamAnswers(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Where is my tent?", Subject: "A tent", New: true})
	if due := w.look("kim"); len(due) != 0 {
		t.Fatalf("%d mails before an answer", len(due))
	}
	w.answers("kim", "In Oslo.")
	w.answers("kim", "Since Monday.")
	w.sees("kim") // what he began with a subject he wants by mail all the same
	if due := w.look("kim"); len(due) != 0 {
		t.Fatalf("%d mails while more may follow", len(due))
	}
	w.send(w.later("kim"))
	got := w.smtp.one()
	if got.subject() != "A tent" || !inOrder(got.text, "Where is my tent?", "In Oslo.", "Since Monday.") {
		t.Errorf("%s\n%s", got.subject(), got.text)
	}
	if reply := got.header.Get("Reply-To"); reply != "" {
		t.Errorf("an agent's address is told: %s", reply)
	}
	if _, all := w.texts("kim"); strings.Contains(all, "A tent") {
		t.Error("the subject is in the chat")
	}
	w.answers("kim", "Seen in the chat.")
	w.sees("kim")
	if due := w.later("kim"); len(due) != 0 {
		t.Error("a later answer that was seen goes by mail")
	}
}

func inOrder(text string, parts ...string) bool {
	for _, part := range parts {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

func TestAnswersThatAreNotSeenGoInOneMail(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Anybody there?", Offline: true})
	w.answers("kim", "Yes.")
	if due := w.look("kim"); len(due) != 0 {
		t.Fatal("a mail before anybody could see the answer")
	}
	w.Say("kim", chat.Draft{Author: w.Agent("ann"), Text: "For agents only.", Note: true})
	taken := w.answers("kim", "Taken back.")
	w.Say("kim", chat.Draft{Author: w.Agent("ann"), Text: "By a rule.", Auto: true})
	w.answers("kim", "What is it?")
	if _, err := w.Desk.DeleteMessage(t.Context(), acme, taken, chat.Amendment{By: w.Agent("ann")}); err != nil {
		t.Fatal(err)
	}
	due := w.later("kim")
	if len(due) != 1 {
		t.Fatalf("%d mails, want one", len(due))
	}
	w.send(due)
	got := w.smtp.one()
	if !inOrder(got.text, "Anybody there?", "Yes.", "What is it?") || got.subject() != "Your conversation with The acme company" {
		t.Errorf("%s\n%s", got.subject(), got.text)
	}
	for _, not := range []string{"For agents only", "Taken back"} {
		if strings.Contains(got.text+got.html, not) {
			t.Errorf("the mail says %q", not)
		}
	}
	if due := append(w.look("kim"), w.later("kim")...); len(due) != 0 {
		t.Errorf("%d mails of what was told", len(due))
	}
	w.answers("kim", "And one more thing.")
	w.send(w.later("kim"))
	again := w.smtp.one()
	if strings.Contains(again.text, "Anybody there?") || !strings.Contains(again.text, "one more thing") {
		t.Errorf("the second mail repeats the first:\n%s", again.text)
	}
	if a, b := got.header.Get("References"), again.header.Get("References"); a == "" || a != b || got.header.Get("Message-Id") == again.header.Get("Message-Id") {
		t.Errorf("mails of a conversation do not stand together: %q and %q", a, b)
	}
}

func TestAnAnswerThatWasSeenOrAnsweredIsNotMailed(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Hello"})
	w.answers("kim", "Hello, I am Ann.")
	w.Seen("kim", w.Agent("ben")) // is not seen by whom it is for
	if due := w.later("kim"); len(due) != 1 {
		t.Errorf("seen by an agent: %d mails", len(due))
	}
	w.answers("kim", "Are you there?")
	w.sees("kim")
	if due := w.later("kim"); len(due) != 0 {
		t.Errorf("seen: %d mails", len(due))
	}
	w.answers("kim", "How can I help?")
	w.Say("kim", chat.Draft{Text: "With a tent."})
	if due := w.later("kim"); len(due) != 0 {
		t.Errorf("answered: %d mails", len(due))
	}
	w.answers("kim", "Which one?")
	due := w.later("kim")
	w.sees("kim") // while the mail waits for its turn
	if out := w.try(due[0]); !out.GiveUp {
		t.Errorf("seen at last: %+v", out)
	}
}

func TestWhatIsLongPastIsNotMailedWhenMailIsSwitchedOn(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Hello"})
	w.answers("kim", "An old answer.")
	w.pass(oldest + time.Minute)
	if due := append(w.look("kim"), w.later("kim")...); len(due) != 0 {
		t.Errorf("%d mails of yesterday", len(due))
	}
}

func TestTheTimerHasTheThreadLookedAtAgain(t *testing.T) {
	w := newWorld(t)
	if err := w.Store.SetWant(t.Context(), acme, store.Want{Outbox: true}); err != nil {
		t.Fatal(err)
	}
	v := w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Hello"})
	w.answers("kim", "Hi")
	w.look("kim")
	for _, o := range w.outgoing() { // as the outbox does after it has looked
		if err := w.Store.FinishOutgoing(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	if left := w.outgoing(); len(left) != 0 {
		t.Fatalf("%v is still to be looked at", left)
	}
	// The timer stands for three minutes: it is made due, and comes as the desk hands it over.
	if err := w.Store.TimerSet(t.Context(), acme, TimerKind, string(v.Thread), 0); err != nil {
		t.Fatal(err)
	}
	due, err := w.Store.ClaimTimers(t.Context(), acme, 100)
	if err != nil {
		t.Fatal(err)
	}
	mine := 0
	for _, timer := range due {
		if timer.Kind == TimerKind {
			mine++
			if err := Due(t.Context(), w.Store, timer); err != nil {
				t.Fatal(err)
			}
		}
	}
	left, err := w.Store.Command(t.Context(), acme, "ZSCORE", w.Store.TimersKey(acme), w.Store.TimerMember(TimerKind, string(v.Thread)))
	if err != nil || left != nil {
		t.Errorf("the timer comes again: %v, %v", left, err)
	}
	if out := w.outgoing(); mine != 1 || len(out) != 1 || out[0].Thread != v.Thread {
		t.Errorf("%d timers, and to look at %v", mine, out)
	}
	if w.look("kim"); len(w.states[v.Thread].state) == 0 {
		t.Error("no state")
	}
}

func TestEncodingAgainAfterACrashTellsTheSame(t *testing.T) {
	w := newWorld(t)
	v := w.guest("kim", verified("7", "kim@example.org"))
	w.begin("kim", "Hello", "You there")
	first := w.look("kim")
	w.states[v.Thread] = nil // the outcome was not kept
	second := w.look("kim")
	if len(first) != 1 || len(second) != 1 || string(first[0].Body) != string(second[0].Body) {
		t.Errorf("%v and then %v", first, second)
	}
}

// Proves JIVO-WH-089.
func TestTheLogOfAChatGoesToTheAccountOnceItIsOver(t *testing.T) {
	w := newWorld(t)
	w.bring(account.AccountSpec{ChatLogTo: new("Office@Acme.example")})
	v := w.guest("kim", wire.Proof{})
	w.says("kim", wire.LayerBasic, `{"name":"Kim","email":"kim@example.org"}`)
	w.Say("kim", chat.Draft{Text: "Where is <my> tent?", Page: &chat.Page{URL: "https://shop.example/cart"}})
	w.answers("kim", "In Oslo.")
	w.Say("kim", chat.Draft{Author: w.Agent("ann"), Text: "A note.", Note: true})
	w.patch("kim", `{"phone":"+47 22 22 55 55"}`) // as the answer of another system does
	if due := w.look("kim"); len(due) != 0 {
		t.Fatalf("%d mails while it goes on", len(due))
	}
	talks, err := w.Store.VisitorConversations(t.Context(), acme, v.Visitor.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Close(t.Context(), acme, talks[0].ID, w.Agent("ann"), nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	w.send(w.look("kim"))
	got := w.smtp.one()
	if got.to != "Office@acme.example" || got.subject() != "Chat with Kim" {
		t.Errorf("to %s about %s", got.to, got.subject())
	}
	if !inOrder(got.text, "Kim, ", "Where is <my> tent?", "Ann, ", "In Oslo.", "E-mail: kim@example.org", "Phone: +47 22 22 55 55", "Page: https://shop.example/cart") {
		t.Errorf("the log is\n%s", got.text)
	}
	if strings.Contains(got.text, "A note.") || strings.Contains(got.text, "nsubscribe") || got.header.Get("List-Unsubscribe") != "" {
		t.Errorf("the log is\n%s", got.text)
	}
}

func TestNothingOfAnErasedPersonIsSent(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.begin("kim", "Secret subject", "Secret text")
	due := w.look("kim")
	for _, part := range []string{"kim@example.org", "Secret"} {
		if strings.Contains(string(due[0].Body), part) {
			t.Errorf("the queue holds %q: %s", part, due[0].Body)
		}
	}
	if err := w.People.DeleteContact(t.Context(), acme, w.contact("kim").ID); err != nil {
		t.Fatal(err)
	}
	if out := w.try(due[0]); !out.GiveUp {
		t.Errorf("%+v", out)
	}
	if mails := w.smtp.taken(); len(mails) != 0 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestTheButtonLeadsOnlyToPagesThatTheAccountNames(t *testing.T) {
	w := newWorld(t)
	w.bring(account.AccountSpec{AllowedOrigins: &[]string{"*", "https://shop.example"}})
	for page, shown := range map[string]bool{
		"https://shop.example/cart?x=1": true, "https://evil.example/cart": false, "javascript:alert(1)": false, "https://evil@shop.example/": false, "https://shop.example@evil.example/": false,
	} {
		w.guest("kim", verified("of "+page, "kim@example.org"))
		w.Say("kim", chat.Draft{Text: "Hello", Page: &chat.Page{URL: page}})
		w.answers("kim", "Hello")
		w.send(w.later("kim"))
		if got := w.smtp.one(); strings.Contains(got.text, page) != shown || strings.Contains(got.html, `href="`+page) != shown {
			t.Errorf("%s:\n%s", page, got.text)
		}
	}
}

func TestOnlyWhoIsProvenOrNamedByTheTeamHasAnAddress(t *testing.T) {
	bound := wire.Proof{ClientID: "a secret that I chose"}
	for why, c := range map[string]struct {
		proof wire.Proof
		says  string // of the layer basic
		form  string
		patch string
		want  string // type of the mail, "" for none
	}{
		"a proven user":                      {proof: verified("1", "a@example.org"), want: typeAnswer},
		"a proven user's form":               {proof: verified("2", ""), form: `{"email":"b@example.org"}`, want: typeAnswer},
		"an address that the team noted":     {patch: `{"email":"c@example.org"}`, want: typeAnswer},
		"a browser's word":                   {says: `{"email":"e@example.org"}`, want: typeConfirm},
		"a claim without a proof":            {proof: wire.Proof{ID: "7", Email: "f@example.org"}, says: `{"email":"f@example.org"}`, want: typeConfirm},
		"a browser with a secret of its own": {proof: bound, says: `{"email":"g@example.org"}`, want: typeConfirm},
		"what is no address":                 {says: `{"email":"not an address"}`},
		"what would be two":                  {says: `{"email":"a@example.org, b@example.org"}`},
		"an address with a header behind it": {patch: `{"email":"a@example.org\r\nBcc: b@example.org"}`},
		"an address in a name":               {says: `{"email":"Ann <a@example.org>"}`},
		"a host without a domain":            {says: `{"email":"root@localhost"}`},
	} {
		w := newWorld(t)
		w.guest("kim", c.proof)
		if c.says != "" {
			w.says("kim", wire.LayerBasic, c.says)
		}
		if c.form != "" {
			w.says("kim", wire.LayerForm, c.form)
		}
		if c.patch != "" {
			w.patch("kim", c.patch)
		}
		w.Say("kim", chat.Draft{Text: "Hello"})
		w.answers("kim", "Hello")
		got := ""
		for _, d := range w.later("kim") {
			got += d.Type
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", why, got, c.want)
		}
	}
}

func TestWhatIsNoAnswerForThePersonMakesNoMail(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	w.Say("kim", chat.Draft{Text: "Hello"})
	ann := w.Agent("ann")
	for why, d := range map[string]chat.Draft{
		"a note":   {Author: ann, Text: "For agents only.", Note: true},
		"a rule's": {Author: ann, Text: "Can we help?", Auto: true},
		"a bot's":  {Author: chat.Actor{Kind: chat.Bot, ID: "b"}, Text: "Beep."},
	} {
		w.Say("kim", d)
		if due := w.later("kim"); len(due) != 0 {
			t.Errorf("%s: %d mails", why, len(due))
		}
	}
	taken := w.answers("kim", "Taken back.")
	if _, err := w.Desk.DeleteMessage(t.Context(), acme, taken, chat.Amendment{By: ann}); err != nil {
		t.Fatal(err)
	}
	if due := w.later("kim"); len(due) != 0 {
		t.Error("what was taken back before anybody looked makes a mail")
	}
	late := w.answers("kim", "Taken back later.")
	due := w.later("kim")
	if _, err := w.Desk.DeleteMessage(t.Context(), acme, late, chat.Amendment{By: ann}); err != nil {
		t.Fatal(err)
	}
	if out := w.try(due[0]); !out.GiveUp || len(w.smtp.taken()) != 0 {
		t.Errorf("what was taken back before the mail went: %+v", out)
	}
}

func TestAnAnswerOfYesterdayDoesNotKeepTodaysFromBeingMailed(t *testing.T) {
	s, err := parseState(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := chat.At(time.Now())
	ann := chat.Actor{Kind: chat.Agent, ID: "a1"}
	for i, at := range []chat.Millis{now - chat.Millis(2*oldest.Milliseconds()), now} {
		s.take(&outbox.Entry{Entry: chat.Entry{Kind: chat.KindMessage, Conversation: "c", Author: ann, At: at, Text: "Hi"}, Seq: chat.Seq(i + 1)}, now)
	}
	if got := s.Talks["c"]; got == nil || got.Since != now || got.Last != 2 {
		t.Errorf("%+v", got)
	}
}
