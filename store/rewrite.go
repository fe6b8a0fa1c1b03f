package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"
)

// What was deleted stays on the disk of Redis until it writes its files anew: in an append-only file as the commands that once
// wrote it, in a snapshot as it was. Whoever erases a person says so, and within about a minute one of the nodes has them
// written anew.

func (s *Store) rewriteKey() string { return s.GlobalKey("rewrite") }

// Rewrite has the files of Redis written anew soon, so that what was erased is nowhere any more. Many who ask at once are served
// together.
func (s *Store) Rewrite(ctx context.Context) error {
	if _, err := s.ask1(ctx, command("INCR", s.rewriteKey())); err != nil {
		return fmt.Errorf("ask for a rewrite: %w", err)
	}
	return nil
}

// RewriteIfAsked has Redis begin, if somebody has asked since it did. Run does so every minute; whichever node comes first does it for
// all. What is asked for meanwhile stays asked for.
func (s *Store) RewriteIfAsked(ctx context.Context) error {
	val, err := s.ask1(ctx, command("GET", s.rewriteKey()))
	if err != nil || val == nil {
		return err
	}
	if held, err := s.Lease(ctx, "rewrite", s.node, durabilityEvery/2); err != nil || !held {
		return err
	}
	if s.embedded {
		return s.rewritten(ctx, text(val))
	}
	err = s.eachMaster(ctx, func(ctx context.Context, c redis.Cmdable) error { return rewriteFiles(ctx, c) })
	if err != nil {
		return fmt.Errorf("have the files of Redis written anew: %w", err)
	}
	return s.rewritten(ctx, text(val))
}

func (s *Store) rewritten(ctx context.Context, asked string) error {
	_, err := s.scripts.unset.Run(ctx, "", []string{s.rewriteKey()}, asked)
	return err
}

const unsetLua = `
-- KEYS 1 a value  ARGV 1 what it was. One that has changed stays.
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`

// rewriteFiles begins with the append-only file if there is one, else with the snapshot if one is ever made.
func rewriteFiles(ctx context.Context, c redis.Cmdable) error {
	info, err := c.Info(ctx, "persistence").Result()
	if err != nil {
		return err
	}
	if strings.Contains(info, "aof_enabled:1") {
		return begun(c.BgRewriteAOF(ctx).Err())
	}
	return begun(c.BgSave(ctx).Err())
}

// errBusy says that Redis is writing its files already. It may have begun before the last erasure, so it is asked again.
var errBusy = errors.New("redis is writing its files")

func begun(err error) error {
	switch {
	case err == nil || strings.Contains(err.Error(), "scheduled"):
		return nil
	case strings.Contains(err.Error(), "in progress"):
		return errBusy
	}
	return err
}

func (s *Store) rewriteErased(ctx context.Context) {
	if err := s.RewriteIfAsked(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errBusy) {
		s.log.Warn("what was erased stays in the files of Redis until they are written anew; run BGREWRITEAOF or BGSAVE there", zap.Error(err))
	}
}
