package store

import (
	"context"
	"errors"
	"fmt"

	"confab/chat"
)

// PutVisitor writes the whole record.
func (s *Store) PutVisitor(ctx context.Context, account chat.AccountID, v Visitor) error {
	return s.writeVisitor(ctx, v, s.putVisitorCall(account, v))
}

const openVisitorLua = `
-- KEYS 1 visitor  2 his thread  3 claims  ARGV 1 what is kept of his tokens, - if there is no such visitor  2 what he said
--      3 whether he is blocked  4 visitor  5 the claim by which he is found, empty for none  6.. fields and values
local was = redis.call('HMGET', KEYS[1], 'token', 'said', 'blocked', 'claim')
if (was[1] or '-') ~= ARGV[1] or (was[2] or '') ~= ARGV[2] or (was[3] or '') ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
if was[4] and was[4] ~= '' and was[4] ~= ARGV[5] then redis.call('ZREM', KEYS[3], was[4] .. '\n' .. ARGV[4]) end
if ARGV[5] ~= '' then redis.call('ZADD', KEYS[3], 0, ARGV[5] .. '\n' .. ARGV[4]) end
redis.call('HSETNX', KEYS[2], 'owner', ARGV[4])
return 1`

// NoVisitor stands for the Tokens of a visitor who is none yet.
const NoVisitor = "-"

// ErrVisitorMoved refuses to write a visitor who was given another token, said something or was blocked since he was
// read, who was created by somebody else meanwhile, or erased.
var ErrVisitorMoved = errors.New("the visitor has changed meanwhile")

// OpenVisitor writes the whole record, and whose thread it is; a thread's first owner stays. was is what v was read as,
// with the Tokens NoVisitor for a new one: should another token be kept by now, or anything else that ErrVisitorMoved
// names, nothing is written and that is the answer. With claims the visitor is among the Claimants of his claim from now on.
func (s *Store) OpenVisitor(ctx context.Context, account chat.AccountID, v Visitor, was Visitor, claims bool) error {
	if err := errors.Join(checkID("thread", string(v.Thread)), checkID("visitor", string(v.ID))); err != nil {
		return err
	}
	keys := []string{s.visitorKey(account, v.ID), s.threadKey(account, v.Thread), s.claimsKey(account)}
	claim := ""
	if claims {
		claim = v.Claim
	}
	args := append([]any{was.Tokens, was.Said, yes(was.Blocked), string(v.ID), claim}, visitorFields(v)...)
	val, err := s.scripts.openVisitor.Run(ctx, account, keys, args...)
	if err != nil {
		return fmt.Errorf("write visitor %s: %w", v.ID, err)
	}
	if val != int64(1) {
		return fmt.Errorf("write visitor %s: %w", v.ID, ErrVisitorMoved)
	}
	return nil
}

const sayVisitorLua = markOutLua + `
-- KEYS 1 visitor  2 feed  3 outbox  ARGV 1 what he had said  2 what he says now  3 name, empty if it stays  4 e-mail  5 level  6 his thread. Answers 0 if another was first,
-- -1 if there is no such visitor.
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if (redis.call('HGET', KEYS[1], 'said') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'said', ARGV[2], 'email', ARGV[4], 'level', ARGV[5])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'name', ARGV[3]) end
markOut(KEYS[2], KEYS[3], 6)
return 1`

// SayVisitor replaces what a visitor has said, and his name, e-mail and level with it, if was is still what he had said; else
// the answer is ErrVisitorMoved. A chat.NotFound refusal if there is no such visitor.
func (s *Store) SayVisitor(ctx context.Context, account chat.AccountID, v Visitor, was string) error {
	keys := []string{s.visitorKey(account, v.ID), s.feedKey(account), s.outboxKey(account)}
	val, err := s.scripts.sayVisitor.Run(ctx, account, keys, was, v.Said, v.Name, v.Email, v.Level, string(v.Thread))
	switch {
	case err != nil:
		return fmt.Errorf("write what visitor %s said: %w", v.ID, err)
	case val == int64(1):
		return nil
	case val == int64(0):
		return fmt.Errorf("write what visitor %s said: %w", v.ID, ErrVisitorMoved)
	}
	return chat.Refuse(chat.NotFound, "There is no such visitor.")
}

func (s *Store) putVisitorCall(account chat.AccountID, v Visitor) call {
	return command(append([]any{"HSET", s.visitorKey(account, v.ID)}, visitorFields(v)...)...)
}

