package desk

import (
	"errors"
	"fmt"
	"testing"

	"confab/chat"
)

func rate(t *testing.T, d *Desk, id chat.ConversationID, request chat.RequestID, score int) error {
	t.Helper()
	return d.Rate(t.Context(), account, thread, id, maya, request, chat.Rating{Score: score, Comment: fmt.Sprint("a ", score)})
}

func scoreOf(t *testing.T, d *Desk, id chat.ConversationID) chat.Rating {
	t.Helper()
	c, err := d.Conversation(t.Context(), account, id)
	if err != nil || c.Rating == nil {
		t.Fatalf("%+v, %v", c, err)
	}
	return *c.Rating
}

func rated(t *testing.T, d *Desk) (n int) {
	t.Helper()
	for seq := chat.Seq(1); seq <= conversation(t, d).Top; seq++ {
		if entryAt(t, d, seq).Kind == chat.KindConversationRated {
			n++
		}
	}
	return n
}

func TestARatingIsKeptOnceForEachRequestAndTheLastOneHolds(t *testing.T) {
	desks := nodes(t, 2)
	post(desks[0], maya, "cmid-0001", "hello")
	id := conversation(t, desks[0]).ID
	if err := rate(t, desks[0], id, "request-1", 5); !errors.Is(err, &chat.Refusal{Code: chat.Forbidden}) {
		t.Errorf("before anybody came: %v", err)
	}
	post(desks[0], anna, "cmid-0002", "hi")
	if _, err := desks[0].Close(t.Context(), account, id, anna, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	for _, d := range desks {
		if err := rate(t, d, id, "request-1", 5); err != nil {
			t.Fatal(err)
		}
	}
	if n := rated(t, desks[0]); n != 1 {
		t.Errorf("the same request wrote %d entries", n)
	}
	if err := rate(t, desks[1], id, "request-2", 2); err != nil {
		t.Fatal(err)
	}
	if got := scoreOf(t, desks[0], id); got.Score != 2 || got.Comment != "a 2" || rated(t, desks[0]) != 2 {
		t.Errorf("the second says %+v", got)
	}
	if got := conversation(t, desks[0]); got.State != chat.Over {
		t.Errorf("rating made it %s", got.State)
	}
	if err := rate(t, desks[0], id, "request-2", 3); !errors.Is(err, &chat.Refusal{Code: chat.Conflict}) {
		t.Errorf("another score under the same id: %v", err)
	}
	if err := desks[0].Rate(t.Context(), account, "thread-of-nils", id, maya, "request-3", chat.Rating{Score: 1}); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		t.Errorf("from another thread: %v", err)
	}
	if err := rate(t, desks[0], "no-such-conversation", "request-4", 3); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		t.Errorf("one that is not there: %v", err)
	}
}

func TestAnEarlierConversationIsRatedAndTheRunningOneStays(t *testing.T) {
	desks := nodes(t, 2)
	post(desks[0], maya, "cmid-0001", "hello")
	first := conversation(t, desks[0]).ID
	if _, err := desks[0].Close(t.Context(), account, first, anna, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	if again := post(desks[1], maya, "cmid-0002", "another matter"); again.err != nil {
		t.Fatal(again.err)
	}
	second := conversation(t, desks[0]).ID
	// The first desk remembers the state in which the earlier conversation was the last.
	for i, d := range desks {
		if err := rate(t, d, first, chat.RequestID(fmt.Sprint("request-", i)), i+3); err != nil {
			t.Fatal(err)
		}
	}
	if got := scoreOf(t, desks[0], first); got.Score != 4 {
		t.Errorf("rated %+v", got)
	}
	running, err := desks[0].store.LoadThread(t.Context(), account, thread)
	if err != nil || running.Conversation.ID != second || running.Conversation.State != chat.Waiting || running.Conversation.Rating != nil {
		t.Errorf("the thread's is %+v, %v", running.Conversation, err)
	}
	if got, err := desks[1].Accept(t.Context(), account, second, anna, nil); err != nil || got.State != chat.Active {
		t.Errorf("the running one: %+v, %v", got, err)
	}
}

func TestARatingThatMeetsAClosingTalkLosesNothing(t *testing.T) {
	desks := nodes(t, 2)
	post(desks[0], maya, "cmid-0001", "hello")
	post(desks[0], anna, "cmid-0002", "hi")
	id := conversation(t, desks[0]).ID
	done := make(chan error, 3)
	go func() { done <- rate(t, desks[0], id, "request-1", 5) }()
	go func() {
		_, err := desks[1].Close(t.Context(), account, id, anna, nil, chat.AgentClosed)
		done <- err
		done <- post(desks[1], maya, "cmid-0003", "one more thing").err
	}()
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	c, err := desks[0].Conversation(t.Context(), account, id)
	if err != nil || c.State != chat.Over || c.Rating == nil || c.Rating.Score != 5 {
		t.Errorf("the rated one is %+v, %v", c.Conversation, err)
	}
}
