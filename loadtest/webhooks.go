package loadtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"confab/chat"
)

// Hooks is how webhooks were told.
type Hooks struct {
	Endpoints int       `json:"endpoints"`
	FromKept  Quantiles `json:"fromKept"` // from when a node kept a message until it was told, by the clocks of both
	Again     int64     `json:"again"`    // deliveries that came more than once, each under one id

	// A queue that filled while nothing was taken, from when it was until the last was.
	Queue           int     `json:"queue,omitempty"` // deliveries
	QueueSeconds    float64 `json:"queueSeconds,omitempty"`
	QueuePerSecond  float64 `json:"queuePerSecond,omitempty"`
	QueueNodeMicros float64 `json:"queueNodeMicrosPerDelivery,omitempty"`

	// Rounds without and with one more address that hangs, by pairs, from the intended moment of sending to the address.
	Alone    []Quantiles `json:"alone,omitempty"`
	Beside   []Quantiles `json:"beside,omitempty"`
	P50Ratio float64     `json:"p50Ratio,omitempty"` // of the medians of the rounds, beside to alone
	P99Ratio float64     `json:"p99Ratio,omitempty"`
}

const (
	mostFillRate = 2000.0 // messages per second
	fillAtMost   = 10 * time.Second
	queueAtMost  = 3 * time.Minute
	lookEvery    = 2 * time.Millisecond
)

// fillRate is how fast the queue is filled: half of what the sockets may write.
func (o *Options) fillRate() float64 {
	return min(mostFillRate, float64(o.Connections*chat.Limits.SendsPerSecond)/2)
}

// webhooks has visitors write and sees how their messages are told: of a queue, by the clock, or beside an address that hangs.
func (r *run) webhooks(ctx context.Context) (err error) {
	living, stop := context.WithCancel(ctx)
	life := lifetime{living, new(errgroup.Group)}
	c := &crowd{run: r}
	defer func() {
		stop()
		c.end()
		err = errors.Join(err, life.running.Wait())
	}()
	talks, visitors := make([]*ledger, r.o.Connections), make([]*talker, r.o.Connections)
	for i := range visitors {
		name := fmt.Sprintf("visitor %d", i)
		talks[i] = r.ledger(name, r.o.Endpoints)
		visitors[i] = &talker{part: part{run: r, name: name, node: i, stream: i, heard: -1, out: talks[i]}, crowd: c}
	}
	asking := newCaller(&r.o, r.o.URLs[0])
	defer asking.close()
	v, err := r.receive(ctx, talks)
	if err != nil {
		return err
	}
	defer v.close()
	defer func() { err = errors.Join(err, v.removeAll(ctx, asking)) }()
	r.progress.phase.Store("connecting")
	for range r.o.Endpoints {
		if err := v.add(ctx, asking); err != nil {
			return err
		}
	}
	err = r.each(ctx, len(visitors), func(ctx context.Context, i int) error {
		_, err := visitors[i].start(ctx, life, "")
		return err
	})
	if err != nil {
		return err
	}
	life.running.Go(func() error { c.sweep(life.ctx); return nil })
	t := &telling{run: r, receiver: v, asking: asking, visitors: visitors, found: &Hooks{Endpoints: r.o.Endpoints}}
	r.found.Hooks = t.found
	if err := t.measure(ctx); err != nil {
		return err
	}
	if n, reason := c.losses(); n > 0 {
		r.found.Faults.example("%d sockets ended by themselves; the first: %v", n, reason)
	}
	t.found.FromKept, t.found.Again = v.kept.quantiles(), v.again.Load()
	r.found.Faults.add(v.faults)
	return nil
}

// telling is a run of webhooks whose sockets are connected.
type telling struct {
	run      *run
	receiver *receiver
	asking   *caller
	visitors []*talker
	found    *Hooks
}

func (t *telling) measure(ctx context.Context) error {
	if t.run.o.Queue > 0 {
		if err := t.empty(ctx); err != nil {
			return err
		}
	}
	if t.run.o.Scenario == Neighbour {
		return t.rounds(ctx)
	}
	return t.pace(ctx)
}

