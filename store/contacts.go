package store

import (
	"context"
	"fmt"
	"strings"

	"confab/chat"
)

// Contacts are documents that stand in an index: of each column, members "<value>\x00<contact>" in their order. What changes in it
// is worked out from the version that was read, and written in the same step as the document, so both always agree.

const putContactLua = markOutLua + `
-- KEYS 1 documents  2 their ids  3 feed  4 outbox  5... columns of the index
-- ARGV 1 id  2 JSON, empty to remove it, - to change the index only  3 expected version  4 how many changes of the index
--      5... of each: the number of its column, + or -, the member  then threads for the outbox
-- Answers {'ok', version} or {'moved', what is there}.
local was = redis.call('HGET', KEYS[1], ARGV[1])
local version = was and string.match(was, '^(%d+) ') or '0'
if ARGV[3] ~= version then return {'moved', was or ''} end
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
elseif ARGV[2] ~= '-' then
  version = string.format('%.0f', tonumber(version) + 1)
  redis.call('HSET', KEYS[1], ARGV[1], version .. ' ' .. ARGV[2])
  if not was then redis.call('ZADD', KEYS[2], 0, ARGV[1]) end
end
local last = 4 + 3 * tonumber(ARGV[4])
for i = 5, last, 3 do
  local column = KEYS[4 + tonumber(ARGV[i])]
  if ARGV[i + 1] == '+' then redis.call('ZADD', column, 0, ARGV[i + 2]) else redis.call('ZREM', column, ARGV[i + 2]) end
end
markOut(KEYS[3], KEYS[4], last + 1)
return {'ok', version}`

const settleContactLua = `
-- As put contact, of a contact that is not there yet; the last key is the visitor whom it is made of. Nothing is written, and the answer
-- is {'gone'}, if there is no such visitor; or {'moved', what is there} if he has a contact.
local visitor = KEYS[#KEYS]
if redis.call('EXISTS', visitor) == 0 then return {'gone'} end
if (redis.call('HGET', visitor, 'contact') or '') ~= '' then return {'moved', redis.call('HGET', KEYS[1], ARGV[1]) or ''} end
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then redis.call('HSET', visitor, 'contact', ARGV[1]) end
` + putContactLua

// Mark is a change of the index of contacts: a member comes into a column, or is gone from it.
type Mark struct {
	Column, Member string
	Gone           bool
}

// Member is how a contact stands in a column.
func Member(value string, id chat.ContactID) string { return value + "\x00" + string(id) }

// ParseMember takes it apart.
func ParseMember(member string) (value string, id chat.ContactID) {
	i := strings.LastIndexByte(member, 0)
	return member[:max(i, 0)], chat.ContactID(member[i+1:])
}

func (s *Store) columnKey(a chat.AccountID, column string) string { return s.Key(a, "ci", column) }

// PutContact writes a contact and its marks if it has the expected version: 0 for "must not exist". It returns the new version, or
// *Moved with what is there. about are threads that the outbox is to look at.
func (s *Store) PutContact(ctx context.Context, account chat.AccountID, id chat.ContactID, data []byte, expect int64, marks []Mark, about ...chat.ThreadID) (int64, error) {
	return s.putContact(ctx, account, id, string(data), expect, marks, about)
}

// DeleteContact removes a contact and its marks if it has the expected version; else the answer is *Moved.
func (s *Store) DeleteContact(ctx context.Context, account chat.AccountID, id chat.ContactID, expect int64, marks []Mark) error {
	_, err := s.putContact(ctx, account, id, "", expect, marks, nil)
	return err
}

// IndexContact changes the index alone, if the contact still has the expected version; else the answer is *Moved.
func (s *Store) IndexContact(ctx context.Context, account chat.AccountID, id chat.ContactID, expect int64, marks []Mark) error {
	_, err := s.putContact(ctx, account, id, "-", expect, marks, nil)
	return err
}

func (s *Store) putContact(ctx context.Context, account chat.AccountID, id chat.ContactID, data string, expect int64, marks []Mark, about []chat.ThreadID) (int64, error) {
	keys, changes := s.markArgs(account, append(s.docKeys(account, kindContact), s.feedKey(account), s.outboxKey(account)), marks)
	args := append([]any{string(id), data, expect, len(marks)}, changes...)
	for _, thread := range about {
		args = append(args, string(thread))
	}
	return s.runContact(ctx, account, id, s.scripts.putContact, keys, args)
}

