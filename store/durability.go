package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"
)

// What an acknowledgement is worth.
const (
	Durable    = "durable"    // synced to disk before it is given
	Replicated = "replicated" // and held by a replica; not announced, for no commit waits for one (WAIT)
	Weak       = "weak"       // the last second, or more, may be lost
	Memory     = "memory"     // gone with this process
	Unknown    = "unknown"    // Redis does not tell its settings; to be taken for weak
)

const durabilityEvery = time.Minute

// durabilityReport is what one look at the server found.
type durabilityReport struct {
	level    string
	findings []Finding
	skew     time.Duration // of the server's clock against ours; 0 if it does not tell
}

func (r *durabilityReport) bad(name string) bool {
	return slices.ContainsFunc(r.findings, func(f Finding) bool { return f.Name == name && !f.OK })
}

// Durability tells what an acknowledgement is worth, as found within the last minute.
func (s *Store) Durability() string {
	if r := s.durability.Load(); r != nil {
		return r.level
	}
	return Unknown
}

func (s *Store) durable() error {
	if level := s.Durability(); s.requireDurable && level != Durable {
		return fmt.Errorf("durability is %s, and must be durable", level)
	}
	return nil
}

// inTime returns nil if the clocks of Redis and this node agree, as found within the last minute.
func (s *Store) inTime() error {
	if r := s.durability.Load(); r != nil && r.skew.Abs() > maxSkew {
		return errors.New(clockFinding(r.skew).Sentence)
	}
	return nil
}

func (s *Store) durabilityLoop(ctx context.Context) error {
	ticker := time.NewTicker(durabilityEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			s.checkDurability(ctx)
			s.rewriteErased(ctx)
		}
	}
}

// Findings checks now and tells each result in a sentence.
func (s *Store) Findings(ctx context.Context) []Finding {
	s.checkDurability(ctx)
	return s.durability.Load().findings
}

func (s *Store) checkDurability(ctx context.Context) {
	was, now := s.durability.Load(), s.inspect(ctx)
	s.durability.Store(now)
	for _, f := range now.findings {
		if !f.OK && (was == nil || !was.bad(f.Name)) {
			s.log.Warn("store: "+f.Sentence, zap.String("check", f.Name), zap.String("durability", now.level))
		}
	}
}

// inspect asks every master; the worst one counts.
func (s *Store) inspect(ctx context.Context) *durabilityReport {
	if s.embedded {
		return &durabilityReport{level: Memory, findings: []Finding{{"durability", false,
			"The store is in memory: everything is gone when the program ends. Give a data folder, or a Redis."}}}
	}
	ctx, cancel := context.WithTimeout(ctx, maxFlight)
	defer cancel()
	var mu sync.Mutex
	var worst *durabilityReport
	err := s.eachMaster(ctx, func(ctx context.Context, c redis.Cmdable) error {
		r := inspectServer(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		if worst == nil || r.worse(worst) {
			worst = r
		}
		return nil
	})
	if worst == nil {
		return &durabilityReport{level: Unknown, findings: []Finding{unreadable(err)}}
	}
	return worst
}

// worse compares by level, then by how much is wrong.
func (r *durabilityReport) worse(other *durabilityReport) bool {
	if durable := r.level == Durable; durable != (other.level == Durable) {
		return !durable
	}
	wrong := func(r *durabilityReport) (n int) {
		for _, f := range r.findings {
			if !f.OK {
				n++
			}
		}
		return n
	}
	return wrong(r) > wrong(other)
}
