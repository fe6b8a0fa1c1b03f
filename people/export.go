package people

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

const maxConversations = 200 // of one visitor, the newest

// Export returns everything that is kept about a person, as one JSON document without secrets.
// Errors: chat.NotFound.
func (p *People) Export(ctx context.Context, a chat.AccountID, id chat.ContactID) (Export, error) {
	d, err := p.person(ctx, a, id)
	if err != nil {
		return Export{}, err
	}
	e := Export{Contact: d.contact(), Site: d.Site, Visitors: []ExportedVisitor{}, Threads: []ExportedThread{}, ExportedAt: chat.At(time.Now())}
	if e.Did, err = p.told(ctx, a, d.ID); err != nil {
		return Export{}, fmt.Errorf("export %s: %w", id, err)
	}
	if e.Conversations, err = p.conversations(ctx, a, d); err != nil {
		return Export{}, fmt.Errorf("export %s: %w", id, err)
	}
	for _, v := range d.allVisitors() {
		if err := p.exportVisitor(ctx, a, v, &e); err != nil {
			return Export{}, fmt.Errorf("export %s: %w", id, err)
		}
	}
	for _, t := range d.allThreads() {
		entries, err := p.wholeThread(ctx, a, t)
		if err != nil {
			return Export{}, fmt.Errorf("export %s: %w", id, err)
		}
		e.Threads = append(e.Threads, ExportedThread{t, entries})
	}
	return e, nil
}

func (p *People) exportVisitor(ctx context.Context, a chat.AccountID, id chat.VisitorID, e *Export) error {
	v, err := p.o.Store.GetVisitor(ctx, a, id)
	if isCode(err, chat.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	pages, err := p.o.Presence.Trail(ctx, a, id)
	if err != nil {
		return err
	}
	did, err := p.did(ctx, a, id)
	if err != nil {
		return err
	}
	e.Visitors = append(e.Visitors, ExportedVisitor{
		ID: v.ID, No: v.No, Name: v.Name, Email: v.Email, Level: v.Level, Thread: v.Thread,
		Language: v.Language, Timezone: v.Timezone, Screen: v.Screen, Browser: v.Browser, OS: v.OS,
		Address: v.Address, CreatedAt: v.CreatedAt, SeenAt: v.SeenAt, Said: json.RawMessage(v.Said),
		Blocked: v.Blocked, Pages: pages, Did: did,
	})
	return nil
}

// conversations of all visitors of the person, each once.
func (p *People) conversations(ctx context.Context, a chat.AccountID, d document) ([]store.Summary, error) {
	all, seen := []store.Summary{}, map[chat.ConversationID]bool{}
	for _, v := range d.allVisitors() {
		some, err := p.o.Store.VisitorConversations(ctx, a, v, maxConversations)
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			if !seen[c.ID] {
				seen[c.ID] = true
				all = append(all, c)
			}
		}
	}
	return all, nil
}

func (p *People) wholeThread(ctx context.Context, a chat.AccountID, t chat.ThreadID) ([]wire.Numbered, error) {
	all := []wire.Numbered{}
	at := &chat.Cursor{}
	for {
		page, err := p.since(ctx, a, t, at)
		if err != nil {
			return nil, err
		}
		for _, n := range page.Entries {
			all = append(all, wire.Numbered{Seq: n.Seq, Raw: n.Raw})
			at = &chat.Cursor{Seq: n.Seq, EID: n.EID}
		}
		if !page.More || len(page.Entries) == 0 {
			return all, nil
		}
	}
}

func (p *People) since(ctx context.Context, a chat.AccountID, t chat.ThreadID, at *chat.Cursor) (store.Page, error) {
	type answer struct {
		page store.Page
		err  error
	}
	ch := make(chan answer, 1)
	p.o.Store.Since(a, t, at, nil, func(page store.Page, err error) { ch <- answer{page, err} })
	select {
	case got := <-ch:
		return got.page, got.err
	case <-ctx.Done():
		return store.Page{}, ctx.Err()
	}
}
