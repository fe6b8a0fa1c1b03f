// Package files takes what people send besides text. What comes is looked at by its content, never by its name or by what the
// sender calls it: images are drawn anew, and everything else is only ever handed out to be saved.
package files

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

// Place is where the bytes lie: a folder, or a bucket. Keys are file ids. Safe for concurrent use.
type Place interface {
	// Put keeps size bytes of r under the key, all or nothing.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Open returns what is kept; ErrGone if nothing is.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Delete forgets the key. What is not there is deleted already.
	Delete(ctx context.Context, key string) error
	// Close ends it.
	Close() error
}

// ErrGone means that a place has nothing under a key.
var ErrGone = errors.New("no such file")

// Options of New. Store, Place and Log are required.
type Options struct {
	Store *store.Store
	Place Place
	Log   *zap.Logger
	// Temp is a folder for what is on its way; "" is the system's.
	Temp string
	// Limits replaces chat.Limits; for tests.
	Limits *chat.LimitSet
	// Stall is how long a sender may say nothing; 0: 15 s.
	Stall time.Duration
}

const (
	ticketGood   = 10 * time.Minute
	defaultStall = 15 * time.Second
	unusedAge    = 24 * time.Hour // what nobody has named in a message by then goes
	unusedLook   = 10 * time.Minute
	unusedPage   = 100
)

// Files is safe for concurrent use.
type Files struct {
	store  *store.Store
	place  Place
	log    *zap.Logger
	temp   string
	limits *chat.LimitSet
	stall  time.Duration
	slots  chan struct{} // of what is arriving
}

// New returns the files of a node. Run cleans up after those who never send what they have uploaded.
func New(o Options) *Files {
	f := &Files{store: o.Store, place: o.Place, log: o.Log, temp: o.Temp, limits: o.Limits, stall: o.Stall, slots: make(chan struct{}, arriving)}
	if f.limits == nil {
		f.limits = &chat.Limits
	}
	if f.stall == 0 {
		f.stall = defaultStall
	}
	return f
}

// record is what is kept of a file: a document of kind "file".
type record struct {
	chat.File
	Account chat.AccountID `json:"account"`
	Thread  chat.ThreadID  `json:"thread"`
	Author  string         `json:"author"` // chat.Actor.Key
	At      chat.Millis    `json:"at"`
	Shown   bool           `json:"shown,omitempty"` // drawn by us: may be shown in a page
}

// Use returns a file for a message that author is about to write into the thread.
//
// Errors: chat.BadField for "file" unless this author has uploaded it for this thread.
func (f *Files) Use(ctx context.Context, account chat.AccountID, thread chat.ThreadID, author chat.Actor, id chat.FileID) (*chat.File, error) {
	r, err := f.find(ctx, id)
	switch {
	case errors.Is(err, &chat.Refusal{Code: chat.NotFound}):
		return nil, noFile()
	case err != nil:
		return nil, err
	case r.Account != account || r.Thread != thread || r.Author != author.Key():
		return nil, noFile()
	}
	if err := f.store.UseFile(ctx, id); err != nil {
		return nil, err
	}
	return &r.File, nil
}

func noFile() error {
	return &chat.Refusal{Code: chat.BadField, Message: "There is no such file that you have uploaded here.", Field: "file"}
}

func (f *Files) find(ctx context.Context, id chat.FileID) (record, error) {
	account, doc, err := f.store.File(ctx, id)
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(doc.Data, &r); err != nil {
		return record{}, fmt.Errorf("file %s: %w", id, err)
	}
	if r.Account != account {
		return record{}, fmt.Errorf("file %s is of another account", id)
	}
	return r, nil
}

// EraseThread deletes all files of a thread. Nothing new appears in one that store.EraseThread has erased before. What
// failed half way can be repeated.
func (f *Files) EraseThread(ctx context.Context, account chat.AccountID, thread chat.ThreadID) error {
	ids, err := f.store.FilesOf(ctx, account, thread)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := f.erase(ctx, account, thread, id); err != nil {
			return err
		}
	}
	return nil
}

// erase deletes the bytes first: while the document is there, it can be repeated.
func (f *Files) erase(ctx context.Context, account chat.AccountID, thread chat.ThreadID, id chat.FileID) error {
	if err := f.place.Delete(ctx, string(id)); err != nil {
		return fmt.Errorf("erase file: %w", err)
	}
	return f.store.DropFile(ctx, account, thread, id)
}

// Run deletes, until ctx ends, what was uploaded and never sent.
func (f *Files) Run(ctx context.Context) error {
	tick := time.NewTicker(unusedLook)
	defer tick.Stop()
	for {
		if err := f.Sweep(ctx, time.Now().Add(-unusedAge)); err != nil && ctx.Err() == nil {
			f.log.Warn("unused files not deleted", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Sweep deletes what was uploaded before that time and is in no message.
func (f *Files) Sweep(ctx context.Context, before time.Time) error {
	for {
		ids, err := f.store.ClaimUnusedFiles(ctx, before, unusedPage)
		for _, id := range ids {
			err = errors.Join(err, f.eraseUnused(ctx, id))
		}
		if err != nil || len(ids) == 0 {
			return err
		}
	}
}

func (f *Files) eraseUnused(ctx context.Context, id chat.FileID) error {
	r, err := f.find(ctx, id)
	if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) { // its node ended before it was known, or its thread was erased
		return f.place.Delete(ctx, string(id))
	}
	if err != nil {
		return err
	}
	return f.erase(ctx, r.Account, r.Thread, id)
}

// Check writes, reads and deletes a few bytes.
func Check(ctx context.Context, p Place) error {
	const key, said = "confab-doctor", "ok"
	if err := p.Put(ctx, key, stringReader(said), int64(len(said))); err != nil {
		return err
	}
	r, err := p.Open(ctx, key)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close(), p.Delete(ctx, key)); err != nil {
		return err
	}
	if string(got) != said {
		return fmt.Errorf("%d bytes were written, and %d others were read", len(said), len(got))
	}
	return nil
}
