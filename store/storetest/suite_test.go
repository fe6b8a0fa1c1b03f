package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

const (
	acct   = chat.AccountID("acme")
	thread = chat.ThreadID("thread1")
)

// place is a Redis of either kind, and a client that works behind the store's back.
type place struct {
	url  string
	back *redis.Client
}

// everywhere runs a test on the embedded store and on a real Redis.
func everywhere(t *testing.T, test func(t *testing.T, p place)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		e, err := store.StartEmbedded(zap.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		back := redis.NewClient(&redis.Options{Addr: strings.TrimPrefix(e.URL(), "redis://"), Protocol: 2, DisableIdentity: true})
		t.Cleanup(func() { back.Close() })
		test(t, place{e.URL(), back})
	})
	t.Run("redis", func(t *testing.T) {
		s := storetest.Start(t)
		back := s.Client()
		t.Cleanup(func() { back.Close() })
		test(t, place{s.URL(), back})
	})
}

func TestConcurrentAppendsNumberWithoutHoles(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		a, b := storetest.Open(t, p.url, nil), storetest.Open(t, p.url, nil)
		const writers, each = 8, 25
		var wg sync.WaitGroup
		for w := range writers {
			s := []*store.Store{a, b}[w%2]
			wg.Go(func() {
				for i := range each {
					c := storetest.Note(acct, thread, fmt.Sprint("v", w), fmt.Sprintf("message-%d-%d", w, i), "hello")
					if _, err := storetest.Append(s, c); err != nil {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
		wg.Wait()
		log := storetest.Log(t, b, acct, thread)
		if len(log) != writers*each {
			t.Fatalf("%d entries", len(log))
		}
		for i, e := range log {
			if e.Seq != chat.Seq(i+1) || !strings.Contains(string(e.Raw), string(e.EID)) {
				t.Fatalf("entry %d is %d %s", i, e.Seq, e.Raw)
			}
		}
	})
}

func TestTheSameClientMessageIDIsOneEntry(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		first := storetest.Note(acct, thread, "v1", "same-cmid", "hello")
		r1, err := storetest.Append(s, first)
		if err != nil || r1.Known {
			t.Fatal(r1, err)
		}
		again := storetest.Note(acct, thread, "v1", "same-cmid", "hello") // another eid, a later time
		again.Entries[0].At += 5000
		r2, err := storetest.Append(s, again)
		if err != nil || !r2.Known || r2.Main != r1.Main || r2.At != first.Entries[0].At {
			t.Fatalf("%+v, %+v, %v", r1, r2, err)
		}
		other := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v2", "same-cmid", "mine"))
		if other.Seq != 2 {
			t.Fatalf("another author's message is number %d", other.Seq)
		}
		if n := len(storetest.Log(t, s, acct, thread)); n != 2 {
			t.Fatalf("%d entries", n)
		}
	})
}

func TestAnotherTextUnderTheSameClientMessageIDConflicts(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "same-cmid", "hello"))
		_, err := storetest.Append(s, storetest.Note(acct, thread, "v1", "same-cmid", "goodbye"))
		if !errors.Is(err, &chat.Refusal{Code: chat.Conflict}) {
			t.Fatalf("got %v", err)
		}
		if n := len(storetest.Log(t, s, acct, thread)); n != 1 {
			t.Fatalf("%d entries", n)
		}
	})
}

