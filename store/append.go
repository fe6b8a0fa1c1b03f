package store

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"confab/chat"
)

//go:embed append.lua
var appendLua string

// appendAtTopLua goes before append.lua where a commit names the log's top. It reads its argument from the end, so that
// those of append.lua keep their places.
const appendAtTopLua = `
-- KEYS 2 thread  ARGV last: the number that the log must not have passed
if (redis.call('HGET', KEYS[2], 'top') or '0') ~= ARGV[#ARGV] then return {'behind'} end
`

const (
	maxEntries   = 16  // of one Commit
	summaryRunes = 140 // of a message in lists
)

// Append queues the commit: in one step the entries are numbered, kept and announced, or nothing happens.
// done runs on the committer's goroutine, in the order of queueing, and must not block; if the queue is full it runs
// before Append returns. The answer comes within 2 s.
//
// One author's CMID appended twice is kept once and answers the first number both times, so that whoever lost the
// answer asks again.
//
// Errors: *Stale if the state has another version; ErrBehind if the log has another top than one that was named; a chat.Conflict refusal if the CMID was used for another text;
// a chat.Unavailable refusal if Redis does not answer: then nothing is known, and asking again is right.
func (s *Store) Append(c Commit, done func(Committed, error)) {
	script, err := s.appendCall(&c)
	if err != nil {
		done(Committed{}, err)
		return
	}
	s.submit(func(r []reply) { done(s.committed(&c, r[0])) }, script)
}

func (s *Store) appendCall(c *Commit) (call, error) {
	if err := checkCommit(c); err != nil {
		return call{}, err
	}
	main := &c.Entries[c.Main]
	keys := []string{s.logKey(c.Account, c.Thread), s.threadKey(c.Account, c.Thread), s.feedKey(c.Account), s.inboxKey(c.Account)}
	args := make([]any, 0, 12+7*len(c.Entries))
	args = append(args, s.publish, s.feedChannel(c.Account), string(c.Expect), dedupeField(main), bodyHash(main),
		string(c.Thread), int64(main.At), len(c.Entries), c.Main+1, "", string(main.Conversation), 0)
	if c.Next != nil {
		state, err := json.Marshal(c.Next)
		if err != nil {
			return call{}, fmt.Errorf("encode conversation %s: %w", c.Next.ID, err)
		}
		keys = append(keys, s.stateKeys(c)...)
		args[9], args[10], args[11] = state, string(c.Next.ID), int64(c.Next.StartedAt)
	}
	for i := range c.Entries {
		var err error
		if args, err = appendEntry(args, c, i); err != nil {
			return call{}, err
		}
	}
	if c.Top > 0 {
		return s.scripts.appendAtTop.call(keys, append(args, int64(c.Top))...), nil
	}
	return s.scripts.append.call(keys, args...), nil
}

func checkCommit(c *Commit) error {
	if len(c.Entries) == 0 || len(c.Entries) > maxEntries || c.Main < 0 || c.Main >= len(c.Entries) {
		return fmt.Errorf("commit to %s: %d entries, main %d", c.Thread, len(c.Entries), c.Main)
	}
	if err := checkID("account", string(c.Account)); err != nil {
		return err
	}
	if c.Next != nil {
		if err := checkID("conversation", string(c.Next.ID)); err != nil {
			return err
		}
	}
	for _, id := range []string{string(c.Entries[c.Main].Conversation), c.Origin} {
		if !plain(id) {
			return &chat.Refusal{Code: chat.BadField, Message: "This is no id."}
		}
	}
	for i := range c.Entries {
		if err := checkID("entry", string(c.Entries[i].EID)); err != nil {
			return err
		}
	}
	return checkID("thread", string(c.Thread))
}

func dedupeField(main *chat.Entry) string {
	if main.CMID == "" {
		return ""
	}
	return "d:" + main.Author.Key() + "|" + string(main.CMID)
}

// stateKeys are the keys that move with the conversation's state: its record, its list, the lists it is not in.
func (s *Store) stateKeys(c *Commit) []string {
	keys := []string{s.conversationKey(c.Account, c.Next.ID), s.listKey(c.Account, c.Next.State)}
	for _, state := range []chat.State{chat.Waiting, chat.Active, chat.Over} {
		if state != c.Next.State {
			keys = append(keys, s.listKey(c.Account, state))
		}
	}
	return append(keys, s.listKey(c.Account, ""), s.visitorListKey(c.Account, c.Next.Visitor))
}

func appendEntry(args []any, c *Commit, i int) ([]any, error) {
	e := &c.Entries[i]
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode entry %s: %w", e.EID, err)
	}
	bell := Bell{Thread: c.Thread, Conversation: e.Conversation, Private: e.Private()}
	if i == c.Main {
		bell.Origin = c.Origin
	}
	class := classOf(e)
	last, err := summaryOf(e)
	if err != nil {
		return nil, err
	}
	return append(args, string(e.EID), class, contentHash(class, raw), bellTail(bell), raw, last, sideOf(e)), nil
}

// summaryOf is what lists show of a message; "" for what is none. Its number is put before it by append.lua.
func summaryOf(e *chat.Entry) (string, error) {
	if e.Kind != chat.KindMessage {
		return "", nil
	}
	raw, err := json.Marshal(SummaryEntry{Kind: e.Kind, Author: e.Author, Text: firstRunes(e.Text, summaryRunes), At: e.At, Note: e.Note})
	if err != nil {
		return "", fmt.Errorf("encode summary of %s: %w", e.EID, err)
	}
	return string(raw), nil
}

func firstRunes(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

// sideOf tells whose turn a message by hand ends: "va" the visitor wrote, "aa" somebody answered.
func sideOf(e *chat.Entry) string {
	switch {
	case e.Kind != chat.KindMessage || e.Auto || e.Note || e.Author.Kind == chat.System:
		return ""
	case e.Author.Kind == chat.Visitor:
		return "va"
	}
	return "aa"
}

func (s *Store) committed(c *Commit, r reply) (Committed, error) {
	if r.err != nil {
		return Committed{}, fmt.Errorf("append to %s: %w", c.Thread, r.err)
	}
	f := texts(r.val)
	switch {
	case len(f) == 5 && integer(f[1]) > 0 && (f[0] == "ok" && f[2] == string(c.Entries[c.Main].EID) || f[0] == "known" && f[2] != ""):
		return Committed{
			Known:   f[0] == "known",
			Main:    chat.Cursor{Seq: chat.Seq(integer(f[1])), EID: chat.EntryID(f[2])},
			At:      chat.Millis(integer(f[3])),
			Version: chat.EntryID(f[4]),
		}, nil
	case len(f) == 4 && f[0] == "stale":
		current, err := parseThread(c.Thread, f[1], f[2], f[3])
		if err != nil {
			return Committed{}, err
		}
		return Committed{}, &Stale{current}
	case len(f) == 1 && f[0] == "behind":
		return Committed{}, ErrBehind
	case len(f) == 1 && f[0] == "conflict":
		return Committed{}, &chat.Refusal{Code: chat.Conflict, Message: "This client message id was used for another text.", Field: "cmid"}
	case len(f) == 1 && f[0] == "erased":
		return Committed{}, chat.Refuse(chat.NotFound, "This thread was erased.")
	}
	return Committed{}, fmt.Errorf("append to %s: %w", c.Thread, s.fault(fmt.Errorf("%w: %q", errAnswer, f)))
}
