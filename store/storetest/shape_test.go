package storetest_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"confab/store"
)

// The two shapes of the bus: one channel for an account, or one for each thread, of which there are ten thousand.
const (
	shapeThreads = 10_000
	shapeBatch   = 256 // channels of one SUBSCRIBE
	shapePipe    = 128 // messages of one pipeline
	shapeBytes   = 400 // of a bell
)

// bus is a Redis with subscribed nodes, and one who publishes.
type bus struct {
	publisher *redis.Client
	nodes     []*redis.PubSub
	heard     sync.WaitGroup // messages under way
	receivers sync.WaitGroup
}

func openBus(b *testing.B, nodes int) *bus {
	b.Helper()
	child, err := store.StartChild(context.Background(), b.TempDir(), zap.NewNop())
	if err != nil {
		b.Fatal(err)
	}
	options := &redis.Options{Network: "unix", Addr: strings.TrimPrefix(child.URL(), "unix://"), Protocol: 2, DisableIdentity: true}
	t := &bus{publisher: redis.NewClient(options)}
	for range nodes {
		t.nodes = append(t.nodes, redis.NewClient(options).Subscribe(context.Background()))
	}
	b.Cleanup(func() {
		for _, n := range t.nodes {
			n.Close()
		}
		t.receivers.Wait()
		t.publisher.Close()
		child.Close()
	})
	return t
}

func channelsOf(threads int) []string {
	names := make([]string, threads)
	for i := range names {
		names[i] = "cf:{demo}:t:" + strconv.Itoa(i)
	}
	return names
}

// subscribe follows channels on one node and waits until Redis has confirmed all.
func (t *bus) subscribe(b *testing.B, node int, channels []string) {
	ctx := context.Background()
	for at := 0; at < len(channels); at += shapeBatch {
		batch := channels[at:min(at+shapeBatch, len(channels))]
		if err := t.nodes[node].Subscribe(ctx, batch...); err != nil {
			b.Fatal(err)
		}
		for range batch {
			if _, err := t.nodes[node].Receive(ctx); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// receive counts off the messages that a node hears.
func (t *bus) receive(node int) {
	t.receivers.Go(func() {
		for {
			msg, err := t.nodes[node].ReceiveTimeout(context.Background(), 0)
			if err != nil {
				return
			}
			if _, ok := msg.(*redis.Message); ok {
				t.heard.Done()
			}
		}
	})
}

// redisCPU is what Redis has used since it started.
func (t *bus) redisCPU(b *testing.B) time.Duration {
	b.Helper()
	info, err := t.publisher.Info(context.Background(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	var sum float64
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			sum += seconds
		}
	}
	return time.Duration(sum * float64(time.Second))
}

func ourCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func micros(d time.Duration, n int) float64 { return float64(d.Microseconds()) / float64(n) }

// BenchmarkShapeSubscribe is what the bus costs when all clients of a node reconnect to another.
func BenchmarkShapeSubscribe(b *testing.B) {
	for shape, channels := range map[string][]string{"account": {"cf:{demo}:feed"}, "thread": channelsOf(shapeThreads)} {
		b.Run(shape, func(b *testing.B) {
			t := openBus(b, 2)
			redisBefore, ourBefore := t.redisCPU(b), ourCPU()
			for b.Loop() {
				for node := range t.nodes {
					t.subscribe(b, node, channels)
				}
				b.StopTimer()
				for node := range t.nodes {
					t.leave(b, node, channels)
				}
				b.StartTimer()
			}
			clients := b.N * shapeThreads * len(t.nodes)
			b.ReportMetric(micros(t.redisCPU(b)-redisBefore, clients), "redis-µs/client")
			b.ReportMetric(micros(ourCPU()-ourBefore, clients), "node-µs/client")
		})
	}
}

// leave undoes subscribe; its cost is counted too, for who left without a word is taken out by Redis.
func (t *bus) leave(b *testing.B, node int, channels []string) {
	ctx := context.Background()
	if err := t.nodes[node].Unsubscribe(ctx, channels...); err != nil {
		b.Fatal(err)
	}
	for range channels {
		if _, err := t.nodes[node].Receive(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkShapePublish is what one message costs. All nodes hear an account's channel; a thread's is heard where
// somebody reads the thread, which is one node or two.
func BenchmarkShapePublish(b *testing.B) {
	for _, shape := range []struct {
		name     string
		channels []string
		readers  int // nodes
	}{
		{"account_2_nodes", []string{"cf:{demo}:feed"}, 2},
		{"account_8_nodes", []string{"cf:{demo}:feed"}, 8},
		{"thread_read_on_two", channelsOf(shapeThreads), 2},
		{"thread_read_on_one", channelsOf(shapeThreads), 1},
	} {
		b.Run(shape.name, func(b *testing.B) {
			t := openBus(b, shape.readers)
			for node := range t.nodes {
				t.subscribe(b, node, shape.channels)
				t.receive(node)
			}
			redisBefore, ourBefore := t.redisCPU(b), ourCPU()
			sent := 0
			for b.Loop() {
				t.publish(b, shape.channels, sent, shape.readers)
				sent += shapePipe
			}
			t.heard.Wait()
			b.ReportMetric(micros(t.redisCPU(b)-redisBefore, sent), "redis-µs/msg")
			b.ReportMetric(micros(ourCPU()-ourBefore, sent), "client-µs/msg")
		})
	}
}

func (t *bus) publish(b *testing.B, channels []string, from, readers int) {
	payload := strings.Repeat("x", shapeBytes)
	t.heard.Add(shapePipe * readers)
	_, err := t.publisher.Pipelined(context.Background(), func(p redis.Pipeliner) error {
		for i := range shapePipe {
			p.Publish(context.Background(), channels[(from+i)*7919%len(channels)], payload)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
