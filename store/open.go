package store

import (
	"context"
	"fmt"
	"slices"

	"confab/chat"
)

const openLua = `
-- KEYS 1 the list of those that wait  2 of those that are active. In one step, for a conversation may move between them.
local open = redis.call('ZRANGE', KEYS[1], 0, -1)
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do open[#open + 1] = id end
return open`

// OpenThreads returns the threads of all conversations that wait or are active, in no order.
func (s *Store) OpenThreads(ctx context.Context, account chat.AccountID) ([]chat.ThreadID, error) {
	val, err := s.scripts.open.Run(ctx, account, []string{s.listKey(account, chat.Waiting), s.listKey(account, chat.Active)})
	if err != nil {
		return nil, fmt.Errorf("open conversations: %w", err)
	}
	var threads []chat.ThreadID
	for some := range slices.Chunk(texts(val), maxListed) {
		ids := make([]chat.ConversationID, len(some))
		for i, id := range some {
			ids[i] = chat.ConversationID(id)
		}
		found, err := s.conversationsByID(ctx, account, ids)
		if err != nil {
			return nil, err
		}
		for i := range found {
			threads = append(threads, found[i].Thread)
		}
	}
	return threads, nil
}
