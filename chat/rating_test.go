package chat

import "testing"

func (b *bench) rate(by Actor, score int) (Change, error) {
	return Rate(b.thread.Conversation, by, "request-1", Rating{Score: score, Comment: " fine\x01 \n"}, b.fresh(), 9)
}

func TestAVisitorRatesWhatAnAgentWasIn(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	if _, err := b.rate(maya, 5); codeOf(err) != Forbidden {
		t.Errorf("nobody has been in it: %v", err)
	}
	b.apply(Accept(b.thread, anna, b.fresh(), 2))
	b.apply(b.rate(maya, 5))
	b.apply(Close(b.thread, anna, AgentClosed, b.fresh(), 3))
	if _, err := b.rate(anna, 5); codeOf(err) != Forbidden {
		t.Errorf("by an agent: %v", err)
	}
	for _, score := range []int{0, 6} {
		if _, err := b.rate(maya, score); codeOf(err) != BadField {
			t.Errorf("a score of %d: %v", score, err)
		}
	}
	before := b.thread.Conversation
	c := b.apply(b.rate(maya, 1))
	if got, want := *b.thread.Conversation.Rating, (Rating{Score: 1, Comment: "fine", At: 9}); got != want {
		t.Errorf("rated %+v, want %+v", got, want)
	}
	if before.Rating.Score != 5 {
		t.Error("the state that was given has changed")
	}
	e := c.Entries[c.Main]
	if e.Kind != KindConversationRated || e.Conversation != "c1" || e.Score != 1 || e.Comment != "fine" || e.CMID != "request-1" {
		t.Errorf("the entry is %+v", e)
	}
	if b.thread.Conversation.State != Over {
		t.Error("rating opened it")
	}
}

func TestWhatIsClosedIsRatedThoughNobodyCame(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.apply(Close(b.thread, Actor{Kind: System}, Idle, b.fresh(), 3))
	b.apply(b.rate(maya, 2))
}
