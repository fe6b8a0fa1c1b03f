package relay

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"confab/nowait"
)

// socket is a TCP connection that a poller watches. As a net.Conn it may be used like any other: one goroutine reads
// and one writes, and any may close it.
type socket struct {
	poller *poller
	reader reader

	life sync.RWMutex // held for reading around every call on fd
	fd   int          // -1 when closed

	mu      sync.Mutex
	changed sync.Cond // of what follows
	ready   uint32    // what the poller told since it was last tried
	closed  bool
	readBy  deadline
	writeBy deadline
}

// deadline is a moment, and the timer that wakes who waits.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newSocket(p *poller, fd int, r reader) *socket {
	s := &socket{poller: p, fd: fd, reader: r}
	s.changed.L = &s.mu
	return s
}

// told is called by the poller.
func (s *socket) told(events uint32, in []byte) {
	if events&^unix.EPOLLOUT != 0 && s.reader.readable(in) {
		return
	}
	s.mu.Lock()
	s.ready |= unix.EPOLLOUT & events
	if events&^unix.EPOLLOUT != 0 { // an error or an end is found by reading
		s.ready |= unix.EPOLLIN
	}
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		s.ready |= unix.EPOLLOUT
	}
	s.changed.Broadcast()
	s.mu.Unlock()
}

// callAgain has the reader called for what is there already, too.
func (s *socket) callAgain() { s.tellAgain(0) }

func (s *socket) tellAgain(events uint32) {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.fd >= 0 {
		s.poller.tellAgain(s.fd, events)
	}
}

// try makes a call that does not wait.
func (s *socket) try(call func(int, []byte) (int, error), p []byte) (int, error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.fd < 0 {
		return 0, net.ErrClosed
	}
	return call(s.fd, p)
}

// Read implements net.Conn.
func (s *socket) Read(p []byte) (int, error) {
	for {
		if err := s.begin(unix.EPOLLIN, &s.readBy); err != nil {
			return 0, s.failure("read", err)
		}
		n, err := s.try(nowait.Read, p)
		switch {
		case n > 0 || len(p) == 0:
			return n, nil
		case err == nil:
			return 0, io.EOF
		case !errors.Is(err, unix.EAGAIN):
			return 0, s.failure("read", err)
		}
		if err := s.await(unix.EPOLLIN, &s.readBy); err != nil {
			return 0, s.failure("read", err)
		}
	}
}

// Write implements net.Conn.
func (s *socket) Write(p []byte) (written int, err error) {
	for {
		if err := s.begin(unix.EPOLLOUT, &s.writeBy); err != nil {
			return written, s.failure("write", err)
		}
		n, err := s.try(nowait.Write, p[written:])
		written += n
		switch {
		case written == len(p):
			return written, nil
		case err != nil && !errors.Is(err, unix.EAGAIN):
			return written, s.failure("write", err)
		}
		s.tellAgain(unix.EPOLLOUT)
		if err := s.await(unix.EPOLLOUT, &s.writeBy); err != nil {
			return written, s.failure("write", err)
		}
	}
}

// begin forgets what was told before a call that finds out anyway. After the deadline there is none.
func (s *socket) begin(event uint32, by *deadline) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready &^= event
	if by.passed() {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// await waits until the poller tells.
func (s *socket) await(event uint32, by *deadline) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.closed:
			return net.ErrClosed
		case by.passed():
			return os.ErrDeadlineExceeded
		case s.ready&event != 0:
			return nil
		}
		s.changed.Wait()
	}
}

// Close implements net.Conn.
func (s *socket) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return net.ErrClosed
	}
	s.closed = true
	s.set(&s.readBy, time.Time{})
	s.set(&s.writeBy, time.Time{})
	s.mu.Unlock()
	s.life.Lock()
	defer s.life.Unlock()
	fd := s.fd
	s.fd = -1
	s.poller.forget(fd)
	return nowait.Close(fd)
}

// set moves a deadline and wakes who waits. mu is held.
func (s *socket) set(d *deadline, at time.Time) {
	if d.timer != nil {
		d.timer.Stop()
	}
	*d = deadline{at: at}
	if !at.IsZero() {
		d.timer = time.AfterFunc(time.Until(at), s.wake)
	}
	s.changed.Broadcast()
}

func (s *socket) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}

func (s *socket) setDeadlines(at time.Time, which ...*deadline) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	for _, d := range which {
		s.set(d, at)
	}
	return nil
}

// SetDeadline implements net.Conn.
func (s *socket) SetDeadline(at time.Time) error { return s.setDeadlines(at, &s.readBy, &s.writeBy) }

// SetReadDeadline implements net.Conn.
func (s *socket) SetReadDeadline(at time.Time) error { return s.setDeadlines(at, &s.readBy) }

// SetWriteDeadline implements net.Conn.
func (s *socket) SetWriteDeadline(at time.Time) error { return s.setDeadlines(at, &s.writeBy) }

// LocalAddr implements net.Conn; nobody asks.
func (s *socket) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr implements net.Conn; the guest was asked for it before.
func (s *socket) RemoteAddr() net.Addr { return &net.TCPAddr{} }

func (s *socket) failure(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Err: err}
}

// direct implements watched.
func (s *socket) direct() syscall.RawConn { return rawSocket{s} }

type rawSocket struct{ *socket }

func (r rawSocket) Control(f func(fd uintptr)) error {
	r.life.RLock()
	defer r.life.RUnlock()
	if r.fd < 0 {
		return net.ErrClosed
	}
	f(uintptr(r.fd))
	return nil
}

func (r rawSocket) Read(f func(fd uintptr) bool) error {
	return r.Control(func(fd uintptr) { f(fd) })
}

func (r rawSocket) Write(f func(fd uintptr) bool) error { return r.Read(f) }
