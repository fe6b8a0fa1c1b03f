package store

import (
	"context"
	"fmt"
	"strings"

	"confab/chat"
)

// What a visitor claims holds no control character, so the one between it and his id tells where it ends.
const (
	claimEnd   = "\n"
	afterClaim = "\v" // the next byte: where the claimants of a claim end
)

func (s *Store) claimsKey(a chat.AccountID) string { return s.Key(a, "claims") }

// Claimants returns visitors whom OpenVisitor has listed under a claim, at most limit. Some may be gone or claim something
// else by now.
func (s *Store) Claimants(ctx context.Context, account chat.AccountID, claim string, limit int) ([]chat.VisitorID, error) {
	val, err := s.ask1(ctx, command("ZRANGEBYLEX", s.claimsKey(account), "["+claim+claimEnd, "("+claim+afterClaim, "LIMIT", 0, max(limit, 1)))
	if err != nil {
		return nil, fmt.Errorf("who claims to be somebody: %w", err)
	}
	var ids []chat.VisitorID
	for _, member := range texts(val) {
		ids = append(ids, chat.VisitorID(strings.TrimPrefix(member, claim+claimEnd)))
	}
	return ids, nil
}

// Unclaim has a visitor not be found by a claim any more.
func (s *Store) Unclaim(ctx context.Context, account chat.AccountID, claim string, id chat.VisitorID) error {
	if _, err := s.ask1(ctx, s.unclaimCall(account, claim, id)); err != nil {
		return fmt.Errorf("visitor %s claims nothing: %w", id, err)
	}
	return nil
}

func (s *Store) unclaimCall(account chat.AccountID, claim string, id chat.VisitorID) call {
	return command("ZREM", s.claimsKey(account), claim+claimEnd+string(id))
}
