package relay

import (
	"syscall"
	"unsafe"
)

// A call on a socket that does not block takes longer than the scheduler waits before it gives the processor to another
// thread, because the kernel hands the bytes to the other side within it. So the scheduler is not told.

func writeBytes(fd int, p []byte) (int, error) {
	return call(syscall.SYS_WRITE, fd, p)
}

func readBytes(fd int, p []byte) (int, error) {
	return call(syscall.SYS_READ, fd, p)
}

func call(what uintptr, fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, _, errno := syscall.RawSyscall(what, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
