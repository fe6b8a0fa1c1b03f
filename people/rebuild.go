package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"confab/chat"
	"confab/store"
)

const (
	kindIndex    = "index" // the document that tells how far the index of contacts is made
	indexVersion = 1       // of what columns says; another has all accounts indexed anew
	indexPage    = 200
)

// indexing is how far it has got.
type indexing struct {
	Version int    `json:"version"`
	After   string `json:"after,omitempty"` // the last contact that was looked at
	Done    bool   `json:"done"`
}

// indexed makes the index of an account whose contacts were written before there was one, or goes on with it. What is written
// meanwhile marks itself, so nodes that do it at once do no harm. Errors: chat.Unavailable if there was no time to end it.
func (p *People) indexed(ctx context.Context, a chat.AccountID) error {
	if _, done := p.ready.Load(a); done {
		return nil
	}
	var is indexing
	doc, err := p.o.Store.GetDoc(ctx, a, kindIndex, kindContact)
	if err == nil {
		err = json.Unmarshal(doc.Data, &is)
	}
	if err != nil && !isCode(err, chat.NotFound) {
		return err
	}
	if is.Version != indexVersion {
		is = indexing{Version: indexVersion}
	}
	for !is.Done {
		if err := p.indexPage(ctx, a, &is); err != nil {
			if ctx.Err() != nil {
				return chat.Refuse(chat.Unavailable, "The list of contacts is being made; ask again in a moment.")
			}
			return fmt.Errorf("index contacts: %w", err)
		}
	}
	p.ready.Store(a, true)
	return nil
}

func (p *People) indexPage(ctx context.Context, a chat.AccountID, is *indexing) error {
	docs, next, err := p.o.Store.ListDocs(ctx, a, kindContact, is.After, indexPage)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		if err := p.indexContact(ctx, a, doc); err != nil {
			return err
		}
	}
	is.After, is.Done = next, next == ""
	data, err := json.Marshal(is)
	if err != nil {
		return err
	}
	_, err = p.o.Store.PutDoc(ctx, a, kindIndex, kindContact, data, store.AnyVersion)
	return err
}

// indexContact marks a contact as it is, and defines what it has that nobody defined.
func (p *People) indexContact(ctx context.Context, a chat.AccountID, doc store.Doc) error {
	for range maxTries {
		var d document
		if err := json.Unmarshal(doc.Data, &d); err != nil {
			return fmt.Errorf("contact %s: %w", doc.ID, err)
		}
		known := map[string]any{}
		for name, value := range d.Attributes {
			if attributeName.MatchString(name) {
				known[name] = value
			}
		}
		if _, _, err := p.settleTypes(ctx, a, OriginCustom, known, false); err != nil {
			return err
		}
		err := p.o.Store.IndexContact(ctx, a, d.ID, doc.Version, marks(&document{}, &d))
		moved := (*store.Moved)(nil)
		if !errors.As(err, &moved) {
			return err
		}
		if doc = moved.Current; doc.Version == 0 {
			return nil // erased meanwhile
		}
	}
	return chat.Refuse(chat.Unavailable, "Too many change this contact at once.")
}
