package relay

import (
	"confab/chat"
	"confab/wire"
)

func (s *session) onRate(f *wire.Rate) {
	s.touch()
	s.request(f.Request, func() error {
		ctx, cancel := s.brief()
		defer cancel()
		return s.node.o.Desk.Rate(ctx, s.feed.account, s.thread, f.Conversation, s.actor, f.ID, chat.Rating{Score: f.Score, Comment: f.Comment})
	})
}
