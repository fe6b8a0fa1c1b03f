package store

import (
	"context"
	"fmt"
	"strings"

	"confab/chat"
)

const eraseLua = `
-- KEYS 1 log  2 thread  3 markers  4 inbox  5 outbox  6 where messages are  ARGV 1 thread. Leaves the tombstone alone.
if redis.call('EXISTS', KEYS[6]) == 1 then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
    local eid = string.match(entry[2][2], '^%S+ %S+ (%S+) ')
    if eid then redis.call('HDEL', KEYS[6], eid) end
  end
end
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('HSET', KEYS[2], 'erased', 1)
return 1`

// EraseThread removes a thread for ever: its log, its dedupe memory, its markers, its conversations, what others are and were told of it. A tombstone
// stays, so that a commit on its way is refused with chat.NotFound. What failed half way can be repeated.
func (s *Store) EraseThread(ctx context.Context, account chat.AccountID, thread chat.ThreadID) error {
	if err := checkID("thread", string(thread)); err != nil {
		return err
	}
	// The tombstone comes first: nothing new may appear behind the back of what is erased below.
	if _, err := s.ask1(ctx, command("HSET", s.threadKey(account, thread), "erased", 1)); err != nil {
		return fmt.Errorf("erase thread %s: %w", thread, err)
	}
	if err := s.eraseConversations(ctx, account, thread); err != nil {
		return fmt.Errorf("erase thread %s: %w", thread, err)
	}
	keys := []string{s.logKey(account, thread), s.threadKey(account, thread), s.markersKey(account, thread), s.inboxKey(account),
		s.outboxKey(account), s.messagesKey(account)}
	if _, err := s.scripts.erase.Run(ctx, account, keys, string(thread)); err != nil {
		return fmt.Errorf("erase thread %s: %w", thread, err)
	}
	if err := s.eraseDeliveries(ctx, account, thread); err != nil {
		return fmt.Errorf("erase thread %s: %w", thread, err)
	}
	return nil
}

func (s *Store) eraseConversations(ctx context.Context, account chat.AccountID, thread chat.ThreadID) error {
	ids, err := s.conversationsOf(ctx, account, thread)
	if err != nil {
		return err
	}
	sums, err := s.conversationsByID(ctx, account, ids)
	if err != nil {
		return err
	}
	for i := range sums {
		if c := &sums[i].Conversation; c.Thread == thread {
			if _, err := s.ask(ctx, s.eraseCalls(account, c)...); err != nil {
				return fmt.Errorf("conversation %s: %w", c.ID, err)
			}
		}
	}
	return nil
}

// eraseCalls take a conversation out of all lists; its record goes last, for it tells which those are.
func (s *Store) eraseCalls(account chat.AccountID, c *chat.Conversation) []call {
	id := string(c.ID)
	calls := []call{command("ZREM", s.VisitorListKey(account, c.Visitor), id)}
	for _, state := range []chat.State{"", chat.Waiting, chat.Active, chat.Over} {
		calls = append(calls, command("ZREM", s.listKey(account, state), id))
	}
	return append(calls, command("DEL", s.conversationKey(account, c.ID)))
}

// conversationsOf finds all conversations of a thread: those that somebody wrote in leave traces in its hash, and
// all stand in the list of the thread's owner.
func (s *Store) conversationsOf(ctx context.Context, account chat.AccountID, thread chat.ThreadID) ([]chat.ConversationID, error) {
	t, err := s.LoadThread(ctx, account, thread)
	if err != nil {
		return nil, err
	}
	vals, err := s.ask(ctx, command("HKEYS", s.threadKey(account, thread)),
		command("ZRANGE", s.VisitorListKey(account, t.Visitor), 0, -1))
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, id := range texts(vals[1]) {
		found[id] = true
	}
	for _, field := range texts(vals[0]) {
		if kind, id, ok := strings.Cut(field, ":"); ok && (kind == "last" || kind == "va" || kind == "aa") {
			found[id] = true
		}
	}
	if t.Conversation != nil {
		found[string(t.Conversation.ID)] = true
	}
	ids := make([]chat.ConversationID, 0, len(found))
	for id := range found {
		ids = append(ids, chat.ConversationID(id))
	}
	return ids, nil
}
