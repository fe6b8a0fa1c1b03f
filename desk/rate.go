package desk

import (
	"context"
	"fmt"

	"confab/chat"
)

// Rate keeps what a visitor thinks of a conversation of his thread, the last one or an earlier one. The same request is
// kept once; another replaces what was said before.
//
// Errors: chat.NotFound if the thread has no such conversation, and those of chat.Rate.
func (d *Desk) Rate(ctx context.Context, account chat.AccountID, thread chat.ThreadID, id chat.ConversationID, by chat.Actor, request chat.RequestID, r chat.Rating) error {
	c, err := d.store.Conversation(ctx, account, id)
	switch {
	case err != nil:
		return fmt.Errorf("conversation %s: %w", id, err)
	case c.Thread != thread:
		return chat.Refuse(chat.NotFound, "There is no such conversation.")
	}
	return d.within(ctx, account, &c.Conversation, nil, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.Rate(t.Conversation, by, chat.ClientMessageID(request), r, f, now)
	})
}
