package desk

import (
	"testing"
	"time"

	"confab/chat"
	"confab/presence"
)

func (n *houseNode) finished(t *testing.T) string {
	t.Helper()
	c := conversation(t, n.Desk)
	if c.Episode.Running() {
		return ""
	}
	return c.Episode.FinishReason
}

// Proves CHATRA-WH-037.
// TestAnEpisodeThatBeginsWithoutTheVisitorEndsAfterTheGraceUnlessHeComes has an agent and a server begin one, and kills the node
// that noted it.
func TestAnEpisodeThatBeginsWithoutTheVisitorEndsAfterTheGraceUnlessHeComes(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.expects = true
		a, b := h.start("a"), h.start("b")
		if got := post(a.Desk, anna, "cmid-0001", "Your order is on its way."); got.err != nil {
			t.Fatal(got.err)
		}
		a.kill()
		time.Sleep(grace - 5*time.Second)
		if why := b.finished(t); why != "" {
			t.Fatalf("before the grace it has ended: %s", why)
		}
		time.Sleep(45 * time.Second) // and what the dead node held
		if why := b.finished(t); why != chat.VisitorLeft {
			t.Fatalf("after the grace it has ended for %q", why)
		}
		// The next one begins, and the visitor comes.
		if got := post(b.Desk, server, "cmid-0002", "Has it come?"); got.err != nil {
			t.Fatal(got.err)
		}
		visitor := presence.Person{Kind: chat.Visitor, ID: maya.ID}
		done := make(chan error, 1)
		b.here.Enter(presence.Arrival{Account: account, Person: visitor, Connection: "phone", Visitor: &presence.VisitorInfo{Thread: thread}},
			func(err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * grace)
		if why := b.finished(t); why != "" {
			t.Fatalf("he is here, and it has ended: %s", why)
		}
		b.here.Leave(account, visitor, "phone")
		time.Sleep(2 * grace)
		if why := b.finished(t); why != chat.VisitorLeft {
			t.Fatalf("he has left, and it has ended for %q", why)
		}
	})
}
