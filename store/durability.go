package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"
)

// What an acknowledgement is worth.
const (
	Durable    = "durable"    // synced to disk before it is given
	Replicated = "replicated" // and held by a replica
	Weak       = "weak"       // the last second, or more, may be lost
	Memory     = "memory"     // gone with this process
	Unknown    = "unknown"    // Redis does not tell its settings; to be taken for weak
)

const (
	durabilityEvery = time.Minute
	oldestRedis     = "6.2"
)

type durabilityReport struct {
	level    string
	findings []Finding
}

// Durability tells what an acknowledgement is worth, as found within the last minute.
func (s *Store) Durability() string {
	if r := s.durability.Load(); r != nil {
		return r.level
	}
	return Unknown
}

func (s *Store) durable() error {
	if level := s.Durability(); s.requireDurable && level != Durable && level != Replicated {
		return fmt.Errorf("durability is %s, and must be durable", level)
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
	if was != nil && was.level == now.level {
		return
	}
	for _, f := range now.findings {
		if !f.OK {
			s.log.Warn("store: "+f.Sentence, zap.String("check", f.Name), zap.String("durability", now.level))
		}
	}
}

// inspect asks every master; the worst one counts.
func (s *Store) inspect(ctx context.Context) *durabilityReport {
	if s.embedded {
		return &durabilityReport{Memory, []Finding{{"durability", false,
			"The store is in memory: everything is gone when the program ends. Give a data folder, or a Redis."}}}
	}
	ctx, cancel := context.WithTimeout(ctx, maxFlight)
	defer cancel()
	if s.cluster == nil {
		return inspectServer(ctx, s.client)
	}
	var mu sync.Mutex
	var worst *durabilityReport
	err := s.cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error {
		r := inspectServer(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		if worst == nil || worst.level == Durable {
			worst = r
		}
		return nil
	})
	if err != nil || worst == nil {
		return unreadable(err)
	}
	return worst
}

func unreadable(err error) *durabilityReport {
	return &durabilityReport{Unknown, []Finding{{"durability", false, fmt.Sprintf("Redis does not tell how it keeps data (%v). "+
		"Allow CONFIG GET, or make sure of appendonly yes, appendfsync always and maxmemory-policy noeviction.", err)}}}
}

func inspectServer(ctx context.Context, c redis.Cmdable) *durabilityReport {
	settings := map[string]string{}
	for _, name := range []string{"appendonly", "appendfsync", "maxmemory-policy", "no-appendfsync-on-rewrite"} {
		got, err := c.ConfigGet(ctx, name).Result()
		if err != nil {
			return unreadable(err)
		}
		settings[name] = got[name]
	}
	return judge(settings, version(ctx, c))
}

func version(ctx context.Context, c redis.Cmdable) string {
	info, err := c.Info(ctx, "server").Result()
	if err != nil {
		return ""
	}
	return infoField(info, "redis_version")
}

// judge applies rule by rule; one that is broken makes the store weak.
func judge(settings map[string]string, version string) *durabilityReport {
	r := &durabilityReport{level: Durable}
	rules := []struct{ name, want, why string }{
		{"appendonly", "yes", "without it a restart loses messages that were acknowledged"},
		{"appendfsync", "always", "otherwise a crash loses up to a second of messages that were acknowledged"},
		{"maxmemory-policy", "noeviction", "otherwise a full memory silently deletes messages"},
		{"no-appendfsync-on-rewrite", "no", "otherwise a crash during a rewrite loses messages"},
	}
	for _, rule := range rules {
		got := settings[rule.name]
		f := Finding{rule.name, got == rule.want, fmt.Sprintf("%s is %s.", rule.name, got)}
		if !f.OK {
			f.Sentence = fmt.Sprintf("%s is %q: set it to %s, for %s.", rule.name, got, rule.want, rule.why)
			r.level = Weak
		}
		r.findings = append(r.findings, f)
	}
	f := Finding{"version", atLeast(version, oldestRedis), "Redis is version " + version + "."}
	if !f.OK {
		f.Sentence = "Redis is version " + version + ": take " + oldestRedis + " or later."
	}
	r.findings = append(r.findings, f)
	return r
}

// atLeast compares the first two numbers; an unknown version passes.
func atLeast(version, oldest string) bool {
	if version == "" {
		return true
	}
	have, want := strings.Split(version, "."), strings.Split(oldest, ".")
	for i := range 2 {
		if i >= len(have) {
			return false
		}
		h, _ := strconv.Atoi(have[i])
		w, _ := strconv.Atoi(want[i])
		if h != w {
			return h > w
		}
	}
	return true
}
