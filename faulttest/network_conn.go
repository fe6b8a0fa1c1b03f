package faulttest

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// streamBytes is how much one direction holds before its writer waits.
const streamBytes = 1 << 20

// stream is one direction of a connection. Guarded by its network's lock.
type stream struct {
	network  *Network
	from, to string
	changed  *sync.Cond
	filter   Filter

	chunks   []chunk
	size     int
	last     time.Time // when the newest chunk in order arrives
	ended    bool      // the writer closed: the reader gets what is left, then EOF
	deserted bool      // the reader closed: the writer gets EPIPE
	broken   bool      // reset: both get ECONNRESET
}

type chunk struct {
	data []byte
	at   time.Time // arrives then
}

func newStream(n *Network, from, to string) *stream {
	return &stream{network: n, from: from, to: to, changed: sync.NewCond(&n.mu), filter: n.filter(from, to)}
}

func (s *stream) reset() {
	s.broken, s.chunks, s.size = true, nil, 0
	s.changed.Broadcast()
}

func (s *stream) blocked() bool { return s.network.frozen[s.from] || s.network.frozen[s.to] }

// wakeAt lets those who wait look again at a moment.
func (s *stream) wakeAt(at time.Time) *time.Timer {
	return time.AfterFunc(time.Until(at), func() {
		s.network.mu.Lock()
		defer s.network.mu.Unlock()
		s.changed.Broadcast()
	})
}

// arrive puts bytes on the way, behind those in order.
func (s *stream) arrive(data []byte) {
	if s.broken || s.deserted || len(data) == 0 {
		return
	}
	at := time.Now().Add(s.network.latency(s.from, s.to))
	if at.Before(s.last) {
		at = s.last
	}
	s.last = at
	s.chunks = append(s.chunks, chunk{data, at})
	s.size += len(data)
	s.changed.Broadcast()
}

// accept takes what was written, through the filter if there is one.
func (s *stream) accept(p []byte) {
	data := append([]byte(nil), p...)
	if s.filter == nil {
		s.arrive(data)
		return
	}
	s.filter(data, func(piece []byte, after time.Duration) {
		if after <= 0 {
			s.arrive(piece)
			return
		}
		time.AfterFunc(after, func() {
			s.network.mu.Lock()
			defer s.network.mu.Unlock()
			s.arrive(piece)
		})
	})
}

// take moves arrived bytes to p. wait is when the next ones arrive, zero if that is not known.
func (s *stream) take(p []byte) (n int, wait time.Time) {
	if s.blocked() || len(s.chunks) == 0 {
		return 0, time.Time{}
	}
	now := time.Now()
	for n < len(p) && len(s.chunks) > 0 && !s.chunks[0].at.After(now) {
		head := &s.chunks[0]
		moved := copy(p[n:], head.data)
		n += moved
		s.size -= moved
		if head.data = head.data[moved:]; len(head.data) == 0 {
			s.chunks = s.chunks[1:]
		}
	}
	if n == 0 && len(s.chunks) > 0 {
		wait = s.chunks[0].at
	}
	if n > 0 {
		s.changed.Broadcast()
	}
	return n, wait
}

// conn is one end of a connection.
type conn struct {
	network       *Network
	peer          *conn
	in, out       *stream
	local, remote address

	// Guarded by the network's lock.
	closed        bool
	readDeadline  deadline
	writeDeadline deadline
}

// deadline is a moment and the timer that wakes those who wait for it.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) set(at time.Time, s *stream) {
	if d.timer != nil {
		d.timer.Stop()
	}
	*d = deadline{at: at}
	if !at.IsZero() {
		d.timer = s.wakeAt(at)
	}
	s.changed.Broadcast()
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (c *conn) Read(p []byte) (int, error) {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, net.ErrClosed
		case c.in.broken:
			return 0, c.failure("read", syscall.ECONNRESET)
		case c.readDeadline.passed():
			return 0, c.failure("read", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return 0, nil
		}
		n, wait := c.in.take(p)
		if n > 0 {
			return n, nil
		}
		if c.in.ended && len(c.in.chunks) == 0 && !c.in.blocked() {
			return 0, io.EOF
		}
		c.in.pause(wait)
	}
}

// pause waits for a change, at most until a moment if it is not zero.
func (s *stream) pause(until time.Time) {
	if !until.IsZero() {
		defer s.wakeAt(until).Stop()
	}
	s.changed.Wait()
}

func (c *conn) Write(p []byte) (int, error) {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, net.ErrClosed
		case c.out.broken:
			return 0, c.failure("write", syscall.ECONNRESET)
		case c.out.deserted:
			return 0, c.failure("write", syscall.EPIPE)
		case c.writeDeadline.passed():
			return 0, c.failure("write", os.ErrDeadlineExceeded)
		case c.out.size < streamBytes && !c.network.patient():
			c.in.reset()
			c.out.reset()
			return 0, c.failure("write", syscall.ECONNRESET)
		case c.out.size < streamBytes:
			c.out.accept(p)
			return len(p), nil
		}
		c.out.changed.Wait()
	}
}

// Close ends this end. The other gets what is on the way, then EOF.
func (c *conn) Close() error {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	c.readDeadline.set(time.Time{}, c.in)
	c.writeDeadline.set(time.Time{}, c.out)
	c.out.ended, c.in.deserted = true, true
	c.in.chunks, c.in.size = nil, 0
	c.out.changed.Broadcast()
	if c.peer.closed {
		delete(c.network.conns, c)
		delete(c.network.conns, c.peer)
	}
	return nil
}

func (c *conn) failure(op string, err error) error {
	return &net.OpError{Op: op, Net: "mem", Source: c.local, Addr: c.remote, Err: err}
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) SetDeadline(at time.Time) error {
	return c.setDeadlines(at, &c.readDeadline, &c.writeDeadline)
}

func (c *conn) SetReadDeadline(at time.Time) error { return c.setDeadlines(at, &c.readDeadline, nil) }

func (c *conn) SetWriteDeadline(at time.Time) error { return c.setDeadlines(at, nil, &c.writeDeadline) }

func (c *conn) setDeadlines(at time.Time, read, write *deadline) error {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	if read != nil {
		read.set(at, c.in)
	}
	if write != nil {
		write.set(at, c.out)
	}
	return nil
}

var _ net.Conn = (*conn)(nil)
