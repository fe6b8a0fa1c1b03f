package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

// telling is a step of one delivery, of the entry at cur.
func telling(was store.Told, cur chat.Cursor, ids ...string) store.Telling {
	t := store.Telling{Account: acct, Target: "target", Kind: "kind", Thread: thread, Was: was, MostWaiting: 100,
		Next: store.Told{Version: "version-" + ids[0], Cursor: cur, Known: []chat.Cursor{{Seq: 1, EID: "e"}}, State: []byte(`{"a":1}`)}}
	for _, id := range ids {
		t.Deliveries = append(t.Deliveries, store.Delivery{ID: id, Type: "type", Conversation: "conversation", Body: []byte("body\x00of " + id)})
	}
	return t
}

func TestATellingIsKeptWholeOrNotAtAll(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		cur := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v", "first-message", "hello"))
		if _, err := s.Tell(ctx, telling(store.Told{}, chat.Cursor{Seq: cur.Seq, EID: "another"}, "lost")); !errors.Is(err, store.ErrToldBehind) {
			t.Errorf("up to an entry of another history: %v", err)
		}
		if _, err := s.Tell(ctx, telling(store.Told{}, chat.Cursor{Seq: 2, EID: cur.EID}, "lost")); !errors.Is(err, store.ErrToldBehind) {
			t.Errorf("up to an entry that is not there: %v", err)
		}
		if n, err := s.Tell(ctx, telling(store.Told{}, cur, "d1", "d2")); err != nil || n != 0 {
			t.Fatalf("%d, %v", n, err)
		}
		if _, err := s.Tell(ctx, telling(store.Told{}, cur, "lost")); !errors.Is(err, store.ErrToldMoved) {
			t.Errorf("from where nobody is any more: %v", err)
		}
		told, err := s.Told(ctx, acct, "target", thread)
		if err != nil || told.Version != "version-d1" || told.Cursor != cur || len(told.Known) != 1 || told.Known[0].EID != "e" || string(told.State) != `{"a":1}` {
			t.Errorf("%+v, %v", told, err)
		}
		list, next, err := s.Deliveries(ctx, acct, store.DeliveryFilter{Thread: thread}, "", 10)
		if err != nil || len(list) != 2 || next != "" || list[0].ID != "d2" || list[0].N != 2 || string(list[1].Body) != "body\x00of d1" ||
			list[1].State != store.DeliveryWaiting || list[1].Conversation != "conversation" || list[1].CreatedAt == 0 {
			t.Errorf("%+v, %q, %v", list, next, err)
		}
		over := telling(told, cur, "d3", "d4")
		over.MostWaiting = 3
		if n, err := s.Tell(ctx, over); err != nil || n != 1 {
			t.Errorf("one of them has no room: %d, %v", n, err)
		}
		if d, err := s.Delivery(ctx, acct, "d4"); err != nil || d.State != store.DeliveryParked || d.Error == "" {
			t.Errorf("%+v, %v", d, err)
		}
		must(t, s.EraseThread(ctx, acct, thread))
		if _, err := s.Tell(ctx, telling(store.Told{}, cur, "late")); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Errorf("of an erased thread: %v", err)
		}
	})
}

