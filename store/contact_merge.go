package store

import (
	"context"
	"fmt"

	"confab/chat"
)

const indexMerged = "merged"

const mergeContactsLua = markOutLua + `
-- KEYS 1 documents  2 their ids  3 feed  4 outbox  5 index of persons  6 index of those who were merged
--      7, 8 what the one that goes did  9, 10 what the one that stays did  11... columns of the index
-- ARGV 1 the one that stays  2 its JSON  3 its expected version  4 the one that goes  5 its expected version, 0 if it was never written
--      6 how many keys lead to it  7 how many ids lead there from now on  8 how many changes of the index
--      9... keys, ids, of each change the number of its column, + or -, the member; then threads for the outbox
-- Answers {'ok', version} or {'moved'}.
local function version(kept) return kept and string.match(kept, '^(%d+) ') or '0' end
local was, gone = redis.call('HGET', KEYS[1], ARGV[1]), redis.call('HGET', KEYS[1], ARGV[4])
if version(was) ~= ARGV[3] or version(gone) ~= ARGV[5] then return {'moved'} end
local next = string.format('%.0f', tonumber(ARGV[3]) + 1)
redis.call('HSET', KEYS[1], ARGV[1], next .. ' ' .. ARGV[2])
if not was then redis.call('ZADD', KEYS[2], 0, ARGV[1]) end
redis.call('HDEL', KEYS[1], ARGV[4])
redis.call('ZREM', KEYS[2], ARGV[4])
local at = 9
for i = at, at + tonumber(ARGV[6]) - 1 do redis.call('HSET', KEYS[5], ARGV[i], ARGV[1]) end
at = at + tonumber(ARGV[6])
for i = at, at + tonumber(ARGV[7]) - 1 do redis.call('HSET', KEYS[6], ARGV[i], ARGV[1]) end
at = at + tonumber(ARGV[7])
local after = at + 3 * tonumber(ARGV[8])
for i = at, after - 1, 3 do
  local column = KEYS[10 + tonumber(ARGV[i])]
  if ARGV[i + 1] == '+' then redis.call('ZADD', column, 0, ARGV[i + 2]) else redis.call('ZREM', column, ARGV[i + 2]) end
end
for _, id in ipairs(redis.call('LRANGE', KEYS[7], 0, -1)) do
  local line = redis.call('HGET', KEYS[8], id)
  if line and redis.call('HSETNX', KEYS[10], id, line) == 1 then redis.call('RPUSH', KEYS[9], id) end
end
redis.call('DEL', KEYS[7], KEYS[8])
markOut(KEYS[3], KEYS[4], after)
return {'ok', next}`

// ContactMerge makes two contacts one.
type ContactMerge struct {
	Into    chat.ContactID
	Data    []byte // of the one that stays, as it is from now on
	Version int64  // that it was read at; 0: it was never written
	From    chat.ContactID
	// FromVersion is that of the one that goes; 0: it was never written.
	FromVersion int64
	Keys        []string         // in the index of persons, that lead to Into from now on
	Former      []chat.ContactID // ids that MergedInto tells of from now on
	Marks       []Mark           // of both
	About       []chat.ThreadID  // that the outbox is to look at
}

// MergeContacts writes it down in one step, with what both did as others told it. If one of the two has another version by now
// nothing is written and the answer is *Moved.
func (s *Store) MergeContacts(ctx context.Context, account chat.AccountID, m ContactMerge) error {
	keys := append(s.docKeys(account, kindContact), s.feedKey(account), s.outboxKey(account), s.Key(account, "ix", "person"), s.Key(account, "ix", indexMerged))
	keys = append(append(keys, s.contactDidKeys(account, m.From)...), s.contactDidKeys(account, m.Into)...)
	args := []any{string(m.Into), string(m.Data), m.Version, string(m.From), m.FromVersion, len(m.Keys), len(m.Former), len(m.Marks)}
	for _, key := range m.Keys {
		args = append(args, key)
	}
	for _, id := range m.Former {
		args = append(args, string(id))
	}
	keys, changes := s.markArgs(account, keys, m.Marks)
	args = append(args, changes...)
	for _, thread := range m.About {
		args = append(args, string(thread))
	}
	val, err := s.scripts.mergeContacts.Run(ctx, account, keys, args...)
	if err != nil {
		return fmt.Errorf("merge contact %s into %s: %w", m.From, m.Into, err)
	}
	switch f := texts(val); {
	case len(f) == 1 && f[0] == "moved":
		return &Moved{Doc{ID: string(m.Into)}}
	case len(f) != 2 || f[0] != "ok":
		return fmt.Errorf("merge contact %s into %s: %w", m.From, m.Into, s.fault(fmt.Errorf("%w: %q", errAnswer, f)))
	}
	return nil
}

// MergedInto tells which contact one that is no more has become a part of. Errors: chat.NotFound if it has not.
func (s *Store) MergedInto(ctx context.Context, account chat.AccountID, id chat.ContactID) (chat.ContactID, error) {
	into, err := s.IndexGet(ctx, account, indexMerged, string(id))
	return chat.ContactID(into), err
}

// ForgetMerged has ids not lead to a contact any more.
func (s *Store) ForgetMerged(ctx context.Context, account chat.AccountID, into chat.ContactID, ids ...chat.ContactID) error {
	for _, id := range ids {
		if err := s.IndexDelete(ctx, account, indexMerged, string(id), string(into)); err != nil {
			return err
		}
	}
	return nil
}
