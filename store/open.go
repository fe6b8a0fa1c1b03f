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
	found, err := s.allByID(ctx, account, texts(val))
	if err != nil {
		return nil, err
	}
	threads := make([]chat.ThreadID, len(found))
	for i := range found {
		threads[i] = found[i].Thread
	}
	return threads, nil
}

// ActiveConversations returns the active conversations that an agent is in, in no order.
func (s *Store) ActiveConversations(ctx context.Context, account chat.AccountID, agent chat.AgentID) ([]chat.ConversationID, error) {
	val, err := s.ask1(ctx, command("ZRANGE", s.listKey(account, chat.Active), 0, -1))
	if err != nil {
		return nil, fmt.Errorf("active conversations: %w", err)
	}
	found, err := s.allByID(ctx, account, texts(val))
	if err != nil {
		return nil, err
	}
	var ids []chat.ConversationID
	for i := range found {
		if found[i].Has(agent) {
			ids = append(ids, found[i].ID)
		}
	}
	return ids, nil
}

// allByID reads conversations, some at a time.
func (s *Store) allByID(ctx context.Context, account chat.AccountID, all []string) ([]Summary, error) {
	var sums []Summary
	for some := range slices.Chunk(all, maxListed) {
		ids := make([]chat.ConversationID, len(some))
		for i, id := range some {
			ids[i] = chat.ConversationID(id)
		}
		found, err := s.conversationsByID(ctx, account, ids)
		if err != nil {
			return nil, err
		}
		sums = append(sums, found...)
	}
	return sums, nil
}
