package relay

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"confab/nowait"
)

// bareAcceptor takes connections from a listener that nobody watches yet: most of them go to a poller of ours, and need
// not be entered into Go's before and taken out again.
type bareAcceptor struct {
	file      *os.File // the listening socket once more, for net's cannot be waited for by others
	listening syscall.RawConn
}

func newBareAcceptor(l *net.TCPListener) (*bareAcceptor, error) {
	fd, err := nowait.Duplicate(l)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "listener")
	raw, err := file.SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) }) // inherited
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &bareAcceptor{file, raw}, nil
}

// Close implements acceptor.
func (a *bareAcceptor) Close() error { return a.file.Close() }

// Accept implements acceptor.
func (a *bareAcceptor) Accept() (net.Conn, error) {
	fd, peer, fault := 0, net.Addr(nil), error(nil)
	err := a.listening.Read(func(listening uintptr) bool {
		for {
			fd, peer, fault = nowait.Accept(int(listening))
			if !errors.Is(fault, unix.ECONNABORTED) {
				return !errors.Is(fault, unix.EAGAIN)
			}
		}
	})
	if err == nil {
		err = fault
	}
	if err != nil {
		return nil, err
	}
	return &bare{fd, peer}, nil
}

// bare is a connection that nobody watches: what cannot be done at once fails. It has one owner.
type bare struct {
	fd   int
	peer net.Addr
}

// usual makes a connection of it that Go watches, and takes it away from b.
func (b *bare) usual() (net.Conn, error) {
	file := os.NewFile(uintptr(b.give()), "socket")
	defer file.Close()
	return net.FileConn(file)
}

// give gives fd away: b is nothing then.
func (b *bare) give() (fd int) {
	fd, b.fd = b.fd, -1
	return fd
}

func (b *bare) Read(p []byte) (int, error) {
	n, err := nowait.Read(b.fd, p)
	if n == 0 && err == nil && len(p) > 0 {
		err = io.EOF
	}
	return n, err
}

func (b *bare) Write(p []byte) (int, error) {
	n, err := nowait.Write(b.fd, p)
	if n < len(p) && err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}

func (b *bare) Close() error { return nowait.Close(b.give()) }

func (b *bare) LocalAddr() net.Addr  { return &net.TCPAddr{} }
func (b *bare) RemoteAddr() net.Addr { return b.peer }

func (b *bare) SetDeadline(time.Time) error      { return nil }
func (b *bare) SetReadDeadline(time.Time) error  { return nil }
func (b *bare) SetWriteDeadline(time.Time) error { return nil }

// direct returns what reads and writes without waiting.
func (b *bare) direct() syscall.RawConn { return rawBare{b} }

type rawBare struct{ *bare }

func (r rawBare) Control(f func(fd uintptr)) error {
	f(uintptr(r.fd))
	return nil
}

func (r rawBare) Read(f func(fd uintptr) bool) error {
	f(uintptr(r.fd))
	return nil
}

func (r rawBare) Write(f func(fd uintptr) bool) error { return r.Read(f) }
