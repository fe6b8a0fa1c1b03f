package storetest_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

// BenchmarkAppend is what commits cost that travel together: messages of 128 bytes, each into a thread of its own that
// has a conversation. Redis syncs its log after each batch, and two nodes hear the bells.
func BenchmarkAppend(b *testing.B) {
	for _, together := range []int{1, 4, 8, 16, 64} {
		b.Run(fmt.Sprintf("together_%d", together), func(b *testing.B) { benchmarkAppend(b, together) })
	}
}

func benchmarkAppend(b *testing.B, together int) {
	server := storetest.Start(b, "--auto-aof-rewrite-min-size", "512mb")
	client := server.Client()
	defer client.Close()
	s := storetest.Open(b, server.URL(), nil)
	for range 2 {
		storetest.Follow(b, storetest.Open(b, server.URL(), nil), "acme")
	}
	const threads = 1024
	versions := make([]chat.EntryID, threads)
	for i := range versions {
		c := benchmarkNote(i, 0)
		c.Next = &chat.Conversation{ID: c.Entries[0].Conversation, Thread: c.Thread, Visitor: "v" + chat.VisitorID(c.Thread), State: chat.Waiting, StartedAt: c.Entries[0].At}
		r, err := storetest.Append(s, c)
		if err != nil {
			b.Fatal(err)
		}
		versions[i] = r.Version
	}
	bus := &bus{publisher: client}
	before, ours, sent := bus.redisCPU(b), ourCPU(), 0
	var landed sync.WaitGroup
	for b.Loop() {
		landed.Add(together)
		for range together {
			sent++
			c := benchmarkNote(sent%threads, sent)
			c.Expect = versions[sent%threads]
			s.Append(c, func(_ store.Committed, err error) {
				if err != nil {
					b.Error(err)
				}
				landed.Done()
			})
		}
		landed.Wait()
	}
	b.ReportMetric(micros(bus.redisCPU(b)-before, sent), "redis-µs/commit")
	b.ReportMetric(micros(ourCPU()-ours, sent), "nodes-µs/commit")
	info, err := client.Info(context.Background(), "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(info) {
		if rest, ok := strings.CutPrefix(line, "cmdstat_evalsha:"); ok {
			var calls, usec int64
			if _, err := fmt.Sscanf(rest, "calls=%d,usec=%d", &calls, &usec); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(usec)/float64(sent+threads), "script-µs/commit")
		}
	}
}

func benchmarkNote(thread, n int) store.Commit {
	id := strconv.Itoa(10000000000000000 + thread)
	c := storetest.Note("acme", chat.ThreadID("t"+id[1:]), "v"+id[1:], "load-abcdefghijkl-"+strconv.Itoa(n), strings.Repeat("x", 128))
	c.Entries[0].Conversation = chat.ConversationID("c" + id[1:])
	c.Entries[0].At = chat.At(time.Now())
	c.Origin = "o" + id[1:]
	return c
}
