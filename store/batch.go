package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	maxQueue   = 1 << 15                 // operations that wait; over it they are refused
	maxBatch   = 512                     // operations of one pipeline
	maxFlight  = 1500 * time.Millisecond // one pipeline, from dialling to the last reply
	maxWaiting = 1200 * time.Millisecond // an operation that waited longer for its pipeline is refused
	answerIn   = 1900 * time.Millisecond // waiting and flight together: a refusal comes within 2 s
)

// call is one command, or a script with its keys and arguments.
type call struct {
	script *Script
	keys   []any // of a script
	args   []any
}

func command(args ...any) call { return call{args: args} }

// push adds the call to a pipeline, scripts by their hash or, on repetition, by their text.
func (c call) push(ctx context.Context, p redis.Pipeliner, byText bool) *redis.Cmd {
	if c.script == nil {
		return p.Do(ctx, c.args...)
	}
	args := make([]any, 0, 3+len(c.keys)+len(c.args))
	if byText {
		args = append(args, "eval", c.script.text, len(c.keys))
	} else {
		args = append(args, "evalsha", c.script.sha, len(c.keys))
	}
	return p.Do(ctx, append(append(args, c.keys...), c.args...)...)
}

// reply is what became of one call: val nil and err nil stand for "no such thing".
type reply struct {
	val any
	err error
}

// operation is what one caller wants done: calls that travel together, or one commit. done gets one reply for each call.
type operation struct {
	queued time.Time
	calls  []call
	parcel *parcel // instead of calls
	done   func([]reply)

	at    int // its first call in the flight
	place int // of its parcel there
}

func (o *operation) replies() int { return max(1, len(o.calls)) }

// queue holds operations for the committer. Safe for concurrent use.
type queue struct {
	mu      sync.Mutex
	waiting []*operation
	closed  bool
	wake    chan struct{} // capacity 1; put may send, the committer receives
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) put(o *operation) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return errClosed
	case len(q.waiting) >= maxQueue:
		return errFull
	}
	q.waiting = append(q.waiting, o)
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return nil
}

// take takes up to maxBatch operations out, oldest first.
func (q *queue) take() []*operation {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), maxBatch)
	batch := slices.Clone(q.waiting[:n])
	rest := copy(q.waiting, q.waiting[n:])
	clear(q.waiting[rest:])
	q.waiting = q.waiting[:rest]
	return batch
}

func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

// submit queues calls for the next batch. done runs on the answering goroutine, in the order of queueing, and must
// not block. Only if the queue is full or the store closed does it run before submit returns.
func (s *Store) submit(done func([]reply), calls ...call) {
	s.queueUp(&operation{calls: calls, done: done})
}

func (s *Store) queueUp(o *operation) {
	o.queued = time.Now()
	if err := s.queue.put(o); err != nil {
		s.refuse(o, err)
	}
}

func (s *Store) refuse(o *operation, cause error) {
	replies := make([]reply, o.replies())
	for i := range replies {
		replies[i].err = s.fault(cause)
	}
	o.done(replies)
}

// ask submits and waits. The error is the first of any call, or the context's.
func (s *Store) ask(ctx context.Context, calls ...call) ([]any, error) {
	ch := make(chan []reply, 1)
	s.submit(func(r []reply) { ch <- r }, calls...)
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case replies := <-ch:
		return values(replies)
	}
}

func (s *Store) ask1(ctx context.Context, c call) (any, error) {
	vals, err := s.ask(ctx, c)
	if err != nil {
		return nil, err
	}
	return vals[0], nil
}

func values(replies []reply) ([]any, error) {
	vals := make([]any, len(replies))
	for i, r := range replies {
		if r.err != nil {
			return nil, r.err
		}
		vals[i] = r.val
	}
	return vals, nil
}

// commitLoop is the only one that writes to Redis: one pipeline at a time, and what arrives meanwhile is the next.
// Answers are told on another goroutine, in their order, so that Redis has the next pipeline meanwhile and is not idle
// until all are told. It ends when the queue is closed and empty.
func (s *Store) commitLoop() {
	landed := make(chan landing, 1)
	var telling sync.WaitGroup
	telling.Go(func() {
		for l := range landed {
			s.tell(l)
		}
	})
	defer telling.Wait()
	defer close(landed)
	var pace gatherer
	for {
		if batch := s.queue.take(); len(batch) > 0 {
			s.runBatch(batch, landed)
			pace.rest(len(batch))
			continue
		}
		select {
		case <-s.queue.wake:
		case <-s.closing:
			s.queue.close()
			for batch := s.queue.take(); len(batch) > 0; batch = s.queue.take() {
				s.runBatch(batch, landed)
			}
			return
		}
	}
}

// landing is operations whose answers are there.
type landing struct {
	operations []*operation
	flight     *flight // nil: they waited for too long, and were not done
}

func (s *Store) tell(l landing) {
	for _, o := range l.operations {
		if l.flight == nil {
			s.refuse(o, errOverdue)
			continue
		}
		o.done(l.flight.repliesTo(o))
	}
}

func (s *Store) runBatch(batch []*operation, landed chan<- landing) {
	start := time.Now()
	live, oldest := batch[:0], time.Duration(0)
	var overdue []*operation
	for _, o := range batch {
		if start.Sub(o.queued) > maxWaiting {
			overdue = append(overdue, o)
			continue
		}
		live, oldest = append(live, o), max(oldest, start.Sub(o.queued))
	}
	if len(overdue) > 0 {
		landed <- landing{operations: overdue}
	}
	if len(live) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), min(maxFlight, answerIn-oldest))
	defer cancel()
	s.teach(ctx)
	f := s.newFlight(live)
	f.run(ctx)
	s.metrics.batchSize.Observe(float64(len(live)))
	s.metrics.batchSeconds.Observe(time.Since(start).Seconds())
	landed <- landing{live, f}
}