// post decides by the rules and commits.
func post(t *testing.T, s *store.Store, by chat.Actor, text string, version *chat.EntryID) (store.Committed, error) {
	t.Helper()
	th, err := s.LoadThread(context.Background(), acct, thread)
	if err != nil {
		t.Fatal(err)
	}
	if version != nil {
		th.Version = *version
	}
	ids := chat.NewIDs(nil)
	change, err := chat.Post(th, chat.Draft{Author: by, CMID: chat.ClientMessageID(ids.New()), Text: text}, chat.Fresh{
		Conversation: chat.ConversationID(ids.New()), No: 1, Episode: chat.EpisodeID(ids.New()), EID: func() chat.EntryID { return chat.EntryID(ids.New()) },
	}, chat.At(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Append(s, store.Commit{Account: acct, Thread: thread, Expect: th.Version, Entries: change.Entries, Main: change.Main, Next: change.Next})
}

var (
	visitor = chat.Actor{Kind: chat.Visitor, ID: "v1", Name: "guest"}
	anna    = chat.Actor{Kind: chat.Agent, ID: "a1", Name: "Anna"}
)

func TestAStaleDecisionIsRefusedWithTheCurrentState(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		if err := s.OpenThread(context.Background(), acct, thread, "v1"); err != nil {
			t.Fatal(err)
		}
		if _, err := post(t, s, visitor, "hello", nil); err != nil {
			t.Fatal(err)
		}
		none := chat.EntryID("")
		_, err := post(t, s, visitor, "hello again", &none)
		if err == nil {
			_, err = post(t, s, anna, "hi", &none)
		}
		var stale *store.Stale
		if !errors.As(err, &stale) {
			t.Fatalf("got %v", err)
		}
		c := stale.Current
		if c.Version == "" || c.Visitor != "v1" || c.Conversation == nil || c.Conversation.State != chat.Waiting {
			t.Fatalf("current is %+v", c)
		}
	})
}

func TestADecisionOnAStateThatAFailoverTookIsRefused(t *testing.T) {
	server := storetest.Start(t)
	s := storetest.Open(t, server.URL(), nil)
	must(t, s.OpenThread(context.Background(), acct, thread, "v1"))
	fallBack := server.Remember(t)
	if _, err := post(t, s, visitor, "hello", nil); err != nil {
		t.Fatal(err)
	}
	lost, err := s.LoadThread(context.Background(), acct, thread)
	must(t, err)
	fallBack()
	// As many changes as were lost, but not the same ones.
	if _, err := post(t, s, visitor, "hello, in another history", nil); err != nil {
		t.Fatal(err)
	}
	_, err = post(t, s, anna, "hi", &lost.Version)
	var stale *store.Stale
	if !errors.As(err, &stale) || stale.Current.Conversation.ID == lost.Conversation.ID {
		t.Errorf("a decision about %s was not refused: %v", lost.Conversation.ID, err)
	}
}

func TestSummariesTellWhoWaitsAndWhatIsUnread(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		must(t, s.OpenThread(ctx, acct, thread, "v1"))
		must(t, s.PutVisitor(ctx, acct, store.Visitor{ID: "v1", No: 7, Name: "guest-7", Level: "claimed", CreatedAt: 12}))
		for _, text := range []string{"hello", strings.Repeat("é", 200)} {
			if _, err := post(t, s, visitor, text, nil); err != nil {
				t.Fatal(err)
			}
		}
		waiting, next, err := s.ListConversations(ctx, acct, chat.Waiting, "", 50)
		if err != nil || len(waiting) != 1 || next != "" {
			t.Fatal(waiting, next, err)
		}
		w := waiting[0]
		if w.Unread != 2 || w.Top != 4 || w.VisitorName != "guest-7" || w.VisitorLevel != "claimed" || w.LastVisitorAt == 0 ||
			w.LastAgentAt != 0 || w.Last == nil || w.Last.Seq != 4 || w.Last.Text != strings.Repeat("é", 140) {
			t.Fatalf("%+v %+v", w, w.Last)
		}
		if _, err := post(t, s, anna, "hi", nil); err != nil {
			t.Fatal(err)
		}
		sum, err := s.Conversation(ctx, acct, w.ID)
		if err != nil || sum.Unread != 0 || sum.LastAgentAt == 0 || sum.State != chat.Active {
			t.Fatalf("%+v, %v", sum, err)
		}
		if left, _, _ := s.ListConversations(ctx, acct, chat.Waiting, "", 50); len(left) != 0 {
			t.Fatalf("still waiting: %v", left)
		}
		for _, state := range []chat.State{chat.Active, ""} {
			if got, _, _ := s.ListConversations(ctx, acct, state, "", 50); len(got) != 1 {
				t.Fatalf("%q lists %v", state, got)
			}
		}
		if got, err := s.VisitorConversations(ctx, acct, "v1", 10); err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
	})
}

