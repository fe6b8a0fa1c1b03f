package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

func TestAKilledSubscriptionLosesNothing(t *testing.T) {
	srv, ear, ctx := storetest.Start(t), &storetest.Ear{}, context.Background()
	reader, writer := storetest.Open(t, srv.URL(), ear), storetest.Open(t, srv.URL(), nil)
	back := srv.Client()
	defer back.Close()
	storetest.Follow(t, reader, acct)
	for i := range 10 {
		must(t, back.Do(ctx, "CLIENT", "KILL", "TYPE", "pubsub").Err())
		th := chat.ThreadID(fmt.Sprint("thread", i))
		storetest.MustAppend(t, writer, storetest.Note(acct, th, "v1", "message-1", "hello"))
		storetest.Eventually(t, "heard or told", func() bool {
			for _, b := range ear.Bells(store.BellEntry) {
				if b.Thread == th {
					return true
				}
			}
			return ear.Told(th)
		})
	}
	if ear.Verified() == 0 {
		t.Fatal("nothing was verified after the subscriptions were made anew")
	}
}

func TestAPausedRedisRefusesWithinTwoSecondsAndKeepsOneEntryForEachMessage(t *testing.T) {
	t.Parallel()
	srv, ctx := storetest.Start(t), context.Background()
	s := storetest.Open(t, srv.URL(), nil)
	back := srv.Client()
	defer back.Close()
	// Red comes after 5 s without an answer, and must last long enough to be seen.
	must(t, back.Do(ctx, "CLIENT", "PAUSE", 8000, "ALL").Err())
	const messages = 20
	watch, answers := storetest.Watch(), make(chan error, messages)
	commits := make([]store.Commit, messages)
	for i := range messages {
		commits[i] = storetest.Note(acct, thread, "v1", fmt.Sprint("message-", i), "hello")
		s.Append(commits[i], func(_ store.Committed, err error) { answers <- err })
	}
	for range messages {
		if err := <-answers; !errors.Is(err, &chat.Refusal{Code: chat.Unavailable}) {
			t.Fatalf("got %v", err)
		}
	}
	if took := watch(); took > within {
		t.Fatalf("refused after %s", took)
	}
	storetest.Eventually(t, "red", func() bool { return s.Ready() != nil })
	for i := range commits {
		storetest.Eventually(t, "kept on repetition", func() bool { _, err := storetest.Append(s, commits[i]); return err == nil })
	}
	if n := len(storetest.Log(t, s, acct, thread)); n != messages {
		t.Fatalf("%d entries", n)
	}
}

func TestARestartedRedisIsFoundAgainAndVerified(t *testing.T) {
	t.Parallel()
	srv, ear := storetest.Start(t), &storetest.Ear{}
	s := storetest.Open(t, srv.URL(), ear)
	storetest.Follow(t, s, acct)
	first := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
	srv.Kill()
	c := storetest.Note(acct, thread, "v1", "message-2", "hello")
	if _, err := storetest.Append(s, c); !errors.Is(err, &chat.Refusal{Code: chat.Unavailable}) {
		t.Fatalf("got %v", err)
	}
	srv.Launch(t)
	storetest.Eventually(t, "the message is kept", func() bool { _, err := storetest.Append(s, c); return err == nil })
	storetest.Eventually(t, "a verification", func() bool { return ear.Verified() > 0 })
	storetest.Eventually(t, "ready", func() bool { return s.Ready() == nil })
	if page := storetest.Since(t, s, acct, thread, &first); page.Reset || len(page.Entries) != 1 {
		t.Fatalf("%+v", page)
	}
}

// tail returns the newest file of the log on disk.
func tail(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) == 0 {
		t.Fatal("no append-only file", err)
	}
	return files[len(files)-1]
}

