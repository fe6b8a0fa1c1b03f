package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"confab/chat"
	"confab/store"
)

const (
	kindSegment   = "segment"
	maxSegments   = 200 // of one account
	maxTitleRunes = 100
)

// Segment is a filter under a name.
type Segment struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Filter    json.RawMessage `json:"filter"`
	CreatedAt chat.Millis     `json:"createdAt"`
	UpdatedAt chat.Millis     `json:"updatedAt"`
}

// Segments are an account's, at most 200, in the order of their ids.
func (p *People) Segments(ctx context.Context, a chat.AccountID) ([]Segment, error) {
	docs, _, err := p.o.Store.ListDocs(ctx, a, kindSegment, "", maxSegments)
	if err != nil {
		return nil, err
	}
	all := make([]Segment, len(docs))
	for i, doc := range docs {
		if err := json.Unmarshal(doc.Data, &all[i]); err != nil {
			return nil, fmt.Errorf("segment %s: %w", doc.ID, err)
		}
	}
	return all, nil
}

// Segment returns one; chat.NotFound if there is none.
func (p *People) Segment(ctx context.Context, a chat.AccountID, id string) (s Segment, err error) {
	doc, err := p.o.Store.GetDoc(ctx, a, kindSegment, id)
	if err == nil {
		err = json.Unmarshal(doc.Data, &s)
	}
	return s, err
}

// SaveSegment keeps a filter under a name: a new one if id is "", else in place of what is there.
// Errors: chat.MissingField, chat.BadField and chat.TooLong with the field at fault; chat.NotFound.
func (p *People) SaveSegment(ctx context.Context, a chat.AccountID, id, name string, filter json.RawMessage) (Segment, error) {
	switch {
	case name == "":
		return Segment{}, &chat.Refusal{Code: chat.MissingField, Message: "A segment has a name.", Field: "name"}
	case chat.Clean(name, maxTitleRunes) != name:
		return Segment{}, badEntry("name", "A name has at most %d printable characters.", maxTitleRunes)
	case len(filter) == 0:
		return Segment{}, &chat.Refusal{Code: chat.MissingField, Message: "A segment has a filter.", Field: "filter"}
	}
	now := chat.At(time.Now())
	if _, err := p.parseFilter(ctx, a, filter, now); err != nil {
		return Segment{}, err
	}
	s := Segment{ID: id, Name: name, Filter: filter, CreatedAt: now, UpdatedAt: now}
	var expect int64
	if id == "" {
		n, err := p.o.Store.CountDocs(ctx, a, kindSegment)
		if err != nil {
			return Segment{}, err
		}
		if n >= maxSegments {
			return Segment{}, chat.Refuse(chat.TooLong, "An account has at most %d segments.", maxSegments)
		}
		s.ID = p.o.IDs.New()
	} else {
		doc, err := p.o.Store.GetDoc(ctx, a, kindSegment, id)
		if err != nil {
			return Segment{}, err
		}
		var was Segment
		if err := json.Unmarshal(doc.Data, &was); err != nil {
			return Segment{}, fmt.Errorf("segment %s: %w", id, err)
		}
		s.CreatedAt, expect = was.CreatedAt, doc.Version
	}
	data, err := json.Marshal(s)
	if err != nil {
		return Segment{}, err
	}
	_, err = p.o.Store.PutDoc(ctx, a, kindSegment, s.ID, data, expect)
	if moved := (*store.Moved)(nil); errors.As(err, &moved) {
		err = chat.Refuse(chat.Unavailable, "Somebody else has just changed this segment.")
	}
	return s, err
}

// DeleteSegment removes one; chat.NotFound if there is none.
func (p *People) DeleteSegment(ctx context.Context, a chat.AccountID, id string) error {
	if _, err := p.Segment(ctx, a, id); err != nil {
		return err
	}
	return p.o.Store.DeleteDoc(ctx, a, kindSegment, id)
}
