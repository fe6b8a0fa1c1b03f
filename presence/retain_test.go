package presence

import (
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

// The clock of what runs out is the store's: it is moved by days.
func TestPagesOfWhoSaidNothingRunOutAfterThirtyDaysButNotWhileHeIsHere(t *testing.T) {
	still(t, func(t testing.TB, g ground, e *store.Embedded) {
		n := start(t, g, "a")
		key := func(what string, i int) time.Duration {
			return e.Mini().TTL(n.o.Store.Key(acct, "p", what, visitor(i).ID))
		}
		quiet, talks := visitor(1), visitor(2)
		for _, who := range []Person{quiet, talks} {
			n.enter(t, arrival(who, "one", "https://acme.test/"))
		}
		conversation := chat.Conversation{ID: "c", No: 1, Thread: chat.ThreadID("t-" + talks.ID), Visitor: chat.VisitorID(talks.ID), State: chat.Waiting}
		commit := storetest.Note(acct, conversation.Thread, talks.ID, "cmid-0001", "hello")
		commit.Next = &conversation
		storetest.MustAppend(t, n.o.Store, commit)
		n.Retain(acct, conversation.Visitor)
		if trail, hash := key("trail", 1), key("visitor", 1); trail != keepBriefly || hash != keepVisitor {
			t.Errorf("of who is here the pages are kept for %v, and he for %v", trail, hash)
		}
		for _, who := range []Person{quiet, talks} {
			n.Leave(acct, who, "one")
		}
		storetest.Eventually(t, "both count as gone", func() bool { return len(n.live(t)) == 0 })
		for what, want := range map[string][2]time.Duration{"trail": {keepBriefly, keepVisitor}, "visitor": {keepBriefly, keepVisitor}} {
			for i, want := range want {
				if got := key(what, i+1); got > want || got < want-time.Hour {
					t.Errorf("%s of visitor %d is kept for %v, want %v", what, i+1, got, want)
				}
			}
		}
		e.Mini().FastForward(keepBriefly)
		if views, err := n.Trail(t.Context(), acct, chat.VisitorID(quiet.ID)); err != nil || len(views) != 0 {
			t.Errorf("after thirty days: %+v, %v", views, err)
		}
		if views, err := n.Trail(t.Context(), acct, chat.VisitorID(talks.ID)); err != nil || len(views) != 1 {
			t.Errorf("after thirty days, of who talked: %+v, %v", views, err)
		}
	})
}
