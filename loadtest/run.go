package loadtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"confab/chat"
)

// Run runs one scenario and returns what it found. The error is about the run itself: nothing was measured. Faults
// of the servers stand in the result; see Verdict.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	r := newRun(o)
	ctx, cancel := context.WithCancel(ctx)
	stopped := r.progress.start(ctx)
	err := map[Scenario]func(context.Context) error{
		Idle: r.idle, Chat: r.chat, Fanout: r.fanout, Reconnect: r.reconnect,
		Rest: r.posting, Webhooks: r.webhooks, Neighbour: r.webhooks,
	}[o.Scenario](ctx)
	cancel()
	r.unwatch()
	<-stopped
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Scenario, err)
	}
	return r.result(), nil
}

// run is one running scenario.
type run struct {
	o        Options
	id       string // random, at the beginning of its messages' ids
	agent    *agent
	progress *progress
	delivery *latency
	answer   *latency
	pacing   *latency

	sent        atomic.Int64
	delivered   atomic.Int64 // all
	counted     atomic.Int64 // in the measured time
	disconnects atomic.Int64

	window atomic.Pointer[window] // nil: nothing is measured yet

	watching sync.Once
	watch    *watch

	mu      sync.Mutex
	ledgers []*ledger
	found   Result
}

func newRun(o Options) *run {
	r := &run{o: o, id: rand.Text() + "-", delivery: newLatency(), answer: newLatency(), pacing: newLatency()}
	r.agent = &agent{o: &r.o}
	r.progress = &progress{run: r}
	r.found = Result{
		Scenario: o.Scenario, Nodes: len(o.URLs), Connections: o.Connections, MaxP99: o.MaxP99,
		Seconds: o.Duration.Seconds(),
	}
	if o.Scenario == Neighbour {
		r.found.Seconds *= float64(2 * o.Rounds)
	}
	return r
}

func (r *run) ledger(name string, readers int) *ledger {
	l := newLedger(name, readers)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ledgers = append(r.ledgers, l)
	return l
}

// window is the measured time, of a round if there are several.
type window struct{ from, to time.Time }

func (r *run) measured(due time.Time) bool {
	w := r.window.Load()
	return w != nil && !due.Before(w.from) && due.Before(w.to)
}

// received accounts for one delivery.
func (r *run) received(l *ledger, reader int, p payload) {
	measured := r.measured(p.due) // before anybody may find that all is here, and begin another round
	if !l.receive(reader, p.n) {
		return
	}
	r.delivered.Add(1)
	if measured {
		r.counted.Add(1)
		r.delivery.record(reader+p.stream, time.Since(p.due))
	}
}

// answered accounts for one acknowledgement.
func (r *run) answered(l *ledger, n int, due time.Time) {
	l.ack(n)
	if r.measured(due) {
		r.answer.record(n, time.Since(due))
	}
}

// each calls do for 0 to count-1, at most Parallel at a time.
func (r *run) each(ctx context.Context, count int, do func(ctx context.Context, i int) error) error {
	g, all := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(r.o.Parallel, count) {
		g.Go(func() error { // for many of them: a goroutine for each would grow its stack each time
			for all.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= count {
					return nil
				}
				if err := do(all, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// settle waits until every account is complete, at most Settle long.
func (r *run) settle(ctx context.Context) {
	r.progress.phase.Store("waiting for stragglers")
	ctx, cancel := context.WithTimeout(ctx, r.o.Settle)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !r.complete() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (r *run) complete() bool {
	for _, l := range r.ledgers {
		if !l.complete() {
			return false
		}
	}
	return true
}

// pace sends by the clock: warm-up, then the measured time. It notes what the processes used in the latter.
func (r *run) pace(ctx context.Context, send func(n int, due time.Time)) error {
	start := time.Now().Add(10 * time.Millisecond)
	w := &window{start.Add(r.o.Warmup), start.Add(r.o.Warmup + r.o.Duration)}
	r.window.Store(w)
	r.progress.phase.Store("measuring")
	gauge := newGauge(r.o)
	var begin sync.Once
	pacer{start: start, rate: r.o.Rate, end: w.to}.run(ctx, func(n int, due time.Time) {
		if r.measured(due) {
			begin.Do(gauge.begin)
			r.pacing.record(n, time.Since(due))
		}
		r.sent.Add(1)
		send(n, due)
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	used, err := gauge.end()
	if err != nil {
		return err
	}
	r.found.note(used)
	return nil
}

func (r *run) result() *Result {
	f := &r.found
	f.Sent, f.Delivered, f.Disconnects = r.sent.Load(), r.counted.Load(), r.disconnects.Load()
	f.Delivery, f.Answer, f.Pacing = r.delivery.quantiles(), r.answer.quantiles(), r.pacing.quantiles()
	if r.o.Scenario != Idle && r.o.Scenario != Reconnect {
		f.Rate = r.o.Rate
	}
	if f.NodeCPUSeconds > 0 && f.Delivered > 0 {
		f.NodeMicrosPerDelivery = f.NodeCPUSeconds * 1e6 / float64(f.Delivered)
		f.DeliveriesPerCPUSecond = float64(f.Delivered) / f.NodeCPUSeconds
	}
	if f.Delivered > 0 {
		f.GeneratorMicrosPerDelivery = f.GeneratorCPUSeconds * 1e6 / float64(f.Delivered)
	}
	if f.RedisCPUSeconds > 0 {
		f.RedisMessagesPerSecond = r.o.Rate * f.Seconds / f.RedisCPUSeconds
	}
	for _, l := range r.ledgers {
		f.Faults.add(l.close())
	}
	return f
}

// refusedWhy names a refusal in a fault's example.
func refusedWhy(code chat.Code, message string) string { return string(code) + ": " + message }
