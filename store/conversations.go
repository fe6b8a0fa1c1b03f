package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"confab/chat"
)

const (
	maxListed    = 200 // conversations of one answer
	maxUnread    = 99
	summaryRunes = 140 // of a message in lists
)

// listKey is the list of the conversations in that state; "" is that of all.
func (s *Store) listKey(a chat.AccountID, state chat.State) string {
	if state == "" {
		state = "all"
	}
	return s.Key(a, "cs", string(state))
}

// VisitorListKey is the list of a visitor's conversations, for scripts that must know whether there are any.
func (s *Store) VisitorListKey(a chat.AccountID, id chat.VisitorID) string {
	return s.Key(a, "v", string(id), "cs")
}

// Conversation returns one, or a chat.NotFound refusal.
func (s *Store) Conversation(ctx context.Context, account chat.AccountID, id chat.ConversationID) (Summary, error) {
	found, err := s.Summaries(ctx, account, []chat.ConversationID{id})
	if err != nil {
		return Summary{}, err
	}
	if len(found) == 0 {
		return Summary{}, chat.Refuse(chat.NotFound, "There is no such conversation.")
	}
	return found[0], nil
}

// Summaries returns the conversations of ids in their order, without those that do not exist.
func (s *Store) Summaries(ctx context.Context, account chat.AccountID, ids []chat.ConversationID) ([]Summary, error) {
	sums, err := s.conversationsByID(ctx, account, ids)
	if err != nil || len(sums) == 0 {
		return sums, err
	}
	calls := make([]call, 0, 2*len(sums))
	for i := range sums {
		c := &sums[i].Conversation
		id := string(c.ID)
		calls = append(calls,
			command("HMGET", s.threadKey(account, c.Thread), "top", "unread", "state", "last:"+id, "va:"+id, "aa:"+id, "amended"),
			command("HMGET", s.visitorKey(account, c.Visitor), "name", "level"))
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return nil, fmt.Errorf("summaries of %d conversations: %w", len(ids), err)
	}
	amended := map[chat.ThreadID]bool{}
	for i := range sums {
		thread := texts(vals[2*i])
		sums[i].fill(thread, texts(vals[2*i+1]))
		amended[sums[i].Thread] = thread[6] != ""
	}
	return sums, s.fillLast(ctx, account, sums, amended)
}

// fillLast reads the last messages, whose numbers the threads know. In threads with messages that were amended it asks
// what became of the last one, and if that is another text, reads the text: two steps more, for those threads only.
func (s *Store) fillLast(ctx context.Context, account chat.AccountID, sums []Summary, amended map[chat.ThreadID]bool) error {
	var calls []call
	var of []*Summary
	for i := range sums {
		if sum := &sums[i]; sum.Last != nil {
			id := int64(sum.Last.Seq)
			of = append(of, sum)
			calls = append(calls, command("XRANGE", s.logKey(account, sum.Thread), id, id))
		}
	}
	if len(calls) == 0 {
		return nil
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return fmt.Errorf("last messages of %d conversations: %w", len(calls), err)
	}
	var look []*Summary
	for i, sum := range of {
		entries := s.parseLog(vals[i])
		if err := sum.fillLast(entries); err != nil {
			return err
		}
		if sum.Last != nil && amended[sum.Thread] {
			sum.Last.eid = entries[0].EID
			look = append(look, sum)
		}
	}
	return s.amendLast(ctx, account, look)
}

func (s *Store) amendLast(ctx context.Context, account chat.AccountID, sums []*Summary) error {
	calls := make([]call, len(sums))
	for i, sum := range sums {
		calls[i] = command("HGET", s.threadKey(account, sum.Thread), "m:"+string(sum.Last.eid))
	}
	if len(calls) == 0 {
		return nil
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return fmt.Errorf("what became of %d last messages: %w", len(sums), err)
	}
	var edited []*Summary
	var texts []call
	for i, sum := range sums {
		switch a := parseAmended(text(vals[i])); {
		case a.Deleted:
			sum.Last.Text, sum.Last.DeletedAt = "", a.At
		case a.By > 0:
			sum.Last.EditedAt = a.At
			edited = append(edited, sum)
			texts = append(texts, s.entriesCalls(account, sum.Thread, []chat.Seq{a.By})...)
		}
	}
	return s.editLast(ctx, edited, texts)
}

