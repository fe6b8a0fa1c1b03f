package files

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"confab/chat"
	"confab/store"
)

// Wish is one to send a file.
type Wish struct {
	Account chat.AccountID
	Thread  chat.ThreadID // must be one that Author may write into
	Author  chat.Actor
	Request chat.RequestID // the same wish again has the same ticket
	Name    string
	Bytes   int64
}

// Ticket is where a file may be sent to, once. URL is a path of any node.
type Ticket struct {
	URL   string      `json:"url"`
	Until chat.Millis `json:"until"`
}

// errand is what a ticket is for.
type errand struct {
	Account chat.AccountID `json:"account"`
	Thread  chat.ThreadID  `json:"thread"`
	Author  string         `json:"author"`
	Name    string         `json:"name"`
	Bytes   int64          `json:"bytes"`
}

// Ticket answers a wish. Only visitors have a limit for a day.
//
// Errors: chat.TooLarge, chat.BadField, chat.RateLimited.
func (f *Files) Ticket(ctx context.Context, w Wish) (Ticket, error) {
	switch {
	case w.Bytes < 1:
		return Ticket{}, &chat.Refusal{Code: chat.BadField, Message: "The file is empty.", Field: "size"}
	case w.Bytes > int64(f.limits.FileBytes):
		return Ticket{}, &chat.Refusal{Code: chat.TooLarge, Message: fmt.Sprintf("A file has at most %d bytes.", f.limits.FileBytes), Field: "size"}
	}
	wish := store.UploadWish{
		Account: w.Account, Author: w.Author.Key(), Request: w.Request, Bytes: w.Bytes, Ticket: rand.Text(), Good: ticketGood,
	}
	if w.Author.Kind == chat.Visitor {
		wish.MostFiles, wish.MostBytes = f.limits.FilesPerVisitorDay, int64(f.limits.BytesPerVisitorDay)
	}
	ticket, left, err := f.store.TakeUpload(ctx, wish)
	if err != nil {
		return Ticket{}, err
	}
	data, err := json.Marshal(errand{w.Account, w.Thread, wish.Author, cleanName(w.Name), w.Bytes})
	if err != nil {
		return Ticket{}, err
	}
	if err := f.store.PutTicket(ctx, ticket, data, left); err != nil {
		return Ticket{}, err
	}
	return Ticket{URL: uploadPath + ticket, Until: chat.At(time.Now().Add(left))}, nil
}

func (f *Files) errandOf(ctx context.Context, ticket string) (errand, error) {
	raw, err := f.store.UseTicket(ctx, ticket)
	if err != nil {
		return errand{}, err
	}
	var e errand
	if err := json.Unmarshal(raw, &e); err != nil {
		return e, fmt.Errorf("ticket: %w", err)
	}
	return e, nil
}