func TestDeliveriesAreClaimedSettledAndTakenOver(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		pace := store.Pace{AtOnce: 1, Claim: time.Hour, Fails: 2, Rest: time.Hour}
		cur := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v", "first-message", "hello"))
		_, err := s.Tell(ctx, telling(store.Told{}, cur, "d1", "d2", "d3"))
		must(t, err)
		claim := func(pace store.Pace) []store.Claimed {
			t.Helper()
			c, _, err := s.ClaimDeliveries(ctx, acct, "target", pace)
			must(t, err)
			return c
		}
		first := claim(pace)
		if len(first) != 1 || first[0].Thread != thread || len(claim(pace)) != 0 {
			t.Fatalf("%+v", first)
		}
		got, c, err := s.Settle(ctx, first[0], store.Settlement{ID: "d1", State: store.DeliveryDone, Status: 200, Target: 1}, pace)
		if err != nil || got != store.SettledNext || c.Until < first[0].Until {
			t.Errorf("%v, %+v, %v", got, c, err)
		}
		if d, err := s.FirstWaiting(ctx, acct, "target", thread); err != nil || d.ID != "d2" {
			t.Errorf("%+v, %v", d, err)
		}
		// Sent again while another is under way, it has its place before those that wait, and disturbs nobody.
		if n, err := s.SendAgain(ctx, acct, "d1", "none"); err != nil || n != 1 || len(claim(store.Pace{AtOnce: 9, Claim: time.Hour, Fails: 2, Rest: time.Hour})) != 0 {
			t.Errorf("%d, %v", n, err)
		}
		if got, c, err = s.Settle(ctx, c, store.Settlement{ID: "d2", State: store.DeliveryParked, Error: "No.", Stop: true}, pace); err != nil || got != store.SettledFree {
			t.Errorf("%v, %v", got, err)
		}
		if d, err := s.FirstWaiting(ctx, acct, "target", thread); err != nil || d.ID != "d1" || d.Replays != 1 || d.Tries != 0 {
			t.Errorf("%+v, %v", d, err)
		}
		short := pace
		short.Claim = 0 // runs out at once
		if len(claim(short)) != 1 || len(claim(pace)) != 1 {
			t.Error("a claim that ran out is nobody's")
		}
		if got, _, err := s.Settle(ctx, c, store.Settlement{ID: "d1", State: store.DeliveryDone}, pace); err != nil || got != store.SettledLost {
			t.Errorf("settled by whom it was taken from: %v, %v", got, err)
		}
		must(t, s.EraseThread(ctx, acct, thread))
		if list, _, err := s.Deliveries(ctx, acct, store.DeliveryFilter{}, "", 10); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestAClaimIsKeptByWhoHasItAndByNobodyElse(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		pace := store.Pace{AtOnce: 2, Claim: time.Hour, Fails: 2, Rest: time.Hour}
		cur := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v", "first-message", "hello"))
		_, err := s.Tell(ctx, telling(store.Told{}, cur, "d1"))
		must(t, err)
		claim := func(pace store.Pace) store.Claimed {
			t.Helper()
			c, _, err := s.ClaimDeliveries(ctx, acct, "target", pace)
			if err != nil || len(c) != 1 {
				t.Fatalf("%+v, %v", c, err)
			}
			return c[0]
		}
		short := pace
		short.Claim = 0 // runs out at once
		first := claim(short)
		kept, held, err := s.KeepClaim(ctx, first, pace)
		if err != nil || !held || kept.Until <= first.Until || kept.Thread != thread || kept.Target != "target" {
			t.Errorf("one that ran out and nobody took: %+v, %v, %v", kept, held, err)
		}
		if _, held, err = s.KeepClaim(ctx, first, pace); err != nil || held {
			t.Errorf("the claim before: %v, %v", held, err)
		}
		if list, _, err := s.ClaimDeliveries(ctx, acct, "target", pace); err != nil || len(list) != 0 {
			t.Errorf("claimed by another: %+v, %v", list, err)
		}
		if kept, held, err = s.KeepClaim(ctx, kept, short); err != nil || !held {
			t.Errorf("%v, %v", held, err)
		}
		second := claim(pace)
		if _, held, err = s.KeepClaim(ctx, kept, pace); err != nil || held {
			t.Errorf("kept by whom it was taken from: %v, %v", held, err)
		}
		if got, _, err := s.Settle(ctx, second, store.Settlement{ID: "d1", State: store.DeliveryDone}, pace); err != nil || got != store.SettledFree {
			t.Errorf("settled by whose it is: %v, %v", got, err)
		}
		if _, held, err = s.KeepClaim(ctx, second, pace); err != nil || held {
			t.Errorf("nobody's: %v, %v", held, err)
		}
	})
}

func TestOldDeliveriesAreParkedAndThoseThatAreOverForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		cur := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v", "first-message", "hello"))
		var ids []string
		for i := range 6 {
			ids = append(ids, fmt.Sprint("d", i))
		}
		_, err := s.Tell(ctx, telling(store.Told{}, cur, ids...))
		must(t, err)
		long := time.Now().Add(time.Hour)
		if n, err := s.ExpireDeliveries(ctx, acct, "target", time.Now().Add(-time.Hour), 10, "Old."); err != nil || n != 0 {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := s.ExpireDeliveries(ctx, acct, "target", long, 5, "Old."); err != nil || n != 5 {
			t.Errorf("%d, %v", n, err)
		}
		if target, err := s.Target(ctx, acct, "target"); err != nil || target.Waiting != 1 || target.Oldest == 0 {
			t.Errorf("%+v, %v", target, err)
		}
		if n, err := s.DropDeliveries(ctx, acct, time.Now().Add(-time.Hour), 3, 10); err != nil || n != 2 {
			t.Errorf("more than are kept: %d, %v", n, err)
		}
		if _, err := s.SendAgain(ctx, acct, "d4"); err != nil {
			t.Error(err)
		}
		if n, err := s.DropDeliveries(ctx, acct, long, 100, 10); err != nil || n != 2 {
			t.Errorf("older than are kept: %d, %v", n, err)
		}
		list, _, err := s.Deliveries(ctx, acct, store.DeliveryFilter{}, "", 10)
		if err != nil || len(list) != 2 || list[0].ID != "d5" || list[1].ID != "d4" || list[1].State != store.DeliveryWaiting {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
