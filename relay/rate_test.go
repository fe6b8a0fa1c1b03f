package relay_test

import (
	"testing"

	"confab/chat"
	"confab/relay/relaytest"
	"confab/wire"
)

func rating(id chat.RequestID, conversation chat.ConversationID, score int) wire.Rate {
	return wire.Rate{Request: wire.Request{T: wire.TypeRate, ID: id}, Conversation: conversation, Score: score, Comment: "very helpful"}
}

func TestAVisitorRatesHisConversation(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		visitor, stranger := a.Conversation("hello"), b.Conversation("hello")
		th, err := a.Store.LoadThread(t.Context(), relaytest.Acme, visitor.Thread)
		if err != nil {
			t.Fatal(err)
		}
		id := th.Conversation.ID
		ask := func(s *relaytest.Socket, r wire.Rate) relaytest.Frame {
			s.Send(r)
			f := s.Next(wire.TypeDone, wire.TypeError)
			if f.ID != r.ID {
				t.Errorf("answered for %q: %s", f.ID, f.Raw)
			}
			return f
		}
		if f := ask(visitor, rating("request-0", id, 5)); f.Code != chat.Forbidden {
			t.Errorf("before anybody came: %s", f.Raw)
		}
		anna := a.Agent(relaytest.Anna, false)
		anna.Subscribe(visitor.Thread, nil)
		anna.Post(visitor.Thread, "hi")
		if f := ask(anna, rating("request-1", id, 5)); f.Code != chat.Forbidden {
			t.Errorf("by an agent: %s", f.Raw)
		}
		if f := ask(stranger, rating("request-2", id, 1)); f.Code != chat.NotFound {
			t.Errorf("by a stranger: %s", f.Raw)
		}
		for range 2 { // the answer to the first may be lost
			if f := ask(same(b, visitor), rating("request-3", id, 4)); f.T != wire.TypeDone {
				t.Fatalf("refused: %s", f.Raw)
			}
		}
		if f := ask(visitor, rating("request-4", id, 2)); f.T != wire.TypeDone {
			t.Fatalf("refused: %s", f.Raw)
		}
		var scores []int
		for _, f := range anna.Until(func(f relaytest.Frame) bool { return f.Entry.Score == 2 }) {
			if e := f.Entry; e.Kind == chat.KindConversationRated {
				scores = append(scores, e.Score)
				if e.Conversation != id || e.Comment != "very helpful" {
					t.Errorf("the agent hears %s", f.Raw)
				}
			}
		}
		if len(scores) != 2 || scores[0] != 4 {
			t.Errorf("the agent hears of the scores %v", scores)
		}
		c, err := b.Store.Conversation(t.Context(), relaytest.Acme, id)
		if err != nil || c.Rating == nil || c.Rating.Score != 2 || c.Rating.Comment != "very helpful" {
			t.Errorf("kept %+v, %v", c.Rating, err)
		}
	})
}
