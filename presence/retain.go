package presence

import (
	"go.uber.org/zap"

	"confab/chat"
)

// Retain keeps a visitor's pages for longer, for a conversation of his has begun. Never blocks. If the store cannot be told, his
// next act does it.
func (p *Presence) Retain(account chat.AccountID, visitor chat.VisitorID) {
	keys := []string{p.personKey(account, Person{chat.Visitor, string(visitor)}), p.trailKey(account, string(visitor))}
	p.s.retain.Do(account, keys, []any{ms(keepVisitor)}, func(_ any, err error) {
		if err != nil {
			p.o.Log.Debug("pages of a visitor are kept briefly still", zap.Error(err))
		}
	})
}
