package calls

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/store"
	"confab/store/storetest"
)

// logged returns what a visitor's log tells of calls.
func (w *world) logged(visitor string) []chat.Entry {
	w.t.Helper()
	kept, _, err := w.desk.Messages(w.t.Context(), acme, chat.ThreadID("thread-"+visitor), 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var entries []chat.Entry
	for _, n := range kept {
		var e chat.Entry
		if err := json.Unmarshal(n.Raw, &e); err != nil {
			w.t.Fatal(err)
		}
		if e.Kind != chat.KindCall {
			continue
		}
		if !n.Private {
			w.t.Errorf("a visitor would read %s", n.Raw)
		}
		entries = append(entries, e)
	}
	return entries
}

func statuses(entries []chat.Entry) (all []Status) {
	for _, e := range entries {
		all = append(all, Status(e.Call.Status))
	}
	return all
}

func TestTheLogTellsWhoAskedHowItWentAndWhereItIsHeardAgain(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	for range 2 { // the answer to the first may be lost
		for _, change := range []Change{
			{Status: AgentConnected, By: chat.Actor{Kind: chat.Agent, ID: "anna", Name: "Anna"}},
			{Status: ClientConnected}, {Status: Ended}, {Status: Ended, RecordURL: "https://pbx.example.com/7.mp3"},
		} {
			if _, err := w.Set(t.Context(), acme, call.ID, change); err != nil && !errors.Is(err, &chat.Refusal{Code: chat.Closed}) {
				t.Fatal(err)
			}
		}
	}
	w.start("maya", "request-1", "+14084987855")
	entries := w.logged("maya")
	if got := statuses(entries); !slices.Equal(got, []Status{Begun, AgentConnected, ClientConnected, Ended, Ended}) {
		t.Fatalf("the log tells %v", got)
	}
	for i, by := range []chat.Actor{{Kind: chat.Visitor, ID: "maya", Name: "Maya"}, {Kind: chat.Agent, ID: "anna", Name: "Anna"}, {Kind: chat.System}} {
		if entries[i].Author != by {
			t.Errorf("%s is of %+v, want %+v", entries[i].Call.Status, entries[i].Author, by)
		}
	}
	is, err := w.Get(t.Context(), acme, call.ID)
	last := *entries[4].Call
	want := chat.Call{
		ID: call.ID, Phone: "+14084987855", Status: "end", RecordURL: "https://pbx.example.com/7.mp3",
		CreatedAt: is.CreatedAt, AgentAt: is.AgentAt, ClientAt: is.ClientAt, EndedAt: is.EndedAt,
	}
	if err != nil || last != want || is.EndedAt == 0 {
		t.Errorf("the last entry: %+v, want %+v, %v", last, want, err)
	}
}

func TestTheLogTellsWhatBecameOfACallThatNobodyAnswers(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	w.pass(5*time.Minute, call.ID)
	entries := w.logged("maya")
	if got := statuses(entries); !slices.Equal(got, []Status{Begun, Failed}) || entries[1].Call.Reason != NoAnswer || entries[1].Author.Kind != chat.System {
		t.Errorf("%v: %+v", got, entries)
	}
}

func TestACallStandsInTheConversationThatIsOpenAndOpensNone(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	posted := make(chan error, 1)
	maya := chat.Actor{Kind: chat.Visitor, ID: "maya"}
	hello := desk.Post{Account: acme, Thread: "thread-maya", Visitor: "maya", Draft: chat.Draft{Author: maya, CMID: "cmid-0001", Text: "hello"}}
	w.desk.Post(hello, func(_ desk.Posted, err error) { posted <- err })
	if err := <-posted; err != nil {
		t.Fatal(err)
	}
	call := w.start("maya", "request-1", "+14084987855")
	if got := w.logged("maya")[0].Conversation; got == "" || got != call.Conversation {
		t.Errorf("it stands in %q, and was asked for in %q", got, call.Conversation)
	}
	if _, err := w.desk.Close(t.Context(), acme, call.Conversation, chat.Actor{Kind: chat.System}, nil, "idle"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Set(t.Context(), acme, call.ID, Change{Status: Ended}); err != nil {
		t.Fatal(err)
	}
	if got := w.logged("maya")[1]; got.Call.Status != "end" || got.Conversation != "" {
		t.Errorf("after the end of its conversation: %+v", got)
	}
	if th, err := w.store.LoadThread(t.Context(), acme, call.Thread); err != nil || th.Conversation.Open() {
		t.Errorf("the conversation is %+v, %v", th.Conversation, err)
	}
}

// TestTheLogHasTheStepsOfACallInTheirOrder: the node that said a step is slow to tell the log, and another says the next.
func TestTheLogHasTheStepsOfACallInTheirOrder(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	slow := w.untold(call.ID, Change{Status: AgentConnected})
	if _, err := w.Set(t.Context(), acme, call.ID, Change{Status: Ended}); err != nil {
		t.Fatal(err)
	}
	if err := w.log(t.Context(), acme, slow); err != nil {
		t.Fatal(err)
	}
	if got := statuses(w.logged("maya")); !slices.Equal(got, []Status{Begun, AgentConnected, Ended}) {
		t.Errorf("the log tells %v", got)
	}
}

// untold says how a call goes and dies before anybody hears.
func (w *world) untold(id string, change Change) Call {
	w.t.Helper()
	is, err := w.load(w.t.Context(), acme, id)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := is.apply(change, chat.At(w.clock())); err != nil {
		w.t.Fatal(err)
	}
	if is.version, err = w.put(w.t.Context(), acme, is, is.version); err != nil {
		w.t.Fatal(err)
	}
	return is
}

// TestWhatNobodyWasToldIsToldLater: whoever made the call what it is died before the log knew.
func TestWhatNobodyWasToldIsToldLater(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	w.untold(call.ID, Change{Status: Ended, By: chat.Actor{Kind: chat.Agent, ID: "anna"}})
	if err := w.Due(t.Context(), store.Timer{Account: acme, Kind: TimerKind, ID: call.ID}); err != nil {
		t.Fatal(err)
	}
	entries := w.logged("maya")
	if got := statuses(entries); !slices.Equal(got, []Status{Begun, Ended}) || entries[1].Author.ID != "anna" {
		t.Errorf("%v: %+v", got, entries)
	}
	storetest.Eventually(t, "the visitor's sockets hear, too", func() bool {
		bells := w.ear.Bells(store.BellCall)
		news, err := ParseNews(bells[len(bells)-1].Data)
		return err == nil && news.Status == Ended
	})
}
