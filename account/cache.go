package account

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"confab/chat"
)

// cache holds what was read for a while. Only what exists is held, so strangers cannot fill it. Many who miss at
// once share one reading.
type cache[V any] struct {
	life    time.Duration
	flights singleflight.Group

	mu      sync.Mutex
	entries map[string]cached[V]
	dropped int64 // counts drop: what was begun before one is neither kept nor shared after it
}

type cached[V any] struct {
	value V
	owner chat.AccountID
	until time.Time
}

const readTimeout = 5 * time.Second // a shared reading outlives the caller who began it

func newCache[V any](life time.Duration) *cache[V] {
	return &cache[V]{life: life, entries: map[string]cached[V]{}}
}

// get returns what is held under key, or reads it. read also tells whose it is.
func (c *cache[V]) get(ctx context.Context, key string, read func(context.Context) (V, chat.AccountID, error)) (V, error) {
	c.mu.Lock()
	held, ok := c.entries[key]
	before := c.dropped
	c.mu.Unlock()
	if ok && time.Now().Before(held.until) {
		return held.value, nil
	}
	flight := c.flights.DoChan(key+" "+strconv.FormatInt(before, 10), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
		defer cancel()
		return c.fill(ctx, key, before, read)
	})
	select {
	case r := <-flight:
		value, _ := r.Val.(V)
		return value, r.Err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

func (c *cache[V]) fill(ctx context.Context, key string, before int64, read func(context.Context) (V, chat.AccountID, error)) (V, error) {
	value, owner, err := read(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		delete(c.entries, key)
		return value, err
	}
	if c.dropped == before {
		c.entries[key] = cached[V]{value, owner, time.Now().Add(c.life)}
	}
	return value, nil
}

// drop forgets all that belongs to owner. Who asks after this does not get what was read before.
func (c *cache[V]) drop(owner chat.AccountID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped++
	for key, e := range c.entries {
		if e.owner == owner {
			delete(c.entries, key)
		}
	}
}