func (t *telling) pace(ctx context.Context) error {
	err := t.run.pace(ctx, func(n int, due time.Time) { t.visitors[n%len(t.visitors)].say(due) })
	if err == nil {
		t.run.settle(ctx)
	}
	return err
}

// empty lets a queue fill, while all that is told waits for its answer, and then sees how fast it empties.
func (t *telling) empty(ctx context.Context) error {
	r := t.run
	r.progress.phase.Store("filling the queue")
	gate := t.receiver.shut()
	filling := pacer{start: time.Now(), rate: r.o.fillRate()}
	for i := 0; i < r.o.Queue && ctx.Err() == nil; i++ {
		due := filling.due(i)
		sleep(ctx, max(0, time.Until(due)))
		r.sent.Add(1)
		t.visitors[i%len(t.visitors)].say(due)
	}
	if err := t.await(ctx, r.o.Settle, (*ledger).answered); err != nil {
		return err
	}
	r.progress.phase.Store("emptying the queue")
	was, gauge, began := r.delivered.Load(), newGauge(r.o), time.Now()
	gauge.begin()
	close(gate.open)
	if err := t.await(ctx, queueAtMost, (*ledger).complete); err != nil {
		return err
	}
	took := time.Since(began)
	used, err := gauge.end()
	if err != nil {
		return err
	}
	told := r.delivered.Load() - was
	t.found.Queue, t.found.QueueSeconds = int(told), took.Seconds()
	if told > 0 {
		t.found.QueuePerSecond = float64(told) / took.Seconds()
		t.found.QueueNodeMicros = used.nodes.cpu.Seconds() * 1e6 / float64(told)
	}
	return nil
}

// await waits until it is true of every ledger, or for so long; what is not true then shows in the faults.
func (t *telling) await(ctx context.Context, atMost time.Duration, is func(*ledger) bool) error {
	waiting, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for i := 0; i < len(t.receiver.talks); {
		if is(t.receiver.talks[i]) {
			i++ // and stays so
			continue
		}
		select {
		case <-ticker.C:
		case <-waiting.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// rounds are in pairs, whose order turns, so that what the machine does besides hits both alike.
func (t *telling) rounds(ctx context.Context) error {
	t.found.Alone, t.found.Beside = make([]Quantiles, t.run.o.Rounds), make([]Quantiles, t.run.o.Rounds)
	for i := range t.run.o.Rounds {
		pair := []bool{false, true}
		if i%2 == 1 {
			slices.Reverse(pair)
		}
		for _, hangs := range pair {
			q, err := t.round(ctx, hangs)
			if err != nil {
				return err
			}
			if hangs {
				t.found.Beside[i] = q
			} else {
				t.found.Alone[i] = q
			}
		}
	}
	t.found.P50Ratio = ratio(t.found.Beside, t.found.Alone, func(q Quantiles) float64 { return q.P50 })
	t.found.P99Ratio = ratio(t.found.Beside, t.found.Alone, func(q Quantiles) float64 { return q.P99 })
	return nil
}

func (t *telling) round(ctx context.Context, hangs bool) (Quantiles, error) {
	round := newLatency()
	t.receiver.round.Store(round)
	if !hangs {
		err := t.pace(ctx)
		return round.quantiles(), err
	}
	id, _, err := t.receiver.addAt(ctx, t.asking, hangPath)
	if err == nil {
		err = t.pace(ctx)
	}
	if err == nil {
		err = t.receiver.remove(ctx, t.asking, id)
	}
	return round.quantiles(), err
}

// ratio is that of the medians.
func ratio(of, to []Quantiles, value func(Quantiles) float64) float64 {
	median := func(list []Quantiles) float64 {
		values := make([]float64, len(list))
		for i := range list {
			values[i] = value(list[i])
		}
		slices.Sort(values)
		return (values[len(values)/2] + values[(len(values)-1)/2]) / 2
	}
	if median(to) == 0 {
		return 0
	}
	return median(of) / median(to)
}