// withTail starts a Redis on a copy of dir whose log on disk is replaced; nil if Redis refuses to load it.
func withTail(t *testing.T, dir string, content []byte) *storetest.Server {
	t.Helper()
	copied := t.TempDir()
	must(t, os.CopyFS(filepath.Join(copied, "appendonlydir"), os.DirFS(filepath.Join(dir, "appendonlydir"))))
	must(t, os.WriteFile(tail(t, copied), content, 0o600))
	return storetest.StartIn(t, copied)
}

func TestATornLogOnDiskHoldsWholeCommitsOnly(t *testing.T) {
	srv := storetest.Start(t)
	s := storetest.Open(t, srv.URL(), nil)
	storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
	whole, err := os.ReadFile(tail(t, srv.Dir))
	must(t, err)
	if _, err := post(t, s, visitor, "and a conversation", nil); err != nil {
		t.Fatal(err)
	}
	longer, err := os.ReadFile(tail(t, srv.Dir))
	must(t, err)
	end := len(whole) + strings.Index(string(longer[len(whole):]), "EXEC")
	const cuts = 24
	for i := range cuts {
		torn := withTail(t, srv.Dir, longer[:len(whole)+(end-len(whole))*i/cuts])
		back := torn.Client()
		ctx := context.Background()
		entries := back.XLen(ctx, s.Key(acct, "t", string(thread))).Val()
		head := back.HGet(ctx, s.Key(acct, "f"), "n").Val()
		lists := back.ZCard(ctx, s.Key(acct, "cs", "all")).Val()
		back.Close()
		torn.Kill()
		if !(entries == 1 && head == "1" && lists == 0) && !(entries == 4 && head == "4" && lists == 1) {
			t.Fatalf("cut %d: %d entries, head %s, %d listed", i, entries, head, lists)
		}
	}
}

func TestAFlippedBitIsServedAsDamagedNeverAsText(t *testing.T) {
	srv := storetest.Start(t)
	s := storetest.Open(t, srv.URL(), nil)
	storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "the words that count"))
	kept, err := os.ReadFile(tail(t, srv.Dir))
	must(t, err)
	at := strings.Index(string(kept), "words that count")
	for _, offset := range []int{at, at + 5, strings.Index(string(kept), `"author"`), strings.Index(string(kept), `"at":`) + 5} {
		flipped := append([]byte(nil), kept...)
		flipped[offset] ^= 1
		broken := withTail(t, srv.Dir, flipped)
		reader := storetest.Open(t, broken.URL(), nil)
		page := storetest.Since(t, reader, acct, thread, &chat.Cursor{})
		if len(page.Entries) != 1 {
			t.Fatalf("%+v", page)
		}
		e := page.Entries[0]
		if want := fmt.Sprintf(`{"eid":%q,"kind":"damaged"}`, e.EID); string(e.Raw) != want {
			t.Fatalf("offset %d: served as %s", offset, e.Raw)
		}
	}
}

func TestAPrivateFlagThatFlipsIsDamagedToo(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		c := storetest.Note(acct, thread, "a1", "message-1", "a secret")
		c.Entries[0].Author.Kind, c.Entries[0].Note = chat.Agent, true
		storetest.MustAppend(t, s, c)
		key := s.Key(acct, "t", string(thread))
		fields := p.back.XRange(ctx, key, "-", "+").Val()[0].Values
		entry, _ := fields["e"].(string)
		public := strings.Replace(entry, " 1 ", " 0 ", 1)
		if public == entry {
			t.Fatalf("kept as %s", entry)
		}
		must(t, p.back.Del(ctx, key).Err())
		must(t, p.back.Do(ctx, "XADD", key, "1-0", "e", public).Err())
		if page := storetest.Since(t, s, acct, thread, nil); strings.Contains(string(page.Entries[0].Raw), "secret") {
			t.Fatalf("served %s", page.Entries[0].Raw)
		}
	})
}

