package relay

import (
	"confab/calls"
	"confab/chat"
	"confab/store"
	"confab/wire"
)

// onCall begins a call, on another goroutine: the store is asked several times.
func (s *session) onCall(f *wire.Call) {
	s.touch()
	s.node.task(func() {
		if err := s.call(f); err != nil {
			s.refuseRequest(f.Request, err)
		}
	})
}

func (s *session) call(f *wire.Call) error {
	if s.actor.Kind != chat.Visitor {
		return chat.Refuse(chat.Forbidden, "Only visitors ask for this here.")
	}
	if s.node.o.Calls == nil {
		return unsupported()
	}
	if s.blocked.Load() {
		return errBlocked()
	}
	ctx, cancel := s.brief()
	defer cancel()
	call, err := s.node.o.Calls.Start(ctx, calls.Wish{
		Account: s.feed.account, Channel: s.channel, Visitor: chat.VisitorID(s.actor.ID), Name: s.author().Name, Thread: s.thread,
		Request: f.ID, Phone: f.Phone, Origin: s.id,
	})
	if err == nil {
		s.answerCall(f.ID, call.News())
	}
	return err
}

// answerCall answers who asked for a call with as much as he has heard of it already.
func (s *session) answerCall(request chat.RequestID, news calls.News) {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	if news.Follows(s.ring) {
		s.ring = &news
	} else if s.ring.ID == news.ID {
		news = *s.ring
	}
	s.conn.send(callFrame(request, news), numbered)
}

// recall tells a visitor who has come how his last call goes: what rang before he came he has not heard.
func (s *session) recall() {
	ctx, cancel := s.brief()
	defer cancel()
	call, err := s.node.o.Calls.Last(ctx, s.feed.account, chat.VisitorID(s.actor.ID))
	if err != nil {
		s.node.tally.dropped("call_news")
		return
	}
	if call.ID == "" {
		return
	}
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.hearCall(call.News())
}

// callsMoved has those look again who were told of a call that goes on: bells were lost.
func (f *feed) callsMoved() {
	for _, s := range f.sockets(func(s *session) bool { return s.ring != nil && !s.ring.Status.Over() }) {
		f.hub.node.task(s.recall)
	}
}

// hearCall passes news of a call on, unless the socket was told as much. feed.mu is held, so that none overtakes another.
func (s *session) hearCall(news calls.News) {
	if news.Follows(s.ring) {
		s.ring = &news
		s.conn.send(callFrame("", news), numbered)
	}
}

func callFrame(request chat.RequestID, news calls.News) []byte {
	return textFrame(wire.CallFrame{T: wire.TypeCall, ID: request, Call: wire.ShownCall{ID: news.ID, Status: string(news.Status), Reason: news.Reason}})
}

// tellCall tells a visitor's sockets how his call goes, but for the one that asked and has its answer.
func (f *feed) tellCall(b store.Bell) {
	news, err := calls.ParseNews(b.Data)
	if err != nil {
		f.hub.node.tally.dropped("call_news")
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.members {
		if s.isVisitor() && s.actor.ID == string(news.Visitor) && s.id != b.Origin {
			s.hearCall(news)
		}
	}
}
