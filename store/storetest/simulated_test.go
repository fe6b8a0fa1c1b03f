package storetest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"confab/store"
	"confab/store/storetest"
)

func TestTheStoreRunsOnASimulatedClockWithoutSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, reach := storetest.Memory(t)
		ear, ctx := &storetest.Ear{}, t.Context()
		s := storetest.Open(t, e.URL(), ear, reach)
		storetest.Follow(t, s, acct)
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
		synctest.Wait()
		if len(ear.Bells(store.BellEntry)) != 1 || s.Durability() != store.Memory {
			t.Fatal(ear.Bells(store.BellEntry), s.Durability())
		}
		held, err := s.Lease(ctx, "jobs", "a", 2*time.Second)
		if err != nil || !held {
			t.Fatal(held, err)
		}
		e.Mini().HIncrBy(s.Key(acct, "f"), "n", 1)
		e.Mini().HSet(s.Key(acct, "f"), "e", "stolen")
		if _, err := e.Mini().ZAdd(s.Key(acct, "inbox"), 2, "quiet"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second) // of the simulated clock
		synctest.Wait()
		if !ear.Told("quiet") || s.Ready() != nil {
			t.Fatalf("told %v, ready %v", ear.Told("quiet"), s.Ready())
		}
		if held, err = s.Lease(ctx, "jobs", "b", time.Second); err != nil || !held {
			t.Fatal("the lease did not run out", err)
		}
	})
}
