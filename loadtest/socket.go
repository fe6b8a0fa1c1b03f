package loadtest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"confab/wire"
)

// socket is a WebSocket client with next to no memory and work of its own, for ten thousand of them in one process.
// It speaks the part of RFC 6455 that a correct server needs: text frames out, whole frames in, control frames.
type socket struct {
	conn net.Conn
	in   *bufio.Reader
	buf  []byte // of the frame read last
	rest []byte // of what was fed: the beginning of a frame

	heartbeat time.Duration // somewhat shorter than what the server said in hello

	writing sync.Mutex
	watched bool   // conn does not wait to write
	out     []byte // of the frame written last
}

const (
	socketBuffer  = 512
	maxFrame      = 16 << 20
	socketTimeout = 30 * time.Second

	opContinuation, opText, opClose, opPing, opPong = 0, 1, 8, 9, 10
)

// closedError is the server's goodbye.
type closedError struct {
	code   int
	reason string
}

func (e *closedError) Error() string {
	return fmt.Sprintf("closed by the server: %d %s", e.code, e.reason)
}

// dialSocket connects to a node and shakes hands.
func dialSocket(ctx context.Context, o *Options, node string) (*socket, error) {
	u, err := plainURL(node)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, socketTimeout)
	defer cancel()
	dial := o.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", node, err)
	}
	s := &socket{conn: conn, in: bufio.NewReaderSize(conn, socketBuffer)}
	if err := s.shakeHands(u, o.Origin); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("handshake with %s: %w", node, err)
	}
	return s, nil
}

func plainURL(node string) (*url.URL, error) {
	u, err := url.Parse(node)
	if err != nil {
		return nil, fmt.Errorf("address of a node: %w", err)
	}
	if u.Scheme != "ws" {
		return nil, fmt.Errorf("%s: this scenario speaks ws:// only, to spend nothing on TLS", node)
	}
	return u, nil
}

// handshake is the request that opens a socket.
func handshake(u *url.URL, origin string, key [16]byte) []byte {
	path := u.Path
	if path == "" || path == "/" {
		path = "/ws"
	}
	if origin != "" {
		origin = "Origin: " + origin + "\r\n"
	}
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: %s\r\n%s\r\n",
		path, u.Host, base64.StdEncoding.EncodeToString(key[:]), wire.Subprotocol, origin)
}

func (s *socket) shakeHands(u *url.URL, origin string) error {
	var key [16]byte
	_, _ = rand.Read(key[:])
	_ = s.conn.SetDeadline(time.Now().Add(socketTimeout))
	if _, err := s.conn.Write(handshake(u, origin, key)); err != nil {
		return err
	}
	resp, err := http.ReadResponse(s.in, &http.Request{Method: http.MethodGet})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	return s.conn.SetDeadline(time.Time{})
}

// send writes a frame as JSON.
func (s *socket) send(frame any) error {
	raw, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	return s.write(opText, raw)
}

// appendClientFrame appends one frame. Its mask is zero, which is a legal mask.
func appendClientFrame(frame []byte, op byte, payload []byte) []byte {
	frame = append(frame, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n))
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}

// cutFrame takes the first frame of what a server sent. Size is 0 if it is not there to its end.
func cutFrame(sent []byte) (op byte, payload []byte, size int, err error) {
	if len(sent) < 2 {
		return 0, nil, 0, nil
	}
	op = sent[0] & 0x0f
	if sent[0]&0x80 == 0 || op == opContinuation {
		return 0, nil, 0, errFragmented
	}
	head, length := 2, uint64(sent[1]&0x7f)
	switch length {
	case 126:
		if head = 4; len(sent) >= head {
			length = uint64(binary.BigEndian.Uint16(sent[2:]))
		}
	case 127:
		if head = 10; len(sent) >= head {
			length = binary.BigEndian.Uint64(sent[2:])
		}
	}
	switch {
	case len(sent) < head:
		return 0, nil, 0, nil
	case length > maxFrame:
		return 0, nil, 0, fmt.Errorf("the server sent a frame of %d bytes", length)
	case uint64(len(sent)-head) < length:
		return 0, nil, 0, nil
	}
	size = head + int(length)
	return op, sent[head:size], size, nil
}

// write sends one frame in one write.
func (s *socket) write(op byte, payload []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.out = appendClientFrame(s.out[:0], op, payload)
	if !s.watched {
		_ = s.conn.SetWriteDeadline(time.Now().Add(socketTimeout))
	}
	_, err := s.conn.Write(s.out)
	return err
}

