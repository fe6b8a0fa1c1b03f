package store

import (
	"context"
	"fmt"
	"time"

	"confab/chat"
)

const limitReturnLua = `
-- KEYS 1 bucket  ARGV 1 microseconds for one. Puts one back.
local full = redis.call('GET', KEYS[1])
if not full then return 0 end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
full = tonumber(full) - tonumber(ARGV[1])
if full <= now then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
return 1`

// LimitReturn puts back one that Limit took from the bucket, at the same rate: what was counted is not to count.
func (s *Store) LimitReturn(ctx context.Context, account chat.AccountID, bucket string, rate float64) error {
	gap := int64(float64(time.Second.Microseconds()) / rate)
	_, err := s.scripts.limitReturn.Run(ctx, account, []string{s.keyIn(account, "limit", bucket)}, gap)
	if err != nil {
		return fmt.Errorf("return to limit %s: %w", bucket, err)
	}
	return nil
}