func TestAResumeByAnIdentityThatIsGoneEndsInAResetAtTheHighestCommonEntry(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		var at []chat.Cursor
		for i := range 5 {
			at = append(at, storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", i), "hello")))
		}
		holds := storetest.Since(t, s, acct, thread, &at[2])
		if holds.Reset || len(holds.Entries) != 2 || holds.Top != at[4] {
			t.Fatalf("%+v", holds)
		}
		gone := chat.Cursor{Seq: 5, EID: "another"}
		page := storetest.Since(t, s, acct, thread, &gone, chat.Cursor{Seq: 4, EID: "another"}, at[1], at[2], at[0])
		if !page.Reset || page.Common != at[2] || len(page.Entries) != 2 || page.Entries[0].Seq != 4 {
			t.Fatalf("%+v", page)
		}
		above := chat.Cursor{Seq: 9, EID: "above"}
		if page = storetest.Since(t, s, acct, thread, &above); !page.Reset || page.Common != (chat.Cursor{}) || len(page.Entries) != 5 {
			t.Fatalf("%+v", page)
		}
		moved, forked, err := s.VerifyTops(context.Background(), acct, map[chat.ThreadID]chat.Cursor{thread: gone, "none": {}})
		if err != nil || len(moved) != 0 || len(forked) != 1 {
			t.Fatal(moved, forked, err)
		}
	})
}

func TestATrimmedLogSaysWhereItBegins(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		var at []chat.Cursor
		for i := range 6 {
			at = append(at, storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", i), "hello")))
		}
		must(t, p.back.XTrimMinID(context.Background(), s.Key(acct, "t", string(thread)), "4-0").Err())
		if page := storetest.Since(t, s, acct, thread, &at[0]); page.Truncated != 4 || page.Reset || len(page.Entries) != 3 {
			t.Fatalf("%+v", page)
		}
	})
}

func TestHistoryGoesBackPageByPage(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		for i := range 7 {
			storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", i), "hello"))
		}
		var seen []chat.Seq
		for before := chat.Seq(0); ; {
			ch := make(chan []store.Numbered, 1)
			s.Before(acct, thread, before, 3, func(e []store.Numbered, err error) {
				if err != nil {
					t.Error(err)
				}
				ch <- e
			})
			page := <-ch
			for _, e := range slices.Backward(page) {
				seen = append(seen, e.Seq)
			}
			if len(page) < 3 {
				break
			}
			before = page[0].Seq
		}
		if !slices.Equal(seen, []chat.Seq{7, 6, 5, 4, 3, 2, 1}) {
			t.Fatal(seen)
		}
	})
}

func TestABrokenLogHarmsNobodyWhoCommitsAtTheSameTime(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		if _, err := s.Command(t.Context(), acct, "SET", s.Key(acct, "t", "broken"), "no log"); err != nil {
			t.Fatal(err)
		}
		const rounds = 50
		bad, good := make(chan error, rounds), make(chan error, rounds)
		for i := range rounds {
			s.Append(storetest.Note(acct, "broken", "v1", fmt.Sprintf("message-%d", i), "text"), func(_ store.Committed, err error) { bad <- err })
			s.Append(storetest.Note(acct, thread, "v1", fmt.Sprintf("message-%d", i), "text"), func(c store.Committed, err error) {
				if err == nil && c.Main.Seq != chat.Seq(i+1) {
					err = fmt.Errorf("message %d has number %d", i, c.Main.Seq)
				}
				good <- err
			})
		}
		for range rounds {
			if err := <-bad; err == nil {
				t.Error("kept in what is no log")
			}
			if err := <-good; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestACommitThatNamesTheTopIsRefusedOnceTheLogHasGoneOn(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		top := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello")).Seq
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-2", "wait"))
		c := storetest.Note(acct, thread, "v1", "message-3", "decided on the first alone")
		for c.Top = top; c.Top < 4; c.Top += 2 {
			if _, err := storetest.Append(s, c); !errors.Is(err, store.ErrBehind) {
				t.Errorf("top %d: %v", c.Top, err)
			}
		}
		c.Top = top + 1
		if at := storetest.MustAppend(t, s, c); at.Seq != top+2 {
			t.Errorf("written at %d", at.Seq)
		}
	})
}

