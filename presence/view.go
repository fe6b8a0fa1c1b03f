package presence

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"confab/chat"
)

const (
	maxTrail = 100     // pages kept of a visitor
	maxViews = 1 << 12 // page views on their way to the store; over it they are dropped
)

// View records that a visitor is on another page. At most once: under pressure it is refused with RateLimited and
// counted. A page without an address of the web is ignored. Never blocks.
func (p *Presence) View(account chat.AccountID, visitor chat.VisitorID, page chat.PageView, done func(error)) {
	c, ok := shownOf(page)
	if !ok {
		p.m.views.WithLabelValues("no_address").Inc()
		done(nil)
		return
	}
	p.act(account, visitor, c, 0, done)
}

// Touch records that a visitor did something now, so that his visit goes on. Never blocks.
func (p *Presence) Touch(account chat.AccountID, visitor chat.VisitorID) {
	p.TouchLate(account, visitor, 0)
}

// TouchLate records that he did so some time ago. What is known of later already stays.
func (p *Presence) TouchLate(account chat.AccountID, visitor chat.VisitorID, ago time.Duration) {
	p.act(account, visitor, shown{}, ago, func(error) {})
}

func (p *Presence) act(account chat.AccountID, visitor chat.VisitorID, page shown, ago time.Duration, done func(error)) {
	select {
	case p.views <- struct{}{}:
	default:
		p.m.views.WithLabelValues("dropped").Inc()
		done(chat.Refuse(chat.RateLimited, "Too many page views at once."))
		return
	}
	person := Person{chat.Visitor, string(visitor)}
	p.counting(account, visitor, "", func(whose chat.ContactID, done func(any, error)) {
		keys := []string{p.personKey(account, person), p.trailKey(account, person.ID), p.visitsKey(account, whose)}
		args := []any{ms(keepVisitor), maxTrail, page.URL, page.Title, page.Referrer, page.encoded, page.utm, person.ID, string(whose), ms(ago)}
		p.s.view.Do(account, keys, args, done)
	}, func(reply any, err error) {
		<-p.views
		done(p.viewed(account, person, reply, err))
	})
}

func (p *Presence) viewed(account chat.AccountID, person Person, reply any, err error) error {
	if err == nil {
		err = p.announce(account, person, reply)
	}
	if err != nil {
		p.m.views.WithLabelValues("failed").Inc()
		return fmt.Errorf("view of %s: %w", person, err)
	}
	p.m.views.WithLabelValues("recorded").Inc()
	return nil
}

// Trail returns a visitor's last pages, at most 100, newest first.
func (p *Presence) Trail(ctx context.Context, account chat.AccountID, visitor chat.VisitorID) ([]View, error) {
	reply, err := p.o.Store.Command(ctx, account, "LRANGE", p.trailKey(account, string(visitor)), 0, maxTrail-1)
	if err != nil {
		return nil, fmt.Errorf("trail of %s: %w", visitor, err)
	}
	lines := texts(reply)
	views := make([]View, 0, len(lines))
	for _, line := range lines {
		if v, ok := parseView(line); ok {
			views = append(views, v)
		}
	}
	return views, nil
}

// parseView reads "<at> <visit> <1 if the visit's first> <page as JSON>".
func parseView(line string) (View, bool) {
	part := strings.SplitN(line, " ", 4)
	if len(part) != 4 {
		return View{}, false
	}
	at, err1 := strconv.ParseInt(part[0], 10, 64)
	visit, err2 := strconv.ParseInt(part[1], 10, 64)
	var page pageIn
	if err1 != nil || err2 != nil || json.Unmarshal([]byte(part[3]), &page) != nil {
		return View{}, false
	}
	if part[2] != "1" {
		page.Referrer = ""
	}
	return View{URL: page.URL, Title: page.Title, Referrer: page.Referrer, At: chat.Millis(at), Visit: visit, Conversation: page.Conversation}, true
}
