package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"confab/chat"
)

const timerClaim = 30 * time.Second // what is claimed and not finished falls due again after this

const setTimerLua = `
-- KEYS 1 timers  ARGV 1 timer  2 milliseconds from now
local now = redis.call('TIME')
local due = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000) + tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], string.format('%.0f', due), ARGV[1])
return 1`

const claimTimersLua = `
-- KEYS 1 timers  ARGV 1 how many  2 claimed for so many milliseconds
-- Answers the moment until which they are claimed, then the timers.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
local untilThen = string.format('%.0f', now + tonumber(ARGV[2]))
local answer = {untilThen}
for _, timer in ipairs(due) do
  redis.call('ZADD', KEYS[1], untilThen, timer)
  answer[#answer + 1] = timer
end
return answer`

const finishTimerLua = `
-- KEYS 1 timers  ARGV 1 timer  2 its claim. One that was set anew meanwhile stays.
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if due and tonumber(due) == tonumber(ARGV[2]) then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0`

// TimersKey is the sorted set of an account's timers, for scripts that set them: TimerMember by milliseconds of
// Redis' clock.
func (s *Store) TimersKey(account chat.AccountID) string { return s.Key(account, "timers") }

// TimerMember names a timer in that set.
func (s *Store) TimerMember(kind, id string) string { return kind + "|" + id }

// TimerSet makes the timer due d from now by the clock of Redis. Set again, it moves.
func (s *Store) TimerSet(ctx context.Context, account chat.AccountID, kind, id string, d time.Duration) error {
	_, err := s.scripts.setTimer.Run(ctx, account, []string{s.TimersKey(account)}, s.TimerMember(kind, id), d.Milliseconds())
	if err != nil {
		return fmt.Errorf("set timer %s of %s: %w", kind, id, err)
	}
	return nil
}

// TimerClear removes the timer if there is one.
func (s *Store) TimerClear(ctx context.Context, account chat.AccountID, kind, id string) error {
	if _, err := s.ask1(ctx, command("ZREM", s.TimersKey(account), s.TimerMember(kind, id))); err != nil {
		return fmt.Errorf("clear timer %s of %s: %w", kind, id, err)
	}
	return nil
}

// ClaimTimers takes at most limit timers that are due. Each goes to exactly one caller; if that one does not finish
// it within 30 s, it is due again.
func (s *Store) ClaimTimers(ctx context.Context, account chat.AccountID, limit int) ([]Timer, error) {
	val, err := s.scripts.claimTimers.Run(ctx, account, []string{s.TimersKey(account)}, limit, timerClaim.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("claim timers: %w", err)
	}
	f := texts(val)
	if len(f) == 0 {
		return nil, fmt.Errorf("claim timers: %w", s.fault(errAnswer))
	}
	timers := make([]Timer, 0, len(f)-1)
	for _, member := range f[1:] {
		kind, id, _ := strings.Cut(member, "|")
		timers = append(timers, Timer{account, kind, id, chat.Millis(integer(f[0]))})
	}
	return timers, nil
}

// FinishTimer removes a claimed timer, unless it was set anew since.
func (s *Store) FinishTimer(ctx context.Context, t Timer) error {
	_, err := s.scripts.finishTimer.Run(ctx, t.Account, []string{s.TimersKey(t.Account)}, s.TimerMember(t.Kind, t.ID), int64(t.Due))
	if err != nil {
		return fmt.Errorf("finish timer %s of %s: %w", t.Kind, t.ID, err)
	}
	return nil
}
