package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"confab/chat"
	"confab/store"
)

// Address is where one writes to a person.
type Address struct {
	Contact Contact
	Visitor chat.VisitorID
	Thread  chat.ThreadID
}

// Address tells where one writes to a person, and makes a thread for one who has none: of somebody who has signed up, or has proven
// who he is, the thread that only proof opens; of a lead that of the browser that claimed last to be it, or one that waits for
// the first that does. Errors: chat.NotFound.
func (p *People) Address(ctx context.Context, a chat.AccountID, id chat.ContactID) (Address, error) {
	return p.address(ctx, a, id, false)
}

// GuardedAddress tells where that is written of a person which only he shall read who proves that he is it.
// Errors: chat.NotFound; so too if it is nobody in particular, who could prove nothing.
func (p *People) GuardedAddress(ctx context.Context, a chat.AccountID, id chat.ContactID) (Address, error) {
	return p.address(ctx, a, id, true)
}

func (p *People) address(ctx context.Context, a chat.AccountID, id chat.ContactID, guarded bool) (Address, error) {
	for range maxTries {
		d, err := p.person(ctx, a, id)
		if err != nil {
			return Address{}, err
		}
		visitor, thread, err := p.place(ctx, a, d, guarded || d.guarded())
		if moved := (*store.Moved)(nil); errors.As(err, &moved) || errors.Is(err, store.ErrVisitorMoved) {
			continue
		}
		if err != nil {
			return Address{}, fmt.Errorf("address of %s: %w", id, err)
		}
		if d.Thread == "" && thread != "" {
			if d, err = p.person(ctx, a, id); err != nil {
				return Address{}, err
			}
		}
		return Address{Contact: d.contact(), Visitor: visitor, Thread: thread}, nil
	}
	return Address{}, chat.Refuse(chat.Unavailable, "Too many change this contact at once.")
}

func (p *People) place(ctx context.Context, a chat.AccountID, d document, guarded bool) (chat.VisitorID, chat.ThreadID, error) {
	switch {
	case len(d.Keys) == 0 && guarded && !d.guarded():
		return "", "", chat.Refuse(chat.NotFound, "There is no such contact.")
	case len(d.Keys) == 0 || guarded && d.Thread != "":
		return p.owner(ctx, a, d)
	case guarded:
		return p.stand(ctx, a, d)
	case len(d.claimants) > 0:
		return d.claimants[0].ID, d.claimants[0].Thread, nil
	}
	v := p.absent(d)
	v.Tokens, v.Claim = tokensWaiting, d.Keys[0]
	return p.create(ctx, a, v, true)
}

// owner is whose the contact's own thread is.
func (p *People) owner(ctx context.Context, a chat.AccountID, d document) (chat.VisitorID, chat.ThreadID, error) {
	owner, err := p.o.Store.ThreadOwner(ctx, a, d.Thread)
	if isCode(err, chat.NotFound) && d.Stand != "" { // the node that made the thread died before it made him
		v := p.absent(d)
		v.ID, v.Thread, v.Tokens, v.Contact = d.Stand, d.Thread, tokensStanding, d.ID
		return p.create(ctx, a, v, false)
	}
	if isCode(err, chat.NotFound) && len(d.Visitors) > 0 {
		return d.Visitors[0], d.Thread, nil
	}
	return owner, d.Thread, err
}

// stand makes the thread that only proof opens, and a visitor in the place of who will prove it.
func (p *People) stand(ctx context.Context, a chat.AccountID, d document) (chat.VisitorID, chat.ThreadID, error) {
	d, err := p.change(ctx, a, d.ID, func(d *document) error {
		if d.Thread == "" {
			d.Thread, d.Stand = chat.ThreadID(p.o.IDs.New()), chat.VisitorID(p.o.IDs.New())
			d.addVisitor(d.Stand)
		}
		return nil
	})
	if err != nil {
		return "", "", err
	}
	return p.owner(ctx, a, d)
}

// absent is a visitor in the place of a person who is not here.
func (p *People) absent(d document) store.Visitor {
	now := chat.At(time.Now())
	return store.Visitor{
		ID: chat.VisitorID(p.o.IDs.New()), Thread: chat.ThreadID(p.o.IDs.New()), Name: d.Name, Email: d.Email, Level: Claimed, Blocked: d.Blocked,
		CreatedAt: now, SeenAt: now,
	}
}

func (p *People) create(ctx context.Context, a chat.AccountID, v store.Visitor, claims bool) (chat.VisitorID, chat.ThreadID, error) {
	no, err := p.o.Store.NextNo(ctx, a, "visitor")
	if err != nil {
		return "", "", err
	}
	v.No = no
	v.Name = or(v.Name, guestName(v))
	return v.ID, v.Thread, p.o.Store.OpenVisitor(ctx, a, v, store.Visitor{Tokens: store.NoVisitor}, claims)
}

// allThreads are the threads of a person, of those too who claim to be this lead.
func (d *document) allThreads() []chat.ThreadID {
	all := d.threads()
	for _, v := range d.claimants {
		if v.Thread != "" && !slices.Contains(all, v.Thread) {
			all = append(all, v.Thread)
		}
	}
	return all
}
