package account

import (
	"context"
	"fmt"

	"confab/store"
)

// want says what the account's commits must keep besides the log, before the account is what it will be: nothing that
// happens once it is must be missed.
func (a *Accounts) want(ctx context.Context, d *accountDoc) error {
	return a.store.SetWant(ctx, d.ID, store.Want{Outbox: a.outbox || len(d.Webhooks) > 0, Messages: len(d.Credentials) > 0})
}

// Want says it again for all accounts: an older program may have left them without, and what a node is set to may have changed.
func (a *Accounts) Want(ctx context.Context) error {
	ids, err := a.store.AccountIDs(ctx)
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	for _, id := range ids {
		d, _, err := a.load(ctx, id)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := a.want(ctx, d); err != nil {
			return err
		}
	}
	return nil
}
