package storetest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

func TestCommitsNoteTheirThreadsForTheOutboxIfItIsWanted(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		_, err := post(t, s, visitor, "before anybody wants it", nil)
		must(t, err)
		if got := outgoing(t, s); len(got) != 0 {
			t.Errorf("noted without being wanted: %v", got)
		}
		must(t, s.SetWant(ctx, acct, store.Want{Outbox: true}))
		_, err = post(t, s, visitor, "hello", nil)
		must(t, err)
		got := outgoing(t, s)
		if len(got) != 1 || got[0].Thread != thread {
			t.Fatalf("noted %v", got)
		}
		if again := outgoing(t, s); len(again) != 0 {
			t.Errorf("claimed twice: %v", again)
		}
		// What happens while it is looked at has it looked at again.
		_, err = post(t, s, visitor, "and more", nil)
		must(t, err)
		must(t, s.FinishOutgoing(ctx, got[0]))
		again := outgoing(t, s)
		if len(again) != 1 {
			t.Fatalf("after the claim: %v", again)
		}
		must(t, s.FinishOutgoing(ctx, again[0]))
		if got := outgoing(t, s); len(got) != 0 {
			t.Errorf("finished, and there again: %v", got)
		}
		must(t, s.LookOut(ctx, acct, thread, "another"))
		if got := outgoing(t, s); len(got) != 2 {
			t.Errorf("noted by hand: %v", got)
		}
	})
}

func TestAChangedDocumentNotesTheThreadsThatItIsAboutInTheSameStep(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		must(t, s.SetWant(ctx, acct, store.Want{Outbox: true}))
		version, err := s.PutDoc(ctx, acct, "person", "maya", []byte("{}"), 0, thread)
		must(t, err)
		got := outgoing(t, s)
		if len(got) != 1 || got[0].Thread != thread {
			t.Fatalf("noted %v", got)
		}
		must(t, s.FinishOutgoing(ctx, got[0]))
		if _, err := s.PutDoc(ctx, acct, "person", "maya", []byte("{}"), version+1, thread); err == nil {
			t.Error("written over another version")
		}
		if got := outgoing(t, s); len(got) != 0 {
			t.Errorf("refused, and noted: %v", got)
		}
	})
}

func outgoing(t *testing.T, s *store.Store) []store.Outgoing {
	t.Helper()
	got, err := s.ClaimOutgoing(context.Background(), acct, 10, time.Minute)
	must(t, err)
	return got
}

func TestAMessageIsFoundByItsIdentityUntilItsThreadIsErased(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		must(t, s.SetWant(ctx, acct, store.Want{Messages: true}))
		c, err := post(t, s, visitor, "hello", nil)
		must(t, err)
		found, seq, err := s.Message(ctx, acct, c.Main.EID)
		if err != nil || found != thread || seq != c.Main.Seq {
			t.Errorf("found in %s at %d, %v", found, seq, err)
		}
		if _, _, err := s.Message(ctx, "rival", c.Main.EID); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Errorf("of another account: %v", err)
		}
		must(t, s.EraseThread(ctx, acct, thread))
		if _, _, err := s.Message(ctx, acct, c.Main.EID); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Errorf("erased: %v", err)
		}
	})
}

func TestAWindowLetsSoManyThroughInAnyStretchOfItsLength(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		a, b := storetest.Open(t, p.url, nil), storetest.Open(t, p.url, nil)
		const window = 2 * time.Second
		var first time.Time
		for i := range 6 {
			s := []*store.Store{a, b}[i%2]
			ok, _, err := s.LimitWindow(t.Context(), acct, "calls", 6, window)
			must(t, err)
			if first.IsZero() {
				first = time.Now()
			}
			if !ok {
				t.Fatalf("the %d. of 6 was refused", i+1)
			}
		}
		ok, after, err := a.LimitWindow(t.Context(), acct, "calls", 6, window)
		must(t, err)
		if ok || after <= 0 || after > window {
			t.Fatalf("the 7th: %v, again after %v", ok, after)
		}
		if ok, _, err := a.LimitWindow(t.Context(), "rival", "calls", 6, window); err != nil || !ok {
			t.Errorf("of another account: %v, %v", ok, err)
		}
		// What it promises holds, and what was refused did not count.
		timer := time.NewTimer(after)
		<-timer.C
		if ok, _, err := b.LimitWindow(t.Context(), acct, "calls", 6, window); err != nil || !ok {
			t.Errorf("refused when it should pass: %v, %v after %v", ok, err, time.Since(first))
		}
	})
}

func TestWhatASenderHasSentIsKnown(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		n := storetest.Note(acct, thread, "v1", "cmid-0001", "hello")
		sender := n.Entries[0].Author
		if c, err := s.Known(ctx, acct, thread, sender, "cmid-0001"); err != nil || c.Known {
			t.Errorf("before: %+v, %v", c, err)
		}
		c, err := storetest.Append(s, n)
		must(t, err)
		known, err := s.Known(ctx, acct, thread, sender, "cmid-0001")
		if err != nil || !known.Known || known.Main != c.Main || known.At != c.At {
			t.Errorf("known as %+v, %v, kept as %+v", known, err, c)
		}
	})
}
