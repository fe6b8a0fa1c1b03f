package relay

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"confab/nowait"
)

const (
	pollerEvents = 256      // taken at once
	pollerBytes  = 64 << 10 // read at once from one socket
)

// pollers share the sockets of a node. The first socket starts them.
type pollers struct {
	mu      sync.Mutex
	all     []*poller
	stopped bool
	running sync.WaitGroup
}

// adopt has a poller watch a TCP connection for r, in the place of Go's. What it returns is used in the place of c: c
// itself if it is none, or if the system has no room.
func (p *pollers) adopt(c net.Conn, r reader) (net.Conn, error) {
	switch c := c.(type) {
	case *bare:
		s, err := p.watch(c.fd, r)
		if err != nil {
			return c.usual()
		}
		c.give()
		return s, nil
	case *net.TCPConn:
		fd, err := nowait.Duplicate(c)
		if err != nil {
			return c, nil
		}
		s, err := p.watch(fd, r)
		if err != nil {
			_ = unix.Close(fd)
			return c, nil
		}
		_ = c.Close() // the duplicate keeps the connection
		return s, nil
	}
	return c, nil
}

func (p *pollers) watch(fd int, r reader) (*socket, error) {
	one, err := p.of(fd)
	if err != nil {
		return nil, err
	}
	s := newSocket(one, fd, r)
	return s, one.add(s)
}

func acceptorOf(l net.Listener) acceptor {
	if tcp, ok := l.(*net.TCPListener); ok {
		if a, err := newBareAcceptor(tcp); err == nil {
			return a
		}
	}
	return l
}

// asUsual makes Go watch a connection that nobody watches.
func asUsual(c net.Conn) (net.Conn, error) {
	if b, ok := c.(*bare); ok {
		return b.usual()
	}
	return c, nil
}

// of returns the poller of a file descriptor.
func (p *pollers) of(fd int) (*poller, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return nil, net.ErrClosed
	}
	for len(p.all) < runtime.GOMAXPROCS(0) {
		one, err := newPoller()
		if err != nil {
			return nil, err
		}
		p.all = append(p.all, one)
		p.running.Go(one.run)
	}
	return p.all[fd%len(p.all)], nil
}

// stop ends the pollers; their sockets have ended before.
func (p *pollers) stop() {
	p.mu.Lock()
	p.stopped = true
	for _, one := range p.all {
		_ = one.file.Close()
	}
	p.mu.Unlock()
	p.running.Wait()
}

// poller waits for many sockets in one goroutine, and reads those that have something. It sleeps in Go's poller, which
// watches the epoll instance as one file, so that no thread is kept.
type poller struct {
	epoll  int
	file   *os.File // of epoll
	asleep syscall.RawConn

	mu      sync.Mutex
	sockets map[int]*socket // by file descriptor
}

func newPoller() (*poller, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create an epoll instance: %w", err)
	}
	_ = unix.SetNonblock(epoll, true) // or Go's poller would not take it
	file := os.NewFile(uintptr(epoll), "epoll")
	asleep, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("watch an epoll instance: %w", err)
	}
	return &poller{epoll: epoll, file: file, asleep: asleep, sockets: map[int]*socket{}}, nil
}

// An edge is told once, so that nothing has to be armed again after each read.
const edges = unix.EPOLLIN | unix.EPOLLET

func (p *poller) add(s *socket) error {
	p.mu.Lock()
	p.sockets[s.fd] = s
	p.mu.Unlock()
	err := nowait.Watch(p.epoll, unix.EPOLL_CTL_ADD, s.fd, edges)
	if err != nil {
		p.forget(s.fd)
		return fmt.Errorf("watch a socket: %w", err)
	}
	return nil
}

// tellAgain has the poller tell what is possible now, and what becomes so.
func (p *poller) tellAgain(fd int, events uint32) {
	_ = nowait.Watch(p.epoll, unix.EPOLL_CTL_MOD, fd, edges|events)
}

// forget is called before fd is closed, for its number is another's then.
func (p *poller) forget(fd int) {
	p.mu.Lock()
	delete(p.sockets, fd)
	p.mu.Unlock()
}

// run takes what has happened until the file is closed.
func (p *poller) run() {
	events, in := make([]unix.EpollEvent, pollerEvents), make([]byte, pollerBytes)
	_ = p.asleep.Read(func(uintptr) bool {
		for {
			n, _ := nowait.Events(p.epoll, events)
			for _, e := range events[:n] {
				if s := p.socket(int(e.Fd)); s != nil {
					s.told(e.Events, in)
				}
			}
			if n < len(events) {
				return false // what comes after this wakes us
			}
		}
	})
}

func (p *poller) socket(fd int) *socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sockets[fd]
}
