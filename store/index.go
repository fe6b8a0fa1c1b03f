package store

import (
	"context"
	"fmt"

	"confab/chat"
)

const indexLua = `
-- KEYS 1 index  ARGV 1 value  2 id. Answers whose the value is now.
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])`

const unindexLua = `
-- KEYS 1 index  ARGV 1 value  2 id. Frees the value if it is that id's.
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0`

// IndexPut makes value lead to id. A value leads to one id only: if it has another, a chat.Taken refusal comes back.
// Account "" is the index of all accounts.
func (s *Store) IndexPut(ctx context.Context, account chat.AccountID, index, value, id string) error {
	val, err := s.scripts.index.Run(ctx, account, []string{s.keyIn(account, "ix", index)}, value, id)
	if err != nil {
		return fmt.Errorf("index %s: %w", index, err)
	}
	if text(val) != id {
		return chat.Refuse(chat.Taken, "This %s is in use.", index)
	}
	return nil
}

// IndexGet returns the id that value leads to, or a chat.NotFound refusal.
func (s *Store) IndexGet(ctx context.Context, account chat.AccountID, index, value string) (id string, err error) {
	val, err := s.ask1(ctx, command("HGET", s.keyIn(account, "ix", index), value))
	if err != nil {
		return "", fmt.Errorf("look up %s: %w", index, err)
	}
	if val == nil {
		return "", chat.Refuse(chat.NotFound, "There is no such %s.", index)
	}
	return text(val), nil
}

// IndexDelete frees the value if it leads to id.
func (s *Store) IndexDelete(ctx context.Context, account chat.AccountID, index, value, id string) error {
	if _, err := s.scripts.unindex.Run(ctx, account, []string{s.keyIn(account, "ix", index)}, value, id); err != nil {
		return fmt.Errorf("unindex %s: %w", index, err)
	}
	return nil
}
