package store

import (
	"encoding/json"
	"fmt"

	"confab/chat"
)

// Waiting reads the conversations that wait, at most limit, in no order. all tells that there are no more. done runs like
// Append's.
func (s *Store) Waiting(account chat.AccountID, limit int, done func(waiting []chat.Conversation, all bool, err error)) {
	s.submit(func(r []reply) {
		if r[0].err != nil {
			done(nil, false, fmt.Errorf("who waits: %w", r[0].err))
			return
		}
		ids := texts(r[0].val)
		if len(ids) == 0 {
			done(nil, true, nil)
			return
		}
		s.readWaiting(account, ids, func(waiting []chat.Conversation, err error) { done(waiting, len(ids) < limit, err) })
	}, command("ZRANGE", s.listKey(account, chat.Waiting), 0, limit-1))
}

func (s *Store) readWaiting(account chat.AccountID, ids []string, done func([]chat.Conversation, error)) {
	args := []any{"MGET"}
	for _, id := range ids {
		args = append(args, s.conversationKey(account, chat.ConversationID(id)))
	}
	s.submit(func(r []reply) {
		if r[0].err != nil {
			done(nil, fmt.Errorf("read %d conversations that wait: %w", len(ids), r[0].err))
			return
		}
		waiting := make([]chat.Conversation, 0, len(ids))
		for _, raw := range texts(r[0].val) {
			var c chat.Conversation
			if raw == "" { // gone meanwhile
				continue
			}
			if err := json.Unmarshal([]byte(raw), &c); err != nil {
				done(nil, fmt.Errorf("read a conversation that waits: %w", err))
				return
			}
			if c.State == chat.Waiting {
				waiting = append(waiting, c)
			}
		}
		done(waiting, nil)
	}, command(args...))
}
