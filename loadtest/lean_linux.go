package loadtest

import (
	"io"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"confab/nowait"
)

// lean is a TCP connection that a watch reads, or tells when it may be read. As a net.Conn it may be used like any
// other, with two exceptions: what take gets is not for Read, and Write never waits. What the socket does not hold is
// kept and follows: a run's length bounds it, and what never arrives is found as a message without an answer.
type lean struct {
	watch *watch
	take  func(in []byte, err error) bool // nil: Read is used; called by the watch alone

	mu      sync.Mutex // held around every call on fd
	fd      int        // -1 when closed
	unsent  []byte
	changed sync.Cond // of what follows
	ready   bool      // there may be something to read
	over    bool      // and nothing after it
	readBy  time.Time
	timer   *time.Timer // of readBy
}

func newLean(w *watch, fd int, take func([]byte, error) bool) *lean {
	l := &lean{watch: w, fd: fd, take: take}
	l.changed.L = &l.mu
	return l
}

// told is called by the watch.
func (l *lean) told(events uint32, in []byte) {
	over := events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
	l.mu.Lock()
	if events&unix.EPOLLOUT != 0 && len(l.unsent) > 0 && l.fd >= 0 {
		n, _ := nowait.Write(l.fd, l.unsent)
		if l.unsent = l.unsent[n:]; len(l.unsent) == 0 {
			l.unsent = nil
		}
	}
	readable := events&^unix.EPOLLOUT != 0 // an error or an end is found by reading
	if l.take == nil && readable {
		l.ready, l.over = true, l.over || over
		l.changed.Broadcast()
	}
	l.mu.Unlock()
	if l.take != nil && readable {
		l.readAll(in, over)
	}
}

// readAll gives what is there to take. Less than there is room for was all, unless the end follows it.
func (l *lean) readAll(in []byte, over bool) {
	for {
		n, err := l.readOnce(in)
		if err == unix.EAGAIN || err == net.ErrClosed {
			return
		}
		if !l.take(in[:n], err) {
			l.forget()
			return
		}
		if n < len(in) && !over {
			return
		}
	}
}

func (l *lean) readOnce(in []byte) (int, error) {
	l.mu.Lock()
	n, err := l.read(in)
	l.mu.Unlock()
	return n, err
}

// read does not wait. mu is held.
func (l *lean) read(p []byte) (int, error) {
	if l.fd < 0 {
		return 0, net.ErrClosed
	}
	n, err := nowait.Read(l.fd, p)
	if err == nil && n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	if err != nil && err != unix.EAGAIN {
		err = os.NewSyscallError("read", err)
	}
	return n, err
}

func (l *lean) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fd >= 0 {
		l.watch.put(l.fd, nil)
	}
}

// Read implements net.Conn.
func (l *lean) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case l.fd < 0:
			return 0, net.ErrClosed
		case l.ready:
			n, err := l.read(p)
			l.ready = err == nil && (l.over || n == len(p))
			if err != unix.EAGAIN {
				return n, err
			}
		case !l.readBy.IsZero() && !time.Now().Before(l.readBy):
			return 0, os.ErrDeadlineExceeded
		default:
			l.changed.Wait()
		}
	}
}

// Write implements net.Conn.
func (l *lean) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fd < 0 {
		return 0, net.ErrClosed
	}
	n := 0
	if len(l.unsent) == 0 {
		var err error
		if n, err = nowait.Write(l.fd, p); err != nil && err != unix.EAGAIN {
			return 0, os.NewSyscallError("write", err)
		}
	}
	if n < len(p) {
		l.unsent = append(l.unsent, p[n:]...)
	}
	return len(p), nil
}

// Close implements net.Conn.
func (l *lean) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fd < 0 {
		return net.ErrClosed
	}
	fd := l.fd
	l.fd = -1
	l.watch.put(fd, nil)
	if l.timer != nil {
		l.timer.Stop()
	}
	l.changed.Broadcast()
	return unix.Close(fd)
}

// SetReadDeadline implements net.Conn.
func (l *lean) SetReadDeadline(at time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	if l.readBy = at; !at.IsZero() && l.fd >= 0 {
		l.timer = time.AfterFunc(time.Until(at), l.wake)
	}
	l.changed.Broadcast()
	return nil
}

func (l *lean) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed.Broadcast()
}

// SetWriteDeadline implements net.Conn; Write does not wait.
func (l *lean) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline implements net.Conn.
func (l *lean) SetDeadline(at time.Time) error { return l.SetReadDeadline(at) }

// LocalAddr implements net.Conn; nobody asks.
func (l *lean) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr implements net.Conn; nobody asks.
func (l *lean) RemoteAddr() net.Addr { return &net.TCPAddr{} }
