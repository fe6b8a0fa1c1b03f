//go:build unix

package relay

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"

	"confab/nowait"
)

// attempt is one non-blocking write or read. Kept in a pool with its functions bound once, for a closure per write
// would be an allocation per write.
type attempt struct {
	bytes       []byte
	n           int
	err         error
	write, read func(fd uintptr) bool
}

var attempts = sync.Pool{New: func() any {
	a := &attempt{}
	a.write, a.read = a.writeOnce, a.readOnce
	return a
}}

func (a *attempt) writeOnce(fd uintptr) bool {
	a.n, a.err = nowait.Write(int(fd), a.bytes)
	return true // also when the socket is full: we do not wait for it here
}

func (a *attempt) readOnce(fd uintptr) bool {
	a.n, a.err = nowait.Read(int(fd), a.bytes)
	return true // also when nothing is there
}

// directSocket returns the socket below c if c is nothing but a socket; nil for TLS and connections in memory.
func directSocket(c net.Conn) syscall.RawConn {
	var fd syscall.RawConn
	switch c := c.(type) {
	case *net.TCPConn:
		fd, _ = c.SyscallConn()
	case *net.UnixConn:
		fd, _ = c.SyscallConn()
	case immediate:
		fd = c.direct()
	}
	return fd
}

// finish puts the attempt back. Again is set if the socket was not ready.
func (a *attempt) finish(err error) (n int, again bool, _ error) {
	n, again = a.n, errors.Is(a.err, syscall.EAGAIN)
	if err == nil && !again {
		err = a.err
	}
	a.bytes, a.n, a.err = nil, 0, nil
	attempts.Put(a)
	return n, again, err
}

// writeNow writes what fits into the socket's buffer and never waits.
func writeNow(fd syscall.RawConn, p []byte) (int, error) {
	a := attempts.Get().(*attempt)
	a.bytes = p
	n, _, err := a.finish(fd.Write(a.write))
	return n, err
}

// readNow reads what is there and never waits: 0 without an error if nothing is.
func readNow(fd syscall.RawConn, p []byte) (int, error) {
	a := attempts.Get().(*attempt)
	a.bytes = p
	n, again, err := a.finish(fd.Read(a.read))
	if n == 0 && !again && err == nil {
		err = io.EOF
	}
	return n, err
}