// SettleContact writes the contact of a visitor who had none, under the visitor's own id, and that it is his. The answer is *Moved if he
// has one, and a chat.NotFound refusal if there is no such visitor.
func (s *Store) SettleContact(ctx context.Context, account chat.AccountID, visitor chat.VisitorID, data []byte, marks []Mark) error {
	keys, changes := s.markArgs(account, append(s.docKeys(account, kindContact), s.feedKey(account), s.outboxKey(account)), marks)
	args := append([]any{string(visitor), string(data), 0, len(marks)}, changes...)
	_, err := s.runContact(ctx, account, chat.ContactID(visitor), s.scripts.settleContact, append(keys, s.visitorKey(account, visitor)), args)
	return err
}

func (s *Store) runContact(ctx context.Context, account chat.AccountID, id chat.ContactID, script *Script, keys []string, args []any) (int64, error) {
	val, err := script.Run(ctx, account, keys, args...)
	if err != nil {
		return 0, fmt.Errorf("write contact %s: %w", id, err)
	}
	f := texts(val)
	switch {
	case len(f) == 2 && f[0] == "moved":
		return 0, &Moved{parseDoc(string(id), f[1])}
	case len(f) == 1 && f[0] == "gone":
		return 0, chat.Refuse(chat.NotFound, "There is no such visitor.")
	case len(f) != 2 || f[0] != "ok":
		return 0, fmt.Errorf("write contact %s: %w", id, s.fault(fmt.Errorf("%w: %q", errAnswer, f)))
	}
	return integer(f[1]), nil
}

// markArgs adds the columns of marks to the keys of a script, and tells of each mark the number of its column among those that were
// added, + or -, and the member.
func (s *Store) markArgs(account chat.AccountID, keys []string, marks []Mark) (all []string, args []any) {
	number, before := map[string]int{}, len(keys)
	for _, m := range marks {
		if number[m.Column] == 0 {
			keys = append(keys, s.columnKey(account, m.Column))
			number[m.Column] = len(keys) - before
		}
		op := "+"
		if m.Gone {
			op = "-"
		}
		args = append(args, number[m.Column], op, m.Member)
	}
	return keys, args
}

// Stretch is a part of a column: the members from From, itself among them, up to To, which is not. "" is the beginning, or the end.
type Stretch struct {
	Column   string
	From, To string
}

func (r Stretch) bounds() (from, to string) {
	from, to = "-", "+"
	if r.From != "" {
		from = "[" + r.From
	}
	if r.To != "" {
		to = "(" + r.To
	}
	return from, to
}

// Members asked for at once: a long answer keeps everybody else waiting. The embedded store goes through the whole column for
// every question, so that few questions are better.
const (
	columnChunk         = 4000
	columnChunkEmbedded = 1 << 20
)

// Column calls each with the members of a stretch in their order, or the other way round, until it answers false.
func (s *Store) Column(ctx context.Context, account chat.AccountID, r Stretch, reverse bool, each func(member string) bool) error {
	key, chunk := s.columnKey(account, r.Column), columnChunk
	if s.embedded {
		chunk = columnChunkEmbedded
	}
	from, to := r.bounds()
	for {
		c := command("ZRANGEBYLEX", key, from, to, "LIMIT", 0, chunk)
		if reverse {
			c = command("ZREVRANGEBYLEX", key, to, from, "LIMIT", 0, chunk)
		}
		val, err := s.ask1(ctx, c)
		if err != nil {
			return fmt.Errorf("read column %s: %w", r.Column, err)
		}
		members := texts(val)
		for _, m := range members {
			if !each(m) {
				return nil
			}
		}
		if len(members) < chunk {
			return nil
		}
		if last := "(" + members[len(members)-1]; reverse {
			to = last
		} else {
			from = last
		}
	}
}

// ColumnSize returns how many members a column has.
func (s *Store) ColumnSize(ctx context.Context, account chat.AccountID, column string) (int64, error) {
	val, err := s.ask1(ctx, command("ZCARD", s.columnKey(account, column)))
	if err != nil {
		return 0, fmt.Errorf("size of column %s: %w", column, err)
	}
	n, _ := val.(int64)
	return n, nil
}
