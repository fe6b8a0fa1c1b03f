package desk

import (
	"context"

	"confab/chat"
)

// Call keeps in the log how a call with a thread's visitor goes. What is told under the same id is kept once, whoever
// tells it again.
//
// Errors: chat.NotFound if the thread was erased.
func (d *Desk) Call(ctx context.Context, account chat.AccountID, thread chat.ThreadID, visitor chat.VisitorID, by chat.Actor, id chat.ClientMessageID, call chat.Call) error {
	return d.wait(ctx, laneKey{account, thread}, &job{
		visitor: visitor,
		sender:  chat.Actor{Kind: chat.System}, // no client can have used its id
		decide: func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
			return chat.TellCall(t, by, id, call, f, now), nil
		},
	})
}
