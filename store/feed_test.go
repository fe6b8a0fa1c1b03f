package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"confab/chat"
)

// onVerify is a listener that only hears Verify.
type onVerify func(chat.AccountID)

func (onVerify) Bell(chat.AccountID, Bell)               {}
func (onVerify) Changed(chat.AccountID, []chat.ThreadID) {}
func (f onVerify) Verify(account chat.AccountID)         { f(account) }
func follow(t *testing.T, s *Store, a chat.AccountID) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	followed := make(chan error, 1)
	s.Follow(a, func(err error) { followed <- err })
	if err := <-followed; err != nil {
		t.Fatal(err)
	}
}

// A bell of the old history that was doubled can come while the head of the new one is read. The chain knows it and
// takes it for harmless, but who reads its thread may have been brought to it once more.
func TestThreadsAreComparedOnceMoreWhenTheChainHasBegunAnew(t *testing.T) {
	s := openEmbedded(t)
	type seen struct{ last position }
	verified := make(chan seen, 10)
	s.Listen(onVerify(func(a chat.AccountID) {
		s.feed.mu.Lock()
		defer s.feed.mu.Unlock()
		verified <- seen{s.feed.accounts[a].chain.last}
	}))
	follow(t, s, "a")
	bell := func(n int, prev, eid string) string {
		return fmt.Sprintf("E %d %s 1 %s 0 - t1 - -\n{}", n, prev, eid)
	}
	for n, eid := range []string{"e1", "e2"} {
		s.feed.ring("a", bell(n+1, map[int]string{0: "-", 1: "e1"}[n], eid))
	}
	s.feed.ring("a", bell(2, "e1", "other")) // the store's own head is still at none
	deadline := time.After(10 * time.Second)
	for {
		select {
		case v := <-verified:
			if v.last == (position{}) {
				return // compared after the chain went back to the head
			}
		case <-deadline:
			t.Fatal("nothing was compared after the chain had begun anew")
		}
	}
}
