package loadtest

import (
	"runtime"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latency records durations from 1 µs to 2 min with three digits. Safe for concurrent use.
type latency struct {
	shards []latencyShard // no more than goroutines run at once, for each is 150 KB to keep in the cache
}

type latencyShard struct {
	mu   sync.Mutex
	hist *hdrhistogram.Histogram
}

const longestLatency = 2 * time.Minute

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longestLatency.Microseconds(), 3)
}

func newLatency() *latency {
	l := &latency{shards: make([]latencyShard, min(runtime.GOMAXPROCS(0), 8))}
	for i := range l.shards {
		l.shards[i].hist = newHistogram()
	}
	return l
}

// record counts d; key spreads callers over locks. Longer ones count as the longest.
func (l *latency) record(key int, d time.Duration) {
	s := &l.shards[uint(key)%uint(len(l.shards))]
	micros := min(max(d.Microseconds(), 1), longestLatency.Microseconds())
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.hist.RecordValue(micros) // in range by the line above
}

// Quantiles of a latency, in milliseconds.
type Quantiles struct {
	Count int64   `json:"count"`
	Mean  float64 `json:"meanMillis"`
	P50   float64 `json:"p50Millis"`
	P90   float64 `json:"p90Millis"`
	P99   float64 `json:"p99Millis"`
	P999  float64 `json:"p999Millis"`
	Max   float64 `json:"maxMillis"`
}

func (l *latency) quantiles() Quantiles {
	all := newHistogram()
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		all.Merge(s.hist)
		s.mu.Unlock()
	}
	millis := func(micros int64) float64 { return float64(micros) / 1000 }
	return Quantiles{
		Count: all.TotalCount(), Mean: all.Mean() / 1000,
		P50: millis(all.ValueAtQuantile(50)), P90: millis(all.ValueAtQuantile(90)), P99: millis(all.ValueAtQuantile(99)),
		P999: millis(all.ValueAtQuantile(99.9)), Max: millis(all.Max()),
	}
}
