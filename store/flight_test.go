package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"confab/chat"
)

func openEmbedded(t *testing.T) *Store {
	e, err := StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	s, err := Open(t.Context(), Options{URL: e.URL(), Node: "n1", IDs: chat.NewIDs(nil), Embedded: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func message(account chat.AccountID, thread chat.ThreadID, cmid, text string) Commit {
	return Commit{Account: account, Thread: thread, Entries: []chat.Entry{{
		EID: chat.EntryID("e" + cmid + text[:1]), CMID: chat.ClientMessageID(cmid), Kind: chat.KindMessage,
		Author: chat.Actor{Kind: chat.Visitor, ID: "v1"}, Text: text, At: 1000,
	}}}
}

// queued is a batch for newFlight; answers collects what each operation was told.
func queued(t *testing.T, s *Store, answers []string, commits ...any) []*operation {
	var batch []*operation
	for i, c := range commits {
		o := &operation{calls: []call{command("GET", s.GlobalKey("x"))}, done: func([]reply) { answers[i] = "read" }}
		if c, ok := c.(Commit); ok {
			p, err := s.parcelOf(&c)
			if err != nil {
				t.Fatal(err)
			}
			o = &operation{parcel: p, done: func(r []reply) {
				got, err := s.committed(&c, r[0])
				answers[i] = fmt.Sprint(got.Main.Seq, got.Known)
				if refusal := (*chat.Refusal)(nil); errors.As(err, &refusal) {
					answers[i] = string(refusal.Code)
				} else if stale := (*Stale)(nil); errors.As(err, &stale) {
					answers[i] = "stale"
				} else if err != nil {
					answers[i] = err.Error()
				}
			}}
		}
		batch = append(batch, o)
	}
	return batch
}

func TestCommitsOfAnAccountTravelInOneScriptAndEachIsAnsweredForItself(t *testing.T) {
	s := openEmbedded(t)
	stale := message("a", "t2", "m6", "hello")
	stale.Expect = "another"
	commits := []any{
		message("a", "t1", "m1", "one"), message("b", "t1", "m1", "one"), message("a", "t1", "m2", "two"),
		message("a", "t1", "m1", "one"), message("a", "t1", "m1", "other"), stale, message("a", "t2", "m7", "after it"),
		nil,
		message("a", "t1", "m3", "three"), message("b", "t1", "m2", "two"),
	}
	answers := make([]string, len(commits))
	batch := queued(t, s, answers, commits...)
	f := s.newFlight(batch)
	if len(f.calls) != 5 { // a, b, the read, a, b
		t.Fatalf("%d calls", len(f.calls))
	}
	f.run(context.Background())
	for _, o := range batch {
		o.done(f.repliesTo(o))
	}
	want := "1 false,1 false,2 false,1 true,conflict,stale,1 false,read,3 false,2 false"
	if got := strings.Join(answers, ","); got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
	head, err := s.ask1(t.Context(), command("HMGET", s.feedKey("a"), "n", "e"))
	if err != nil || strings.Join(texts(head), " ") != "4 em3t" {
		t.Errorf("the feed of a: %v, %v", head, err)
	}
	moved, err := s.ask1(t.Context(), command("ZRANGE", s.inboxKey("a"), 0, -1, "WITHSCORES"))
	if err != nil || strings.Join(texts(moved), " ") != "t2 3 t1 4" {
		t.Errorf("the inbox of a: %v, %v", moved, err)
	}
}

func TestABrokenThreadHarmsNobodyWhoTravelsWithIt(t *testing.T) {
	s := openEmbedded(t)
	if _, err := s.ask(t.Context(), command("SET", s.logKey("a", "t1"), "no log"), command("HSET", s.threadKey("a", "t2"), "top", 5)); err != nil {
		t.Fatal(err)
	}
	answers := make([]string, 4)
	batch := queued(t, s, answers, message("a", "t3", "m1", "one"), message("a", "t1", "m1", "one"), message("a", "t2", "m1", "six"), message("a", "t3", "m2", "two"))
	f := s.newFlight(batch)
	f.run(context.Background())
	for _, o := range batch {
		o.done(f.repliesTo(o))
	}
	if answers[0] != "1 false" || !strings.Contains(answers[1], "WRONGTYPE") || answers[2] != "6 false" || answers[3] != "2 false" {
		t.Errorf("%q", answers)
	}
	head, err := s.ask1(t.Context(), command("HMGET", s.feedKey("a"), "n", "e"))
	if err != nil || strings.Join(texts(head), " ") != "3 em2t" {
		t.Errorf("the feed: %v, %v", head, err)
	}
}

func TestAScriptCarriesNoMoreCommitsThanRedisMayBeHeldUpFor(t *testing.T) {
	s := openEmbedded(t)
	var commits []any
	for i := range parcelsOfScript + 1 {
		commits = append(commits, message("a", "t1", fmt.Sprintf("m%d", i), "text"))
	}
	if f := s.newFlight(queued(t, s, make([]string, len(commits)), commits...)); len(f.calls) != 2 {
		t.Errorf("%d calls for %d commits", len(f.calls), len(commits))
	}
	large := strings.Repeat("x", bytesOfScript/2)
	if f := s.newFlight(queued(t, s, make([]string, 3), message("a", "t1", "m1", large), message("a", "t1", "m2", large), message("a", "t1", "m3", large))); len(f.calls) != 3 {
		t.Errorf("%d calls for large commits", len(f.calls))
	}
}

func TestTheCommitterRestsOnlyWhileMuchComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gatherer
		rested := func(each time.Duration) (total time.Duration) {
			for range 2000 {
				time.Sleep(each)
				begin := time.Now()
				g.rest(1)
				total += time.Since(begin)
			}
			return total
		}
		if got := rested(2 * time.Millisecond); got != 0 {
			t.Errorf("rested %v at 500 a second", got)
		}
		if got := rested(100 * time.Microsecond); got < 20*time.Millisecond {
			t.Errorf("rested %v at 10,000 a second", got)
		}
		if got := rested(2 * time.Millisecond); got > 100*time.Millisecond {
			t.Errorf("rested %v when it was quiet again", got)
		}
	})
}
