package people

import (
	"context"

	"confab/chat"
)

// erased are the texts of the layer basic that the edit erases.
func (e *edit) erased() []string {
	var names []string
	for name, o := range map[string]optional{"name": e.Name, "email": e.Email, "phone": e.Phone, "description": e.Description} {
		if o.set && o.text == "" {
			names = append(names, name)
		}
	}
	return names
}

// unsay erases texts of the layer basic where a person's own browsers have said them: what the team erases is not to come back
// from there. Who has no name any more is called as a guest is.
func (p *People) unsay(ctx context.Context, a chat.AccountID, d document, names []string) error {
	for _, id := range d.allVisitors() {
		for _, name := range names {
			err := p.hear(ctx, Speaker{Account: a, Visitor: id}, func(f *facts) error {
				*f.basic()[name] = ""
				return nil
			})
			if err == nil && name == "name" {
				err = p.unname(ctx, a, id)
			}
			if err != nil && !isCode(err, chat.NotFound) {
				return err
			}
		}
	}
	return nil
}

func (p *People) unname(ctx context.Context, a chat.AccountID, id chat.VisitorID) error {
	v, err := p.o.Store.GetVisitor(ctx, a, id)
	if err != nil {
		return err
	}
	return p.o.Store.PatchVisitor(ctx, a, id, map[string]string{"name": guestName(v)})
}