func TestPagesAreAsLongAsTheLimitsThatAStoreWasGiven(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		short := chat.Limits
		short.CatchUpPage, short.HistoryPage = 3, 2
		s := storetest.Open(t, p.url, nil, func(o *store.Options) { o.Limits = &short })
		for i := range 5 {
			storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", i), "hello"))
		}
		if page := storetest.Since(t, s, acct, thread, &chat.Cursor{}); len(page.Entries) != 3 || !page.More {
			t.Errorf("catching up: %+v", page)
		}
		if page := storetest.Since(t, s, acct, thread, nil); len(page.Entries) != 2 || page.Entries[0].Seq != 4 {
			t.Errorf("without a cursor: %+v", page)
		}
	})
}

func TestMarkersOnlyRiseAndNeverAboveTheTop(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		for i := range 3 {
			storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", i), "hello"))
		}
		mark := func(delivered, seen chat.Seq) bool {
			ch := make(chan bool, 1)
			s.Mark(acct, thread, anna, delivered, seen, func(changed bool, err error) {
				if err != nil {
					t.Error(err)
				}
				ch <- changed
			})
			return <-ch
		}
		for i, c := range []struct {
			delivered, seen chat.Seq
			changed         bool
		}{{2, 1, true}, {2, 1, false}, {1, 0, false}, {99, 0, true}, {3, 0, false}, {0, 2, true}} {
			if got := mark(c.delivered, c.seen); got != c.changed {
				t.Fatalf("step %d: changed %v", i, got)
			}
		}
		ch := make(chan []store.Marker, 1)
		s.Markers(acct, thread, func(m []store.Marker, err error) { ch <- m })
		if m := <-ch; len(m) != 1 || m[0] != (store.Marker{Who: anna, Delivered: 3, Seen: 2}) {
			t.Fatalf("%+v", m)
		}
	})
}

func TestBellsCarryTheEntryAndChainByIdentity(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		ear := &storetest.Ear{}
		a, b := storetest.Open(t, p.url, ear), storetest.Open(t, p.url, nil)
		storetest.Follow(t, a, acct)
		c := storetest.Note(acct, thread, "v1", "message-1", "hello")
		c.Origin = "connection9"
		first := storetest.MustAppend(t, b, c)
		storetest.MustAppend(t, b, storetest.Note(acct, "thread2", "v1", "message-2", "hello"))
		b.Ring(acct, store.BellTyping, thread, "connection9", []byte(`{"on":true}`))
		storetest.Eventually(t, "the typing bell", func() bool { return len(ear.Bells(store.BellTyping)) == 1 })
		bells := ear.Bells(store.BellEntry)
		if len(bells) != 2 || bells[0].EID != first.EID || bells[0].Origin != "connection9" || bells[1].Prev != string(first.EID) ||
			bells[1].N != bells[0].N+1 || !strings.Contains(string(bells[0].Data), `"text":"hello"`) {
			t.Fatalf("%+v", bells)
		}
	})
}

// steal takes bells off the bus: the script behind the store's back publishes to nobody.
func steal(t *testing.T, s *store.Store, p place, th chat.ThreadID) {
	t.Helper()
	// The same as append.lua leaves behind, without the announcement.
	ctx := context.Background()
	feed := s.Key(acct, "f")
	n := p.back.HIncrBy(ctx, feed, "n", 1).Val()
	must(t, p.back.HSet(ctx, feed, "e", fmt.Sprint("stolen", n)).Err())
	must(t, p.back.ZAdd(ctx, s.Key(acct, "inbox"), redis.Z{Score: float64(n), Member: string(th)}).Err())
}

