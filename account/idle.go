package account

import (
	"context"
	"time"

	"confab/chat"
)

// idleSettles is when every node has forgotten what it remembered of an account before a change.
const idleSettles = accountLife + 15*time.Second

// IdleAfter tells how long nobody may do anything in the account's conversations before they are closed, as it was at
// most 30 s ago; 0: for ever, also of an account that is none.
func (a *Accounts) IdleAfter(ctx context.Context, id chat.AccountID) (time.Duration, error) {
	found, err := a.Account(ctx, id)
	if isNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return time.Duration(found.IdleCloseMinutes) * time.Minute, nil
}

// watchIdle has all conversations looked at that are open when a changed time is in force. The timer is set before the
// change is kept, so that no crash leaves them out.
func (a *Accounts) watchIdle(ctx context.Context, before, after *accountDoc) error {
	if before.IdleCloseMinutes == after.IdleCloseMinutes {
		return nil
	}
	return a.store.TimerSet(ctx, after.ID, chat.TimerIdleAll, "", idleSettles)
}
