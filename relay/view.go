package relay

import (
	"context"
	"encoding/json"
	"errors"
	"math"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// view is which of a thread's conversations a reader sees who is limited to his groups. Entries of the others are withheld as
// private ones are from visitors. Whatever may change that has the log read on, and the conversations looked at again before a
// page of it is sent: what is looked at after a page was read is at least as new as the page.
type view struct {
	sees map[chat.ConversationID]bool // those that were looked at
	hush bool                         // the thread's conversation is none that he sees
}

func newView() *view { return &view{sees: map[chat.ConversationID]bool{"": true}} }

// placement is to which conversation an entry belongs.
type placement struct {
	Kind         chat.Kind           `json:"kind"`
	Conversation chat.ConversationID `json:"conversation"`

	done bool
}

// read reads an entry's JSON, once. What cannot be read belongs to a conversation that nobody sees.
func (p *placement) read(raw []byte) {
	if p.done {
		return
	}
	if err := json.Unmarshal(raw, p); err != nil {
		p.Conversation = "?"
	}
	p.done = true
}

// doubts tells that it has to be looked at who sees the entry's conversation.
func (v *view) doubts(p placement) bool {
	_, known := v.sees[p.Conversation]
	return !known || p.Kind.Places()
}

// cover puts hidden entries in the places of those that are not seen.
func (v *view) cover(entries []store.Numbered) []store.Numbered {
	covered := make([]store.Numbered, len(entries))
	for i, e := range entries {
		var p placement
		if p.read(e.Raw); !v.sees[p.Conversation] {
			e.Raw = hiddenEntry(e.EID)
		}
		covered[i] = e
	}
	return covered
}

// names adds the conversations of entries, and returns all that are known then.
func (v *view) names(entries []store.Numbered) []chat.ConversationID {
	all := map[chat.ConversationID]bool{}
	for id := range v.sees {
		all[id] = true
	}
	for _, e := range entries {
		var p placement
		p.read(e.Raw)
		all[p.Conversation] = true
	}
	delete(all, "")
	ids := make([]chat.ConversationID, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	return ids
}

// learn takes what conversations are, and tells whether one is to be seen that was not, or the other way round.
func (v *view) learn(scope *chat.Scope, ids []chat.ConversationID, found []chat.Conversation) (changed bool) {
	now := map[chat.ConversationID]bool{}
	for i := range found {
		now[found[i].ID] = scope.Sees(&found[i])
	}
	for _, id := range ids {
		was, known := v.sees[id]
		changed = changed || known && was != now[id]
		v.sees[id] = now[id]
	}
	return changed
}

// look finds out what of a page the reader sees, then sends it. Who sees something else than before gets all of it anew, and who
// may not read the thread any more nothing.
func (s *subscription) look(c *catchUp, p store.Page) {
	s.thread.mu.Lock()
	ids := s.view.names(p.Entries)
	s.thread.mu.Unlock()
	found, hush, err := s.placed(ids)
	s.thread.mu.Lock()
	defer s.thread.unlock()
	switch {
	case s.catching != c:
		return
	case errors.Is(err, &chat.Refusal{Code: chat.NotFound}):
		s.lose()
		return
	case err != nil:
		s.stall()
		return
	}
	s.view.hush = hush
	if s.view.learn(s.session.scope, ids, found) {
		s.anew()
		return
	}
	p.Entries = s.view.cover(p.Entries)
	s.take(p)
}

// placed reads the conversations, and whether the one that goes on is another's. Errors: chat.NotFound if the thread is not to be
// read any more.
func (s *subscription) placed(ids []chat.ConversationID) (found []chat.Conversation, hush bool, err error) {
	ctx, cancel := s.session.brief()
	defer cancel()
	o, account, scope := &s.session.node.o, s.thread.feed.account, s.session.scope
	if _, err := o.People.MayRead(ctx, account, scope, s.thread.id); err != nil {
		return nil, false, err
	}
	if found, err = o.Store.Placed(ctx, account, ids...); err != nil {
		return nil, false, err
	}
	t, err := o.Store.LoadThread(ctx, account, s.thread.id)
	if err != nil {
		return nil, false, err
	}
	return found, t.Conversation.Open() && !scope.Sees(t.Conversation), nil
}

// lookAgain makes a live reader one who reads the log on. thread.mu is held.
func (s *subscription) lookAgain() {
	if s.holding {
		s.session.conn.send(append(append([]byte(nil), s.mine...), s.held...), numbered)
		s.holding, s.mine, s.held = false, nil, nil
	}
	at := s.at
	s.state, s.catching = subCatching, &catchUp{cursor: &at}
	s.thread.todo = append(s.thread.todo, func() { s.begin(nil) })
}

// anew has the client drop what it has, and be sent the end of the log. thread.mu is held.
func (s *subscription) anew() {
	hush := s.view.hush
	s.view = newView()
	s.view.hush = hush
	s.at, s.catching = chat.Cursor{}, &catchUp{anew: true}
	s.thread.todo = append(s.thread.todo, func() { s.begin(nil) })
}

// lose ends the reading of a thread that is none for the reader any more. thread.mu is held.
func (s *subscription) lose() {
	s.session.conn.send(textFrame(wire.Reset{T: wire.TypeReset, Thread: s.thread.id, Common: &wire.Cursor{}, Gone: true}), numbered)
	s.session.conn.uncork()
	s.end()
	s.thread.todo = append(s.thread.todo, func() { s.session.drop(s) })
}

// quiet tells that signs of others are not for the reader. thread.mu is held.
func (s *subscription) quiet() bool { return s.view != nil && (s.view.hush || s.catching != nil) }

func (s *subscription) aside() bool {
	s.thread.mu.Lock()
	defer s.thread.mu.Unlock()
	return s.view != nil && s.view.hush
}

// coverHistory answers with older entries.
func (s *session) coverHistory(f *wire.History, thread chat.ThreadID, entries []store.Numbered) {
	sub := s.subscription(thread)
	if sub == nil {
		s.refuse(f.T, errNoThread())
		return
	}
	ctx, cancel := s.brief()
	defer cancel()
	if err := sub.history(ctx, entries); err != nil {
		s.refuse(f.T, err)
	}
}

func (s *subscription) history(ctx context.Context, entries []store.Numbered) error {
	ids := newView().names(entries)
	found, err := s.session.node.o.Store.Placed(ctx, s.thread.feed.account, ids...)
	if err != nil {
		return err
	}
	s.thread.mu.Lock()
	defer s.thread.unlock()
	if s.state == subEnded {
		return errNoThread()
	}
	var fresh []chat.ConversationID // what is known already changes with the log only
	for _, id := range ids {
		if _, known := s.view.sees[id]; !known {
			fresh = append(fresh, id)
		}
	}
	s.view.learn(s.session.scope, fresh, found)
	frame, _ := appendEntries(nil, s.thread.id, true, false, s.view.cover(entries), math.MaxInt)
	s.session.conn.send(frame, numbered)
	return nil
}
