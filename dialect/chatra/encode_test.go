package chatra

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"confab/account"
	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/outbox"
	"confab/wire"
)

// Proves CHATRA-WH-005 CHATRA-WH-006 CHATRA-WH-007 CHATRA-WH-008.
func TestRules(t *testing.T) {
	r := (&Encoder{}).Rules()
	if r.ContentType != "application/json; charset=utf-8" || r.Timeout != 10*time.Second || r.Gone != 0 {
		t.Errorf("%+v", r)
	}
	if len(r.Pauses) != 5 || !slices.IsSorted(r.Pauses) || r.Pauses[0] >= r.Pauses[4] {
		t.Errorf("pauses %v", r.Pauses)
	}
	for status, want := range map[int]bool{
		http.StatusRequestTimeout: true, http.StatusTooManyRequests: true, 500: true, 502: true, 503: true, 504: true, 599: true,
		http.StatusMovedPermanently: false, http.StatusBadRequest: false, http.StatusUnauthorized: false, http.StatusNotFound: false, http.StatusGone: false,
	} {
		if r.Repeats(status) != want {
			t.Errorf("%d is repeated: %v", status, !want)
		}
	}
}

// happenings are a thread in which nearly everything happens; they return its entries.
func happenings(t *testing.T, s dialecttest.Stage) outbox.Batch {
	t.Helper()
	v := s.Guest("maya", wire.Proof{ClientID: "a-secret-of-the-shop"}, chat.Page{URL: "https://shop.example/tents", Title: "Tents"}, "")
	ann, ben := s.Agent("ann"), s.Agent("ben")
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Say("maya", chat.Draft{Author: ann, Text: "pushed", Pushed: true})
	s.Say("maya", chat.Draft{Author: ann, Text: "by a rule", Auto: true})
	s.Say("maya", chat.Draft{Text: "first"})
	s.Say("maya", chat.Draft{Author: chat.Actor{Kind: chat.Bot, ID: "bot", Name: "Robin"}, Text: "bot"})
	must(s.Desk.Accept(t.Context(), dialecttest.Acme, s.Conversation("maya").ID, ben, nil))
	s.Say("maya", chat.Draft{Author: ann, Text: "a note", Note: true})
	s.Say("maya", chat.Draft{Author: ben, Text: "answer", ReceivedFrom: "desk"})
	s.Say("maya", chat.Draft{Text: "second"})
	must(nil, s.Desk.VisitorGone(t.Context(), dialecttest.Acme, v.Thread))
	s.Say("maya", chat.Draft{Author: ben, Text: "late answer"})
	must(s.Desk.Close(t.Context(), dialecttest.Acme, s.Conversation("maya").ID, ben, nil, chat.AgentClosed))
	s.Say("maya", chat.Draft{Author: ann, Text: "agent begins"})
	s.Say("maya", chat.Draft{Author: ann, Text: "and goes on"})
	must(s.Desk.Leave(t.Context(), dialecttest.Acme, s.Conversation("maya").ID, ann, nil))
	s.Say("maya", chat.Draft{Text: "third"})

	batch := outbox.Batch{Account: s.Account(), Target: outbox.Target{ID: "target"}, Thread: v.Thread, Visitor: v.Visitor.ID}
	numbered, _, err := s.Desk.Messages(t.Context(), dialecttest.Acme, v.Thread, 0, 200)
	must(nil, err)
	for _, n := range numbered {
		e := outbox.Entry{Seq: n.Seq}
		must(nil, json.Unmarshal(n.Raw, &e.Entry))
		batch.Entries = append(batch.Entries, e)
	}
	return batch
}

// tell encodes a batch in pieces of this size.
func tell(t *testing.T, s dialecttest.Stage, b outbox.Batch, size int) []string {
	t.Helper()
	var told []string
	for piece := range slices.Chunk(b.Entries, size) {
		part := b
		part.Entries = piece
		encoded, err := s.Encode(part)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Encode(part)
		if err != nil || !reflect.DeepEqual(again, encoded) {
			t.Fatalf("encoded twice it is another: %v, %s, %s", err, encoded.State, again.State)
		}
		for _, e := range encoded.Events {
			told = append(told, string(e.Body))
		}
		b.State = encoded.State
	}
	idle := b
	idle.Entries = nil
	if encoded, err := s.Encode(idle); err != nil || len(encoded.Events) != 0 || string(encoded.State) != string(b.State) {
		t.Fatalf("nothing has happened, and %d events are told: %v", len(encoded.Events), err)
	}
	return told
}

