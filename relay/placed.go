package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"confab/chat"
	"confab/presence"
	"confab/store"
	"confab/wire"
)

// placed are an account's open conversations as its consoles were told of them last. It is kept only while there is a console of
// an agent who does not see everything: it tells what such a console has, and so has to lose.
type placed struct {
	open map[chat.ConversationID]chat.Conversation
}

// visitorRow is a row of the roster that was rung.
type visitorRow struct {
	Conversation chat.ConversationID `json:"conversation"`
	raw          []byte
}

// narrow tells that it is the console of an agent who does not see everything.
func (s *session) narrow() bool { return s.inbox && s.scope != nil }

func (s *session) sees(c chat.Conversation) bool { return s.scope.Sees(&c) }

// place reads which conversations are open before such a console is welcomed: what changes from then on is compared with that.
func (f *feed) place(ctx context.Context, s *session) error {
	if !s.narrow() {
		return nil
	}
	f.mu.Lock()
	if f.placed == nil {
		f.placed = &placed{open: map[chat.ConversationID]chat.Conversation{}}
	}
	of := f.placed
	f.mu.Unlock()
	all, err := f.hub.node.o.Store.PlacedOpen(ctx, f.account)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range all {
		if _, told := of.open[c.ID]; !told && c.Open() {
			of.open[c.ID] = c
		}
	}
	return nil
}

// replace keeps what conversations are now, and returns what those that were open were before.
func (f *feed) replace(all []store.Summary) map[chat.ConversationID]chat.Conversation {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := map[chat.ConversationID]chat.Conversation{}
	if f.placed == nil {
		return before
	}
	for i := range all {
		c := all[i].Conversation
		if was, known := f.placed.open[c.ID]; known {
			before[c.ID] = was
		}
		if c.Open() {
			f.placed.open[c.ID] = c
		} else {
			delete(f.placed.open, c.ID)
		}
	}
	return before
}

// narrowConsoles returns them, none for nothing.
func (f *feed) narrowConsoles() []*session {
	f.mu.Lock()
	any := f.limited > 0
	f.mu.Unlock()
	if !any {
		return nil
	}
	return f.sockets((*session).narrow)
}

// tellLimited tells consoles that do not see everything of conversations that have changed: what each may see, and what it has
// and may not see any more. With a conversation its visitor leaves the roster, and comes back.
func (f *feed) tellLimited(ctx context.Context, all []store.Summary) error {
	consoles := f.narrowConsoles()
	if len(consoles) == 0 {
		return nil
	}
	before := f.replace(all)
	var failed error
	for i := range all {
		c := &all[i]
		was, known := before[c.ID]
		var free []*session
		for _, s := range consoles {
			now := s.sees(c.Conversation)
			had := known && s.sees(was)
			switch {
			case now:
				s.conn.send(conversationFrame(*c), listed)
			case had:
				s.conn.send(goneConversation(c), numbered)
			}
			hidden, wasHidden := c.Open() && !now, known && !had
			switch {
			case hidden && !wasHidden:
				s.conn.send(goneVisitor(c.Visitor), listed)
			case wasHidden && !hidden:
				free = append(free, s)
			}
		}
		failed = errors.Join(failed, f.showVisitor(ctx, c.Visitor, free))
	}
	return failed
}

func goneConversation(c *store.Summary) []byte {
	return textFrame(wire.ConversationFrame{
		T: wire.TypeConversation, Gone: true, Conversation: wire.Encode(wire.GoneConversation{ID: c.ID, Thread: c.Thread, Top: c.Top}),
	})
}

func goneVisitor(id chat.VisitorID) []byte {
	return textFrame(wire.VisitorFrame{T: wire.TypeVisitor, Gone: true, Visitor: wire.Encode(struct {
		ID     chat.VisitorID `json:"id"`
		Online bool           `json:"online"`
	}{ID: id})})
}

