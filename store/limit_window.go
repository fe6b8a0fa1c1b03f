package store

import (
	"context"
	"fmt"
	"time"

	"confab/chat"
)

const limitWindowLua = `
-- KEYS 1 bucket  ARGV 1 how many  2 window in microseconds  3 a name of this one. Answers 0, or microseconds to wait.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
if redis.call('ZCARD', KEYS[1]) >= most then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, math.ceil(tonumber(oldest[2]) + window - now))
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return 0`

// LimitWindow takes one of most in any stretch of time as long as window. If there is none, retryAfter tells when there
// will be. What is refused does not count.
func (s *Store) LimitWindow(ctx context.Context, account chat.AccountID, bucket string, most int, window time.Duration) (ok bool, retryAfter time.Duration, err error) {
	key := s.keyIn(account, "window", bucket)
	val, err := s.scripts.limitWindow.Run(ctx, account, []string{key}, most, window.Microseconds(), s.ids.New())
	if err != nil {
		return false, 0, fmt.Errorf("limit %s: %w", bucket, err)
	}
	wait, _ := val.(int64)
	return wait == 0, time.Duration(wait) * time.Microsecond, nil
}
