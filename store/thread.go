package store

import (
	"context"
	"encoding/json"
	"fmt"

	"confab/chat"
)

// LoadThread returns what rules must know of a thread. A thread that nobody wrote in has no Version and no conversation.
func (s *Store) LoadThread(ctx context.Context, account chat.AccountID, thread chat.ThreadID) (chat.Thread, error) {
	val, err := s.ask1(ctx, command("HMGET", s.threadKey(account, thread), "version", "state", "owner"))
	if err != nil {
		return chat.Thread{}, fmt.Errorf("load thread %s: %w", thread, err)
	}
	f := texts(val)
	return parseThread(thread, f[0], f[1], f[2])
}

func parseThread(id chat.ThreadID, version, state, owner string) (chat.Thread, error) {
	t := chat.Thread{ID: id, Visitor: chat.VisitorID(owner), Version: chat.EntryID(version)}
	if state == "" {
		return t, nil
	}
	t.Conversation = new(chat.Conversation)
	if err := json.Unmarshal([]byte(state), t.Conversation); err != nil {
		return chat.Thread{}, fmt.Errorf("state of thread %s: %w", id, err)
	}
	return t, nil
}

// OpenConversations tells which conversation is open in each of the threads, in their order; "" is none. done runs
// like Append's.
func (s *Store) OpenConversations(account chat.AccountID, threads []chat.ThreadID, done func([]chat.ConversationID, error)) {
	if len(threads) == 0 {
		done(nil, nil)
		return
	}
	calls := make([]call, len(threads))
	for i, thread := range threads {
		calls[i] = command("HGET", s.threadKey(account, thread), "state")
	}
	s.submit(func(r []reply) { done(openOf(threads, r)) }, calls...)
}

func openOf(threads []chat.ThreadID, r []reply) ([]chat.ConversationID, error) {
	open := make([]chat.ConversationID, len(threads))
	for i, thread := range threads {
		if r[i].err != nil {
			return nil, fmt.Errorf("state of thread %s: %w", thread, r[i].err)
		}
		t, err := parseThread(thread, "", text(r[i].val), "")
		if err != nil {
			return nil, err
		}
		if c := t.Conversation; c.Open() {
			open[i] = c.ID
		}
	}
	return open, nil
}

// OpenThread records whose thread it is. The first owner stays.
func (s *Store) OpenThread(ctx context.Context, account chat.AccountID, thread chat.ThreadID, visitor chat.VisitorID) error {
	if err := checkID("thread", string(thread)); err != nil {
		return err
	}
	if _, err := s.ask1(ctx, s.openThreadCall(account, thread, visitor)); err != nil {
		return fmt.Errorf("open thread %s: %w", thread, err)
	}
	return nil
}

func (s *Store) openThreadCall(account chat.AccountID, thread chat.ThreadID, visitor chat.VisitorID) call {
	return command("HSETNX", s.threadKey(account, thread), "owner", string(visitor))
}

// ThreadOwner returns whose thread it is, or a chat.NotFound refusal.
func (s *Store) ThreadOwner(ctx context.Context, account chat.AccountID, thread chat.ThreadID) (chat.VisitorID, error) {
	val, err := s.ask1(ctx, command("HGET", s.threadKey(account, thread), "owner"))
	if err != nil {
		return "", fmt.Errorf("owner of thread %s: %w", thread, err)
	}
	if val == nil {
		return "", chat.Refuse(chat.NotFound, "There is no such thread.")
	}
	return chat.VisitorID(text(val)), nil
}

// NextNo draws the next running number of an account's conversations, visitors, agents or groups, from 1.
func (s *Store) NextNo(ctx context.Context, account chat.AccountID, what string) (int64, error) {
	val, err := s.ask1(ctx, command("HINCRBY", s.Key(account, "no"), what, 1))
	if err != nil {
		return 0, fmt.Errorf("next number of %s: %w", what, err)
	}
	n, _ := val.(int64)
	return n, nil
}