// showVisitor shows a visitor, if he is here, to consoles to which he was hidden.
func (f *feed) showVisitor(ctx context.Context, id chat.VisitorID, consoles []*session) error {
	if len(consoles) == 0 {
		return nil
	}
	live, err := f.hub.node.o.Presence.Visitor(ctx, f.account, id)
	if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) || err == nil && !live.Online {
		return nil
	}
	if err != nil {
		return fmt.Errorf("show visitor %s: %w", id, err)
	}
	return f.tellRows(ctx, map[chat.VisitorID]visitorRow{id: rowOf(live)}, consoles)
}

func rowOf(v presence.LiveVisitor) visitorRow {
	return visitorRow{Conversation: v.Conversation, raw: wire.Encode(v)}
}

// visitorMoved keeps a row of the roster for consoles that do not see everybody, until what is talked of is known.
func (f *feed) visitorMoved(raw []byte) {
	f.mu.Lock()
	any := f.limited > 0
	f.mu.Unlock()
	if !any {
		return
	}
	var row struct {
		ID chat.VisitorID `json:"id"`
		visitorRow
	}
	if err := json.Unmarshal(raw, &row); err != nil {
		f.hub.node.tally.dropped("visitor_row")
		return
	}
	row.raw = slices.Clone(raw)
	f.note(func(n *news) bool {
		if n.visitors == nil {
			n.visitors = map[chat.VisitorID]visitorRow{}
		}
		n.visitors[row.ID] = row.visitorRow
		return true
	}, true)
}

// tellVisitors tells consoles that do not see everybody of visitors whose rows were rung.
func (f *feed) tellVisitors(ctx context.Context, rows map[chat.VisitorID]visitorRow) error {
	if consoles := f.narrowConsoles(); len(consoles) > 0 {
		return f.tellRows(ctx, rows, consoles)
	}
	return nil
}

// tellRows leaves out visitors who talk where a console sees nothing.
func (f *feed) tellRows(ctx context.Context, rows map[chat.VisitorID]visitorRow, consoles []*session) error {
	talks, err := f.talksOf(ctx, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		talk, talking := talks[row.Conversation]
		var frame []byte
		for _, s := range consoles {
			if row.Conversation != "" && (!talking || !s.sees(talk)) {
				continue
			}
			if frame == nil {
				frame = visitorFrame(row.raw)
			}
			s.conn.send(frame, listed)
		}
	}
	return nil
}

// talksOf finds the conversations that stand in rows.
func (f *feed) talksOf(ctx context.Context, rows map[chat.VisitorID]visitorRow) (map[chat.ConversationID]chat.Conversation, error) {
	talks := map[chat.ConversationID]chat.Conversation{}
	var unknown []chat.ConversationID
	f.mu.Lock()
	for _, row := range rows {
		id := row.Conversation
		if id == "" {
			continue
		}
		if f.placed != nil {
			if c, ok := f.placed.open[id]; ok {
				talks[id] = c
				continue
			}
		}
		unknown = append(unknown, id)
	}
	f.mu.Unlock()
	found, err := f.hub.node.o.Store.Placed(ctx, f.account, unknown...)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		talks[c.ID] = c
	}
	return talks, nil
}

// tellWhoTalks sends a frame about visitors to those consoles that do not see everybody, and see one of them talk.
func (f *feed) tellWhoTalks(visitors []chat.VisitorID, frame func() []byte) {
	consoles := f.narrowConsoles()
	if len(consoles) == 0 {
		return
	}
	var talks []chat.Conversation
	f.mu.Lock()
	if f.placed != nil {
		for _, c := range f.placed.open {
			if slices.Contains(visitors, c.Visitor) {
				talks = append(talks, c)
			}
		}
	}
	f.mu.Unlock()
	if len(talks) == 0 {
		return
	}
	raw := frame()
	for _, s := range consoles {
		if s.scope.Knows(talks) {
			s.conn.send(raw, listed)
		}
	}
}
