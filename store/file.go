package store

import (
	"context"
	"fmt"
	"time"

	"confab/chat"
)

const takeUploadLua = `
-- KEYS 1 request  2 what its author has sent today  ARGV 1 ticket  2 milliseconds that it is good for  3 bytes
-- 4 most files a day, 0: any number  5 most bytes a day. Answers {ticket, milliseconds left} or {'files'} or {'bytes'}.
local had = redis.call('GET', KEYS[1])
if had then return {had, redis.call('PTTL', KEYS[1])} end
if ARGV[4] ~= '0' then
  local day = redis.call('HMGET', KEYS[2], 'files', 'bytes')
  if tonumber(day[1] or '0') >= tonumber(ARGV[4]) then return {'files'} end
  if tonumber(day[2] or '0') + tonumber(ARGV[3]) > tonumber(ARGV[5]) then return {'bytes'} end
  redis.call('HINCRBY', KEYS[2], 'bytes', ARGV[3])
  if redis.call('HINCRBY', KEYS[2], 'files', 1) == 1 then redis.call('PEXPIRE', KEYS[2], 86400000) end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {ARGV[1], tonumber(ARGV[2])}`

const useTicketLua = `
-- KEYS 1 ticket. Answers what it holds, once; it stays, empty, so that it cannot be given again.
local held = redis.call('GET', KEYS[1])
if not held or held == '' then return '' end
redis.call('SET', KEYS[1], '', 'PX', math.max(redis.call('PTTL', KEYS[1]), 1))
return held`

const keepFileLua = `
-- KEYS 1 thread  2 file documents  3 their ids  4 files of the thread  ARGV 1 id  2 JSON. 0 if the thread is erased.
if redis.call('HGET', KEYS[1], 'erased') then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], '1 ' .. ARGV[2])
redis.call('ZADD', KEYS[3], 0, ARGV[1])
redis.call('SADD', KEYS[4], ARGV[1])
return 1`

const (
	kindFile  = "file"
	indexFile = "file" // of all accounts: a file's id to its account
)

// UploadWish is one wish to send a file.
type UploadWish struct {
	Account chat.AccountID
	Author  string // chat.Actor.Key
	Request chat.RequestID
	Bytes   int64
	Ticket  string // a fresh one
	Good    time.Duration

	MostFiles int // of the author in a day that begins with its first; 0: no limit for either
	MostBytes int64
}

// TakeUpload counts a wish against its author's day and returns its ticket, and how long that is good for: the wish's own, or
// the one that the same request was given before, which then counts no second time.
//
// Errors: chat.RateLimited if the day is full.
func (s *Store) TakeUpload(ctx context.Context, w UploadWish) (ticket string, left time.Duration, err error) {
	keys := []string{s.Key(w.Account, "upload", w.Author, string(w.Request)), s.uploadsKey(w.Account, w.Author)}
	val, err := s.scripts.takeUpload.Run(ctx, w.Account, keys, w.Ticket, w.Good.Milliseconds(), w.Bytes, w.MostFiles, w.MostBytes)
	if err != nil {
		return "", 0, fmt.Errorf("count an upload: %w", err)
	}
	list, _ := val.([]any)
	if len(list) == 1 {
		return "", 0, chat.Refuse(chat.RateLimited, "That were too many %s for one day.", text(list[0]))
	}
	if len(list) != 2 {
		return "", 0, fmt.Errorf("count an upload: %w", s.fault(fmt.Errorf("%w: %v", errAnswer, val)))
	}
	return text(list[0]), time.Duration(integer(text(list[1]))) * time.Millisecond, nil
}

func (s *Store) uploadsKey(a chat.AccountID, author string) string {
	return s.Key(a, "uploads", author)
}

func (s *Store) ticketKey(ticket string) string { return s.GlobalKey("ticket", ticket) }

// PutTicket keeps what a ticket is for, unless it is there, or was used.
func (s *Store) PutTicket(ctx context.Context, ticket string, data []byte, good time.Duration) error {
	// It outlives its request's memory, so that no request can have a used ticket given again.
	const longer = time.Minute
	_, err := s.ask1(ctx, command("SET", s.ticketKey(ticket), data, "NX", "PX", (good+longer).Milliseconds()))
	if err != nil {
		return fmt.Errorf("keep a ticket: %w", err)
	}
	return nil
}

