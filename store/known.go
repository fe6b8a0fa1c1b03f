package store

import (
	"context"
	"fmt"
	"strings"

	"confab/chat"
)

// Known tells where a message stands that its sender has sent under this id before; Committed.Known is false if he has not.
func (s *Store) Known(ctx context.Context, account chat.AccountID, thread chat.ThreadID, sender chat.Actor, id chat.ClientMessageID) (Committed, error) {
	val, err := s.ask1(ctx, command("HGET", s.threadKey(account, thread), dedupeField(sender, id)))
	if err != nil {
		return Committed{}, fmt.Errorf("look for what %s has sent to %s: %w", sender.Key(), thread, err)
	}
	f := strings.Fields(text(val))
	if len(f) != 4 {
		return Committed{}, nil
	}
	return Committed{Known: true, Main: chat.Cursor{Seq: chat.Seq(integer(f[0])), EID: chat.EntryID(f[1])}, At: chat.Millis(integer(f[3]))}, nil
}
