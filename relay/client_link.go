package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/coder/websocket"

	"confab/wire"
)

const clientWriteTimeout = 10 * time.Second

var (
	errDead      = errors.New("the server does not answer")
	errUnwritten = errors.New("write to the socket")
)

// clientLink is one socket: a goroutine reads, Run's goroutine writes.
type clientLink struct {
	ws     *websocket.Conn
	raw    net.Conn
	frames chan []byte   // from the reader, one at a time
	failed chan error    // why reading ended; buffered
	done   chan struct{} // closed when Run's goroutine takes no more frames

	greeted  time.Time // hello must be here by then; zero after it
	renew    time.Time // when to show fresh credentials; zero: never
	leave    time.Time // when to go elsewhere, for this node stops; zero: no
	beat     heartbeat
	doomedBy error // set by Run's goroutine: end the link for this reason
}

func newClientLink(ws *websocket.Conn, raw net.Conn) *clientLink {
	return &clientLink{
		ws: ws, raw: raw,
		frames: make(chan []byte), failed: make(chan error, 1), done: make(chan struct{}),
		greeted: time.Now().Add(dialTimeout),
	}
}

// read runs until the socket ends.
func (l *clientLink) read() {
	for {
		kind, raw, err := l.ws.Read(context.Background())
		if err == nil && kind != websocket.MessageText {
			err = errors.New("the server sent a binary frame")
		}
		if err != nil {
			l.failed <- err
			return
		}
		select {
		case l.frames <- raw:
		case <-l.done:
			l.failed <- nil
			return
		}
	}
}

func (l *clientLink) write(raw []byte) error {
	if err := l.raw.SetWriteDeadline(time.Now().Add(clientWriteTimeout)); err != nil {
		return fmt.Errorf("%w: %w", errUnwritten, err)
	}
	if err := l.ws.Write(context.Background(), websocket.MessageText, raw); err != nil {
		return fmt.Errorf("%w: %w", errUnwritten, err)
	}
	return nil
}

// cut drops the socket without a word.
func (l *clientLink) cut() { _ = l.raw.Close() }

// finish ends the link, waits for its reader and returns why that ended. With polite the server is told that the client is
// done.
func (l *clientLink) finish(polite bool) error {
	close(l.done)
	if polite {
		_ = l.ws.Close(websocket.StatusCode(wire.Done.Code), wire.Done.Name)
	}
	l.cut()
	_ = l.ws.CloseNow()
	return <-l.failed
}

// heartbeat decides when to ping and when to give up. A client is heard at least every interval, and asks for a
// sign of life if it heard nothing for as long.
type heartbeat struct {
	interval   time.Duration
	due        time.Time
	unanswered int
}

// start sets the first ping after a part of the interval, so that clients that came together do not ping together.
func (h *heartbeat) start(now time.Time, interval, part time.Duration) {
	*h = heartbeat{interval: interval, due: now.Add(part)}
}

func (h *heartbeat) heard() { h.unanswered = 0 }

// beat is called when due: ping now, or give up after two missed answers.
func (h *heartbeat) beat(now time.Time) error {
	if h.unanswered >= 2 {
		return errDead
	}
	h.unanswered++
	h.due = now.Add(h.interval)
	return nil
}
