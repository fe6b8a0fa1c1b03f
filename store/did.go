package store

import (
	"context"
	"fmt"

	"confab/chat"
)

const recordLua = `
-- KEYS 1 visitor  2 ids  3 lines  ARGV 1 id  2 line  3 how many are kept. Answers 1, 0 if it is known, -1 if there is no such visitor.
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('HSETNX', KEYS[3], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[1])
while redis.call('LLEN', KEYS[2]) > tonumber(ARGV[3]) do
  redis.call('HDEL', KEYS[3], redis.call('LPOP', KEYS[2]))
end
return 1`

func (s *Store) didKeys(account chat.AccountID, id chat.VisitorID) []any {
	return []any{s.Key(account, "v", string(id), "did"), s.Key(account, "v", string(id), "did", "l")}
}

// Record keeps one line, JSON, of what a visitor did, under an id: what is known by it already stays as it is. Of more
// than keep lines the oldest go. A chat.NotFound refusal if there is no such visitor.
func (s *Store) Record(ctx context.Context, account chat.AccountID, visitor chat.VisitorID, id string, line []byte, keep int) error {
	did := s.didKeys(account, visitor)
	keys := []string{s.visitorKey(account, visitor), did[0].(string), did[1].(string)}
	val, err := s.scripts.record.Run(ctx, account, keys, id, line, keep)
	if err != nil {
		return fmt.Errorf("record what visitor %s did: %w", visitor, err)
	}
	if val == int64(-1) {
		return chat.Refuse(chat.NotFound, "There is no such visitor.")
	}
	return nil
}

// Did returns the lines that Record kept, oldest first.
func (s *Store) Did(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) ([]string, error) {
	keys := s.didKeys(account, visitor)
	val, err := s.ask1(ctx, command("LRANGE", keys[0], 0, -1))
	if err != nil {
		return nil, fmt.Errorf("what visitor %s did: %w", visitor, err)
	}
	ids := texts(val)
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{"HMGET", keys[1]}
	for _, id := range ids {
		args = append(args, id)
	}
	if val, err = s.ask1(ctx, command(args...)); err != nil {
		return nil, fmt.Errorf("what visitor %s did: %w", visitor, err)
	}
	var lines []string
	for _, line := range texts(val) {
		if line != "" { // gone meanwhile
			lines = append(lines, line)
		}
	}
	return lines, nil
}
