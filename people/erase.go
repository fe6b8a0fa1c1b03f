package people

import (
	"context"
	"errors"
	"fmt"

	"confab/chat"
)

// DeleteContact erases a person: the contact, its visitors, their threads with all conversations, visits and pages.
// What is still on its way to one of the threads is refused from now on. If it fails half way it can be repeated.
// Errors: chat.NotFound if there is no such person, or none any more.
func (p *People) DeleteContact(ctx context.Context, a chat.AccountID, id chat.ContactID) error {
	if err := p.erase(ctx, a, id); err != nil {
		return err
	}
	return p.o.Store.Rewrite(ctx)
}

// erase does it but for what the files of Redis hold still.
func (p *People) erase(ctx context.Context, a chat.AccountID, id chat.ContactID) error {
	d, err := p.person(ctx, a, id)
	if err != nil {
		return err
	}
	for _, key := range d.Keys {
		if err := p.o.Store.IndexDelete(ctx, a, indexPerson, key, string(d.ID)); err != nil {
			return fmt.Errorf("erase contact %s: %w", id, err)
		}
	}
	if d.guarded() { // what may have been left for who claims to be it
		if err := p.withdraw(ctx, a, d); err != nil {
			return fmt.Errorf("erase contact %s: %w", id, err)
		}
		if d, err = p.person(ctx, a, id); err != nil {
			return err
		}
	}
	for _, thread := range d.allThreads() {
		err := errors.Join(p.o.Store.EraseThread(ctx, a, thread), p.o.Store.TimerClear(ctx, a, chat.TimerVisitorGone, string(thread)),
			p.o.Store.TimerClear(ctx, a, chat.TimerIdle, string(thread)))
		if err == nil && p.o.Files != nil { // last: nothing new comes into what is erased
			err = p.o.Files.EraseThread(ctx, a, thread)
		}
		if err != nil {
			return fmt.Errorf("erase contact %s: %w", id, err)
		}
	}
	if err := errors.Join(p.forgetAll(ctx, a, d.allVisitors()), p.o.Store.ForgetContactDid(ctx, a, d.ID)); err != nil {
		return fmt.Errorf("erase contact %s: %w", id, err)
	}
	if err := p.o.Store.ForgetMerged(ctx, a, d.ID, d.Merged...); err != nil {
		return fmt.Errorf("erase contact %s: %w", id, err)
	}
	if err := p.o.Presence.ForgetVisits(ctx, a, d.ID); err != nil {
		return fmt.Errorf("erase contact %s: %w", id, err)
	}
	return p.remove(ctx, a, d.ID)
}

// forgetAll erases visitors, but not what they wrote.
func (p *People) forgetAll(ctx context.Context, a chat.AccountID, visitors []chat.VisitorID) error {
	for _, v := range visitors {
		if err := p.o.Presence.Forget(ctx, a, v); err != nil {
			return err
		}
		if err := p.forgetToken(ctx, a, v); err != nil {
			return err
		}
		if err := p.o.Store.DeleteVisitor(ctx, a, v); err != nil {
			return err
		}
		own, _, err := p.load(ctx, a, chat.ContactID(v)) // as whom he was listed while he was nobody in particular
		if err == nil && own.ID == chat.ContactID(v) && len(own.Keys) == 0 {
			err = p.remove(ctx, a, own.ID)
		}
		if err != nil && !isCode(err, chat.NotFound) {
			return err
		}
	}
	return nil
}
