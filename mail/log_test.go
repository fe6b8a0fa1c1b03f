package mail

import (
	"testing"

	"confab/account"
	"confab/chat"
)

func (w *world) closes(id chat.ConversationID) {
	w.T.Helper()
	if _, err := w.Desk.Close(w.T.Context(), acme, id, w.Agent("ann"), nil, chat.AgentClosed); err != nil {
		w.T.Fatal(err)
	}
}

func TestALogIsInTheAccountsLanguageAndNamesTheSubject(t *testing.T) {
	w := newWorld(t)
	w.bring(account.AccountSpec{ChatLogTo: new("office@acme.example"), Widget: raw(`{"language":"de"}`)})
	proof := verified("7", "")
	proof.Name = "Kim"
	w.guest("kim", proof)
	w.begin("kim", "Your order", "It is on its way.")
	w.closes(w.Conversation("kim").ID)
	w.send(w.look("kim"))
	if got, want := w.smtp.one().subject(), with(languages["de"].LogSubject, "Kim")+": Your order"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestOfAChatOfWhichNothingIsLeftNoLogIsSent(t *testing.T) {
	w := newWorld(t)
	w.bring(account.AccountSpec{ChatLogTo: new("office@acme.example")})
	w.guest("kim", verified("7", ""))
	text := w.answers("kim", "Taken back.")
	w.closes(w.Conversation("kim").ID)
	due := w.look("kim")
	if _, err := w.Desk.DeleteMessage(t.Context(), acme, text, chat.Amendment{By: w.Agent("ann")}); err != nil {
		t.Fatal(err)
	}
	if len(due) != 1 {
		t.Fatalf("%d logs", len(due))
	}
	if out := w.try(due[0]); !out.GiveUp || len(w.smtp.taken()) != 0 {
		t.Errorf("%+v", out)
	}
}

func TestNoLogGoesToAnAccountThatWantsNoneOrOfAChatThatIsLongOver(t *testing.T) {
	for _, to := range []string{"", "office@acme.example"} {
		w := newWorld(t)
		w.bring(account.AccountSpec{ChatLogTo: &to})
		w.guest("kim", verified("7", ""))
		w.answers("kim", "Hello")
		w.closes(w.Conversation("kim").ID)
		if to != "" {
			w.pass(oldest + day)
		}
		if due := w.look("kim"); len(due) != 0 {
			t.Errorf("to %q: %d logs", to, len(due))
		}
	}
}
