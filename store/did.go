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

const recordAllLua = `
-- KEYS 1 ids  2 lines  3 contacts  ARGV 1 contact  2 how many are kept  3.. id and line in turn. Answers how many were new, -1 if there
-- is no such contact.
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then return -1 end
local new = 0
for i = 3, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('RPUSH', KEYS[1], ARGV[i])
    new = new + 1
  end
end
while redis.call('LLEN', KEYS[1]) > tonumber(ARGV[2]) do
  redis.call('HDEL', KEYS[2], redis.call('LPOP', KEYS[1]))
end
return new`

// Line is one thing that somebody did, JSON, under its id.
type Line struct {
	ID   string
	JSON []byte
}

// RecordAll keeps what a contact did as others told it, all of it in one step. Of more than keep lines the oldest go.
// A chat.NotFound refusal if there is no such contact.
func (s *Store) RecordAll(ctx context.Context, account chat.AccountID, contact chat.ContactID, lines []Line, keep int) error {
	if len(lines) == 0 {
		return nil
	}
	args := []any{string(contact), keep}
	for _, line := range lines {
		args = append(args, line.ID, line.JSON)
	}
	keys := append(s.contactDidKeys(account, contact), s.docKeys(account, kindContact)[0])
	val, err := s.scripts.recordAll.Run(ctx, account, keys, args...)
	if err != nil {
		return fmt.Errorf("record what contact %s did: %w", contact, err)
	}
	if val == int64(-1) {
		return chat.Refuse(chat.NotFound, "There is no such contact.")
	}
	return nil
}

func (s *Store) contactDidKeys(account chat.AccountID, id chat.ContactID) []string {
	return []string{s.Key(account, "p", string(id), "did"), s.Key(account, "p", string(id), "did", "l")}
}

// ContactDid returns the lines that RecordAll kept, oldest first.
func (s *Store) ContactDid(ctx context.Context, account chat.AccountID, contact chat.ContactID) ([]string, error) {
	keys := s.contactDidKeys(account, contact)
	lines, err := s.didIn(ctx, keys[0], keys[1])
	if err != nil {
		return nil, fmt.Errorf("what contact %s did: %w", contact, err)
	}
	return lines, nil
}

// ForgetContactDid removes them.
func (s *Store) ForgetContactDid(ctx context.Context, account chat.AccountID, contact chat.ContactID) error {
	keys := s.contactDidKeys(account, contact)
	if _, err := s.ask1(ctx, command("DEL", keys[0], keys[1])); err != nil {
		return fmt.Errorf("forget what contact %s did: %w", contact, err)
	}
	return nil
}

// Did returns the lines that Record kept, oldest first.
func (s *Store) Did(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) ([]string, error) {
	keys := s.didKeys(account, visitor)
	lines, err := s.didIn(ctx, keys[0].(string), keys[1].(string))
	if err != nil {
		return nil, fmt.Errorf("what visitor %s did: %w", visitor, err)
	}
	return lines, nil
}

// didIn reads lines in the order of their ids.
func (s *Store) didIn(ctx context.Context, list, kept string) ([]string, error) {
	val, err := s.ask1(ctx, command("LRANGE", list, 0, -1))
	if err != nil {
		return nil, err
	}
	ids := texts(val)
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{"HMGET", kept}
	for _, id := range ids {
		args = append(args, id)
	}
	if val, err = s.ask1(ctx, command(args...)); err != nil {
		return nil, err
	}
	var lines []string
	for _, line := range texts(val) {
		if line != "" { // gone meanwhile
			lines = append(lines, line)
		}
	}
	return lines, nil
}
