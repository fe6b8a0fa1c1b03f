package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"confab/chat"
)

// What became of a message stands in its thread's hash, as "m:<eid>": "e" or "d" (changed, taken back), the number of
// the newest entry that says so, and when. "amended" is there if any such field is, so that readers of all other threads
// pay nothing for it.

// Amended tells what became of a message since it was written. Zero: nothing.
type Amended struct {
	By      chat.Seq // the newest entry that says so
	At      chat.Millis
	Deleted bool
}

// amendment is what append.lua is told: how a message is amended, and which.
func amendment(main *chat.Entry) string {
	switch main.Kind {
	case chat.KindMessageEdited:
		return "e" + string(main.Target)
	case chat.KindMessageDeleted:
		return "d" + string(main.Target)
	}
	return ""
}

func parseAmended(field string) (a Amended) {
	if field == "" {
		return a
	}
	seq, at, _ := strings.Cut(field[1:], " ")
	return Amended{chat.Seq(integer(seq)), chat.Millis(integer(at)), field[0] == 'd'}
}

// shown makes entries of the log what readers get of them. done runs like Append's; if nothing of the thread was amended,
// as in nearly all threads, at once.
func (s *Store) shown(account chat.AccountID, thread chat.ThreadID, entries []Numbered, amended bool, done func(error)) {
	if !amended {
		done(nil)
		return
	}
	s.withhold(account, thread, entries, done)
}

// withhold tells of the messages among entries what became of them, and takes out of the entries what was deleted, the
// texts that were edits of it too. done gets the same slice, and runs like Append's.
func (s *Store) withhold(account chat.AccountID, thread chat.ThreadID, entries []Numbered, done func(error)) {
	args, of := []any{"HMGET", s.threadKey(account, thread)}, []int(nil)
	for i := range entries {
		if about := spokenOf(&entries[i]); about != "" {
			args, of = append(args, "m:"+string(about)), append(of, i)
		}
	}
	if len(of) == 0 {
		done(nil)
		return
	}
	s.submit(func(r []reply) {
		if r[0].err != nil {
			done(fmt.Errorf("what became of messages of %s: %w", thread, r[0].err))
			return
		}
		for k, field := range texts(r[0].val) {
			if err := entries[of[k]].amend(parseAmended(field)); err != nil {
				done(fmt.Errorf("entry %d of %s: %w", entries[of[k]].Seq, thread, err))
				return
			}
		}
		done(nil)
	}, command(args...))
}

// spokenOf is the message that an entry is, or whose text it changes; "" if it is neither.
func spokenOf(n *Numbered) chat.EntryID {
	var e struct {
		Kind   chat.Kind    `json:"kind"`
		Target chat.EntryID `json:"target"`
	}
	if err := json.Unmarshal(n.Raw, &e); err != nil {
		return ""
	}
	switch e.Kind {
	case chat.KindMessage:
		return n.EID
	case chat.KindMessageEdited:
		return e.Target
	}
	return ""
}

func (n *Numbered) amend(a Amended) error {
	n.Amended = a
	if !a.Deleted {
		return nil
	}
	var e chat.Entry
	if err := json.Unmarshal(n.Raw, &e); err != nil {
		return err
	}
	e.Text, e.File, e.Choices, e.DeletedAt = "", nil, nil, a.At
	raw, err := json.Marshal(&e)
	n.Raw = raw
	return err
}

// amendedCall asks whether any message of the thread was amended.
func (s *Store) amendedCall(a chat.AccountID, t chat.ThreadID) call {
	return command("HGET", s.threadKey(a, t), "amended")
}

// entriesCalls read single entries of a thread, by their numbers.
func (s *Store) entriesCalls(account chat.AccountID, thread chat.ThreadID, seqs []chat.Seq) []call {
	calls := make([]call, len(seqs))
	for i, seq := range seqs {
		at := strconv.FormatInt(int64(seq), 10)
		calls[i] = command("XRANGE", s.logKey(account, thread), at, at)
	}
	return calls
}

// Edits returns the texts that entries of a thread give to messages, by the entries' numbers. What is not kept any more
// is not among them.
func (s *Store) Edits(ctx context.Context, account chat.AccountID, thread chat.ThreadID, seqs []chat.Seq) (map[chat.Seq]string, error) {
	found := make(map[chat.Seq]string, len(seqs))
	if len(seqs) == 0 {
		return found, nil
	}
	vals, err := s.ask(ctx, s.entriesCalls(account, thread, seqs)...)
	if err != nil {
		return nil, fmt.Errorf("%d edits in %s: %w", len(seqs), thread, err)
	}
	for i, val := range vals {
		for _, n := range s.parseLog(val) {
			var e chat.Entry
			if err := json.Unmarshal(n.Raw, &e); err != nil {
				return nil, fmt.Errorf("edit %d in %s: %w", seqs[i], thread, err)
			}
			if e.Kind == chat.KindMessageEdited {
				found[n.Seq] = e.Text
			}
		}
	}
	return found, nil
}
