package relay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	frontPath   = "GET /ws" // then a blank or a query
	frontReader = 4 << 10

	frontWriterBytes = 16 // of a writer that nobody uses
)

// FrontOptions configures NewFront; all are required.
type FrontOptions struct {
	// Sockets takes the handshakes; a Node. It keeps nothing of a request, does not wait, and may be called on the
	// goroutine that accepts.
	Sockets     http.Handler
	HeaderTime  time.Duration // for the head of the first request to arrive
	HeaderBytes int           // the head of a handshake is smaller
}

// Front stands before an HTTP server's listener. Handshakes it reads itself: what the server does around a request,
// from a goroutine that watches the connection to buffers of its own, is a third of what a socket costs to open, and
// after a node died ten thousand come at once. All other connections it passes on to Accept unread. A handshake that
// comes as a later request of a connection is the server's, so Sockets is to be found under /ws there too.
type Front struct {
	net.Listener
	o FrontOptions

	others   chan net.Conn // for Accept; never closed
	ended    chan struct{} // closed when accepting has ended, after failed is set
	failed   error
	closing  chan struct{}
	sorting  sync.WaitGroup
	readers  sync.Pool // *bufio.Reader
	arrivals acceptor
	first    *opener // owned by acceptLoop

	mu      sync.Mutex
	closed  bool
	reading map[net.Conn]struct{} // whose head is being read
}

// acceptor is what of a listener takes connections.
type acceptor interface {
	Accept() (net.Conn, error)
	Close() error
}

// NewFront begins to accept from l; Close ends it.
func NewFront(l net.Listener, o FrontOptions) *Front {
	f := &Front{
		Listener: l, o: o, first: newOpener(), others: make(chan net.Conn), ended: make(chan struct{}), closing: make(chan struct{}),
		reading: map[net.Conn]struct{}{}, arrivals: acceptorOf(l),
	}
	f.readers.New = func() any { return bufio.NewReaderSize(nil, frontReader) }
	f.sorting.Go(f.acceptLoop)
	return f
}

func (f *Front) acceptLoop() {
	defer close(f.ended)
	for {
		c, err := f.arrivals.Accept()
		switch {
		case err == nil:
			f.take(c)
		case isTemporary(err): // too many open files
			time.Sleep(5 * time.Millisecond)
		default:
			f.failed = err
			return
		}
	}
}

func isTemporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

// Accept returns the next connection that is for the HTTP server.
func (f *Front) Accept() (net.Conn, error) {
	select {
	case c := <-f.others:
		return c, nil
	case <-f.ended:
		return nil, f.failed
	}
}

// Close stops accepting, drops connections that have not said yet what they want, and waits for the handshakes under
// way.
func (f *Front) Close() error {
	err := f.Listener.Close()
	if f.arrivals != acceptor(f.Listener) {
		_ = f.arrivals.Close()
	}
	f.mu.Lock()
	if !f.closed {
		f.closed = true
		close(f.closing)
	}
	for c := range f.reading {
		_ = c.SetReadDeadline(time.Now())
	}
	f.mu.Unlock()
	f.sorting.Wait()
	return err
}

// begin gives a connection its time to speak; false if there is none left.
func (f *Front) begin(c net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.reading[c] = struct{}{}
	_ = c.SetReadDeadline(time.Now().Add(f.o.HeaderTime))
	return true
}

// spoke ends that time.
func (f *Front) spoke(c net.Conn) {
	f.mu.Lock()
	delete(f.reading, c)
	f.mu.Unlock()
	_ = c.SetReadDeadline(time.Time{})
}

// take opens a socket at once if its whole handshake is there, and has a goroutine wait for it otherwise.
func (f *Front) take(c net.Conn) {
	fd := directSocket(c)
	if fd == nil {
		f.sorting.Go(func() { f.sort(c, nil) })
		return
	}
	o := f.first
	n, err := readNow(fd, o.in[:min(len(o.in), f.o.HeaderBytes)])
	if err != nil {
		_ = c.Close()
		return
	}
	if n > 0 && o.parse(o.in[:n]) {
		o.open(c, fd, f.o.Sockets)
		return
	}
	begun := bytes.Clone(o.in[:n])
	if c, err = asUsual(c); err == nil {
		f.sorting.Go(func() { f.sort(c, begun) })
	}
}

