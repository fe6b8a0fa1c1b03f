package files

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"go.uber.org/zap"

	"confab/chat"
)

const (
	arriving  = 64               // at once, on one node
	leastRate = 16 << 10         // bytes per second, on the whole
	patience  = 30 * time.Second // in which a file of any size may arrive
	drawTime  = 90 * time.Second // waiting for a decoder included
	placeTime = 2 * time.Minute
)

// receive reads what a ticket is for and keeps it.
func (f *Files) receive(w http.ResponseWriter, r *http.Request, ticket string) (*chat.File, error) {
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	default:
		return nil, chat.Refuse(chat.Unavailable, "Too many files arrive at this moment; try again.")
	}
	e, err := f.errandOf(r.Context(), ticket)
	if err != nil {
		return nil, err
	}
	if r.ContentLength != e.Bytes || r.Header.Get("Content-Encoding") != "" {
		return nil, chat.Refuse(chat.BadFrame, "The ticket is for exactly %d bytes, with a Content-Length.", e.Bytes)
	}
	came, err := f.spool()
	if err != nil {
		return nil, err
	}
	defer came.end()
	body := &deadlined{r.Body, http.NewResponseController(w), f.stall, time.Now().Add(patience + time.Duration(e.Bytes/leastRate)*time.Second)}
	if n, err := io.Copy(came, body); err != nil || n != e.Bytes {
		return nil, chat.Refuse(chat.BadFrame, "Only %d of %d bytes have arrived.", n, e.Bytes)
	}
	return f.keep(r.Context(), e, came)
}

// deadlined is a body whose sender must go on sending.
type deadlined struct {
	body    io.Reader
	control *http.ResponseController
	stall   time.Duration
	end     time.Time
}

func (d *deadlined) Read(p []byte) (int, error) {
	until := time.Now().Add(d.stall)
	if until.After(d.end) {
		until = d.end
	}
	// Connections that know no deadlines (in memory) cannot be slow.
	if err := d.control.SetReadDeadline(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return d.body.Read(p)
}

// temporary is a file that has no name any more where the system can do that, so that it goes even if the program is killed.
type temporary struct {
	*os.File
	named bool
}

func (f *Files) spool() (*temporary, error) {
	file, err := os.CreateTemp(f.temp, "confab-upload-")
	if err != nil {
		return nil, fmt.Errorf("room for an upload: %w", err)
	}
	return &temporary{file, os.Remove(file.Name()) != nil}, nil
}

func (t *temporary) end() {
	_ = t.Close()
	if t.named {
		_ = os.Remove(t.Name())
	}
}

// keep looks at what came, draws it anew if it is an image that may be shown, and gives it its place.
func (f *Files) keep(ctx context.Context, e errand, came *temporary) (*chat.File, error) {
	head := make([]byte, headBytes)
	n, err := came.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	r := record{
		File:    chat.File{ID: chat.FileID(rand.Text()), Name: e.Name, Size: e.Bytes, Type: typeOf(head[:n])},
		Account: e.Account, Thread: e.Thread, Author: e.Author, At: chat.At(time.Now()),
	}
	content := came
	if imageType(head[:n]) != "" {
		drawn, err := f.spool()
		if err != nil {
			return nil, err
		}
		defer drawn.end()
		switch err := f.draw(ctx, &r, came, drawn); {
		case err == nil:
			content = drawn
		case !errors.Is(err, errPlain):
			return nil, err
		default:
			f.log.Debug("image kept as it is", zap.Error(err))
		}
	}
	r.URL = addressOf(r.ID, r.Name)
	return &r.File, f.settle(ctx, r, content)
}

func (f *Files) draw(ctx context.Context, r *record, came, drawn *temporary) error {
	ctx, cancel := context.WithTimeout(ctx, drawTime)
	defer cancel()
	out := &limited{to: drawn, left: 2 * int64(f.limits.FileBytes)}
	p, err := drawAnew(ctx, r.Type, came, out, f.limits.ImagePixels)
	if err != nil {
		return err
	}
	size, err := drawn.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	r.Type, r.Width, r.Height, r.Size, r.Shown = p.kind, p.width, p.height, size, true
	r.Name = endAs(r.Name, r.Type)
	return nil
}

// limited takes so many bytes. A picture can be far larger drawn than it came.
type limited struct {
	to   io.Writer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, fmt.Errorf("%w: drawn anew it is too large", errPlain)
	}
	return l.to.Write(p)
}

func (f *Files) settle(ctx context.Context, r record, content *temporary) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := f.store.ExpectFile(ctx, r.ID); err != nil { // before there are bytes that nobody knows of
		return err
	}
	if err := rewind(content); err != nil {
		return err
	}
	placing, cancel := context.WithTimeout(ctx, placeTime)
	defer cancel()
	if err := f.place.Put(placing, string(r.ID), content, r.Size); err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	return f.store.KeepFile(ctx, r.Account, r.Thread, r.ID, data)
}
