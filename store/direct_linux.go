package store

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"confab/nowait"
)

// direct is a connection that reads and writes by calls that do not wait. Waiting is left to net.
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
		n, err = nowait.Read(int(fd), p)
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
			n, err = nowait.Write(int(fd), p[written:])
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
