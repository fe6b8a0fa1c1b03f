package storetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

// amendment is a commit that changes a message, or takes it back.
func amendment(kind chat.Kind, target chat.EntryID, version chat.EntryID, text string) store.Commit {
	return store.Commit{Account: acct, Thread: thread, Expect: version, Entries: []chat.Entry{{
		EID: chat.EntryID(chat.NewIDs(nil).New()), Kind: kind, Author: anna, At: chat.At(time.Now()), Target: target, Text: text,
	}}}
}

func decoded(t *testing.T, n store.Numbered) (e chat.Entry) {
	t.Helper()
	must(t, json.Unmarshal(n.Raw, &e))
	return e
}

// readings are all ways to read a log.
func readings(t *testing.T, s *store.Store) map[string][]store.Numbered {
	t.Helper()
	start := chat.Cursor{}
	all := map[string][]store.Numbered{
		"the last page": storetest.Since(t, s, acct, thread, nil).Entries,
		"from a cursor": storetest.Since(t, s, acct, thread, &start).Entries,
		"after a reset": storetest.Since(t, s, acct, thread, &chat.Cursor{Seq: 1, EID: "no-such"}).Entries,
	}
	got := make(chan []store.Numbered, 2)
	s.After(acct, thread, 0, 50, func(e []store.Numbered, _ bool, err error) { must(t, err); got <- e })
	all["after a number"] = <-got
	s.Before(acct, thread, 0, 50, func(e []store.Numbered, err error) { must(t, err); got <- e })
	all["history"] = <-got
	return all
}

func TestNobodyWhoReadsGetsWhatWasDeleted(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		must(t, s.OpenThread(ctx, acct, thread, "v1"))
		posted, err := post(t, s, visitor, "my PIN is 1234", nil)
		must(t, err)
		kept, err := post(t, s, visitor, "hello", nil)
		must(t, err)
		target, version := posted.Main.EID, posted.Version
		for _, c := range []store.Commit{
			amendment(chat.KindMessageEdited, target, version, "my PIN is 4321"),
			amendment(chat.KindMessageEdited, kept.Main.EID, version, "hello there"),
		} {
			_, err = storetest.Append(s, c)
			must(t, err)
		}
		for way, entries := range readings(t, s) {
			if len(entries) != 6 || decoded(t, entries[2]).Text != "my PIN is 1234" || entries[2].Amended.By != 5 || entries[3].Amended.By != 6 {
				t.Errorf("%s, before: %s", way, storetest.Texts(entries))
			}
		}
		_, err = storetest.Append(s, amendment(chat.KindMessageDeleted, target, version, ""))
		must(t, err)
		for way, entries := range readings(t, s) {
			if len(entries) != 7 {
				t.Fatalf("%s: %d entries", way, len(entries))
			}
			for _, n := range entries {
				if strings.Contains(string(n.Raw), "PIN") {
					t.Errorf("%s: %s", way, n.Raw)
				}
			}
			e := decoded(t, entries[2])
			if e.EID != target || entries[2].EID != target || e.Author != visitor || e.CMID == "" || e.DeletedAt == 0 || !entries[2].Amended.Deleted {
				t.Errorf("%s: in its place stands %s", way, entries[2].Raw)
			}
			if decoded(t, entries[3]).Text != "hello" || decoded(t, entries[5]).Text != "hello there" {
				t.Errorf("%s: another message was touched: %s", way, storetest.Texts(entries))
			}
		}
		for _, kind := range []chat.Kind{chat.KindMessageEdited, chat.KindMessageDeleted} {
			_, err := storetest.Append(s, amendment(kind, target, version, "back again"))
			if !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
				t.Errorf("%s of what was deleted: %v", kind, err)
			}
		}
		if n := len(storetest.Log(t, s, acct, thread)); n != 7 {
			t.Errorf("%d entries", n)
		}
	})
}

