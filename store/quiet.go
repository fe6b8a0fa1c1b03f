package store

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// go-redis writes to standard error of every failed dial. What matters of that is counted and logged by us; and its
// logger is one for the process, so it is set before anything runs.
func init() { redis.SetLogger(silent{}) }

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}