func TestAnOutOfMemoryRedisRefusesAndKeepsNoHalves(t *testing.T) {
	srv, ctx := storetest.Start(t, "--maxmemory-policy", "noeviction"), context.Background()
	s := storetest.Open(t, srv.URL(), nil)
	back := srv.Client()
	defer back.Close()
	storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
	must(t, back.ConfigSet(ctx, "maxmemory", "1mb").Err())
	c := storetest.Note(acct, thread, "v1", "message-2", "hello")
	if _, err := storetest.Append(s, c); !errors.Is(err, &chat.Refusal{Code: chat.Unavailable}) {
		t.Fatalf("got %v", err)
	}
	must(t, back.ConfigSet(ctx, "maxmemory", "0").Err())
	if at := storetest.MustAppend(t, s, c); at.Seq != 2 {
		t.Fatal(at)
	}
}

func TestDurabilityIsReadFromTheServer(t *testing.T) {
	srv, ctx := storetest.Start(t), context.Background()
	back := srv.Client()
	defer back.Close()
	s := storetest.Open(t, srv.URL(), nil, func(o *store.Options) { o.RequireDurable = true })
	if s.Durability() != store.Durable {
		t.Fatalf("%s: %+v", s.Durability(), s.Findings(ctx))
	}
	storetest.Eventually(t, "ready", func() bool { return s.Ready() == nil })
	for setting, value := range map[string]string{"appendfsync": "everysec", "maxmemory-policy": "allkeys-lru", "no-appendfsync-on-rewrite": "yes"} {
		was := back.ConfigGet(ctx, setting).Val()[setting]
		must(t, back.ConfigSet(ctx, setting, value).Err())
		for _, f := range s.Findings(ctx) {
			if f.OK == (f.Name == setting) {
				t.Errorf("with %s %s: %+v", setting, value, f)
			}
		}
		if s.Durability() != store.Weak || s.Ready() == nil {
			t.Errorf("with %s %s: %s, ready %v", setting, value, s.Durability(), s.Ready())
		}
		must(t, back.ConfigSet(ctx, setting, was).Err())
	}
	must(t, back.ConfigSet(ctx, "maxmemory", "1mb").Err()) // less than it uses empty
	for _, f := range s.Findings(ctx) {
		if f.OK == (f.Name == "memory") {
			t.Errorf("with little memory: %+v", f)
		}
	}
	if s.Durability() != store.Durable {
		t.Errorf("with little memory durability is %s", s.Durability())
	}
}

func TestANodeWhoseClockIsFarOffIsNotReady(t *testing.T) {
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	s := storetest.Open(t, e.URL(), nil)
	storetest.Eventually(t, "ready", func() bool { return s.Ready() == nil })
	for _, off := range []time.Duration{time.Hour, -time.Hour, 40 * time.Second} {
		e.Mini().SetTime(time.Now().Add(off))
		findings := s.Findings(t.Context())
		if i := slices.IndexFunc(findings, func(f store.Finding) bool { return f.Name == "clock" && !f.OK }); i < 0 {
			t.Errorf("off by %v: %+v", off, findings)
		}
		if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "clock") {
			t.Errorf("off by %v: ready says %v", off, err)
		}
	}
}

func TestAChildKeepsWhatItWasGivenAndLocksItsFolder(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	for run := range 2 {
		child, err := store.StartChild(ctx, dir, zap.NewNop())
		must(t, err)
		if _, err := store.StartChild(ctx, dir, zap.NewNop()); err == nil {
			t.Fatal("two on one folder")
		}
		s, err := store.Open(ctx, store.Options{URL: child.URL(), Node: "n", IDs: chat.NewIDs(nil), Log: zap.NewNop()})
		must(t, err)
		if s.Durability() != store.Durable {
			t.Fatal(s.Durability())
		}
		at, err := storetest.Append(s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", run), "hello"))
		if err != nil || at.Main.Seq != chat.Seq(run+1) {
			t.Fatal(at, err)
		}
		must(t, s.Close())
		must(t, child.Close())
	}
}

func TestNoRedisServerOnThePathSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := store.StartChild(context.Background(), t.TempDir(), zap.NewNop())
	if !errors.Is(err, store.ErrNoRedis) || !strings.Contains(err.Error(), "apt-get install redis-server") {
		t.Fatal(err)
	}
}
