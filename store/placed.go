package store

import (
	"context"
	"fmt"

	"confab/chat"
)

const (
	maxPlaced     = 10_000 // open conversations of an account that are read at most, of each state
	placedAtATime = 1000
)

// Placed reads conversations without what lists show beside them, in the order of ids; those that do not exist are left out. It
// costs the same whether they do or not.
func (s *Store) Placed(ctx context.Context, account chat.AccountID, ids ...chat.ConversationID) ([]chat.Conversation, error) {
	sums, err := s.conversationsByID(ctx, account, ids)
	if err != nil {
		return nil, err
	}
	found := make([]chat.Conversation, len(sums))
	for i := range sums {
		found[i] = sums[i].Conversation
	}
	return found, nil
}

// PlacedOf reads a visitor's conversations likewise, the newest first, at most 200.
func (s *Store) PlacedOf(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) ([]chat.Conversation, error) {
	val, err := s.ask1(ctx, command("ZREVRANGE", s.VisitorListKey(account, visitor), 0, maxListed-1))
	if err != nil {
		return nil, fmt.Errorf("conversations of visitor %s: %w", visitor, err)
	}
	return s.Placed(ctx, account, conversationIDs(texts(val))...)
}

// PlacedOpen reads an account's open conversations likewise, in no order; of each state those that changed last, if there are
// more than anybody looks at.
func (s *Store) PlacedOpen(ctx context.Context, account chat.AccountID) ([]chat.Conversation, error) {
	var all []chat.Conversation
	for _, state := range []chat.State{chat.Waiting, chat.Active} {
		for from := 0; from < maxPlaced; from += placedAtATime {
			val, err := s.ask1(ctx, command("ZREVRANGE", s.listKey(account, state), from, from+placedAtATime-1))
			if err != nil {
				return nil, fmt.Errorf("open conversations of %s: %w", account, err)
			}
			ids := conversationIDs(texts(val))
			some, err := s.Placed(ctx, account, ids...)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
			if len(ids) < placedAtATime {
				break
			}
		}
	}
	return all, nil
}

func conversationIDs(list []string) []chat.ConversationID {
	ids := make([]chat.ConversationID, len(list))
	for i, id := range list {
		ids[i] = chat.ConversationID(id)
	}
	return ids
}
