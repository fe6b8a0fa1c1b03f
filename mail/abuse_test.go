package mail

import (
	"fmt"
	"testing"
	"time"

	"confab/account"
	"confab/chat"
	"confab/outbox"
	"confab/wire"
)

// Many browsers say the address of somebody who knows nothing of it, in all its spellings.
func TestAStrangersAddressIsWrittenToOnceHoweverManyBrowsersSayIt(t *testing.T) {
	w := newWorld(t)
	spellings := []string{"victim@example.net", "Victim@Example.NET", "victim+1@example.net", "vic.tim@example.net", "v.i.c.tim+news@example.net", " victim@example.net "}
	for i := range 30 {
		guest := fmt.Sprint("guest", i)
		w.guest(guest, wire.Proof{})
		w.says(guest, wire.LayerBasic, `{"email":"`+spellings[i%len(spellings)]+`"}`)
		w.Say(guest, chat.Draft{Text: "Write to me!", Offline: true})
		w.answers(guest, "Hello")
		w.answers(guest, "Are you there?")
		for _, d := range append(w.later(guest), w.later(guest)...) {
			if d.Type != typeConfirm {
				t.Errorf("a stranger is sent %s", d.Type)
			}
			w.try(d)
		}
	}
	if mails := w.smtp.taken(); len(mails) != 1 {
		t.Errorf("%d mails to a stranger, want 1", len(mails))
	}
}

// Many browsers say addresses of many strangers.
func TestAnAccountAsksBoundedlyManyStrangers(t *testing.T) {
	w := newWorld(t)
	refused := 0
	for i := range unknownPerAccountHour + 10 {
		guest := fmt.Sprint("guest", i)
		w.guest(guest, wire.Proof{})
		w.says(guest, wire.LayerBasic, fmt.Sprintf(`{"email":"victim%d@example.net"}`, i))
		w.Say(guest, chat.Draft{Text: "Write to me!", Offline: true})
		w.answers(guest, "Hello")
		for _, d := range w.later(guest) {
			if out := w.try(d); out.GiveUp {
				refused++
			}
		}
	}
	if mails := w.smtp.taken(); len(mails) != unknownPerAccountHour || refused != 10 {
		t.Errorf("%d strangers were asked and %d not, the bound is %d", len(mails), refused, unknownPerAccountHour)
	}
	counted := 0
	for _, line := range w.logs.FilterMessage("mail not sent").All() {
		if line.ContextMap()["reason"] == reasonAccountBound {
			counted++
		}
	}
	if counted != 10 {
		t.Errorf("%d refusals are in the log", counted)
	}
}

// used asks the bounds of a question to an address so many times, and returns how many were let through and why the last was not.
func (w *world) used(a chat.AccountID, mark string, times int) (passed int, reason string) {
	w.T.Helper()
	for range times {
		switch refused, _, err := w.mail.allow(w.T.Context(), boundsOfConfirm(a, mark)); {
		case err != nil:
			w.T.Fatal(err)
		case refused == nil:
			passed++
		case refused.waits:
			w.T.Errorf("%s: a stranger is asked later", refused.bucket)
		default:
			reason = refused.reason
		}
	}
	return passed, reason
}

func TestAStrangerIsAskedByFewAccountsOfADeployment(t *testing.T) {
	w := newWorld(t)
	passed, reason := 0, ""
	for i := range 2 * unknownPerAddressDay {
		n, why := w.used(chat.AccountID(fmt.Sprint("account", i)), "mark", 1)
		passed, reason = passed+n, why
	}
	if passed != unknownPerAddressDay || reason != reasonAddressBound {
		t.Errorf("%d accounts asked the same address, and then: %s", passed, reason)
	}
}

func TestWhoSaysOneAddressOverAndOverUsesUpNobodysShare(t *testing.T) {
	w := newWorld(t)
	if passed, reason := w.used(acme, "mark", 2*unknownPerAccountHour); passed != perUnknownYear || reason != reasonAskedBefore {
		t.Errorf("%d questions, and then: %s", passed, reason)
	}
	if passed, reason := w.used(acme, "another", 1); passed != 1 {
		t.Errorf("another is not asked: %s", reason)
	}
	if b := boundsOfConfirm(acme, "mark")[0]; b.most != 1 || b.window < 365*24*time.Hour {
		t.Errorf("asked %d times in %s", b.most, b.window)
	}
}

func TestAPersonIsSentBoundedlyManyMailsADay(t *testing.T) {
	w := newWorld(t)
	w.guest("kim", verified("7", "kim@example.org"))
	refused := 0
	for i := range perAddressDay + 5 {
		w.patch("kim", fmt.Sprintf(`{"email":"k.im+%d@example.org"}`, i)) // all of them his one postbox
		w.begin("kim", "Offer", fmt.Sprint("Number ", i))
		for _, d := range w.look("kim") {
			if out := w.try(d); out.GiveUp {
				refused++
			}
		}
	}
	if mails := w.smtp.taken(); len(mails) != perAddressDay || refused != 5 {
		t.Errorf("%d mails and %d refused, the bound is %d", len(mails), refused, perAddressDay)
	}
}

func TestAnAccountsMailWaitsOnceItHasSentItsShare(t *testing.T) {
	w := newWorld(t)
	w.bring(account.AccountSpec{ChatLogTo: new("office@acme.example")})
	d := w.due()
	full := boundsOfAccount(acme)
	for range perAccountHour {
		if refused, _, err := w.mail.allow(t.Context(), []bound{full}); err != nil || refused != nil {
			t.Fatal(refused, err)
		}
	}
	if _, err := w.Desk.Close(t.Context(), acme, d.Conversation, w.Agent("ann"), nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	logs := w.look("kim")
	if len(logs) != 1 || logs[0].Type != typeLog {
		t.Fatalf("%+v", logs)
	}
	for _, d := range []outbox.Delivery{d, logs[0]} {
		out := w.try(d)
		if !out.Untried || out.Again <= 0 || out.Again > time.Hour {
			t.Errorf("%s: %+v", d.Type, out)
		}
	}
	w.pass(giveUpAfter + time.Hour)
	if out := w.try(d); !out.GiveUp {
		t.Errorf("a day later: %+v", out)
	}
	if mails := w.smtp.taken(); len(mails) != 0 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestATryThatFailsDoesNotUseUpTheBoundAgain(t *testing.T) {
	w := newWorld(t)
	d := w.due()
	for d.Tries = range 2 * perAddressDay {
		if out := w.try(d); !out.Done {
			t.Fatalf("try %d: %+v", d.Tries, out)
		}
	}
}
