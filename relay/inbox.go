package relay

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/presence"
	"confab/store"
	"confab/wire"
)

const (
	gatherTime      = 200 * time.Millisecond // changes of a conversation within it come as one
	availabilityGap = time.Second            // between two that the visitors of an account are told
	maxNews         = 5000                   // conversations and threads; more are dropped and counted
	newsTimeout     = 2 * time.Second
)

// news is what has moved in an account since its members were last told.
type news struct {
	conversations map[chat.ConversationID]bool
	threads       map[chat.ThreadID]bool        // their conversation is not known yet
	visitors      map[chat.VisitorID]visitorRow // for those who do not see all of them
	availability  bool
}

func (f *feed) conversationMoved(id chat.ConversationID) {
	f.note(func(n *news) bool {
		if n.conversations == nil {
			n.conversations = map[chat.ConversationID]bool{}
		}
		n.conversations[id] = true
		return len(n.conversations) < maxNews
	}, id != "")
}

func (f *feed) threadMoved(id chat.ThreadID) {
	f.note(func(n *news) bool {
		if n.threads == nil {
			n.threads = map[chat.ThreadID]bool{}
		}
		n.threads[id] = true
		return len(n.threads) < maxNews
	}, id != "")
}

// note keeps what consoles have to be told, if there are any.
func (f *feed) note(add func(*news) bool, real bool) {
	f.mu.Lock()
	told := real && f.consoles > 0
	if told && !add(&f.moved) {
		f.moved.conversations, f.moved.threads = nil, nil
		f.hub.node.tally.dropped("list_flood")
	}
	f.mu.Unlock()
	if told {
		f.hub.stir()
	}
}

func (f *feed) availabilityMoved() {
	f.mu.Lock()
	f.shownAt, f.moved.availability = 0, true
	f.mu.Unlock()
	f.hub.stir()
}

func (h *hub) stir() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// inboxLoop tells members the news of their accounts, until ctx ends.
func (h *hub) inboxLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(gatherTime):
		}
		for _, f := range h.all() {
			f.tellNews(ctx)
		}
	}
}

func (f *feed) tellNews(ctx context.Context) {
	f.mu.Lock()
	n := f.moved
	f.moved = news{}
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, newsTimeout)
	defer cancel()
	if len(n.conversations)+len(n.threads) > 0 {
		if err := f.tellConversations(ctx, n); err != nil {
			f.hub.node.o.Log.Warn("consoles not told of conversations, trying again", zap.String("account", string(f.account)), zap.Error(err))
			f.again(n)
		}
	}
	if len(n.visitors) > 0 {
		if err := f.tellVisitors(ctx, n.visitors); err != nil {
			f.hub.node.o.Log.Warn("consoles not told of visitors", zap.String("account", string(f.account)), zap.Error(err))
			f.hub.node.tally.dropped("visitor_rows")
		}
	}
	if n.availability {
		f.tellAvailability(ctx)
	}
}

// again puts back what could not be read.
func (f *feed) again(n news) {
	for id := range n.conversations {
		f.conversationMoved(id)
	}
	for id := range n.threads {
		f.threadMoved(id)
	}
}

func (f *feed) tellConversations(ctx context.Context, n news) error {
	ids := make([]chat.ConversationID, 0, len(n.conversations)+len(n.threads))
	for id := range n.conversations {
		ids = append(ids, id)
	}
	s := f.hub.node.o.Store
	for thread := range n.threads {
		t, err := s.LoadThread(ctx, f.account, thread)
		if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			continue
		}
		if err != nil {
			return err
		}
		if c := t.Conversation; c != nil && !n.conversations[c.ID] {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	all, err := s.Summaries(ctx, f.account, ids)
	if err != nil {
		return err
	}
	f.tellConsoles(func() []byte {
		var out []byte
		for _, c := range all {
			out = append(out, conversationFrame(c)...)
		}
		return out
	})
	return f.tellLimited(ctx, all)
}

func conversationFrame(c store.Summary) []byte {
	return textFrame(wire.ConversationFrame{T: wire.TypeConversation, Conversation: wire.Encode(c)})
}

// tellConsoles sends what frame returns to the sockets with inbox of agents who see everything. It is asked only if there are any.
func (f *feed) tellConsoles(frame func() []byte) {
	var raw []byte
	for _, s := range f.withInbox() {
		if s.narrow() {
			continue
		}
		if raw == nil {
			raw = frame()
		}
		s.conn.send(raw, listed)
	}
}

func (f *feed) withInbox() []*session {
	f.mu.Lock()
	any := f.consoles > 0
	f.mu.Unlock()
	if !any {
		return nil
	}
	return f.sockets(func(s *session) bool { return s.inbox })
}

// tellAgent tells the agents' sockets with inbox of a colleague, as each may see him.
func (f *feed) tellAgent(row []byte) {
	var a presence.LiveAgent
	if err := json.Unmarshal(row, &a); err != nil {
		f.hub.node.tally.dropped("agent_row")
		return
	}
	frame := func(a presence.LiveAgent) []byte {
		return textFrame(wire.AgentFrame{T: wire.TypeAgent, Agent: wire.Encode(a)})
	}
	own, others := frame(a), frame(a.SeenBy(""))
	for _, s := range f.withInbox() {
		if s.actor.ID == string(a.ID) {
			s.conn.send(own, listed)
		} else {
			s.conn.send(others, listed)
		}
	}
}

// visitorFrame passes on a row of the roster; one who is not online is gone.
func visitorFrame(row []byte) []byte {
	var v struct {
		Online bool `json:"online"`
	}
	err := json.Unmarshal(row, &v)
	return textFrame(wire.VisitorFrame{T: wire.TypeVisitor, Visitor: row, Gone: err == nil && !v.Online})
}