func TestALostBellIsFoundWhenTheNextOneComes(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		ear := &storetest.Ear{}
		s := storetest.Open(t, p.url, ear)
		storetest.Follow(t, s, acct)
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
		steal(t, s, p, "quiet")
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-2", "hello"))
		storetest.Eventually(t, "the quiet thread is reported", func() bool { return ear.Told("quiet") })
	})
}

func TestALostLastBellIsFoundWithinSixSeconds(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		t.Parallel()
		ear := &storetest.Ear{}
		s := storetest.Open(t, p.url, ear)
		storetest.Follow(t, s, acct)
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
		steal(t, s, p, "quiet")
		watch := storetest.Watch()
		storetest.Eventually(t, "the quiet thread is reported", func() bool { return ear.Told("quiet") })
		if took := watch(); took > 6*time.Second+busy {
			t.Fatalf("after %s", took)
		}
	})
}

func TestAForkedFeedIsVerified(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		ear := &storetest.Ear{}
		s, ctx := storetest.Open(t, p.url, ear), context.Background()
		storetest.Follow(t, s, acct)
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-2", "hello"))
		storetest.Eventually(t, "both bells", func() bool { return len(ear.Bells(store.BellEntry)) == 2 })
		must(t, p.back.HSet(ctx, s.Key(acct, "f"), "n", 1, "e", "elsewhere").Err())
		storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-3", "hello"))
		storetest.Eventually(t, "a verification", func() bool { return ear.Verified() > 0 })
	})
}

func TestAFlushOfTheScriptsGoesUnnoticed(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		for i := range 5 {
			must(t, p.back.ScriptFlush(context.Background()).Err())
			if c := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", i), "hello")); c.Seq != chat.Seq(i+1) {
				t.Fatal(c)
			}
		}
	})
}

func TestATimerIsClaimedByExactlyOne(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		const timers = 40
		for i := range timers {
			must(t, s.TimerSet(ctx, acct, "gone", fmt.Sprint("v", i), -time.Second))
		}
		must(t, s.TimerSet(ctx, acct, "gone", "later", time.Hour))
		var mu sync.Mutex
		claimed := map[string]int{}
		var last store.Timer
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for {
					got, err := s.ClaimTimers(ctx, acct, 3)
					if err != nil {
						t.Error(err)
					}
					if len(got) == 0 {
						return
					}
					mu.Lock()
					for _, g := range got {
						claimed[g.ID]++
						last = g
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(claimed) != timers || slices.Max(slices.Collect(maps.Values(claimed))) != 1 {
			t.Fatal(claimed)
		}
		must(t, s.FinishTimer(ctx, last))
		if n := p.back.ZCard(ctx, s.TimersKey(acct)).Val(); n != timers {
			t.Fatalf("%d timers left", n)
		}
	})
}

func TestALeaseHasOneHolder(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		for _, c := range []struct {
			holder string
			held   bool
		}{{"a", true}, {"b", false}, {"a", true}} {
			if held, err := s.Lease(ctx, "jobs", c.holder, time.Minute); err != nil || held != c.held {
				t.Fatal(c, held, err)
			}
		}
	})
}

func TestABucketEmptiesAndSaysWhenToComeBack(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		for i := range 5 {
			ok, _, err := s.Limit(ctx, acct, "login:anna", 0.01, 5)
			if err != nil || !ok {
				t.Fatal(i, ok, err)
			}
		}
		ok, wait, err := s.Limit(ctx, acct, "login:anna", 0.01, 5)
		if err != nil || ok || wait < 90*time.Second || wait > 101*time.Second {
			t.Fatal(ok, wait, err)
		}
	})
}

