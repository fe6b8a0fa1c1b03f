package desk

import (
	"context"

	"confab/chat"
	"confab/store"
)

// Card shows the agents of an open conversation what another system says of its visitor; what card leaves empty stays as it
// was said before. Errors: chat.NotFound, chat.Closed.
func (d *Desk) Card(ctx context.Context, account chat.AccountID, id chat.ConversationID, by chat.Actor, card chat.Card) (store.Summary, error) {
	return d.change(ctx, account, id, nil, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.ShowCard(t, by, card, f, now)
	})
}

// Link ties a conversation to a card of another system. Errors: chat.NotFound, chat.Closed.
func (d *Desk) Link(ctx context.Context, account chat.AccountID, id chat.ConversationID, by chat.Actor, scope *chat.Scope, link string) (store.Summary, error) {
	return d.change(ctx, account, id, scope, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.Link(t, by, link, f, now)
	})
}

// Unlink undoes a tie to link that the other system did not take, telling the agents why. Errors: chat.NotFound.
func (d *Desk) Unlink(ctx context.Context, account chat.AccountID, id chat.ConversationID, by chat.Actor, link, why string) (store.Summary, error) {
	return d.change(ctx, account, id, nil, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
		return chat.Unlink(t, by, link, why, f, now)
	})
}
