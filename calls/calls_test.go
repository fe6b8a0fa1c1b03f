package calls

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/desk"
	"confab/store"
	"confab/store/storetest"
)

const acme = chat.AccountID("acme")

// world is the calls of one account on an embedded store, with a clock that tests move.
type world struct {
	*Calls
	t     *testing.T
	store *store.Store
	desk  *desk.Desk
	ear   *storetest.Ear
	mu    sync.Mutex
	now   time.Time
}

func newWorld(t *testing.T, kind account.Calls) *world {
	t.Helper()
	embedded, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	w := &world{t: t, ear: &storetest.Ear{}, now: time.Now()}
	w.store = storetest.Open(t, embedded.URL(), w.ear)
	storetest.Follow(t, w.store, acme)
	accounts := account.New(account.Options{Store: w.store, IDs: chat.NewIDs(nil), Log: zap.NewNop(), Secret: []byte("sixteen letters!")})
	channels := []account.ChannelSpec{{WidgetID: "quiet"}, {WidgetID: "shop", Calls: &kind}}
	if _, err := accounts.Create(t.Context(), account.AccountSpec{ID: acme, Channels: channels}); err != nil {
		t.Fatal(err)
	}
	ids := chat.NewIDs(nil)
	w.desk = desk.New(desk.Options{Store: w.store, IDs: ids, Log: zap.NewNop()})
	w.Calls = New(Options{Store: w.store, Desk: w.desk, Accounts: accounts, IDs: ids, Log: zap.NewNop(), Now: w.clock, Pace: 2 * time.Second})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time go by, and tells of the call's timer whether it is due or not.
func (w *world) pass(d time.Duration, id string) Call {
	w.t.Helper()
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	if err := w.Due(w.t.Context(), store.Timer{Account: acme, Kind: TimerKind, ID: id}); err != nil {
		w.t.Fatal(err)
	}
	call, err := w.Get(w.t.Context(), acme, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return call
}

func wish(visitor, request, phone string) Wish {
	return Wish{
		Account: acme, Visitor: chat.VisitorID(visitor), Name: "Maya", Thread: chat.ThreadID("thread-" + visitor),
		Request: chat.RequestID(request), Phone: phone, Origin: "socket-" + visitor,
	}
}

func (w *world) start(visitor, request, phone string) Call {
	w.t.Helper()
	call, err := w.Start(w.t.Context(), wish(visitor, request, phone))
	if err != nil {
		w.t.Fatal(err)
	}
	return call
}

func wants(t *testing.T, err error, code chat.Code) {
	t.Helper()
	if !errors.Is(err, &chat.Refusal{Code: code}) {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestARehearsedCallGoesThroughEverything(t *testing.T) {
	w := newWorld(t, account.CallsTest)
	call := w.start("maya", "request-1", "+14084987855")
	if now := w.pass(500*time.Millisecond, call.ID); now.Status != Begun {
		t.Errorf("before its time: %s", now.Status)
	}
	for _, want := range []Status{AgentConnected, ClientConnected, Ended, Ended} {
		if call = w.pass(2*time.Second, call.ID); call.Status != want {
			t.Errorf("%s, want %s", call.Status, want)
		}
	}
	if call.AgentAt == 0 || call.ClientAt <= call.AgentAt || call.EndedAt <= call.ClientAt || call.Reason != "" {
		t.Errorf("at its end: %+v", call)
	}
	rung := func() []store.Bell { // what is due may be told again
		return slices.CompactFunc(w.ear.Bells(store.BellCall), func(a, b store.Bell) bool { return string(a.Data) == string(b.Data) })
	}
	storetest.Eventually(t, "bells of every step", func() bool { return len(rung()) == 4 })
	for i, b := range rung() {
		news, err := ParseNews(b.Data)
		want := []Status{Begun, AgentConnected, ClientConnected, Ended}[i]
		if err != nil || news != (News{Visitor: "maya", ID: call.ID, Status: want}) || (b.Origin == "socket-maya") != (i == 0) {
			t.Errorf("bell %d of %q: %+v, %v", i, b.Origin, news, err)
		}
	}
}

func TestARehearsedCallToANumberThatEndsIn00Fails(t *testing.T) {
	w := newWorld(t, account.CallsTest)
	call := w.start("maya", "request-1", "+14084987800")
	if call = w.pass(2*time.Second, call.ID); call.Status != Failed || call.Reason != "busy" || call.EndedAt == 0 {
		t.Errorf("%+v", call)
	}
}

func TestACallThatNobodyAnswersEndsAfterFiveMinutes(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	if now := w.pass(4*time.Minute, call.ID); now.Status != Begun {
		t.Errorf("after four minutes: %s", now.Status)
	}
	if now := w.pass(time.Minute, call.ID); now.Status != Failed || now.Reason != NoAnswer {
		t.Errorf("after five: %s %q", now.Status, now.Reason)
	}
}

func TestACallThatIsTalkedInLastsLonger(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	if _, err := w.Set(t.Context(), acme, call.ID, Change{Status: ClientConnected}); err != nil {
		t.Fatal(err)
	}
	if now := w.pass(time.Hour, call.ID); now.Status != ClientConnected {
		t.Errorf("after an hour: %s", now.Status)
	}
	if now := w.pass(3*time.Hour, call.ID); now.Status != Failed || now.Reason != TooLong {
		t.Errorf("after four: %s %q", now.Status, now.Reason)
	}
}

func TestTheTimerOfACallFallsDueByItself(t *testing.T) {
	w := newWorld(t, account.CallsTest)
	w.o.Pace = time.Millisecond
	w.o.Now = time.Now
	call := w.start("maya", "request-1", "+14084987855")
	storetest.Eventually(t, "the end of the call", func() bool {
		due, err := w.store.ClaimTimers(t.Context(), acme, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, timer := range due {
			if err := w.Due(t.Context(), timer); err != nil {
				t.Fatal(err)
			}
		}
		call, err = w.Get(t.Context(), acme, call.ID)
		return err == nil && call.Status == Ended
	})
	if left, err := w.store.ClaimTimers(t.Context(), acme, 10); err != nil || len(left) > 0 {
		t.Errorf("timers are left: %v, %v", left, err)
	}
}

func TestAVisitorHasOneCallAtATime(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	first := w.start("maya", "request-1", "+14084987855")
	if again := w.start("maya", "request-1", "+14084987855"); again.ID != first.ID {
		t.Errorf("the same wish began another call")
	}
	_, err := w.Start(t.Context(), wish("maya", "request-2", "+14084987855"))
	wants(t, err, chat.Conflict)
	w.start("noor", "request-1", "+14084987855")
	if _, err := w.Set(t.Context(), acme, first.ID, Change{Status: Ended}); err != nil {
		t.Fatal(err)
	}
	if second := w.start("maya", "request-2", "+14084987855"); second.ID == first.ID {
		t.Error("there is no second call after the first")
	}
}

func TestOfManyWishesAtOnceOneIsACall(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	var all sync.WaitGroup
	var mu sync.Mutex
	var begun []Call
	for i := range callsAtOnce { // more are too many anyway
		all.Go(func() {
			call, err := w.Start(context.Background(), wish("maya", fmt.Sprint("request-", i), "+14084987855"))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				begun = append(begun, call)
			} else if !errors.Is(err, &chat.Refusal{Code: chat.Conflict}) && !errors.Is(err, &chat.Refusal{Code: chat.RateLimited}) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	kept, _, err := w.List(t.Context(), acme, Filter{}, "", 10)
	if err != nil || len(begun) != 1 || len(kept) != 1 || kept[0].ID != begun[0].ID {
		t.Errorf("begun %v, kept %v, %v", begun, kept, err)
	}
}

func TestCallsAreRefusedWithAReason(t *testing.T) {
	off := newWorld(t, account.CallsOff)
	_, err := off.Start(t.Context(), wish("maya", "request-1", "+14084987855"))
	wants(t, err, chat.Unsupported)
	w := newWorld(t, account.CallsManual)
	quiet := wish("maya", "request-1", "+14084987855")
	quiet.Channel = "quiet"
	_, err = w.Start(t.Context(), quiet)
	wants(t, err, chat.Unsupported)
	for _, number := range []string{"", "14084987855", "+123456", "+1234567890123456", "+1408 4987855", "+1408498785x", "+14084987855\n"} {
		_, err := w.Start(t.Context(), wish("maya", "request-1", number))
		wants(t, err, chat.BadField)
	}
}

func TestOutsideOfTheirHoursCallsAreRefused(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	hours := []string{"mon-fri 09:00-17:00"}
	_, err := w.o.Accounts.Update(t.Context(), account.AccountSpec{ID: acme, Channels: []account.ChannelSpec{{WidgetID: "shop", CallHours: &hours}}})
	if err != nil {
		t.Fatal(err)
	}
	w.now = time.Date(2026, 6, 1, 8, 59, 0, 0, time.UTC)
	_, err = w.Start(t.Context(), wish("maya", "request-1", "+14084987855"))
	wants(t, err, chat.Forbidden)
	w.now = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	w.start("maya", "request-1", "+14084987855")
}

func TestNobodyIsRungAllDay(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	for i := range callsAtOnce {
		call := w.start("maya", fmt.Sprint("request-", i), "+14084987855")
		if _, err := w.Set(t.Context(), acme, call.ID, Change{Status: Ended}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Start(t.Context(), wish("maya", "one-more", "+14084987855"))
	wants(t, err, chat.RateLimited)
}

func TestAStatusOnlyGoesForward(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	anna := chat.Actor{Kind: chat.Agent, ID: "anna", Name: "Anna"}
	set := func(change Change) (Call, error) {
		change.By = anna
		return w.Set(t.Context(), acme, call.ID, change)
	}
	if got, err := set(Change{Status: ClientConnected}); err != nil || got.Agent != "anna" || got.ClientAt == 0 {
		t.Errorf("%+v, %v", got, err)
	}
	_, err := set(Change{Status: AgentConnected})
	wants(t, err, chat.Conflict)
	if _, err := set(Change{Status: Failed, Reason: "hung up"}); err != nil {
		t.Error(err)
	}
	_, err = set(Change{Status: Ended})
	wants(t, err, chat.Closed)
	if got, err := set(Change{Status: Failed, RecordURL: "https://pbx.example.com/7.mp3"}); err != nil || got.Reason != "hung up" || got.RecordURL == "" {
		t.Errorf("with its recording: %+v, %v", got, err)
	}
	_, err = w.Set(t.Context(), acme, "no-such-call", Change{Status: Ended})
	wants(t, err, chat.NotFound)
}

func TestCallsAreListedNewestFirst(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	var ids []string
	for i := range 5 {
		w.mu.Lock()
		w.now = w.now.Add(time.Millisecond)
		w.mu.Unlock()
		ids = append(ids, w.start(fmt.Sprint("visitor-", i), "request-1", "+14084987855").ID)
	}
	var listed []string
	for after := ""; ; {
		page, next, err := w.List(t.Context(), acme, Filter{Status: Begun}, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page {
			listed = append(listed, c.ID)
		}
		if after = next; after == "" {
			break
		}
	}
	for i, id := range ids {
		if len(listed) != 5 || listed[4-i] != id {
			t.Fatalf("listed %v, begun %v", listed, ids)
		}
	}
	one, _, err := w.List(t.Context(), acme, Filter{Visitor: "visitor-3"}, "", 2)
	if err != nil || len(one) != 1 || one[0].ID != ids[3] {
		t.Errorf("of one visitor: %v, %v", one, err)
	}
}

func TestACallGoesOnWhenItsThreadWasErased(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	if err := w.store.EraseThread(t.Context(), acme, call.Thread); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Set(t.Context(), acme, call.ID, Change{Status: ClientConnected}); err != nil {
		t.Error(err)
	}
	if now := w.pass(talkTime, call.ID); now.Reason != TooLong {
		t.Errorf("%+v", now)
	}
}

func TestForgettingAVisitorLeavesNoNumber(t *testing.T) {
	w := newWorld(t, account.CallsManual)
	call := w.start("maya", "request-1", "+14084987855")
	if err := w.Forget(t.Context(), acme, "maya"); err != nil {
		t.Fatal(err)
	}
	_, err := w.Get(t.Context(), acme, call.ID)
	wants(t, err, chat.NotFound)
	if err := w.Due(t.Context(), store.Timer{Account: acme, Kind: TimerKind, ID: call.ID}); err != nil {
		t.Errorf("its timer: %v", err)
	}
	w.start("maya", "request-2", "+14084987855")
}
