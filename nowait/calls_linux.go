package nowait

import (
	"net"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Sockets' own calls: read(2) and write(2) go through the file system's layer first.

// Read reads what is there from a socket. 0 without an error is the end, or an empty p.
func Read(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return call(syscall.SYS_RECVFROM, fd, unsafe.Pointer(&p[0]), len(p), 0)
}

// Write writes to a socket as much as there is room for, which may be less than p.
func Write(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return call(syscall.SYS_SENDTO, fd, unsafe.Pointer(&p[0]), len(p), unix.MSG_NOSIGNAL)
}

// Close closes fd, whose number may be another's from then on.
func Close(fd int) error {
	// An interrupted close has closed.
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(fd), 0, 0); errno != 0 && errno != syscall.EINTR {
		return errno
	}
	return nil
}

// Events takes what an epoll instance has to tell, at most len(events), which must not be 0. It returns how many.
func Events(epoll int, events []unix.EpollEvent) (int, error) {
	return call(syscall.SYS_EPOLL_PWAIT, epoll, unsafe.Pointer(&events[0]), len(events), 0)
}

// Watch changes what an epoll instance tells of fd; change is unix.EPOLL_CTL_ADD, _MOD or _DEL.
func Watch(epoll, change, fd int, events uint32) error {
	e := unix.EpollEvent{Events: events, Fd: int32(fd)}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_CTL, uintptr(epoll), uintptr(change), uintptr(fd), uintptr(unsafe.Pointer(&e)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// Accept takes a connection that has come; fd is non-blocking and closed on exec.
func Accept(listening int) (fd int, peer net.Addr, err error) {
	for {
		var from unix.RawSockaddrAny
		size := uint32(unix.SizeofSockaddrAny)
		n, _, errno := syscall.RawSyscall6(syscall.SYS_ACCEPT4, uintptr(listening), uintptr(unsafe.Pointer(&from)), uintptr(unsafe.Pointer(&size)),
			unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		switch errno {
		case 0:
			return int(n), addressOf(&from), nil
		case syscall.EINTR:
		default:
			return -1, nil, errno
		}
	}
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

// call makes a call of four arguments; the fourth is how long epoll waits, or the flags of a socket's call.
func call(what uintptr, fd int, p unsafe.Pointer, size, fourth int) (int, error) {
	for {
		n, _, errno := syscall.RawSyscall6(what, uintptr(fd), uintptr(p), uintptr(size), uintptr(fourth), 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}

func duplicate(fd uintptr) (int, error) { return unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) }
