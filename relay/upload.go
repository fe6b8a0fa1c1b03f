package relay

import (
	"context"

	"confab/chat"
	"confab/files"
	"confab/wire"
)

// onUpload answers with where the file may be sent to.
func (s *session) onUpload(f *wire.Upload) {
	s.touch()
	ticket, err := s.ticket(f)
	if err != nil {
		s.refuseRequest(f.Request, err)
		return
	}
	s.conn.send(textFrame(wire.Ticket{T: wire.TypeUpload, ID: f.ID, URL: ticket.URL, Until: ticket.Until}), numbered)
}

func (s *session) ticket(f *wire.Upload) (files.Ticket, error) {
	if s.node.o.Files == nil {
		return files.Ticket{}, chat.Refuse(chat.Unsupported, "This server keeps no files: its operator has named no place for them.")
	}
	if f.Thread == "" {
		f.Thread = s.thread
	}
	if err := s.mayWrite(f.Thread); err != nil {
		return files.Ticket{}, err
	}
	ctx, cancel := s.brief()
	defer cancel()
	return s.node.o.Files.Ticket(ctx, files.Wish{
		Account: s.feed.account, Thread: f.Thread, Author: s.actor, Request: f.ID, Name: f.Name, Bytes: f.Size,
	})
}

// fileOf finds the file that a message names; nil if it names none.
func (s *session) fileOf(ctx context.Context, f *wire.Send) (*chat.File, error) {
	if f.File == "" {
		return nil, nil
	}
	if s.node.o.Files == nil {
		return nil, &chat.Refusal{Code: chat.BadField, Message: "This server keeps no files.", Field: "file"}
	}
	return s.node.o.Files.Use(ctx, s.feed.account, f.Thread, s.actor, f.File)
}
