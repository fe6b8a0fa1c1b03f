package people

import (
	"context"

	"confab/chat"
	"confab/store"
)

// What an agent who is limited to his groups may know of people. A nil scope allows everybody, and no conversation is read.

// MayMeet tells whether the agent may look at a visitor and speak to him: one whom he knows, or who is here and whom nobody else
// speaks to. Errors: chat.NotFound, the same as if there were none.
func (p *People) MayMeet(ctx context.Context, a chat.AccountID, scope *chat.Scope, id chat.VisitorID) error {
	if scope == nil {
		return nil
	}
	all, err := p.o.Store.PlacedOf(ctx, a, id)
	if err != nil || scope.Knows(all) {
		return err
	}
	if scope.Meets(all) {
		live, err := p.o.Presence.Visitor(ctx, a, id)
		if err == nil && live.Online {
			return nil
		}
		if err != nil && !isCode(err, chat.NotFound) {
			return err
		}
	}
	return chat.Refuse(chat.NotFound, "There is no such visitor.")
}

// MayRead returns whose thread it is, if there is one and the agent may read it, and write into it as long as its conversation is
// not another's. Errors: chat.NotFound, the same as if there were none.
func (p *People) MayRead(ctx context.Context, a chat.AccountID, scope *chat.Scope, thread chat.ThreadID) (chat.VisitorID, error) {
	owner, err := p.o.Store.ThreadOwner(ctx, a, thread)
	if err != nil {
		return "", err
	}
	err = p.MayMeet(ctx, a, scope, owner)
	if isCode(err, chat.NotFound) {
		err = chat.Refuse(chat.NotFound, "There is no such thread.")
	}
	return owner, err
}

// MayKnow tells whether the agent may know a contact, or a visitor who has none. Errors: chat.NotFound, the same as if there were
// none.
func (p *People) MayKnow(ctx context.Context, a chat.AccountID, scope *chat.Scope, id chat.ContactID) error {
	if scope == nil {
		return nil
	}
	d, err := p.person(ctx, a, id)
	if err != nil {
		return err
	}
	for _, v := range d.allVisitors() {
		all, err := p.o.Store.PlacedOf(ctx, a, v)
		if err != nil || scope.Knows(all) {
			return err
		}
	}
	return chat.Refuse(chat.NotFound, "There is no such contact.")
}

// Seen returns those of the conversations that the agent may see. It changes the list that it is given.
func Seen(scope *chat.Scope, all []store.Summary) []store.Summary {
	if scope == nil {
		return all
	}
	kept := all[:0]
	for i := range all {
		if scope.Sees(&all[i].Conversation) {
			kept = append(kept, all[i])
		}
	}
	return kept
}
