package calls

import (
	"context"

	"confab/chat"
)

const mostPages = 10 // of documents that one answer is picked from

// Filter picks calls. What is empty picks all.
type Filter struct {
	Status  Status
	Visitor chat.VisitorID
}

// List returns calls, the newest first, at most limit, after the id that the answer before gave as next. An answer may
// hold fewer although more follow: next is "" only at the end.
func (c *Calls) List(ctx context.Context, a chat.AccountID, f Filter, after string, limit int) (found []Call, next string, err error) {
	next = after
	for range mostPages {
		docs, more, err := c.o.Store.ListDocs(ctx, a, kindCall, next, limit)
		if err != nil {
			return nil, "", err
		}
		next = more
		for _, doc := range docs {
			call, err := decode(doc)
			if err != nil {
				return nil, "", err
			}
			if !f.picks(call) {
				continue
			}
			if found = append(found, call); len(found) == limit {
				return found, call.ID, nil
			}
		}
		if next == "" {
			break
		}
	}
	return found, next, nil
}

func (f Filter) picks(c Call) bool {
	return (f.Status == "" || c.Status == f.Status) && (f.Visitor == "" || c.Visitor == f.Visitor)
}
