package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"confab/chat"
)

// Want is what an account's commits keep besides the log, for those who need it.
type Want struct {
	Outbox   bool // which threads the outbox has to look at
	Messages bool // in which thread each message is, for Message
}

func (w Want) String() string {
	var b strings.Builder
	if w.Outbox {
		b.WriteByte('o')
	}
	if w.Messages {
		b.WriteByte('m')
	}
	return b.String()
}

// SetWant says it for all commits from now on, of all nodes.
func (s *Store) SetWant(ctx context.Context, account chat.AccountID, w Want) error {
	if _, err := s.ask1(ctx, command("HSET", s.feedKey(account), "wants", w.String())); err != nil {
		return fmt.Errorf("what %s wants: %w", account, err)
	}
	return nil
}

// markOut is a part of scripts that change what is known of a person: it has the outbox look at the threads that stand in
// ARGV from first on.
const markOutLua = `
local function markOut(feed, outbox, first)
  local wants = redis.call('HGET', feed, 'wants')
  if not ARGV[first] or not wants or not string.find(wants, 'o', 1, true) then return end
  local time = redis.call('TIME')
  local due = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
  for i = first, #ARGV do redis.call('ZADD', outbox, due, ARGV[i]) end
end
`

const lookOutLua = markOutLua + `
-- KEYS 1 feed  2 outbox  ARGV threads
markOut(KEYS[1], KEYS[2], 1)
return 1`

// LookOut has the outbox look at threads, if the account has one.
func (s *Store) LookOut(ctx context.Context, account chat.AccountID, threads ...chat.ThreadID) error {
	if len(threads) == 0 {
		return nil
	}
	args := make([]any, len(threads))
	for i, t := range threads {
		args[i] = string(t)
	}
	if _, err := s.scripts.lookOut.Run(ctx, account, []string{s.feedKey(account), s.outboxKey(account)}, args...); err != nil {
		return fmt.Errorf("note for the outbox: %w", err)
	}
	return nil
}

// Outgoing is a thread that the outbox looks at. Nobody else does until the claim has run out.
type Outgoing struct {
	Account chat.AccountID
	Thread  chat.ThreadID
	Until   chat.Millis // by the clock of Redis
}

// ClaimOutgoing takes at most limit threads that the outbox has to look at. Each goes to one caller; if that one does not
// finish it within the claim, it is there again.
func (s *Store) ClaimOutgoing(ctx context.Context, account chat.AccountID, limit int, claim time.Duration) ([]Outgoing, error) {
	val, err := s.scripts.claimTimers.Run(ctx, account, []string{s.outboxKey(account)}, limit, claim.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("claim outgoing: %w", err)
	}
	f := texts(val)
	if len(f) == 0 {
		return nil, fmt.Errorf("claim outgoing: %w", s.fault(errAnswer))
	}
	out := make([]Outgoing, 0, len(f)-1)
	for _, thread := range f[1:] {
		out = append(out, Outgoing{account, chat.ThreadID(thread), chat.Millis(integer(f[0]))})
	}
	return out, nil
}

// FinishOutgoing says that the thread was looked at. If something has happened in it since it was claimed, it stays.
func (s *Store) FinishOutgoing(ctx context.Context, o Outgoing) error {
	_, err := s.scripts.finishTimer.Run(ctx, o.Account, []string{s.outboxKey(o.Account)}, string(o.Thread), int64(o.Until))
	if err != nil {
		return fmt.Errorf("finish outgoing %s: %w", o.Thread, err)
	}
	return nil
}

// Message tells where a message is. Only those are found that were written while the account wanted it.
// Errors: chat.NotFound.
func (s *Store) Message(ctx context.Context, account chat.AccountID, id chat.EntryID) (chat.ThreadID, chat.Seq, error) {
	val, err := s.ask1(ctx, command("HGET", s.messagesKey(account), string(id)))
	if err != nil {
		return "", 0, fmt.Errorf("look for message %s: %w", id, err)
	}
	if val == nil {
		return "", 0, chat.Refuse(chat.NotFound, "There is no such message.")
	}
	thread, seq, _ := strings.Cut(text(val), " ")
	return chat.ThreadID(thread), chat.Seq(integer(seq)), nil
}
