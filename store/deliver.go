package store

import (
	"context"
	"fmt"
	"time"

	"confab/chat"
)

// Pace is how a target is asked.
type Pace struct {
	AtOnce int           // deliveries under way at most, on all nodes together
	Claim  time.Duration // how long a thread is one caller's who does not keep its claim; then the next one tries it
	Fails  int           // after so many in a row the target rests
	Rest   time.Duration // how long it rests before one delivery is tried again
}

const claimDeliveriesLua = `
-- KEYS 1 due  2 busy  3 target  ARGV 1 at once  2 claimed for so many milliseconds  3 failures that let it rest  4 for how long
-- Answers until when they are claimed, in how many milliseconds to ask again (-1: when something changes), then the threads.
local call, format = redis.call, string.format
local time = call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local at, untilThen = format('%.0f', now), format('%.0f', now + tonumber(ARGV[2]))
for _, thread in ipairs(call('ZRANGEBYSCORE', KEYS[2], '-inf', at)) do
  call('ZREM', KEYS[2], thread)
  call('ZADD', KEYS[1], at, thread)
end
local function sooner(wait, set)
  local first = call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  if not first then return wait end
  local left = math.max(0, tonumber(first) - now)
  return wait >= 0 and math.min(wait, left) or left
end
local free = tonumber(ARGV[1]) - call('ZCARD', KEYS[2])
if free <= 0 then return {untilThen, sooner(-1, KEYS[2])} end
local state = call('HMGET', KEYS[3], 'fails', 'probe')
local rests = tonumber(state[1] or '0') >= tonumber(ARGV[3])
if rests then
  local probe = tonumber(state[2] or '0')
  if probe > now then return {untilThen, call('ZCARD', KEYS[1]) > 0 and probe - now or sooner(-1, KEYS[2])} end
  free = 1
end
local answer = {untilThen, -1}
for i, thread in ipairs(call('ZRANGEBYSCORE', KEYS[1], '-inf', at, 'LIMIT', 0, free)) do
  call('ZREM', KEYS[1], thread)
  call('ZADD', KEYS[2], untilThen, thread)
  answer[i + 2] = thread
end
if rests and #answer > 2 then
  call('HSET', KEYS[3], 'probe', format('%.0f', now + tonumber(ARGV[4])))
  answer[2] = tonumber(ARGV[4])
  return answer
end
answer[2] = sooner(sooner(-1, KEYS[1]), KEYS[2])
return answer`

// Claimed is a thread whose deliveries to a target one caller may try, until then by the clock of Redis.
type Claimed struct {
	Account chat.AccountID
	Target  string
	Thread  chat.ThreadID
	Until   chat.Millis
}

// ClaimDeliveries takes threads whose first delivery to the target is due. again tells when to ask next at the latest, for
// what falls due or claims that run out; below zero: when a delivery has ended or come. A target that rests gives one thread
// now and then.
func (s *Store) ClaimDeliveries(ctx context.Context, account chat.AccountID, target string, p Pace) (claimed []Claimed, again time.Duration, err error) {
	keys := []string{s.dueKey(account, target), s.busyKey(account, target), s.targetKey(account, target)}
	val, err := s.scripts.claimDeliveries.Run(ctx, account, keys, p.AtOnce, p.Claim.Milliseconds(), p.Fails, p.Rest.Milliseconds())
	if err != nil {
		return nil, 0, fmt.Errorf("claim deliveries to %s: %w", target, err)
	}
	f := texts(val)
	if len(f) < 2 {
		return nil, 0, fmt.Errorf("claim deliveries to %s: %w", target, s.fault(errAnswer))
	}
	for _, thread := range f[2:] {
		claimed = append(claimed, Claimed{account, target, chat.ThreadID(thread), chat.Millis(integer(f[0]))})
	}
	return claimed, time.Duration(integer(f[1])) * time.Millisecond, nil
}

const keepClaimLua = `
-- KEYS 1 busy  ARGV 1 thread  2 its claim  3 how long from now
-- Answers until when it is claimed now, '' if it is not by this claim any more.
local claim = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not claim or tonumber(claim) ~= tonumber(ARGV[2]) then return '' end
local time = redis.call('TIME')
local untilThen = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[3]))
redis.call('ZADD', KEYS[1], untilThen, ARGV[1])
return untilThen`

// KeepClaim claims a thread for longer, by a claim that follows the one given. held is false if the thread is another's by now,
// or nobody's. After an error it may be either, and the claim given be of no use any more.
func (s *Store) KeepClaim(ctx context.Context, c Claimed, p Pace) (kept Claimed, held bool, err error) {
	val, err := s.scripts.keepClaim.Run(ctx, c.Account, []string{s.busyKey(c.Account, c.Target)}, string(c.Thread), int64(c.Until), p.Claim.Milliseconds())
	if err != nil {
		return c, false, fmt.Errorf("keep %s for %s: %w", c.Thread, c.Target, err)
	}
	if c.Until = chat.Millis(integer(text(val))); c.Until == 0 {
		return c, false, nil
	}
	return c, true, nil
}

