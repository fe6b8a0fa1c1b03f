//go:build unix && !linux

package nowait

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Here the scheduler is told.

// Read reads what is there from a socket. 0 without an error is the end, or an empty p.
func Read(fd int, p []byte) (int, error) { return call(syscall.Read, fd, p) }

// Write writes to a socket as much as there is room for, which may be less than p.
func Write(fd int, p []byte) (int, error) { return call(syscall.Write, fd, p) }

func call(what func(int, []byte) (int, error), fd int, p []byte) (int, error) {
	for {
		n, err := what(fd, p)
		switch err {
		case nil:
			return n, nil
		case syscall.EINTR:
		default:
			return 0, err
		}
	}
}

func duplicate(fd uintptr) (int, error) { return unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) }
