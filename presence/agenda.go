package presence

import (
	"context"
	"fmt"

	"confab/chat"
)

// lookAt has a sweeper look at the account at the given moment (ms of the store), or earlier if it is noted so.
func (p *Presence) lookAt(account chat.AccountID, at int64, done func(error)) {
	p.s.lookAt.Do("", []string{p.nodesKey()}, []any{at, "a:" + string(account)}, func(_ any, err error) { done(err) })
}

// lookNext does the same and waits; 0 is never.
func (p *Presence) lookNext(ctx context.Context, account chat.AccountID, at int64) error {
	if at == 0 {
		return nil
	}
	if _, err := p.o.Store.Command(ctx, "", "ZADD", p.nodesKey(), "LT", at, "a:"+string(account)); err != nil {
		return fmt.Errorf("note when to look at %s: %w", account, err)
	}
	return nil
}

// finish says that what was claimed is done.
func (p *Presence) finish(ctx context.Context, member string) error {
	if _, err := p.o.Store.Command(ctx, "", "ZREM", p.nodesKey(), member); err != nil {
		return fmt.Errorf("finish %s: %w", member, err)
	}
	return nil
}

// each runs n steps at once and waits for all. It returns the first error.
func each(ctx context.Context, n int, step func(i int, done func(error))) error {
	ended := make(chan error, n)
	for i := range n {
		step(i, func(err error) { ended <- err })
	}
	var failed error
	for range n {
		select {
		case err := <-ended:
			if failed == nil {
				failed = err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return failed
}
