package storetest_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"confab/store"
	"confab/store/storetest"
)

// pushers are n scripts that write what they are given at the end of a list.
func pushers(s *store.Store, n int) []*store.Script {
	scripts := make([]*store.Script, n)
	for i := range scripts {
		scripts[i] = s.Script(fmt.Sprint("push ", i), "return redis.call('RPUSH', KEYS[1], ARGV[1])")
	}
	return scripts
}

// inOrder queues the scripts by turns, all for one batch, and fails if they ran in another order.
func inOrder(t *testing.T, s *store.Store, p place, key string, scripts []*store.Script) {
	t.Helper()
	const rounds = 8
	var all sync.WaitGroup
	all.Add(rounds * len(scripts))
	var want []string
	for i := range rounds * len(scripts) {
		want = append(want, strconv.Itoa(i))
	}
	s.Since(acct, thread, nil, nil, func(store.Page, error) { // between two batches: most of what is queued here travels together
		for i := range rounds * len(scripts) {
			scripts[i%len(scripts)].Do(acct, []string{key}, []any{i}, func(_ any, err error) {
				if err != nil {
					t.Error(err)
				}
				all.Done()
			})
		}
	})
	all.Wait()
	got, err := p.back.LRange(context.Background(), key, 0, -1).Result()
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("ran as %v (%v)", got, err)
	}
}

func TestScriptsRunInTheOrderOfQueueing(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s, ctx := storetest.Open(t, p.url, nil), context.Background()
		scripts := pushers(s, 3)
		must(t, p.back.ScriptLoad(ctx, "return 1").Err())
		if _, err := scripts[1].Run(ctx, acct, []string{s.Key(acct, "warm")}, 1); err != nil {
			t.Fatal(err)
		}
		inOrder(t, s, p, s.Key(acct, "new"), pushers(s, 5)) // two of them are new
		must(t, p.back.ScriptFlush(ctx).Err())
		inOrder(t, s, p, s.Key(acct, "flushed"), scripts)
		must(t, p.back.ScriptFlush(ctx).Err())
		if _, err := scripts[1].Run(ctx, acct, []string{s.Key(acct, "warm")}, 1); err != nil { // and with it, all others
			t.Fatal(err)
		}
		inOrder(t, s, p, s.Key(acct, "again"), scripts)
	})
}

func TestARestartedServerKnowsTheScriptsBeforeTheyAreUsed(t *testing.T) {
	server := storetest.Start(t, "--appendonly", "yes")
	s := storetest.Open(t, server.URL(), nil)
	scripts := pushers(s, 3)
	if _, err := scripts[0].Run(t.Context(), acct, []string{s.Key(acct, "warm")}, 1); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	server.Launch(t)
	storetest.Eventually(t, "the server answers", func() bool {
		_, err := s.Command(t.Context(), acct, "PING")
		return err == nil
	})
	back := server.Client()
	defer back.Close()
	before := noScripts(t, back)
	inOrder(t, s, place{server.URL(), back}, s.Key(acct, "restarted"), scripts)
	if after := noScripts(t, back); after != before {
		t.Errorf("%s scripts were unknown, %s before", after, before)
	}
}

// noScripts is how often the server was asked for a script that it did not know.
func noScripts(t *testing.T, c *redis.Client) string {
	t.Helper()
	info, err := c.Info(t.Context(), "errorstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "errorstat_NOSCRIPT:count=")
	line, _, _ := strings.Cut(rest, "\r\n")
	return line
}
