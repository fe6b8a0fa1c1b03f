package mail

import (
	"strings"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
	"confab/outbox"
	"confab/store"
	"confab/store/storetest"
)

// run has an outbox do what tests else do by hand.
func (w *world) run() {
	w.T.Helper()
	if err := w.Store.SetWant(w.T.Context(), acme, store.Want{Outbox: true, Messages: true}); err != nil {
		w.T.Fatal(err)
	}
	o := outbox.New(outbox.Options{
		Store: w.Store, Accounts: w.Accounts, Kinds: map[string]outbox.Kind{Kind: w.mail}, IDs: w.IDs, Log: zap.NewNop(), Node: "node-1",
	})
	w.Run(o.Run)
}

func (w *world) arrives() received {
	w.T.Helper()
	var got []received
	storetest.Eventually(w.T, "a mail", func() bool {
		got = append(got, w.smtp.taken()...)
		return len(got) > 0
	})
	return got[0]
}

func TestNothingFromBeforeTheAccountWasIsLookedAt(t *testing.T) {
	w := newWorld(t)
	a := w.Account()
	if all := w.mail.Targets(a); len(all) != 1 || all[0].Since != a.CreatedAt || a.CreatedAt == 0 || all[0].Kind != Kind {
		t.Errorf("%+v", all)
	}
}

func TestMailGoesThroughTheOutboxAndNothingOfItStaysWhenThePersonIsErased(t *testing.T) {
	w := newWorld(t)
	w.run()
	v := w.guest("kim", verified("7", "kim@example.org"))
	w.begin("kim", "Your order", "It is on its way.")
	if got := w.arrives(); got.to != "kim@example.org" || got.subject() != "Your order" {
		t.Errorf("to %s about %s", got.to, got.subject())
	}
	w.answers("kim", "Are you there?")
	w.pass(answerWait)
	if err := Due(t.Context(), w.Store, store.Timer{Account: acme, Kind: TimerKind, ID: string(v.Thread)}); err != nil {
		t.Fatal(err)
	}
	if got := w.arrives(); !strings.Contains(got.text, "Are you there?") || strings.Contains(got.text, "on its way") {
		t.Errorf("the second mail:\n%s", got.text)
	}
	kept, _, err := w.Store.Deliveries(t.Context(), acme, store.DeliveryFilter{}, "", 10)
	if err != nil || len(kept) != 2 {
		t.Fatalf("%d deliveries in the log, %v", len(kept), err)
	}
	if err := w.People.DeleteContact(t.Context(), acme, w.contact("kim").ID); err != nil {
		t.Fatal(err)
	}
	if kept, _, err = w.Store.Deliveries(t.Context(), acme, store.DeliveryFilter{}, "", 10); err != nil || len(kept) != 0 {
		t.Errorf("%d deliveries of who was erased, %v", len(kept), err)
	}
}

func TestWhatIsNotSentToOneDoesNotHoldUpTheMailOfOthers(t *testing.T) {
	w := newWorld(t)
	w.run()
	for _, guest := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		w.guest(guest, verified(guest, guest+"@example.org"))
		w.smtp.failing(func(step string) error {
			if step == "RCPT" {
				return smtpRefusal(550)
			}
			return nil
		})
		w.Say(guest, chat.Draft{Author: w.Agent("ann"), Text: "Hello", Subject: "Hello", New: true})
	}
	storetest.Eventually(t, "all are refused", func() bool {
		kept, _, err := w.Store.Deliveries(t.Context(), acme, store.DeliveryFilter{}, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for _, d := range kept {
			if d.State == store.DeliveryParked {
				refused++
			}
		}
		return refused == 12
	})
	w.smtp.failing(nil)
	w.guest("kim", verified("7", "kim@example.org"))
	w.begin("kim", "Your order", "It is on its way.")
	if got := w.arrives(); got.to != "kim@example.org" {
		t.Errorf("to %s", got.to)
	}
	target, err := w.Store.Target(t.Context(), acme, Kind)
	if err != nil || target.Fails != 0 {
		t.Errorf("the target has %d failures: %v", target.Fails, err)
	}
}
