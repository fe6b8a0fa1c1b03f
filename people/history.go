package people

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"

	"confab/chat"
	"confab/presence"
)

const maxHistoryPage = 200

// What a line of the history is about.
const (
	HappenedVisit        = "visit"
	HappenedPage         = "page"
	HappenedConversation = "conversation"
	HappenedEvent        = "event"
	HappenedFeedback     = "feedback"
	HappenedConsent      = "consent"
)

// History returns a person's visits, pages, conversations, events, feedback and consents on one time line, newest first, at most limit of them
// (200 at most) from after on; next is "" on the last page. Errors: chat.NotFound.
func (p *People) History(ctx context.Context, a chat.AccountID, id chat.ContactID, after string, limit int) ([]Happening, string, error) {
	d, err := p.person(ctx, a, id)
	if err != nil {
		return nil, "", err
	}
	all, err := p.happened(ctx, a, d)
	if err != nil {
		return nil, "", fmt.Errorf("history of %s: %w", id, err)
	}
	slices.SortFunc(all, func(x, y Happening) int { return cmp.Compare(y.position(), x.position()) })
	if after != "" {
		all = slices.DeleteFunc(all, func(h Happening) bool { return h.position() >= after })
	}
	if limit <= 0 || limit > maxHistoryPage {
		limit = maxHistoryPage
	}
	if len(all) <= limit {
		return all, "", nil
	}
	return all[:limit], all[limit-1].position(), nil
}

// position orders by time; of one moment, the visit lies before its first page.
func (h Happening) position() string {
	rank := 2
	switch h.Kind {
	case HappenedVisit:
		rank = 0
	case HappenedPage:
		rank = 1
	}
	what := fnv.New64a()
	what.Write([]byte(h.Visitor))
	switch { // two pages of one moment lead to different addresses
	case h.Page != nil:
		what.Write([]byte(h.Page.URL))
	case h.Conversation != nil:
		what.Write([]byte(h.Conversation.ID))
	default:
		what.Write([]byte(h.ID))
	}
	return fmt.Sprintf("%015d.%d.%016x", h.At, rank, what.Sum64())
}

func (p *People) happened(ctx context.Context, a chat.AccountID, d document) ([]Happening, error) {
	all, err := p.told(ctx, a, d.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range d.allVisitors() {
		trail, err := p.o.Presence.Trail(ctx, a, v)
		if err != nil {
			return nil, err
		}
		did, err := p.did(ctx, a, v)
		if err != nil {
			return nil, err
		}
		all = append(append(all, walked(v, trail)...), did...)
	}
	conversations, err := p.conversations(ctx, a, d)
	if err != nil {
		return nil, err
	}
	for i := range conversations {
		c := &conversations[i]
		all = append(all, Happening{Kind: HappenedConversation, At: c.StartedAt, Visitor: c.Visitor, Conversation: c})
	}
	return all, nil
}

// walked makes visits and pages of a trail, which is newest first. A visit that began before the trail does is shown
// from its first kept page on.
func walked(v chat.VisitorID, trail []presence.View) []Happening {
	var all []Happening
	var visit *presence.Visit
	for i := len(trail) - 1; i >= 0; i-- {
		page := &trail[i]
		if visit == nil || visit.No != page.Visit {
			visit = &presence.Visit{No: page.Visit, StartedAt: page.At}
			all = append(all, Happening{Kind: HappenedVisit, At: page.At, Visitor: v, Visit: visit})
		}
		visit.Pages++
		all = append(all, Happening{Kind: HappenedPage, At: page.At, Visitor: v, Page: page})
	}
	return all
}

// did returns what is kept of what a visitor did, oldest first.
func (p *People) did(ctx context.Context, a chat.AccountID, v chat.VisitorID) ([]Happening, error) {
	lines, err := p.o.Store.Did(ctx, a, v)
	if err != nil {
		return nil, err
	}
	all, err := happenings(lines)
	if err != nil {
		return nil, fmt.Errorf("what visitor %s did: %w", v, err)
	}
	for i := range all {
		all[i].Visitor = v
	}
	return all, nil
}

// told returns what others told that the contact did, oldest first.
func (p *People) told(ctx context.Context, a chat.AccountID, id chat.ContactID) ([]Happening, error) {
	lines, err := p.o.Store.ContactDid(ctx, a, id)
	if err != nil {
		return nil, err
	}
	all, err := happenings(lines)
	if err != nil {
		return nil, fmt.Errorf("what contact %s did: %w", id, err)
	}
	return all, nil
}

func happenings(lines []string) ([]Happening, error) {
	all := make([]Happening, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal([]byte(line), &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}