func visitorFields(v Visitor) []any {
	return []any{
		"id", string(v.ID), "no", v.No, "name", v.Name, "email", v.Email, "level", v.Level,
		"contact", string(v.Contact), "thread", string(v.Thread), "token", v.Tokens,
		"claim", v.Claim, "language", v.Language, "timezone", v.Timezone, "screen", v.Screen, "browser", v.Browser, "os", v.OS,
		"address", v.Address, "createdAt", int64(v.CreatedAt), "seenAt", int64(v.SeenAt),
		"said", v.Said, "blocked", yes(v.Blocked),
	}
}

// yes is a flag as it is kept.
func yes(flag bool) string {
	if flag {
		return "1"
	}
	return ""
}

func (s *Store) writeVisitor(ctx context.Context, v Visitor, calls ...call) error {
	if err := checkID("visitor", string(v.ID)); err != nil {
		return err
	}
	if _, err := s.ask(ctx, calls...); err != nil {
		return fmt.Errorf("write visitor %s: %w", v.ID, err)
	}
	return nil
}

const patchVisitorLua = `
-- KEYS 1 visitor  ARGV fields and values. Answers 0 if there is no such visitor.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1`

// PatchVisitor changes fields of a visitor, named as in his record. A chat.NotFound refusal if there is
// no such visitor: nothing is created.
func (s *Store) PatchVisitor(ctx context.Context, account chat.AccountID, id chat.VisitorID, fields map[string]string) error {
	if len(fields) == 0 {
		return nil
	}
	var args []any
	for name, value := range fields {
		args = append(args, name, value)
	}
	val, err := s.scripts.patchVisitor.Run(ctx, account, []string{s.visitorKey(account, id)}, args...)
	if err != nil {
		return fmt.Errorf("change visitor %s: %w", id, err)
	}
	if val != int64(1) {
		return chat.Refuse(chat.NotFound, "There is no such visitor.")
	}
	return nil
}

// GetVisitor returns the record, or a chat.NotFound refusal.
func (s *Store) GetVisitor(ctx context.Context, account chat.AccountID, id chat.VisitorID) (Visitor, error) {
	val, err := s.ask1(ctx, command("HGETALL", s.visitorKey(account, id)))
	if err != nil {
		return Visitor{}, fmt.Errorf("read visitor %s: %w", id, err)
	}
	f, _ := val.([]any)
	if len(f) == 0 {
		return Visitor{}, chat.Refuse(chat.NotFound, "There is no such visitor.")
	}
	return parseVisitor(f), nil
}

// parseVisitor reads names and values in turn. By hand, for ten thousand visitors may come back at once.
func parseVisitor(f []any) Visitor {
	var v Visitor
	for i := 0; i+1 < len(f); i += 2 {
		value := text(f[i+1])
		switch text(f[i]) {
		case "id":
			v.ID = chat.VisitorID(value)
		case "no":
			v.No = integer(value)
		case "name":
			v.Name = value
		case "email":
			v.Email = value
		case "level":
			v.Level = value
		case "contact":
			v.Contact = chat.ContactID(value)
		case "thread":
			v.Thread = chat.ThreadID(value)
		case "token":
			v.Tokens = value
		case "claim":
			v.Claim = value
		case "language":
			v.Language = value
		case "timezone":
			v.Timezone = value
		case "screen":
			v.Screen = value
		case "browser":
			v.Browser = value
		case "os":
			v.OS = value
		case "address":
			v.Address = value
		case "createdAt":
			v.CreatedAt = chat.Millis(integer(value))
		case "seenAt":
			v.SeenAt = chat.Millis(integer(value))
		case "said":
			v.Said = value
		case "blocked":
			v.Blocked = value != ""
		}
	}
	return v
}

// DeleteVisitor removes the record if it is there, what he did, and what was counted of his uploads; the log stays.
func (s *Store) DeleteVisitor(ctx context.Context, account chat.AccountID, id chat.VisitorID) error {
	visitor := chat.Actor{Kind: chat.Visitor, ID: string(id)}
	claim, err := s.ask1(ctx, command("HGET", s.visitorKey(account, id), "claim"))
	if err != nil {
		return fmt.Errorf("delete visitor %s: %w", id, err)
	}
	keys := append([]any{"DEL", s.visitorKey(account, id), s.uploadsKey(account, visitor.Key())}, s.didKeys(account, id)...)
	if _, err := s.ask(ctx, s.unclaimCall(account, text(claim), id), command(keys...)); err != nil {
		return fmt.Errorf("delete visitor %s: %w", id, err)
	}
	return nil
}
