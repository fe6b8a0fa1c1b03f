package store

import (
	"context"
	"fmt"
	"time"

	"confab/chat"
)

// The generic cell rate algorithm: one number, the moment at which the bucket would be empty.
const limitLua = `
-- KEYS 1 bucket  ARGV 1 microseconds for one  2 burst. Answers 0, or microseconds to wait.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local gap, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + gap
local wait = full - now - gap * burst
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
return 0`

// Limit takes one from the bucket, which fills by rate per second up to burst. If there is none, retryAfter tells
// when there will be. Account "" is for buckets that belong to none.
func (s *Store) Limit(ctx context.Context, account chat.AccountID, bucket string, rate float64, burst int) (ok bool, retryAfter time.Duration, err error) {
	gap := int64(float64(time.Second.Microseconds()) / rate)
	val, err := s.scripts.limit.Run(ctx, account, []string{s.keyIn(account, "limit", bucket)}, gap, max(burst, 1))
	if err != nil {
		return false, 0, fmt.Errorf("limit %s: %w", bucket, err)
	}
	wait, _ := val.(int64)
	return wait == 0, time.Duration(wait) * time.Microsecond, nil
}
