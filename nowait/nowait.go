//go:build unix

// Package nowait makes system calls that do not wait, without a word to Go's scheduler.
//
// A call that hands bytes to the other side within the kernel takes longer than the scheduler waits before it gives the
// processor to another thread, and each call that it is told of has it watch more closely. Two processes on one core
// cannot pay for that. So descriptors must be non-blocking: a call that did wait would hold up everything else.
//
// Errors are bare: what a caller may meet is a syscall.Errno, syscall.EAGAIN if the call would have had to wait. A call
// that a signal interrupted is made again.
package nowait

import "syscall"

// Duplicate returns a second descriptor of c's socket or file, which the caller closes. It is non-blocking if c's is.
func Duplicate(c syscall.Conn) (fd int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	if e := raw.Control(func(old uintptr) { fd, err = duplicate(old) }); e != nil {
		return -1, e
	}
	return fd, err
}