// sort reads as much of a connection as tells whose it is.
func (f *Front) sort(c net.Conn, begun []byte) {
	if !f.begin(c) {
		_ = c.Close()
		return
	}
	r := f.readers.Get().(*bufio.Reader)
	rest := io.LimitedReader{R: c, N: int64(f.o.HeaderBytes - len(begun))}
	r.Reset(io.MultiReader(bytes.NewReader(begun), &rest))
	if handshake(r) {
		f.shake(c, r)
	} else {
		f.pass(c, r)
	}
	r.Reset(nil)
	f.readers.Put(r)
}

func handshake(r *bufio.Reader) bool {
	head, _ := r.Peek(len(frontPath) + 1)
	rest, ok := bytes.CutPrefix(head, []byte(frontPath))
	return ok && len(rest) == 1 && (rest[0] == ' ' || rest[0] == '?')
}

// pass gives a connection to the server, with what was read of it.
func (f *Front) pass(c net.Conn, r *bufio.Reader) {
	f.spoke(c)
	head, _ := r.Peek(r.Buffered())
	if len(head) == 0 { // it said nothing in time, or went
		_ = c.Close()
		return
	}
	select {
	case f.others <- &begunConn{Conn: c, head: bytes.Clone(head)}:
	case <-f.closing:
		_ = c.Close()
	}
}

// begunConn is a connection of which the beginning was read.
type begunConn struct {
	net.Conn
	head []byte // owned by the reader
}

func (c *begunConn) Read(p []byte) (int, error) {
	if len(c.head) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.head)
	if c.head = c.head[n:]; len(c.head) == 0 {
		c.head = nil
	}
	return n, nil
}

// shake reads a handshake and answers it.
func (f *Front) shake(c net.Conn, r *bufio.Reader) {
	w := &frontWriter{conn: c, in: r, header: http.Header{}}
	req, err := http.ReadRequest(r)
	f.spoke(c)
	switch {
	case err != nil || req.ContentLength != 0 || req.Host == "":
		http.Error(w, "This is no handshake.", http.StatusBadRequest)
	default:
		req.RemoteAddr = c.RemoteAddr().String()
		f.o.Sockets.ServeHTTP(w, req)
	}
	if !w.hijacked {
		_ = c.Close()
	}
}

// frontWriter answers one handshake: with an error, or with the connection.
type frontWriter struct {
	conn     net.Conn
	fd       syscall.RawConn // of conn, if it is a plain handshake's; then in is nil, for nothing was read beyond it
	in       *bufio.Reader
	out      []byte
	header   http.Header
	status   int
	hijacked bool
}

func (w *frontWriter) Header() http.Header { return w.header }

func (w *frontWriter) WriteHeader(status int) { w.status = status }

// Write sends the whole answer; it is called once.
func (w *frontWriter) Write(body []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.header.Set("Connection", "close")
	w.header.Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.conn.Write(append(w.head(), body...)); err != nil {
		return 0, err
	}
	return len(body), nil
}

// Hijack implements http.Hijacker. If the protocol was switched, that is written first.
func (w *frontWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.status != http.StatusSwitchingProtocols {
		w.hijacked = true
	} else if err := w.release(w.head()); err != nil {
		return nil, nil, err
	}
	c, err := asUsual(w.conn)
	if err != nil {
		return nil, nil, err
	}
	in := w.in
	if in == nil {
		in = bufio.NewReader(c)
	}
	return c, bufio.NewReadWriter(in, bufio.NewWriterSize(c, frontWriterBytes)), nil
}

// release writes the head of the answer and gives the connection away.
func (w *frontWriter) release(head []byte) (err error) {
	w.hijacked = true
	if w.fd != nil {
		var n int
		n, err = writeNow(w.fd, head)
		head = head[n:]
	}
	if err == nil && len(head) > 0 {
		_, err = w.conn.Write(head)
	}
	if err != nil {
		_ = w.conn.Close()
		return fmt.Errorf("answer the handshake: %w", err)
	}
	return nil
}

// head is the answer's status line and header, until it is called again.
func (w *frontWriter) head() []byte {
	b := append(w.out[:0], "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(w.status), 10)
	b = append(append(append(b, ' '), http.StatusText(w.status)...), "\r\n"...)
	for name, values := range w.header {
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n") {
				v = oneLine.Replace(v)
			}
			b = append(append(append(b, name...), ": "...), v...)
			b = append(b, "\r\n"...)
		}
	}
	w.out = append(b, "\r\n"...)
	return w.out
}

// oneLine keeps a value from becoming another header.
var oneLine = strings.NewReplacer("\r", " ", "\n", " ")
