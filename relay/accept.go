package relay

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/coder/websocket"

	"confab/auth"
	"confab/wire"
)

const (
	readBuffer = 256 // per socket; large frames are read past it
	// writeBuffer holds the largest control frame, so that one leaves in one Write, between our own frames.
	writeBuffer = 2 + maxControlPayload + 1
)

// ServeHTTP makes a socket of a request. It returns at once: nothing of the request or of the HTTP server stays with
// the socket.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	origin, allowed := handshakeOrigin(r)
	switch {
	case n.drain.Load():
		n.refuse(w, "draining", http.StatusServiceUnavailable, "This node is stopping.")
		return
	case !allowed:
		n.refuse(w, "origin", http.StatusForbidden, "This origin is not allowed.")
		return
	case isUpgrade(r) && !offers(r, wire.Subprotocol):
		n.refuse(w, "subprotocol", http.StatusBadRequest, "Ask for the subprotocol "+wire.Subprotocol+".")
		return
	}
	address := strings.Clone(n.o.Address(r))
	if why := n.reserve(address); why != "" {
		n.refuse(w, why, http.StatusServiceUnavailable, "No room for another socket now.")
		return
	}
	s := newSession(n, &guest{
		address: address, agent: strings.Clone(r.UserAgent()),
		origin: strings.Clone(origin), own: origin != "" && n.o.Own(r, origin),
	})
	if err := s.upgrade(w, r); err != nil {
		n.tally.refused("handshake")
		n.release(address)
		return
	}
	if !n.join(s) {
		n.release(address)
		_ = s.conn.Close()
		return
	}
	n.tally.opened.Inc()
	n.tally.unauthenticated.Inc()
	if !s.rest() {
		go s.meet()
	}
}

func (n *Node) refuse(w http.ResponseWriter, reason string, status int, sentence string) {
	n.tally.refused(reason)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(1+rand.IntN(5)))
	}
	http.Error(w, sentence, status)
}

// handshakeOrigin returns the request's origin, "" if it names none, and whether it may be anybody's: the account,
// whose list decides, is known only after auth.
func handshakeOrigin(r *http.Request) (string, bool) {
	values := r.Header.Values("Origin")
	switch len(values) {
	case 0:
		return "", true
	case 1:
		return values[0], wellFormed.Allows(values[0])
	}
	return "", false
}

// wellFormed allows everything that is an origin at all. Read-only.
var wellFormed = mustParse("*")

func mustParse(origin string) auth.Origins {
	o, err := auth.ParseOrigins([]string{origin})
	if err != nil {
		panic("relay: " + err.Error())
	}
	return o
}

func ownByRequest(r *http.Request, origin string) bool {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	own, err := auth.ParseOrigins([]string{scheme + r.Host})
	return err == nil && !strings.Contains(r.Host, "*") && own.Allows(origin)
}

func peerAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// isUpgrade tells a WebSocket request from a stray one, which the library answers better.
func isUpgrade(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }

func offers(r *http.Request, protocol string) bool {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(p) == protocol {
				return true
			}
		}
	}
	return false
}

// subprotocols are what is spoken here. Read-only.
var subprotocols = []string{wire.Subprotocol}

// upgrade answers the handshake and takes the connection out of the HTTP server. One that the front has read whole is
// answered here, and the library has the connection when a frame comes that needs it; all others are the library's.
func (s *session) upgrade(w http.ResponseWriter, r *http.Request) error {
	h := &hijacker{ResponseWriter: w, conn: &s.conn, adopt: func(c net.Conn) (net.Conn, error) { return s.node.pollers.adopt(c, s) }}
	if f, ok := w.(*frontWriter); ok && f.fd != nil {
		if key, ok := handshakeKey(r); ok {
			f.out = switching(f.out, key)
			if err := f.release(f.out); err != nil {
				return err
			}
			return h.own(f.conn)
		}
	}
	r.Header["Sec-Websocket-Protocol"] = subprotocols // the library keeps the client's spelling, and with it his whole request
	return s.accept(h, r)
}

// accept has the library take what h gives it.
func (s *session) accept(h *hijacker, r *http.Request) error {
	ws, err := websocket.Accept(h, r, &websocket.AcceptOptions{
		Subprotocols:       subprotocols,
		InsecureSkipVerify: true, // checked above, more strictly
		OnPingReceived:     s.onControl,
		OnPongReceived:     s.onPong,
	})
	if err != nil {
		return err
	}
	ws.SetReadLimit(-1) // read counts itself, for it must say why it closes
	h.reader.Reset(&s.conn)
	s.ws, s.buffered = ws, h.reader
	return nil
}

// library makes sure that the library has the connection.
func (s *session) library() error {
	if s.ws != nil {
		return nil
	}
	return s.accept(&hijacker{ResponseWriter: answered{}, conn: &s.conn}, anyHandshake)
}

// hijacker gives the library small buffers over our conn in the place of the HTTP server's large ones.
type hijacker struct {
	http.ResponseWriter
	conn   *conn // without raw it is still to be taken
	adopt  func(net.Conn) (net.Conn, error)
	reader *bufio.Reader
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if h.conn.raw == nil {
		if err := h.take(); err != nil {
			return nil, nil, err
		}
	}
	h.reader = bufio.NewReaderSize(h.conn, readBuffer)
	return hijacked{h.conn, h.conn.raw}, bufio.NewReadWriter(h.reader, bufio.NewWriterSize(h.conn, writeBuffer)), nil
}

// take takes the connection, with what was read of it beyond the handshake.
func (h *hijacker) take() error {
	if w, ok := h.ResponseWriter.(*frontWriter); ok && w.fd != nil {
		if err := w.release(w.head()); err != nil {
			return err
		}
		return h.own(w.conn)
	}
	raw, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return err
	}
	if k := rw.Reader.Buffered(); k > 0 {
		head, _ := rw.Reader.Peek(k)
		h.conn.head = append([]byte(nil), head...)
	}
	return h.own(raw)
}

func (h *hijacker) own(raw net.Conn) (err error) {
	if h.conn.raw, err = h.adopt(raw); err != nil {
		return fmt.Errorf("watch a socket: %w", err)
	}
	h.conn.fd = directSocket(h.conn.raw)
	return nil
}

// hijacked is a net.Conn whose bytes go through our conn.
type hijacked struct {
	*conn
	net.Conn
}

func (h hijacked) Read(p []byte) (int, error)  { return h.conn.Read(p) }
func (h hijacked) Write(p []byte) (int, error) { return h.conn.Write(p) }
func (h hijacked) Close() error                { return h.conn.Close() }