// Settlement is what became of a try.
type Settlement struct {
	ID      string        // "": there was nothing to try
	State   DeliveryState // DeliveryWaiting: it is tried again after Again
	Again   time.Duration
	Untried bool // it counts as no try
	Status  int
	Error   string
	TookMs  int64
	// Target tells what it says of the target: 1 it answers, -1 it does not, 0 nothing.
	Target int
	// Stop gives the thread back even if more waits in it.
	Stop bool
}

const settleLua = `
-- KEYS 1 delivery  2 line  3 due  4 busy  5 waiting  6 ended  7 target
-- ARGV 1 thread  2 its claim  3 delivery or ''  4 state  5 again after milliseconds  6 u if it counts as no try  7 status
--      8 error  9 milliseconds  10 what it says of the target  11 failures that let it rest  12 for how long
--      13 claim of the next, 0 to stop
-- Answers {'next', claim}, {'free', how many wait in the thread}, {'later'}, {'lost'}.
local call, format = redis.call, string.format
local claim = call('ZSCORE', KEYS[4], ARGV[1])
if not claim or tonumber(claim) ~= tonumber(ARGV[2]) then return {'lost'} end
local time = call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local at = format('%.0f', now)
if ARGV[10] == '1' then
  call('HSET', KEYS[7], 'fails', 0, 'failed', '', 'status', ARGV[7], 'delivered', at)
elseif ARGV[10] == '-1' then
  local was = call('HMGET', KEYS[7], 'fails', 'failed')
  local fails = tonumber(was[1] or '0')
  if was[2] ~= ARGV[1] then fails = fails + 1 end
  call('HSET', KEYS[7], 'fails', fails, 'failed', ARGV[1], 'status', ARGV[7], 'error', ARGV[8], 'errorAt', at)
  if fails >= tonumber(ARGV[11]) then call('HSET', KEYS[7], 'probe', format('%.0f', now + tonumber(ARGV[12]))) end
end
if ARGV[3] ~= '' and call('ZSCORE', KEYS[2], ARGV[3]) then
  if ARGV[6] ~= 'u' then call('HINCRBY', KEYS[1], 'tries', 1) end
  call('HSET', KEYS[1], 'status', ARGV[7], 'error', ARGV[8], 'took', ARGV[9], 'tried', at)
  if ARGV[4] == 'waiting' then
    local due = format('%.0f', now + tonumber(ARGV[5]))
    call('HSET', KEYS[1], 'due', due)
    call('ZREM', KEYS[4], ARGV[1])
    call('ZADD', KEYS[3], due, ARGV[1])
    return {'later'}
  end
  call('HSET', KEYS[1], 'state', ARGV[4], 'ended', at, 'due', 0)
  call('ZREM', KEYS[2], ARGV[3])
  call('ZREM', KEYS[5], ARGV[3])
  call('ZADD', KEYS[6], at, ARGV[3])
end
local left = call('ZCARD', KEYS[2])
if left > 0 and ARGV[13] ~= '0' then
  local fails = call('HGET', KEYS[7], 'fails')
  if not fails or tonumber(fails) < tonumber(ARGV[11]) then
    local untilThen = format('%.0f', now + tonumber(ARGV[13]))
    call('ZADD', KEYS[4], untilThen, ARGV[1])
    return {'next', untilThen}
  end
end
call('ZREM', KEYS[4], ARGV[1])
if left > 0 then call('ZADD', KEYS[3], at, ARGV[1]) end
return {'free', left}`

// Settled tells what a caller holds after a settlement.
type Settled int

const (
	SettledNext  Settled = iota // the thread still, and there is more in it
	SettledFree                 // nothing: the thread was given back
	SettledLater                // nothing: the delivery is tried again
	SettledLost                 // nothing: the claim had run out, and nothing was written
)

// Settle writes what became of the first delivery of a claimed thread. After SettledNext, the claim is the one to go on with.
func (s *Store) Settle(ctx context.Context, c Claimed, o Settlement, p Pace) (Settled, Claimed, error) {
	a := c.Account
	keys := []string{s.deliveryKey(a, o.ID), s.lineKey(a, c.Target, c.Thread), s.dueKey(a, c.Target), s.busyKey(a, c.Target),
		s.waitingKey(a, c.Target), s.endedKey(a), s.targetKey(a, c.Target)}
	untried, next := "", p.Claim.Milliseconds()
	if o.Untried {
		untried = "u"
	}
	if o.Stop {
		next = 0
	}
	val, err := s.scripts.settle.Run(ctx, a, keys, string(c.Thread), int64(c.Until), o.ID, string(o.State), o.Again.Milliseconds(), untried,
		o.Status, o.Error, o.TookMs, o.Target, p.Fails, p.Rest.Milliseconds(), next)
	if err != nil {
		return SettledLost, c, fmt.Errorf("settle delivery %s: %w", o.ID, err)
	}
	f := append(texts(val), "", "")
	switch f[0] {
	case "next":
		c.Until = chat.Millis(integer(f[1]))
		return SettledNext, c, nil
	case "free":
		return SettledFree, c, nil
	case "later":
		return SettledLater, c, nil
	case "lost":
		return SettledLost, c, nil
	}
	return SettledLost, c, fmt.Errorf("settle delivery %s: %w", o.ID, s.fault(errAnswer))
}
