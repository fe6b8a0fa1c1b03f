package store

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"
)

// library holds every script that the store may run, so that Redis knows all of them before it is asked for one: a
// script that is unknown runs only on repetition, after others of its batch. Safe for concurrent use.
type library struct {
	mu      sync.Mutex
	scripts []*Script
	taught  int // how many of them Redis was given; connections made later bring all
}

// add returns the script of that text, which may be there already.
func (l *library) add(sc *Script) *Script {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, known := range l.scripts {
		if known.sha == sc.sha {
			return known
		}
	}
	l.scripts = append(l.scripts, sc)
	return sc
}

func (l *library) all() []*Script {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.scripts[:len(l.scripts):len(l.scripts)]
}

// next returns the scripts that Redis was not given yet, and counts them as given.
func (l *library) next() []*Script {
	l.mu.Lock()
	defer l.mu.Unlock()
	fresh := l.scripts[l.taught:len(l.scripts):len(l.scripts)]
	l.taught = len(l.scripts)
	return fresh
}

// forget notes that Redis has lost its scripts.
func (l *library) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taught = 0
}

// greet gives a new connection's server all scripts, for it may be another server, or have restarted. If the server
// refuses, that matters only when a script runs.
func (l *library) greet(ctx context.Context, conn *redis.Conn) error {
	err := load(ctx, conn, l.all())
	if refused := redis.Error(nil); errors.As(err, &refused) {
		return nil
	}
	return err
}

// teach gives every master the scripts that are new since the last time.
func (s *Store) teach(ctx context.Context) {
	scripts := s.library.next()
	if len(scripts) == 0 {
		return
	}
	err := s.eachMaster(ctx, func(ctx context.Context, c redis.Cmdable) error { return load(ctx, c, scripts) })
	if err != nil {
		s.log.Debug("giving Redis its scripts; they are repeated by their text", zap.Error(err))
	}
}

func load(ctx context.Context, c redis.Cmdable, scripts []*Script) error {
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, sc := range scripts {
			p.Do(ctx, "script", "load", sc.text)
		}
		return nil
	})
	return err
}

func (s *Store) eachMaster(ctx context.Context, f func(context.Context, redis.Cmdable) error) error {
	if s.cluster == nil {
		return f(ctx, s.client)
	}
	return s.cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return f(ctx, c) })
}
