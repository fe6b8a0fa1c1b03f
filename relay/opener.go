package relay

import (
	"bytes"
	"net"
	"net/http"
	"syscall"
)

// opener answers plain handshakes, one after the other, with what it holds for all of them.
type opener struct {
	in     [frontReader]byte
	head   *head
	answer frontWriter
}

func newOpener() *opener { return &opener{head: newHead(), answer: frontWriter{header: http.Header{}}} }

// parse tells whether all of in is one plain handshake.
func (o *opener) parse(in []byte) bool {
	return bytes.HasSuffix(in, []byte(endOfHead)) && o.head.parse(string(in))
}

// open has a handler answer it.
func (o *opener) open(c net.Conn, fd syscall.RawConn, sockets http.Handler) {
	w := &o.answer
	clear(w.header)
	*w = frontWriter{conn: c, fd: fd, header: w.header, out: w.out[:0]}
	o.head.req.RemoteAddr = c.RemoteAddr().String()
	sockets.ServeHTTP(w, &o.head.req)
	if !w.hijacked {
		_ = c.Close()
	}
	w.conn, w.fd = nil, nil
}
