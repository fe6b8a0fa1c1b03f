package relay

import (
	"time"

	"confab/chat"
	"confab/wire"
)

// done answers a request that was carried out.
func (s *session) done(id chat.RequestID) {
	s.conn.send(textFrame(wire.DoneFrame{T: wire.TypeDone, ID: id}), numbered)
}

// refuseRequest answers a request that was not.
func (s *session) refuseRequest(r wire.Request, err error) { s.refuseRequestFor(r, err, 0) }

// refuseRequestFor tells also when to try again.
func (s *session) refuseRequestFor(r wire.Request, err error, wait time.Duration) {
	refusal := s.refusal(err)
	s.node.tally.refused(string(refusal.Code))
	s.conn.send(textFrame(wire.Error{
		T: wire.TypeError, ID: r.ID, Ref: r.T, Code: refusal.Code, Message: refusal.Message, Field: refusal.Field, AfterMillis: after(refusal.Code, wait),
	}), numbered)
}

// request carries out what a visitor asks for, or refuses it under its id.
func (s *session) request(r wire.Request, work func() error) {
	if s.actor.Kind != chat.Visitor {
		s.refuseRequest(r, chat.Refuse(chat.Forbidden, "Only visitors ask for this here."))
		return
	}
	if err := work(); err != nil {
		s.refuseRequest(r, err)
		return
	}
	s.done(r.ID)
}

func unsupported() error { return chat.Refuse(chat.Unsupported, "This server does not do that.") }
