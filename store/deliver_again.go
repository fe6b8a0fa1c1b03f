package store

import (
	"context"
	"fmt"

	"confab/chat"
)

const sendAgainLua = `
-- KEYS 1 delivery  2 line  3 due  4 busy  5 waiting  6 ended  ARGV 1 delivery  2 thread
-- Answers 'none' or 'ok'.
local call = redis.call
local d = call('HMGET', KEYS[1], 'state', 'n')
if not d[1] then return 'none' end
local time = call('TIME')
local at = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
if d[1] ~= 'waiting' then
  call('HSET', KEYS[1], 'state', 'waiting', 'tries', 0, 'ended', 0)
  call('HINCRBY', KEYS[1], 'replays', 1)
  call('ZADD', KEYS[2], d[2], ARGV[1])
  call('ZADD', KEYS[5], at, ARGV[1])
  call('ZREM', KEYS[6], ARGV[1])
end
if call('ZSCORE', KEYS[4], ARGV[2]) then return 'ok' end
if call('ZRANGE', KEYS[2], 0, 0)[1] == ARGV[1] or not call('ZSCORE', KEYS[3], ARGV[2]) then
  call('HSET', KEYS[1], 'due', 0)
  call('ZADD', KEYS[3], at, ARGV[2])
end
return 'ok'`

// SendAgain has deliveries tried again under their ids, with all their tries before them. Each takes the place in its thread
// that its number gives it. One that waits anyway is tried at once if it is its turn. It returns how many there were.
func (s *Store) SendAgain(ctx context.Context, account chat.AccountID, ids ...string) (int, error) {
	found, err := s.readDeliveries(ctx, account, ids)
	if err != nil {
		return 0, err
	}
	calls := make([]call, 0, len(found))
	for _, d := range found {
		if d.State == "" {
			continue
		}
		calls = append(calls, s.scripts.sendAgain.call([]string{
			s.deliveryKey(account, d.ID), s.lineKey(account, d.Target, d.Thread), s.dueKey(account, d.Target),
			s.busyKey(account, d.Target), s.waitingKey(account, d.Target), s.endedKey(account),
		}, d.ID, string(d.Thread)))
	}
	if len(calls) == 0 {
		return 0, nil
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return 0, fmt.Errorf("send %d deliveries again: %w", len(calls), err)
	}
	n := 0
	for _, val := range vals {
		if text(val) == "ok" {
			n++
		}
	}
	return n, nil
}
