package store

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// direct is a connection whose calls the scheduler is not told of. None of them waits, but one that hands bytes to a
// server on the same machine takes long enough for the scheduler to give the processor to another thread, and to be on the
// watch for the next. Waiting is left to net.
type direct struct {
	net.Conn
	raw syscall.RawConn
}

func directly(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		if plain, ok := conn.(syscall.Conn); ok {
			if raw, err := plain.SyscallConn(); err == nil {
				return &direct{conn, raw}, nil
			}
		}
		return conn, nil
	}
}

// SyscallConn lets go-redis look whether an idle connection is still open.
func (d *direct) SyscallConn() (syscall.RawConn, error) { return d.raw, nil }

func (d *direct) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	failed := d.raw.Read(func(fd uintptr) bool {
		n, err = callNow(syscall.SYS_READ, fd, p)
		return !errors.Is(err, syscall.EAGAIN)
	})
	switch {
	case failed != nil:
		return 0, failed
	case err != nil:
		return 0, os.NewSyscallError("read", err)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func (d *direct) Write(p []byte) (written int, err error) {
	for written < len(p) {
		n := 0
		failed := d.raw.Write(func(fd uintptr) bool {
			n, err = callNow(syscall.SYS_WRITE, fd, p[written:])
			return !errors.Is(err, syscall.EAGAIN)
		})
		if failed != nil {
			return written, failed
		}
		if err != nil {
			return written, os.NewSyscallError("write", err)
		}
		written += n
	}
	return written, nil
}

func callNow(what, fd uintptr, p []byte) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall(what, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}