func TestDocumentsCompareVersions(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		v, err := s.PutDoc(ctx, acct, "account", "acme", []byte(`{"a":1}`), 0)
		if err != nil || v != 1 {
			t.Fatal(v, err)
		}
		_, err = s.PutDoc(ctx, acct, "account", "acme", []byte(`{"a":2}`), 0)
		var moved *store.Moved
		if !errors.As(err, &moved) || moved.Current.Version != 1 || string(moved.Current.Data) != `{"a":1}` {
			t.Fatal(err)
		}
		if v, err = s.PutDoc(ctx, acct, "account", "acme", []byte(`{"a":3}`), store.AnyVersion); err != nil || v != 2 {
			t.Fatal(v, err)
		}
		if ids, err := s.AccountIDs(ctx); err != nil || !slices.Equal(ids, []chat.AccountID{acct}) {
			t.Fatal(ids, err)
		}
		for _, id := range []string{"c", "a", "b"} {
			if _, err := s.PutDoc(ctx, acct, "key", id, []byte(id), 0); err != nil {
				t.Fatal(err)
			}
		}
		docs, next, err := s.ListDocs(ctx, acct, "key", "", 2)
		if err != nil || len(docs) != 2 || docs[0].ID != "a" || next != "b" {
			t.Fatal(docs, next, err)
		}
		must(t, s.DeleteDoc(ctx, acct, "key", "c"))
		if docs, _, _ = s.ListDocs(ctx, acct, "key", next, 2); len(docs) != 0 {
			t.Fatal(docs)
		}
		if _, err := s.GetDoc(ctx, acct, "key", "c"); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Fatal(err)
		}
	})
}

func TestAValueLeadsToOneID(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		must(t, s.IndexPut(ctx, "", "email", "a@x.test", "1"))
		must(t, s.IndexPut(ctx, "", "email", "a@x.test", "1"))
		if err := s.IndexPut(ctx, "", "email", "a@x.test", "2"); !errors.Is(err, &chat.Refusal{Code: chat.Taken}) {
			t.Fatal(err)
		}
		must(t, s.IndexDelete(ctx, "", "email", "a@x.test", "2"))
		if id, err := s.IndexGet(ctx, "", "email", "a@x.test"); err != nil || id != "1" {
			t.Fatal(id, err)
		}
		must(t, s.IndexDelete(ctx, "", "email", "a@x.test", "1"))
		if _, err := s.IndexGet(ctx, "", "email", "a@x.test"); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Fatal(err)
		}
	})
}

func TestVisitorsKeepEveryField(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		v := store.Visitor{ID: "v1", No: 3, Name: "n", Email: "e", Level: "bound", Contact: "c", Thread: "t", Tokens: "h", Claim: "q",
			Language: "l", Timezone: "z", Screen: "s", Browser: "b", OS: "o", Address: "a", CreatedAt: 5, SeenAt: 6, Said: "{}", Blocked: true,
			UserAgent: "u", Place: "{}", Group: "g", Channel: "w"}
		for i := range reflect.TypeFor[store.Visitor]().NumField() {
			if f := reflect.ValueOf(v).Field(i); f.IsZero() {
				t.Errorf("the test lacks field %d of %T", i, v)
			}
		}
		must(t, s.PutVisitor(ctx, acct, v))
		must(t, s.PatchVisitor(ctx, acct, "v1", map[string]string{"name": "new"}))
		v.Name = "new"
		if got, err := s.GetVisitor(ctx, acct, "v1"); err != nil || got != v {
			t.Fatalf("%+v, %v", got, err)
		}
		if err := s.PatchVisitor(ctx, acct, "none", map[string]string{"name": "x"}); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Fatal(err)
		}
		touched := make(chan error, 4)
		for _, id := range []chat.VisitorID{"v1", "none"} {
			s.TouchVisitor(acct, id, 7, func(err error) { touched <- err })
		}
		s.TouchVisitor(acct, "v1", 5, func(err error) { touched <- err }) // an older one takes nothing back
		for range 3 {
			must(t, <-touched)
		}
		v.SeenAt = 7
		if got, err := s.GetVisitor(ctx, acct, "v1"); err != nil || got != v {
			t.Fatalf("%+v, %v", got, err)
		}
		if _, err := s.GetVisitor(ctx, acct, "none"); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Fatal("a touch made a visitor", err)
		}
	})
}

