package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"confab/chat"
)

const followPatience = 2 * time.Second // until a Follow that Redis did not confirm is refused

// feed receives the doorbells of the followed accounts. Locks: mu guards what is below it and is never held while the
// listener or Redis is called; calling lets listener calls come one at a time.
type feed struct {
	store    *Store
	listener Listener // set before Run
	calling  sync.Mutex
	wake     chan struct{} // capacity 1: there is something to route

	mu       sync.Mutex
	accounts map[chat.AccountID]*followed
	unrouted map[chat.AccountID]bool
	lines    map[string]*line     // by the address of the master, "" if there is but one
	heard    map[string]time.Time // when the bus was last heard there; zero: not yet
	server   string               // identity of the Redis process and of its history
}

// followed is an account whose feed is wanted. Owned by feed.mu.
type followed struct {
	count   int // Follows less Unfollows
	line    *line
	heard   bool // Redis confirmed the subscription on the present line
	live    bool // and the head was read
	chain   chain
	waiting []waiter
	owes    bool // changes above owed were not read yet
	owed    int64
}

type waiter struct {
	done  func(error)
	since time.Time
}

func newFeed(s *Store) *feed {
	return &feed{
		store: s, wake: make(chan struct{}, 1),
		accounts: map[chat.AccountID]*followed{}, unrouted: map[chat.AccountID]bool{},
		lines: map[string]*line{}, heard: map[string]time.Time{},
	}
}

// Listen names who hears the bells. Once, before Run.
func (s *Store) Listen(l Listener) { s.feed.listener = l }

// Follow asks for the bells of an account; follows count. done runs on another goroutine after Redis confirmed the
// subscription and the feed's head was read: what is read from the log from then on misses nothing. If Redis does not
// confirm within 2 s done gets a chat.Unavailable refusal, and that Follow does not count.
func (s *Store) Follow(account chat.AccountID, done func(error)) {
	f := s.feed
	f.mu.Lock()
	a := f.accounts[account]
	if a == nil {
		a = &followed{}
		f.accounts[account] = a
		f.unrouted[account] = true
	}
	a.count++
	live := a.live
	if !live {
		a.waiting = append(a.waiting, waiter{done, time.Now()})
	}
	f.mu.Unlock()
	if live {
		s.submit(func([]reply) { done(nil) })
		return
	}
	f.nudge()
}

// Unfollow takes one Follow back. After the last, bells stop coming.
func (s *Store) Unfollow(account chat.AccountID) {
	f := s.feed
	f.mu.Lock()
	a := f.accounts[account]
	if a != nil {
		a.count--
	}
	if a == nil || a.count > 0 {
		f.mu.Unlock()
		return
	}
	l := f.forget(account, a)
	f.mu.Unlock()
	if l != nil {
		l.nudge()
	}
}

// forget drops an account and returns the line that must unsubscribe. Needs mu.
func (f *feed) forget(account chat.AccountID, a *followed) *line {
	delete(f.accounts, account)
	delete(f.unrouted, account)
	if a.line != nil {
		a.line.want(f.store.feedChannel(account), false)
	}
	return a.line
}

// Ring announces what is neither kept nor numbered. Best effort: it may be dropped under pressure, and is counted.
func (s *Store) Ring(account chat.AccountID, kind BellKind, thread chat.ThreadID, origin string, data []byte) {
	payload := encodeBell(Bell{Kind: kind, Thread: thread, Origin: origin, Data: data})
	s.submit(func(r []reply) {
		if r[0].err != nil {
			s.metrics.dropped.WithLabelValues(string(rune(kind))).Inc()
		}
	}, command(s.publish, s.feedChannel(account), payload))
}

func (f *feed) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *feed) tell(call func(Listener)) {
	if f.listener == nil {
		return
	}
	f.calling.Lock()
	defer f.calling.Unlock()
	call(f.listener)
}

// accountOf reads the account from the name of a feed's channel.
func accountOf(channel string) (chat.AccountID, bool) {
	rest, ok := strings.CutPrefix(channel, accountPrefix)
	if !ok {
		return "", false
	}
	account, ok := strings.CutSuffix(rest, "}:feed")
	return chat.AccountID(account), ok
}

// ring handles one message of the bus: one bell or several.
func (f *feed) ring(account chat.AccountID, payload string) {
	bells, err := parseBells(payload)
	if err != nil {
		f.store.metrics.bells.WithLabelValues("malformed").Inc()
	}
	for i := range bells {
		f.ringOne(account, &bells[i])
	}
}

func (f *feed) ringOne(account chat.AccountID, b *Bell) {
	f.store.metrics.bells.WithLabelValues(bellLabel(b.Kind)).Inc()
	f.mu.Lock()
	a := f.accounts[account]
	if a == nil {
		f.mu.Unlock()
		return
	}
	var v verdict
	since := a.chain.last.n
	if b.N > 0 {
		v = a.chain.take(b.N, b.Prev, string(b.EID))
	}
	f.mu.Unlock()
	f.tell(func(l Listener) { l.Bell(account, *b) })
	f.act(account, v, since)
}

func bellLabel(k BellKind) string {
	switch k {
	case BellEntry, BellMarker, BellTyping, BellVisitor, BellAgent, BellSettings, BellRevoked, BellPerson:
		return string(rune(k))
	}
	return "other"
}

