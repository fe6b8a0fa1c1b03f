package desk

import (
	"context"
	"errors"
	"fmt"

	"confab/chat"
)

// errMovedOn asks for the conversation to be read once more: it was open, and its thread has another one now.
var errMovedOn = errors.New("the thread has gone on to another conversation")

// Rate keeps what a visitor thinks of a conversation of his thread, the last one or an earlier one. The same request is
// kept once; another replaces what was said before.
//
// Errors: chat.NotFound if the thread has no such conversation, and those of chat.Rate.
func (d *Desk) Rate(ctx context.Context, account chat.AccountID, thread chat.ThreadID, id chat.ConversationID, by chat.Actor, request chat.RequestID, r chat.Rating) error {
	for {
		c, err := d.store.Conversation(ctx, account, id)
		switch {
		case err != nil:
			return fmt.Errorf("conversation %s: %w", id, err)
		case c.Thread != thread:
			return chat.Refuse(chat.NotFound, "There is no such conversation.")
		}
		read := &c.Conversation
		err = d.run(ctx, laneKey{account, thread}, c.Visitor, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
			is, earlier := t.Conversation, false
			if is == nil || is.ID != id {
				if read.Open() {
					return chat.Change{}, errMovedOn
				}
				is, earlier = read, true
			}
			return chat.Rate(is, by, chat.ClientMessageID(request), r, earlier, f, now)
		})
		if !errors.Is(err, errMovedOn) {
			return err
		}
	}
}
