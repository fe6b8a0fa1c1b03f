package store

import (
	"context"
	"fmt"
	"strings"

	"confab/chat"
)

const (
	kindAccount = "account" // a document of this kind makes its account appear in AccountIDs
	kindContact = "contact"
)

const putDocLua = markOutLua + `
-- KEYS 1 documents  2 their ids  3 feed  4 outbox  ARGV 1 id  2 JSON  3 expected version or -1  4... threads for the outbox
-- Answers {'ok', version} or {'moved', what is there}.
local was = redis.call('HGET', KEYS[1], ARGV[1])
local version = was and string.match(was, '^(%d+) ') or '0'
if ARGV[3] ~= '-1' and ARGV[3] ~= version then return {'moved', was or ''} end
version = string.format('%.0f', tonumber(version) + 1)
redis.call('HSET', KEYS[1], ARGV[1], version .. ' ' .. ARGV[2])
if not was then redis.call('ZADD', KEYS[2], 0, ARGV[1]) end
markOut(KEYS[3], KEYS[4], 4)
return {'ok', version}`

func (s *Store) docKeys(account chat.AccountID, kind string) []string {
	return []string{s.keyIn(account, "doc", kind), s.keyIn(account, "doc", kind, "ids")}
}

func (s *Store) accountsKey() string { return s.GlobalKey("accounts") }

// AccountIDs returns all accounts that have a document of kind "account", in no order.
func (s *Store) AccountIDs(ctx context.Context) ([]chat.AccountID, error) {
	val, err := s.ask1(ctx, command("SMEMBERS", s.accountsKey()))
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	var ids []chat.AccountID
	for _, id := range texts(val) {
		ids = append(ids, chat.AccountID(id))
	}
	return ids, nil
}

// GetDoc returns a document, or a chat.NotFound refusal.
func (s *Store) GetDoc(ctx context.Context, account chat.AccountID, kind, id string) (Doc, error) {
	val, err := s.ask1(ctx, command("HGET", s.keyIn(account, "doc", kind), id))
	if err != nil {
		return Doc{}, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	if val == nil {
		return Doc{}, chat.Refuse(chat.NotFound, "There is no such %s.", kind)
	}
	return parseDoc(id, text(val)), nil
}

// GetDocs returns the documents of ids that there are, in no order but theirs.
func (s *Store) GetDocs(ctx context.Context, account chat.AccountID, kind string, ids []string) ([]Doc, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{"HMGET", s.keyIn(account, "doc", kind)}
	for _, id := range ids {
		args = append(args, id)
	}
	val, err := s.ask1(ctx, command(args...))
	if err != nil {
		return nil, fmt.Errorf("read %d of %s: %w", len(ids), kind, err)
	}
	var docs []Doc
	for i, kept := range texts(val) {
		if kept != "" {
			docs = append(docs, parseDoc(ids[i], kept))
		}
	}
	return docs, nil
}

// CountDocs returns how many documents of a kind there are.
func (s *Store) CountDocs(ctx context.Context, account chat.AccountID, kind string) (int, error) {
	val, err := s.ask1(ctx, command("ZCARD", s.keyIn(account, "doc", kind, "ids")))
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", kind, err)
	}
	n, _ := val.(int64)
	return int(n), nil
}

func parseDoc(id, kept string) Doc {
	version, data, _ := strings.Cut(kept, " ")
	return Doc{ID: id, Version: integer(version), Data: []byte(data)}
}

// PutDoc writes a document if it has the expected version: 0 for "must not exist", AnyVersion for whatever is there.
// It returns the new version, or *Moved with what is there. In the same step the outbox is told to look at the threads that
// the document is about, if any are named.
func (s *Store) PutDoc(ctx context.Context, account chat.AccountID, kind, id string, data []byte, expect int64, about ...chat.ThreadID) (version int64, err error) {
	args := []any{id, data, expect}
	for _, thread := range about {
		args = append(args, string(thread))
	}
	keys := append(s.docKeys(account, kind), s.keyIn(account, "f"), s.keyIn(account, "out"))
	val, err := s.scripts.putDoc.Run(ctx, account, keys, args...)
	if err != nil {
		return 0, fmt.Errorf("write %s %s: %w", kind, id, err)
	}
	f := texts(val)
	switch {
	case len(f) == 2 && f[0] == "moved":
		return 0, &Moved{parseDoc(id, f[1])}
	case len(f) != 2 || f[0] != "ok":
		return 0, fmt.Errorf("write %s %s: %w", kind, id, s.fault(fmt.Errorf("%w: %q", errAnswer, f)))
	}
	if kind == kindAccount { // last, so that whoever finds the account in the list finds its document
		if _, err := s.ask1(ctx, command("SADD", s.accountsKey(), string(account))); err != nil {
			return 0, fmt.Errorf("list account %s: %w", account, err)
		}
	}
	return integer(f[1]), nil
}

// DeleteDoc removes a document if it is there.
func (s *Store) DeleteDoc(ctx context.Context, account chat.AccountID, kind, id string) error {
	keys := s.docKeys(account, kind)
	calls := []call{command("HDEL", keys[0], id), command("ZREM", keys[1], id)}
	if kind == kindAccount {
		calls = append(calls, command("SREM", s.accountsKey(), string(account)))
	}
	if _, err := s.ask(ctx, calls...); err != nil {
		return fmt.Errorf("delete %s %s: %w", kind, id, err)
	}
	return nil
}

// ListDocs returns documents of a kind in the order of their ids, at most limit, after the id that the previous
// answer gave as next; "" begins, and is next after the last.
func (s *Store) ListDocs(ctx context.Context, account chat.AccountID, kind, after string, limit int) (docs []Doc, next string, err error) {
	keys, from := s.docKeys(account, kind), "-"
	if after != "" {
		from = "(" + after
	}
	val, err := s.ask1(ctx, command("ZRANGEBYLEX", keys[1], from, "+", "LIMIT", 0, max(limit, 1)))
	if err != nil {
		return nil, "", fmt.Errorf("list %s: %w", kind, err)
	}
	ids := texts(val)
	if len(ids) == 0 {
		return nil, "", nil
	}
	if docs, err = s.GetDocs(ctx, account, kind, ids); err != nil { // what was deleted meanwhile is not among them
		return nil, "", err
	}
	if len(ids) == max(limit, 1) {
		next = ids[len(ids)-1]
	}
	return docs, next, nil
}