// act does what a verdict asks for; since is the last number before it.
func (f *feed) act(account chat.AccountID, v verdict, since int64) {
	switch v {
	case gap:
		f.store.metrics.gaps.Inc()
		f.catchUp(account, since)
		// The bells in the gap may have been those of another history, which has outgrown the old one meanwhile.
		f.tell(func(l Listener) { l.Verify(account) })
	case forked:
		f.store.metrics.forks.Inc()
		f.store.log.Warn("the feed's history has changed", zap.String("account", string(account)))
		f.tell(func(l Listener) { l.Verify(account) })
		f.readHead(account, f.restart)
	}
}

// catchUp tells the listener which threads changed after a number of the feed. What cannot be read now is owed, and
// paid at the next position check.
func (f *feed) catchUp(account chat.AccountID, since int64) {
	f.mu.Lock()
	a := f.accounts[account]
	if a == nil {
		f.mu.Unlock()
		return
	}
	if a.owes {
		since = min(since, a.owed)
	}
	a.owes, a.owed = true, since
	f.mu.Unlock()
	s := f.store
	s.submit(func(r []reply) {
		if r[0].err != nil {
			return
		}
		f.paid(account, since)
		var threads []chat.ThreadID
		for _, t := range texts(r[0].val) {
			threads = append(threads, chat.ThreadID(t))
		}
		if len(threads) > 0 {
			f.tell(func(l Listener) { l.Changed(account, threads) })
		}
	}, command("ZRANGEBYSCORE", s.inboxKey(account), fmt.Sprintf("(%d", since), "+inf"))
}

func (f *feed) paid(account chat.AccountID, since int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a := f.accounts[account]; a != nil && a.owed == since {
		a.owes = false
	}
}

// readHead asks Redis for the newest bell of an account and hands it to then, on the store's answering goroutine, with
// where the chain was before.
func (f *feed) readHead(account chat.AccountID, then func(account chat.AccountID, asked, head position)) {
	s := f.store
	f.mu.Lock()
	var asked position
	if a := f.accounts[account]; a != nil {
		asked = a.chain.last
	}
	f.mu.Unlock()
	s.submit(func(r []reply) {
		if r[0].err != nil {
			return // the position check comes again, and a broken line too
		}
		h := texts(r[0].val)
		then(account, asked, position{integer(h[0]), h[1]})
	}, command("HMGET", s.feedKey(account), "n", "e"))
}

// restart goes on from the head after a fork, and has everything compared once more: bells of the old history that
// came since were judged by the old chain, which took what it knew for harmless.
func (f *feed) restart(account chat.AccountID, _, head position) {
	f.mu.Lock()
	a := f.accounts[account]
	if a != nil {
		a.chain = chain{}
		a.chain.jump(head)
	}
	f.mu.Unlock()
	if a != nil {
		f.tell(func(l Listener) { l.Verify(account) })
	}
}

// confirmed comes after Redis confirmed a subscription. The first time it only remembers the head; later there was
// a time without bells, so what changed is read, and every live thread is compared.
func (f *feed) confirmed(account chat.AccountID, asked, head position) {
	f.mu.Lock()
	a := f.accounts[account]
	if a == nil || !a.heard {
		f.mu.Unlock()
		return
	}
	again, since := a.chain.known && !a.live, a.chain.last.n
	switch v := a.chain.meet(asked, head); {
	case v == forked:
		a.chain, again = chain{}, true
		a.chain.jump(head)
	case !a.chain.known, v == gap:
		a.chain.jump(head)
	}
	a.live = true
	waiting := a.waiting
	a.waiting = nil
	f.mu.Unlock()
	for _, w := range waiting {
		w.done(nil)
	}
	if again {
		f.catchUp(account, min(since, head.n))
		f.tell(func(l Listener) { l.Verify(account) })
	}
}

// subscribed notes that Redis confirmed a subscription.
func (f *feed) subscribed(account chat.AccountID) {
	f.mu.Lock()
	if a := f.accounts[account]; a != nil {
		a.heard = true
	}
	f.mu.Unlock()
	f.readHead(account, f.confirmed)
}

// retryHeads reads those heads again that could not be read when their subscription was confirmed.
func (f *feed) retryHeads() {
	var behind []chat.AccountID
	f.mu.Lock()
	for account, a := range f.accounts {
		if a.heard && !a.live {
			behind = append(behind, account)
		}
	}
	f.mu.Unlock()
	for _, account := range behind {
		f.readHead(account, f.confirmed)
	}
}

// expire refuses Follows that wait too long.
func (f *feed) expire(now time.Time) {
	var late []waiter
	f.mu.Lock()
	for account, a := range f.accounts {
		kept := a.waiting[:0]
		for _, w := range a.waiting {
			if now.Sub(w.since) < followPatience {
				kept = append(kept, w)
				continue
			}
			late = append(late, w)
			a.count--
		}
		a.waiting = kept
		if a.count <= 0 {
			f.forget(account, a)
		}
	}
	f.mu.Unlock()
	for _, w := range late {
		w.done(notAnswering())
	}
}

// run routes accounts to lines until ctx ends, then waits for the lines.
func (f *feed) run(ctx context.Context) error {
	var lines sync.WaitGroup
	defer lines.Wait()
	for {
		wait := f.route(ctx, &lines)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-f.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}
