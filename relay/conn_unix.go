//go:build unix

package relay

import (
	"errors"
	"net"
	"sync"
	"syscall"
)

// attempt is one non-blocking write. Kept in a pool with its function bound once, for a closure per write would be
// an allocation per write.
type attempt struct {
	rest []byte
	n    int
	err  error
	run  func(fd uintptr) bool
}

var attempts = sync.Pool{New: func() any {
	a := &attempt{}
	a.run = a.write
	return a
}}

func (a *attempt) write(fd uintptr) bool {
	for {
		a.n, a.err = syscall.Write(int(fd), a.rest)
		if !errors.Is(a.err, syscall.EINTR) {
			return true // also when the socket is full: we do not wait for it here
		}
	}
}

// directWriter returns the socket below c if c is nothing but a socket; nil for TLS and connections in memory.
func directWriter(c net.Conn) syscall.RawConn {
	var fd syscall.RawConn
	switch c := c.(type) {
	case *net.TCPConn:
		fd, _ = c.SyscallConn()
	case *net.UnixConn:
		fd, _ = c.SyscallConn()
	}
	return fd
}

// writeNow writes what fits into the socket's buffer and never waits.
func writeNow(fd syscall.RawConn, p []byte) (int, error) {
	a := attempts.Get().(*attempt)
	a.rest, a.n, a.err = p, 0, nil
	err := fd.Write(a.run)
	n := max(a.n, 0)
	if err == nil && !errors.Is(a.err, syscall.EAGAIN) {
		err = a.err
	}
	a.rest = nil
	attempts.Put(a)
	return n, err
}