func TestTheLastMessageOfAListIsAsItWasAmended(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		must(t, s.OpenThread(ctx, acct, thread, "v1"))
		must(t, s.PutVisitor(ctx, acct, store.Visitor{ID: "v1", No: 7}))
		first, err := post(t, s, visitor, "first", nil)
		must(t, err)
		posted, err := post(t, s, visitor, "helo", nil)
		must(t, err)
		last := func() *store.SummaryEntry {
			list, _, err := s.ListConversations(ctx, acct, "", "", 10)
			must(t, err)
			return list[0].Last
		}
		_, err = storetest.Append(s, amendment(chat.KindMessageDeleted, first.Main.EID, posted.Version, ""))
		must(t, err)
		if l := last(); l.Text != "helo" || l.EditedAt != 0 || l.DeletedAt != 0 {
			t.Errorf("another message was deleted: %+v", l)
		}
		for _, text := range []string{"hallo", strings.Repeat("é", 200)} {
			_, err = storetest.Append(s, amendment(chat.KindMessageEdited, posted.Main.EID, posted.Version, text))
			must(t, err)
			if l := last(); !strings.HasPrefix(text, l.Text) || len([]rune(l.Text)) != min(140, len([]rune(text))) || l.EditedAt == 0 || l.Seq != posted.Main.Seq {
				t.Errorf("edited: %+v", l)
			}
		}
		_, err = storetest.Append(s, amendment(chat.KindMessageDeleted, posted.Main.EID, posted.Version, ""))
		must(t, err)
		if l := last(); l.Text != "" || l.DeletedAt == 0 {
			t.Errorf("deleted: %+v", l)
		}
	})
}

func TestAnEarlierConversationChangesWithoutTheThread(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		must(t, s.OpenThread(ctx, acct, thread, "v1"))
		_, err := post(t, s, visitor, "hello", nil)
		must(t, err)
		th, err := s.LoadThread(ctx, acct, thread)
		must(t, err)
		earlier := *th.Conversation
		earlier.ID, earlier.State, earlier.Rating = "earlier", chat.Over, &chat.Rating{Score: 3, At: 5}
		rated := store.Commit{Account: acct, Thread: thread, Expect: th.Version, Earlier: &earlier, Entries: []chat.Entry{{
			EID: "rated", Kind: chat.KindConversationRated, Author: visitor, At: 5, Conversation: "earlier", Score: 3,
		}}}
		// Others travel with it, so that its keys and fields must be counted rightly.
		results := make(chan error, 3)
		done := func(_ store.Committed, err error) { results <- err }
		with := func(cmid string, version chat.EntryID) store.Commit {
			c := storetest.Note(acct, thread, "v1", cmid, cmid)
			c.Expect = version
			return c
		}
		s.Append(with("cmid-0001", th.Version), done)
		s.Append(rated, done)
		s.Append(with("cmid-0002", "rated"), done)
		for range 3 {
			must(t, <-results)
		}
		found, err := s.Conversation(ctx, acct, "earlier")
		must(t, err)
		if found.Rating == nil || found.Rating.Score != 3 {
			t.Errorf("kept %+v", found.Conversation)
		}
		after, err := s.LoadThread(ctx, acct, thread)
		must(t, err)
		if after.Version != "rated" || after.Conversation.ID != th.Conversation.ID {
			t.Errorf("the thread's state is %+v", after)
		}
		again := rated
		again.Entries = []chat.Entry{rated.Entries[0]}
		again.Entries[0].EID = "rated-2"
		if stale := (*store.Stale)(nil); !errors.As(appended(s, again), &stale) {
			t.Error("a decision on the state before was kept")
		}
		both := rated
		both.Next = &earlier
		if _, err := storetest.Append(s, both); err == nil {
			t.Error("two conversations changed in one commit")
		}
	})
}

func TestASendersIDIsOneMessageWhoeverSpeaksIt(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		spoken := func(by chat.Actor, sender chat.Actor, text string) store.Commit {
			c := storetest.Note(acct, thread, "v1", "same-cmid", text)
			c.Entries[0].Author, c.Entries[0].Auto, c.Sender = by, true, sender
			return c
		}
		ben := chat.Actor{Kind: chat.Agent, ID: "a2"}
		first := storetest.MustAppend(t, s, spoken(anna, visitor, "hello"))
		again, err := storetest.Append(s, spoken(ben, visitor, "hello"))
		if err != nil || !again.Known || again.Main != first {
			t.Errorf("spoken by another: %+v, %v, the first %+v", again, err, first)
		}
		if _, err := storetest.Append(s, spoken(ben, visitor, "goodbye")); !errors.Is(err, &chat.Refusal{Code: chat.Conflict}) {
			t.Errorf("another text: %v", err)
		}
		if own := storetest.MustAppend(t, s, spoken(anna, chat.Actor{}, "goodbye")); own == first {
			t.Error("an agent's own message was taken for a visitor's")
		}
	})
}

func appended(s *store.Store, c store.Commit) error {
	_, err := storetest.Append(s, c)
	return err
}