// Proves CHATRA-WH-029 CHATRA-WH-040.
func TestHoweverTheLogIsCutTheSameIsTold(t *testing.T) {
	s := stage(t)
	b := happenings(t, s)
	whole := tell(t, s, b, len(b.Entries))
	var names, texts []string
	for _, body := range whole {
		var event struct {
			EventName string
			Messages  []struct{ Text string }
		}
		if err := json.Unmarshal([]byte(body), &event); err != nil {
			t.Fatal(err)
		}
		names = append(names, event.EventName)
		if event.EventName == chatFragment {
			for _, m := range event.Messages {
				texts = append(texts, m.Text)
			}
		}
	}
	wantNames := []string{
		chatStarted, chatFragment, chatFragment, chatFragment, chatTranscript, // until the visitor leaves
		chatStarted, chatFragment, chatTranscript, // the late answer
		chatStarted, chatTranscript, // the agent alone
		chatStarted, chatFragment,
	}
	if !slices.Equal(names, wantNames) {
		t.Errorf("told %v, want %v", names, wantNames)
	}
	wantTexts := []string{"pushed", "by a rule", "first", "bot", "answer", "second", "late answer", "agent begins", "and goes on", "third"}
	if !slices.Equal(texts, wantTexts) {
		t.Errorf("fragments hold %q, want %q", texts, wantTexts)
	}
	for _, size := range []int{1, 2, 3, 5, 7} {
		if got := tell(t, s, b, size); !slices.Equal(got, whole) {
			t.Errorf("in pieces of %d: %s\nwant %s", size, strings.Join(got, "\n"), strings.Join(whole, "\n"))
		}
	}
}

func TestATargetHearsNothingOfWhatWasBeforeIt(t *testing.T) {
	s := stage(t)
	b := happenings(t, s)
	whole := tell(t, s, b, len(b.Entries))
	i := slices.IndexFunc(b.Entries, func(e outbox.Entry) bool { return e.Text == "late answer" })
	for j := range b.Entries { // the moments of the log lie too close together to be told apart
		b.Entries[j].At = chat.Millis(j + 1)
	}
	later := b
	later.Target = outbox.Target{ID: "later", Since: chat.Millis(i + 1)}
	numbered := tell(t, s, b, len(b.Entries))
	if got, want := tell(t, s, later, len(b.Entries)), numbered[len(whole)-7:]; !slices.Equal(got, want) {
		t.Errorf("told %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhoWasErasedIsNotToldOf(t *testing.T) {
	s := stage(t)
	b := happenings(t, s)
	if err := s.People.DeleteContact(t.Context(), dialecttest.Acme, s.Visitor("maya").Contact); err != nil {
		t.Fatal(err)
	}
	encoded, err := s.Encode(b)
	if err != nil || len(encoded.Events) != 0 {
		t.Errorf("%d events, %v", len(encoded.Events), err)
	}
}

// Proves CHATRA-WH-016 CHATRA-WH-070 CHATRA-WH-071.
func TestAnAgentIsToldWithHisPictureIfHeHasOne(t *testing.T) {
	s := stage(t)
	picture := "https://shop.example/ann.png"
	_, err := s.Accounts.Update(t.Context(), account.AccountSpec{ID: dialecttest.Acme, Agents: []account.AgentSpec{{ID: "acme-ann", Picture: &picture}}})
	if err != nil {
		t.Fatal(err)
	}
	page := chat.Page{URL: "https://shop.example/tents"}
	for guest, who := range map[string]string{"maya": "ann", "nils": "ben"} {
		s.Guest(guest, wire.Proof{}, page, "")
		s.Say(guest, chat.Draft{Author: s.Agent(who), Text: "Hello"})
	}
	want := map[string]any{"id": "acme-ann", "name": "Ann", "email": "acme-ann@example.com", "userpic": picture}
	if got := s.Told("maya", outbox.Target{ID: "target"}, s.Encode)[0]["agent"]; !reflect.DeepEqual(got, any(want)) {
		t.Errorf("%v, want %v", got, want)
	}
	want = map[string]any{"id": "acme-ben", "name": "Ben", "email": "acme-ben@example.com"}
	if got := s.Told("nils", outbox.Target{ID: "target"}, s.Encode)[0]["agent"]; !reflect.DeepEqual(got, any(want)) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Proves CHATRA-WH-045.
func TestTheVisitIsOverIfTheVisitorHasLeft(t *testing.T) {
	for reason, row := range map[string]struct{ known, want chat.Millis }{
		chat.VisitorLeft:  {0, 9},
		chat.AgentsLeft:   {5, 0},
		chat.ClosedReason: {5, 5},
		chat.Superseded:   {0, 0},
	} {
		e := outbox.Entry{Entry: chat.Entry{At: 9, Reason: reason}}
		if got := visitEnd(visit{StartedAt: 1, FinishedAt: row.known}, &e); got != row.want {
			t.Errorf("%s: %d, want %d", reason, got, row.want)
		}
	}
	e := outbox.Entry{Entry: chat.Entry{At: 9, Reason: chat.VisitorLeft}}
	if got := visitEnd(visit{StartedAt: 1, FinishedAt: 5}, &e); got != 5 {
		t.Errorf("a visit that is known to have ended: %d, want 5", got)
	}
	if got := visitEnd(visit{StartedAt: 12}, &e); got != 12 {
		t.Errorf("a visit that began since: %d, want 12", got)
	}
}
