package desk

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
)

var server = chat.Actor{Kind: chat.Integration, ID: "server", Name: "Acme"}

// start starts a conversation beside what is open.
func start(t *testing.T, d *Desk, cmid chat.ClientMessageID, draft chat.Draft) chat.ConversationID {
	t.Helper()
	draft.CMID, draft.New = cmid, true
	if draft.Author.Kind == "" {
		draft.Author = server
	}
	if _, err := d.Say(t.Context(), Post{Account: account, Thread: thread, Visitor: "maya", Draft: draft}); err != nil {
		t.Fatal(err)
	}
	return conversation(t, d).ID
}

func stateOf(t *testing.T, d *Desk, id chat.ConversationID) chat.Conversation {
	t.Helper()
	c, err := d.Conversation(t.Context(), account, id)
	if err != nil {
		t.Fatal(err)
	}
	return c.Conversation
}

func TestAnIntegrationStartsAConversationBesideTheOpenOne(t *testing.T) {
	desks := nodes(t, 2)
	post(desks[0], maya, "cmid-0001", "hello")
	post(desks[0], anna, "cmid-0002", "hi")
	first := conversation(t, desks[0]).ID
	second := start(t, desks[1], "cmid-0003", chat.Draft{Text: "Your invoice", Subject: "Invoice", Assign: chat.Assignment{Group: "sales"}})
	if again := start(t, desks[0], "cmid-0003", chat.Draft{Text: "Your invoice", Subject: "Invoice"}); again != second {
		t.Errorf("the same message started %s after %s", again, second)
	}
	was, is := stateOf(t, desks[0], first), stateOf(t, desks[0], second)
	if was.State != chat.Active || was.Episode.Running() || was.Episode.FinishReason != chat.Superseded {
		t.Errorf("the first is %+v with %+v", was, was.Episode)
	}
	if is.State != chat.Waiting || !is.Episode.Running() || is.Subject != "Invoice" || is.Group != "sales" || is.No == was.No {
		t.Errorf("the second is %+v", is)
	}
	// What the visitor writes goes on with the newer one.
	posted := post(desks[0], maya, "cmid-0004", "thank you")
	if e := entryAt(t, desks[0], posted.Cursor.Seq); e.Conversation != second {
		t.Errorf("his answer is in %s", e.Conversation)
	}
}

func TestAnEarlierConversationGoesOnUntilItIsClosed(t *testing.T) {
	desks := nodes(t, 2)
	post(desks[0], maya, "cmid-0001", "hello")
	first := conversation(t, desks[0]).ID
	second := start(t, desks[1], "cmid-0002", chat.Draft{Text: "Your invoice"})
	var won, taken int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i, by := range []chat.Actor{anna, ben, {Kind: chat.Agent, ID: "cleo"}} {
		all.Go(func() {
			_, err := desks[i%2].Accept(t.Context(), account, first, by, nil)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case errors.Is(err, &chat.Refusal{Code: chat.Taken}):
				taken++
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won != 1 || taken != 2 {
		t.Errorf("%d of three took it, %d were late", won, taken)
	}
	posted, _, err := desks[0].PostTo(t.Context(), account, first, chat.Draft{Author: ben, CMID: "cmid-0003", Text: "about the first"})
	if err != nil {
		t.Fatal(err)
	}
	if e := entryAt(t, desks[0], posted.Cursor.Seq); e.Conversation != first {
		t.Errorf("said in %s", e.Conversation)
	}
	if _, err := desks[1].Close(t.Context(), account, first, anna, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	if c := stateOf(t, desks[0], first); c.State != chat.Over {
		t.Errorf("closed, it is %s", c.State)
	}
	if c := stateOf(t, desks[0], second); c.State != chat.Waiting || !c.Episode.Running() {
		t.Errorf("the other is %+v", c)
	}
}

// TestConversationsStartedAtOnceHaveNumbersOfTheirOwn has some that find another open and some that do not.
func TestConversationsStartedAtOnceHaveNumbersOfTheirOwn(t *testing.T) {
	d := nodes(t, 1)[0]
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			draft := chat.Draft{Author: server, CMID: chat.ClientMessageID([]byte{'c', 'm', 'i', 'd', '-', '0', '0', byte('a' + i)}), Text: "news", New: i%2 == 0}
			if _, err := d.Say(t.Context(), Post{Account: account, Thread: thread, Visitor: "maya", Draft: draft}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := d.store.VisitorConversations(t.Context(), account, "maya", 20)
	if err != nil || len(list) < 4 {
		t.Fatalf("%d conversations, %v", len(list), err)
	}
	seen := map[int64]bool{}
	for _, c := range list {
		if seen[c.No] {
			t.Errorf("two have the number %d", c.No)
		}
		seen[c.No] = true
	}
}

func TestAllOpenConversationsOfAnIdleThreadAreClosed(t *testing.T) {
	d := nodes(t, 1)[0]
	post(d, maya, "cmid-0001", "hello")
	first := conversation(t, d).ID
	second := start(t, d, "cmid-0002", chat.Draft{Text: "Your invoice"})
	third := start(t, d, "cmid-0003", chat.Draft{Text: "Your parcel"})
	d.idleAfter = func(context.Context, chat.AccountID) (time.Duration, error) { return time.Nanosecond, nil }
	if _, err := d.Close(t.Context(), account, third, anna, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	if err := d.idleDue(t.Context(), store.Timer{Account: account, Kind: chat.TimerIdle, ID: string(thread)}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []chat.ConversationID{first, second} {
		if c := stateOf(t, d, id); c.State != chat.Over || c.CloseReason != chat.Idle {
			t.Errorf("%s is %s, closed for %q", id, c.State, c.CloseReason)
		}
	}
	if c := stateOf(t, d, third); c.CloseReason != chat.AgentClosed {
		t.Errorf("what was closed before is closed for %q", c.CloseReason)
	}
}
