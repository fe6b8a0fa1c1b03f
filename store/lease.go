package store

import (
	"context"
	"fmt"
	"time"
)

const leaseLua = `
-- KEYS 1 lease  ARGV 1 holder  2 milliseconds. Takes a free lease, extends one's own; else 0.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`

// Lease takes the lease of that name for holder, or extends it. held is false while somebody else has it, which a plain
// look tells: of all nodes that ask each second, only the holder runs a script.
// It runs out by the clock of Redis.
func (s *Store) Lease(ctx context.Context, name, holder string, ttl time.Duration) (held bool, err error) {
	key := s.GlobalKey("lease", name)
	has, err := s.ask1(ctx, command("GET", key))
	if err != nil {
		return false, fmt.Errorf("look at lease %s: %w", name, err)
	}
	if has != nil && has != holder {
		return false, nil
	}
	val, err := s.scripts.lease.Run(ctx, "", []string{key}, holder, ttl.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", name, err)
	}
	return val == int64(1), nil
}
