package storetest

import (
	"context"
	"strings"
	"testing"

	"confab/store"
)

// ofLogs tells the keys that commits and markers write.
func ofLogs(key string) bool {
	_, rest, ok := strings.Cut(key, "}:")
	return ok && (rest == "f" || rest == "inbox" || strings.HasPrefix(rest, "t:") || strings.HasPrefix(rest, "c:") ||
		strings.HasPrefix(rest, "cs:") || strings.HasPrefix(rest, "v:") && strings.HasSuffix(rest, ":cs"))
}

// Remember copies what was committed. fallBack puts it back in place of what is there then, with all connections
// standing, as when a copy that lagged behind takes over. Neither may run beside commits.
func (s *Server) Remember(t testing.TB) (fallBack func()) {
	t.Helper()
	c, ctx := s.Client(), context.Background()
	t.Cleanup(func() { c.Close() })
	keys := func() []string {
		all, err := c.Keys(ctx, "cf:*").Result()
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	was := map[string]string{}
	for _, key := range keys() {
		if !ofLogs(key) {
			continue
		}
		dump, err := c.Dump(ctx, key).Result()
		if err != nil {
			t.Fatal(err)
		}
		was[key] = dump
	}
	return func() {
		change := c.TxPipeline()
		for _, key := range keys() {
			if ofLogs(key) {
				change.Del(ctx, key)
			}
		}
		for key, dump := range was {
			change.Restore(ctx, key, 0, dump)
		}
		if _, err := change.Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// RememberEmbedded is Server.Remember for an embedded store.
func RememberEmbedded(t testing.TB, e *store.Embedded) (fallBack func()) {
	t.Helper()
	var restore []func() error
	for _, key := range e.Mini().Keys() {
		if ofLogs(key) {
			restore = append(restore, copyKey(t, e, key))
		}
	}
	return func() {
		for _, key := range e.Mini().Keys() {
			if ofLogs(key) {
				e.Mini().Del(key)
			}
		}
		for _, put := range restore {
			if err := put(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// copyKey returns what puts a key back that was deleted.
func copyKey(t testing.TB, e *store.Embedded, key string) (put func() error) {
	m := e.Mini()
	switch kind := m.Type(key); kind {
	case "string":
		text, err := m.Get(key)
		return func() error { return firstError(err, m.Set(key, text)) }
	case "hash":
		names, err := m.HKeys(key)
		var pairs []string
		for _, name := range names {
			pairs = append(pairs, name, m.HGet(key, name))
		}
		return func() error { m.HSet(key, pairs...); return err }
	case "zset":
		scores, err := m.SortedSet(key)
		return func() error {
			for member, score := range scores {
				_, added := m.ZAdd(key, score, member)
				err = firstError(err, added)
			}
			return err
		}
	case "stream":
		log, err := m.Stream(key)
		return func() error {
			for _, entry := range log {
				_, added := m.XAdd(key, entry.ID, entry.Values)
				err = firstError(err, added)
			}
			return err
		}
	default:
		t.Fatalf("key %s is a %s, which is not copied", key, kind)
		return nil
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