func (s *Store) editLast(ctx context.Context, sums []*Summary, calls []call) error {
	if len(calls) == 0 {
		return nil
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return fmt.Errorf("new texts of %d last messages: %w", len(sums), err)
	}
	for i, sum := range sums {
		edits := s.parseLog(vals[i])
		if len(edits) == 0 {
			continue
		}
		var e chat.Entry
		if err := json.Unmarshal(edits[0].Raw, &e); err != nil {
			return fmt.Errorf("new text of the last message of conversation %s: %w", sum.ID, err)
		}
		sum.Last.Text = firstRunes(e.Text, summaryRunes)
	}
	return nil
}

func (sum *Summary) fillLast(entries []Numbered) error {
	if len(entries) == 0 { // trimmed
		sum.Last = nil
		return nil
	}
	var e chat.Entry
	if err := json.Unmarshal(entries[0].Raw, &e); err != nil {
		return fmt.Errorf("last message of conversation %s: %w", sum.ID, err)
	}
	sum.Last.Kind, sum.Last.Author, sum.Last.At, sum.Last.Note = e.Kind, e.Author, e.At, e.Note
	sum.Last.Text = firstRunes(e.Text, summaryRunes)
	return nil
}

func firstRunes(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

func (s *Store) conversationsByID(ctx context.Context, account chat.AccountID, ids []chat.ConversationID) ([]Summary, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{"MGET"}
	for _, id := range ids {
		args = append(args, s.conversationKey(account, id))
	}
	val, err := s.ask1(ctx, command(args...))
	if err != nil {
		return nil, fmt.Errorf("read %d conversations: %w", len(ids), err)
	}
	sums := make([]Summary, 0, len(ids))
	for _, raw := range texts(val) {
		if raw == "" {
			continue
		}
		var sum Summary
		if err := json.Unmarshal([]byte(raw), &sum.Conversation); err != nil {
			return nil, fmt.Errorf("read a conversation: %w", err)
		}
		sums = append(sums, sum)
	}
	return sums, nil
}

// fill takes what the thread and the visitor know: thread is top, unread, state, last, va, aa.
func (sum *Summary) fill(thread, visitor []string) {
	sum.Top = chat.Seq(integer(thread[0]))
	if isCurrent(thread[2], sum.ID) {
		sum.Unread = int(min(integer(thread[1]), maxUnread))
	}
	sum.LastVisitorAt, sum.LastAgentAt = chat.Millis(integer(thread[4])), chat.Millis(integer(thread[5]))
	sum.VisitorName, sum.VisitorLevel = visitor[0], visitor[1]
	if seq := integer(thread[3]); seq > 0 {
		sum.Last = &SummaryEntry{Seq: chat.Seq(seq)}
	}
}

// isCurrent tells whether the thread's state is that conversation; only there anything can be unread.
func isCurrent(state string, id chat.ConversationID) bool {
	return strings.HasPrefix(state, `{"id":"`+string(id)+`"`)
}

// ListConversations returns those in a state ("" for all), newest change first, at most limit (200 at most), after
// the position that the previous answer gave as next; "" begins, and is next after the last.
func (s *Store) ListConversations(ctx context.Context, account chat.AccountID, state chat.State, after string, limit int) (items []Summary, next string, err error) {
	limit = min(max(limit, 1), maxListed)
	top := "+inf"
	if after != "" {
		if integer(after) <= 0 {
			return nil, "", &chat.Refusal{Code: chat.BadField, Message: "This is no position in the list.", Field: "after"}
		}
		top = "(" + after
	}
	val, err := s.ask1(ctx, command("ZREVRANGEBYSCORE", s.listKey(account, state), top, "-inf", "WITHSCORES", "LIMIT", 0, limit))
	if err != nil {
		return nil, "", fmt.Errorf("list conversations: %w", err)
	}
	pairs := texts(val)
	ids := make([]chat.ConversationID, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		ids = append(ids, chat.ConversationID(pairs[i]))
	}
	if len(ids) == limit {
		next = pairs[len(pairs)-1]
	}
	items, err = s.Summaries(ctx, account, ids)
	return items, next, err
}

// VisitorConversations returns the visitor's conversations, the newest first, at most limit (200 at most).
func (s *Store) VisitorConversations(ctx context.Context, account chat.AccountID, visitor chat.VisitorID, limit int) ([]Summary, error) {
	limit = min(max(limit, 1), maxListed)
	val, err := s.ask1(ctx, command("ZREVRANGE", s.VisitorListKey(account, visitor), 0, limit-1))
	if err != nil {
		return nil, fmt.Errorf("conversations of visitor %s: %w", visitor, err)
	}
	var ids []chat.ConversationID
	for _, id := range texts(val) {
		ids = append(ids, chat.ConversationID(id))
	}
	return s.Summaries(ctx, account, ids)
}