func TestWhatAVisitorSaidIsReplacedOnlyAsItWasRead(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		v := store.Visitor{ID: "v1", Name: "guest-1", Thread: "t", Tokens: "h", Said: `{"name":"a"}`}
		must(t, s.OpenVisitor(ctx, acct, v, store.Visitor{Tokens: store.NoVisitor}, false))
		was := v.Said
		v.Said, v.Name, v.Email = `{"name":"b"}`, "b", "b@x.test"
		if err := s.SayVisitor(ctx, acct, v, "other"); !errors.Is(err, store.ErrVisitorMoved) {
			t.Errorf("over what was not read: %v", err)
		}
		must(t, s.SayVisitor(ctx, acct, v, was))
		if got, err := s.GetVisitor(ctx, acct, "v1"); err != nil || got != v {
			t.Errorf("%+v, %v", got, err)
		}
		for name, stale := range map[string]store.Visitor{
			"said": {Tokens: "h", Said: was}, "blocked": {Tokens: "h", Said: v.Said, Blocked: true}, "tokens": {Tokens: "i", Said: v.Said}, "new": {Tokens: store.NoVisitor},
		} {
			if err := s.OpenVisitor(ctx, acct, v, stale, false); !errors.Is(err, store.ErrVisitorMoved) {
				t.Errorf("%s had moved: %v", name, err)
			}
		}
		must(t, s.OpenVisitor(ctx, acct, v, v, false))
		if err := s.SayVisitor(ctx, acct, store.Visitor{ID: "none"}, ""); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Errorf("of nobody: %v", err)
		}
	})
}

func TestWhatAVisitorDidIsKeptOnceAndGoesWithHim(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		none := &chat.Refusal{Code: chat.NotFound}
		if err := s.Record(ctx, acct, "v1", "a", []byte("1"), 3); !errors.Is(err, none) {
			t.Errorf("of nobody: %v", err)
		}
		must(t, s.PutVisitor(ctx, acct, store.Visitor{ID: "v1"}))
		for _, id := range []string{"a", "b", "b", "c", "d", "b"} {
			must(t, s.Record(ctx, acct, "v1", id, []byte(id), 3))
		}
		if got, err := s.Did(ctx, acct, "v1"); err != nil || strings.Join(got, "") != "bcd" {
			t.Errorf("%v, %v", got, err)
		}
		must(t, s.DeleteVisitor(ctx, acct, "v1"))
		if got, err := s.Did(ctx, acct, "v1"); err != nil || len(got) != 0 {
			t.Errorf("left: %v, %v", got, err)
		}
	})
}

func TestWhoWasSeenIsNotedBeforeTheStoreCloses(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, other, ctx := storetest.Open(t, p.url, nil), storetest.Open(t, p.url, nil), context.Background()
		for i := range 300 { // more than one script takes
			id := chat.VisitorID(fmt.Sprint("v", i))
			must(t, s.PutVisitor(ctx, acct, store.Visitor{ID: id, SeenAt: 1}))
			s.TouchVisitor(acct, id, 2, func(err error) {
				if err != nil {
					t.Error(err)
				}
			})
		}
		must(t, s.Close())
		for i := range 300 {
			if v, err := other.GetVisitor(ctx, acct, chat.VisitorID(fmt.Sprint("v", i))); err != nil || v.SeenAt != 2 {
				t.Fatalf("visitor %d: %+v, %v", i, v, err)
			}
		}
	})
}

func TestAllNodesShareOneSecret(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		a, b := storetest.Open(t, p.url, nil), storetest.Open(t, p.url, nil)
		one, err := a.Secret(context.Background(), func() []byte { return []byte{0, 1, 0xff} })
		must(t, err)
		two, err := b.Secret(context.Background(), func() []byte { return []byte{9} })
		must(t, err)
		if string(one) != "\x00\x01\xff" || string(two) != string(one) {
			t.Fatalf("%q %q", one, two)
		}
	})
}

func TestReadinessComesFromTheBusAndACommit(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := storetest.Open(t, p.url, nil)
		storetest.Eventually(t, "ready", func() bool { return s.Ready() == nil })
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
