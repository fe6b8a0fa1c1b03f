package relay

import (
	"confab/calls"
	"confab/chat"
	"confab/store"
	"confab/wire"
)

// onCall begins a call, on another goroutine: the store is asked several times.
func (s *session) onCall(f *wire.Call) {
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
		Account: s.feed.account, Channel: s.channel, Visitor: chat.VisitorID(s.actor.ID), Thread: s.thread, Request: f.ID, Phone: f.Phone, Origin: s.id,
	})
	if err == nil {
		s.conn.send(callFrame(f.ID, call.ID, call.Status, call.Reason), numbered)
	}
	return err
}

func callFrame(request chat.RequestID, id string, status calls.Status, reason string) []byte {
	return textFrame(wire.CallFrame{T: wire.TypeCall, ID: request, Call: wire.ShownCall{ID: id, Status: string(status), Reason: reason}})
}

// tellCall tells a visitor's sockets how his call goes, but for the one that asked and has its answer.
func (f *feed) tellCall(b store.Bell) {
	news, err := calls.ParseNews(b.Data)
	if err != nil {
		f.hub.node.tally.dropped("call_news")
		return
	}
	frame := callFrame("", news.ID, news.Status, news.Reason)
	for _, s := range f.sockets(func(s *session) bool {
		return s.actor.Kind == chat.Visitor && s.actor.ID == string(news.Visitor) && s.id != b.Origin
	}) {
		s.conn.send(frame, numbered)
	}
}