// UseTicket returns what the ticket is for, once; chat.NotFound from then on, as for one that never was.
func (s *Store) UseTicket(ctx context.Context, ticket string) ([]byte, error) {
	val, err := s.scripts.useTicket.Run(ctx, "", []string{s.ticketKey(ticket)})
	if err != nil {
		return nil, fmt.Errorf("use a ticket: %w", err)
	}
	if text(val) == "" {
		return nil, chat.Refuse(chat.NotFound, "There is no such ticket, or it was used.")
	}
	return []byte(text(val)), nil
}

func (s *Store) threadFilesKey(a chat.AccountID, t chat.ThreadID) string {
	return s.Key(a, "t", string(t), "files")
}

func (s *Store) unusedFilesKey() string { return s.GlobalKey("files", "unused") }

// ExpectFile notes that bytes are about to be kept under that id. Until UseFile they may be claimed as unused.
func (s *Store) ExpectFile(ctx context.Context, id chat.FileID) error {
	if _, err := s.ask1(ctx, command("ZADD", s.unusedFilesKey(), time.Now().UnixMilli(), string(id))); err != nil {
		return fmt.Errorf("expect file: %w", err)
	}
	return nil
}

// KeepFile makes the document of an expected file known. chat.NotFound if its thread is erased.
func (s *Store) KeepFile(ctx context.Context, account chat.AccountID, thread chat.ThreadID, id chat.FileID, data []byte) error {
	docs := s.docKeys(account, kindFile)
	keys := []string{s.threadKey(account, thread), docs[0], docs[1], s.threadFilesKey(account, thread)}
	if err := s.IndexPut(ctx, "", indexFile, string(id), string(account)); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	val, err := s.scripts.keepFile.Run(ctx, account, keys, string(id), data)
	if err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	if val != int64(1) {
		return chat.Refuse(chat.NotFound, "There is no such thread.")
	}
	return nil
}

// File returns a file's account and document; chat.NotFound if there is none.
func (s *Store) File(ctx context.Context, id chat.FileID) (chat.AccountID, Doc, error) {
	account, err := s.IndexGet(ctx, "", indexFile, string(id))
	if err != nil {
		return "", Doc{}, err
	}
	doc, err := s.GetDoc(ctx, chat.AccountID(account), kindFile, string(id))
	return chat.AccountID(account), doc, err
}

// UseFile notes that a message is about to name the file.
func (s *Store) UseFile(ctx context.Context, id chat.FileID) error {
	if _, err := s.ask1(ctx, command("ZREM", s.unusedFilesKey(), string(id))); err != nil {
		return fmt.Errorf("use file: %w", err)
	}
	return nil
}

// FilesOf returns the ids of a thread's files, in no order.
func (s *Store) FilesOf(ctx context.Context, account chat.AccountID, thread chat.ThreadID) ([]chat.FileID, error) {
	val, err := s.ask1(ctx, command("SMEMBERS", s.threadFilesKey(account, thread)))
	if err != nil {
		return nil, fmt.Errorf("files of thread %s: %w", thread, err)
	}
	return fileIDs(val), nil
}

func fileIDs(val any) []chat.FileID {
	var ids []chat.FileID
	for _, id := range texts(val) {
		ids = append(ids, chat.FileID(id))
	}
	return ids
}

// DropFile forgets a file; what failed half way can be repeated.
func (s *Store) DropFile(ctx context.Context, account chat.AccountID, thread chat.ThreadID, id chat.FileID) error {
	if err := s.DeleteDoc(ctx, account, kindFile, string(id)); err != nil {
		return err
	}
	if err := s.IndexDelete(ctx, "", indexFile, string(id), string(account)); err != nil {
		return err
	}
	if err := s.UseFile(ctx, id); err != nil {
		return err
	}
	if _, err := s.ask1(ctx, command("SREM", s.threadFilesKey(account, thread), string(id))); err != nil {
		return fmt.Errorf("drop file: %w", err)
	}
	return nil
}

// ClaimUnusedFiles returns at most limit files that came before that time and that no message names. From then on nobody
// else is given them.
func (s *Store) ClaimUnusedFiles(ctx context.Context, before time.Time, limit int) ([]chat.FileID, error) {
	val, err := s.ask1(ctx, command("ZRANGEBYSCORE", s.unusedFilesKey(), "-inf", before.UnixMilli(), "LIMIT", 0, limit))
	if err != nil {
		return nil, fmt.Errorf("unused files: %w", err)
	}
	var mine []chat.FileID
	for _, id := range fileIDs(val) {
		gone, err := s.ask1(ctx, command("ZREM", s.unusedFilesKey(), string(id)))
		if err != nil {
			return mine, fmt.Errorf("unused files: %w", err)
		}
		if gone == int64(1) {
			mine = append(mine, id)
		}
	}
	return mine, nil
}
