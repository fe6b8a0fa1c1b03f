package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"confab/chat"
)

const expireLua = `
-- KEYS 1 delivery  2 line  3 waiting  4 ended  ARGV 1 delivery  2 error. Parks one that waits.
local call = redis.call
if call('HGET', KEYS[1], 'state') ~= 'waiting' then
  call('ZREM', KEYS[3], ARGV[1])
  return 0
end
local time = call('TIME')
local at = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
call('HSET', KEYS[1], 'state', 'parked', 'ended', at, 'due', 0, 'error', ARGV[2])
call('ZREM', KEYS[2], ARGV[1])
call('ZREM', KEYS[3], ARGV[1])
call('ZADD', KEYS[4], at, ARGV[1])
return 1`

// ExpireDeliveries parks deliveries to the target that have waited since before then, at most limit, with a sentence that says
// why. A try of one that is under way goes on, but does not count any more.
func (s *Store) ExpireDeliveries(ctx context.Context, account chat.AccountID, target string, before time.Time, limit int, why string) (int, error) {
	waiting := s.waitingKey(account, target)
	val, err := s.ask1(ctx, command("ZRANGEBYSCORE", waiting, "-inf", int64(chat.At(before)), "LIMIT", 0, limit))
	if err != nil {
		return 0, fmt.Errorf("look for old deliveries to %s: %w", target, err)
	}
	old, err := s.readDeliveries(ctx, account, texts(val))
	if err != nil || len(old) == 0 {
		return 0, err
	}
	calls := make([]call, len(old))
	for i, d := range old {
		calls[i] = s.scripts.expire.call([]string{s.deliveryKey(account, d.ID), s.lineKey(account, target, d.Thread), waiting, s.endedKey(account)}, d.ID, why)
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return 0, fmt.Errorf("park %d old deliveries to %s: %w", len(old), target, err)
	}
	return sum(vals), nil
}

const dropDeliveryLua = `
-- KEYS 1 delivery  2 deliveries  3 those of its thread  4 ended  ARGV 1 delivery. Unless it waits again.
local call = redis.call
if call('HGET', KEYS[1], 'state') == 'waiting' then return 0 end
call('DEL', KEYS[1])
call('ZREM', KEYS[2], ARGV[1])
call('ZREM', KEYS[3], ARGV[1])
call('ZREM', KEYS[4], ARGV[1])
return 1`

// DropDeliveries forgets deliveries that are over: those that ended before then, and the oldest of more than keep; at most
// limit. It returns how many.
func (s *Store) DropDeliveries(ctx context.Context, account chat.AccountID, before time.Time, keep, limit int) (int, error) {
	ended := s.endedKey(account)
	vals, err := s.ask(ctx, command("ZRANGEBYSCORE", ended, "-inf", int64(chat.At(before)), "LIMIT", 0, limit), command("ZCARD", ended))
	if err != nil {
		return 0, fmt.Errorf("look for deliveries to forget: %w", err)
	}
	ids := texts(vals[0])
	count, _ := vals[1].(int64)
	if over := min(int(count)-keep, limit); over > len(ids) {
		val, err := s.ask1(ctx, command("ZRANGE", ended, 0, over-1))
		if err != nil {
			return 0, fmt.Errorf("look for deliveries to forget: %w", err)
		}
		ids = texts(val)
	}
	return s.dropDeliveries(ctx, account, ids)
}

func (s *Store) dropDeliveries(ctx context.Context, account chat.AccountID, ids []string) (int, error) {
	list, err := s.readDeliveries(ctx, account, ids)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	calls := make([]call, len(list))
	for i, d := range list {
		calls[i] = s.scripts.dropDelivery.call([]string{s.deliveryKey(account, d.ID), s.deliveriesKey(account),
			s.threadDeliveriesKey(account, d.Thread), s.endedKey(account)}, d.ID)
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return 0, fmt.Errorf("forget %d deliveries: %w", len(list), err)
	}
	return sum(vals), nil
}

func sum(vals []any) int {
	n := 0
	for _, val := range vals {
		one, _ := val.(int64)
		n += int(one)
	}
	return n
}

// eraseDeliveries forgets all that was or is to be told of a thread. The thread has its tombstone, so nothing comes after.
// What is under way is given up first: its outcome is written nowhere then.
func (s *Store) eraseDeliveries(ctx context.Context, account chat.AccountID, thread chat.ThreadID) error {
	targets, err := s.Targets(ctx, account)
	if err != nil {
		return err
	}
	val, err := s.ask1(ctx, command("ZRANGE", s.threadDeliveriesKey(account, thread), 0, -1))
	if err != nil {
		return fmt.Errorf("deliveries of %s: %w", thread, err)
	}
	var calls []call
	for _, target := range targets {
		calls = append(calls, command("ZREM", s.busyKey(account, target), string(thread)), command("ZREM", s.dueKey(account, target), string(thread)),
			command("DEL", s.lineKey(account, target, thread)), command("DEL", s.toldKey(account, target, thread)))
	}
	ids := texts(val)
	list, err := s.readDeliveries(ctx, account, ids)
	if err != nil {
		return err
	}
	for _, d := range list {
		calls = append(calls, command("DEL", s.deliveryKey(account, d.ID)), command("ZREM", s.deliveriesKey(account), d.ID),
			command("ZREM", s.endedKey(account), d.ID))
		if d.Target != "" {
			calls = append(calls, command("ZREM", s.waitingKey(account, d.Target), d.ID))
		}
	}
	for some := range slices.Chunk(calls, maxBatch) {
		if _, err := s.ask(ctx, some...); err != nil {
			return fmt.Errorf("erase deliveries of %s: %w", thread, err)
		}
	}
	if _, err := s.ask1(ctx, command("DEL", s.threadDeliveriesKey(account, thread))); err != nil {
		return fmt.Errorf("erase deliveries of %s: %w", thread, err)
	}
	return nil
}