// read returns the next text frame, valid until the next call. Pings are answered.
func (s *socket) read() ([]byte, error) {
	for {
		op, payload, err := s.readFrame()
		if err != nil {
			return nil, err
		}
		if op == opText {
			return payload, nil
		}
		if err := s.obey(op, payload); err != nil {
			return nil, err
		}
	}
}

// feed takes the next bytes that came and calls handle for each text frame that is whole; it keeps the rest. What
// handle gets is valid until it returns. Pings are answered.
func (s *socket) feed(in []byte, handle func(raw []byte)) error {
	if len(s.rest) > 0 {
		s.rest = append(s.rest, in...)
		in = s.rest
	}
	for {
		op, payload, size, err := cutFrame(in)
		switch {
		case err != nil:
			return err
		case size == 0:
			s.rest = append(s.rest[:0], in...)
			return nil
		case op == opText:
			handle(payload)
		default:
			if err := s.obey(op, payload); err != nil {
				return err
			}
		}
		in = in[size:]
	}
}

// obey does what a frame that is no text asks for.
func (s *socket) obey(op byte, payload []byte) error {
	switch op {
	case opPing:
		return s.write(opPong, payload)
	case opPong:
		return nil
	case opClose:
		return closeOf(payload)
	}
	return fmt.Errorf("the server sent a frame with opcode %d", op)
}

func closeOf(payload []byte) error {
	if len(payload) < 2 {
		return &closedError{code: 1005}
	}
	return &closedError{int(binary.BigEndian.Uint16(payload)), string(payload[2:])}
}

var errFragmented = errors.New("the server fragmented a frame")

func (s *socket) readFrame() (op byte, payload []byte, err error) {
	head, err := s.in.Peek(2)
	if err != nil {
		return 0, nil, err
	}
	op, size := head[0]&0x0f, uint64(head[1]&0x7f)
	if head[0]&0x80 == 0 || op == opContinuation {
		return 0, nil, errFragmented
	}
	_, _ = s.in.Discard(2)
	if extra := map[uint64]int{126: 2, 127: 8}[size]; extra > 0 {
		var wide [8]byte
		if _, err := io.ReadFull(s.in, wide[8-extra:]); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(wide[:])
	}
	if size > maxFrame {
		return 0, nil, fmt.Errorf("the server sent a frame of %d bytes", size)
	}
	if uint64(cap(s.buf)) < size {
		s.buf = make([]byte, size)
	}
	payload = s.buf[:size]
	_, err = io.ReadFull(s.in, payload)
	return op, payload, err
}

// cut drops the socket without a word.
func (s *socket) cut() { _ = s.conn.Close() }

// close says goodbye and drops the socket.
func (s *socket) close() {
	_ = s.write(opClose, binary.BigEndian.AppendUint16(nil, uint16(wire.Done.Code)))
	s.cut()
}

// frameType reads the type of a frame as this server writes it, without decoding the rest; empty if it is written
// in another way.
func frameType(raw []byte) wire.Type {
	const prefix = `{"t":"`
	if len(raw) < len(prefix) || string(raw[:len(prefix)]) != prefix {
		return ""
	}
	name := raw[len(prefix):]
	end := bytes.IndexByte(name, '"')
	if end < 0 {
		return ""
	}
	for _, often := range [...]wire.Type{wire.TypeEntry, wire.TypeAck, wire.TypePong} {
		if string(name[:end]) == string(often) {
			return often // without an allocation
		}
	}
	return wire.Type(name[:end])
}

// await reads until a frame of type t comes and decodes it. An error frame ends it.
func (s *socket) await(t wire.Type, into any) error {
	for {
		raw, err := s.read()
		if err != nil {
			return err
		}
		switch frameType(raw) {
		case t:
			return json.Unmarshal(raw, into)
		case wire.TypeError:
			return fmt.Errorf("the server answered %s", raw)
		}
	}
}

// greet authenticates and waits for hello.
func (s *socket) greet(a wire.Auth) (wire.Hello, error) {
	a.T = wire.TypeAuth
	var hello wire.Hello
	_ = s.conn.SetReadDeadline(time.Now().Add(socketTimeout))
	if err := s.send(a); err != nil {
		return hello, err
	}
	if err := s.await(wire.TypeHello, &hello); err != nil {
		return hello, fmt.Errorf("authenticate: %w", err)
	}
	s.heartbeat = time.Duration(hello.HeartbeatMillis) * time.Millisecond * 8 / 10
	return hello, s.conn.SetReadDeadline(time.Time{})
}
