package relay

import (
	"net"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// None of these calls waits. But one that hands bytes to the other side within the kernel takes longer than Go's
// scheduler waits before it gives the processor to another thread, and each that it is told of has it watch more closely.
// So it is not told.

func writeBytes(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return call(syscall.SYS_WRITE, fd, unsafe.Pointer(&p[0]), len(p))
}

func readBytes(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return call(syscall.SYS_READ, fd, unsafe.Pointer(&p[0]), len(p))
}

// readyNow returns how many events there are, at most len(events).
func readyNow(epoll int, events []unix.EpollEvent) (int, error) {
	return call(syscall.SYS_EPOLL_PWAIT, epoll, unsafe.Pointer(&events[0]), len(events))
}

func watchNow(epoll, change, fd int, events uint32) error {
	e := unix.EpollEvent{Events: events, Fd: int32(fd)}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_CTL, uintptr(epoll), uintptr(change), uintptr(fd), uintptr(unsafe.Pointer(&e)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// acceptNow takes a connection that has come.
func acceptNow(listening int) (fd int, peer net.Addr, err error) {
	var from unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	n, _, errno := syscall.RawSyscall6(syscall.SYS_ACCEPT4, uintptr(listening), uintptr(unsafe.Pointer(&from)), uintptr(unsafe.Pointer(&size)),
		unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return 0, nil, errno
	}
	return int(n), addressOf(&from), nil
}

func addressOf(from *unix.RawSockaddrAny) net.Addr {
	switch from.Addr.Family {
	case unix.AF_INET:
		a := (*unix.RawSockaddrInet4)(unsafe.Pointer(from))
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom4(a.Addr), hostOrder(a.Port)))
	case unix.AF_INET6:
		a := (*unix.RawSockaddrInet6)(unsafe.Pointer(from))
		return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), hostOrder(a.Port)))
	}
	return &net.TCPAddr{}
}

// hostOrder turns a port of the network's byte order.
func hostOrder(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}

func closeNow(fd int) error {
	_, err := call(syscall.SYS_CLOSE, fd, nil, 0)
	return err
}

func call(what uintptr, fd int, p unsafe.Pointer, size int) (int, error) {
	n, _, errno := syscall.RawSyscall6(what, uintptr(fd), uintptr(p), uintptr(size), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
