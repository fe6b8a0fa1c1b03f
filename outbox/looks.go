package outbox

import (
	"context"
	"sync"
	"time"

	"confab/chat"
)

// lookKey is what is looked at: an account, or one of its targets.
type lookKey struct {
	account chat.AccountID
	kind    string
	target  string
}

// looks runs a look for each key that is woken: one at a time for each key, and once more if the key was woken meanwhile. A
// look returns in how long the next is due, below zero: when it is woken. Nothing runs before start, and nothing after stop.
type looks struct {
	look func(context.Context, lookKey) time.Duration

	mu      sync.Mutex
	ctx     context.Context // nil: not started, or stopped
	under   map[lookKey]*under
	early   map[lookKey]bool // woken before start
	running sync.WaitGroup
}

type under struct {
	again bool
	timer *time.Timer // nil while the look runs
}

func newLooks(look func(context.Context, lookKey) time.Duration) *looks {
	return &looks{look: look, under: map[lookKey]*under{}, early: map[lookKey]bool{}}
}

func (l *looks) start(ctx context.Context) {
	l.mu.Lock()
	l.ctx = ctx
	early := l.early
	l.early = map[lookKey]bool{}
	l.mu.Unlock()
	for k := range early {
		l.wake(k)
	}
}

// stop waits for the looks that run.
func (l *looks) stop() {
	l.mu.Lock()
	l.ctx = nil
	for k, u := range l.under {
		if u.timer != nil && u.timer.Stop() {
			delete(l.under, k)
		}
	}
	l.mu.Unlock()
	l.running.Wait()
}

func (l *looks) wake(k lookKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil {
		l.early[k] = true
		return
	}
	u := l.under[k]
	if u == nil {
		u = &under{}
		l.under[k] = u
	} else if u.timer == nil {
		u.again = true
		return
	} else {
		u.timer.Stop() // if it has run out already, it finds that its turn was taken
		u.timer = nil
	}
	l.run(l.ctx, k, u)
}

// run needs mu.
func (l *looks) run(ctx context.Context, k lookKey, u *under) {
	u.again = false
	l.running.Go(func() {
		for {
			next := time.Duration(-1)
			if ctx.Err() == nil {
				next = l.look(ctx, k)
			}
			if !l.rest(k, u, next) {
				return
			}
		}
	})
}

// rest tells whether to look again at once.
func (l *looks) rest(k lookKey, u *under, next time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ctx == nil:
		delete(l.under, k)
		return false
	case u.again:
		u.again = false
		return true
	case next < 0 || next > latest:
		delete(l.under, k)
		return false
	}
	var timer *time.Timer
	timer = time.AfterFunc(max(next, soonest), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.ctx != nil && l.under[k] == u && u.timer == timer {
			u.timer = nil
			l.run(l.ctx, k, u)
		}
	})
	u.timer = timer
	return false
}
