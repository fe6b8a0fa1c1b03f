package loadtest

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"confab/nowait"
)

const (
	watchEvents = 16       // taken at once; then others may run, so that no message is sent late for them
	watchBytes  = 64 << 10 // read at once from one socket
	watchIdle   = 20       // looks in vain until the kernel is asked to wake us
	watchWait   = 50       // milliseconds; for the kernel to wake us, until it is seen that the watch has ended
)

// watch waits for many TCP sockets in one goroutine, so that a frame costs one read and no goroutine's turn. As long as
// frames come it looks for them after each grain, for being woken by each costs this process, and the one that wrote the
// frame, more than reading it. Safe for concurrent use.
type watch struct {
	epoll int
	over  atomic.Bool
	ended chan struct{}

	mu  sync.Mutex
	all []*lean // by file descriptor
}

func newWatch() (*watch, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create an epoll instance: %w", err)
	}
	w := &watch{epoll: epoll, ended: make(chan struct{})}
	go w.run()
	return w, nil
}

// stop ends the watch. After it returns nothing is taken any more.
func (w *watch) stop() {
	w.over.Store(true)
	<-w.ended
	_ = unix.Close(w.epoll)
}

// adopt takes a connection out of Go's poller. What it returns is used in the place of c. Take gets what is read, on
// the watch's goroutine; the bytes are valid until it returns. It gets an error at most once and last: io.EOF when the
// other side has ended. When it returns false it is not called again.
func (w *watch) adopt(c net.Conn, take func(in []byte, err error) bool) (net.Conn, error) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil, errNotWatched
	}
	fd, err := nowait.Duplicate(tcp)
	if err != nil {
		return nil, fmt.Errorf("duplicate a socket: %w", err)
	}
	l, err := w.add(fd, take)
	if err != nil {
		return nil, err
	}
	_ = tcp.Close() // the duplicate keeps the connection
	return l, nil
}

// dial begins to connect. Whether it came to be is found by reading; what is written before waits for it.
func (w *watch) dial(to netip.AddrPort) (net.Conn, error) {
	family, address := unix.AF_INET6, unix.Sockaddr(&unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()})
	if to.Addr().Is4() {
		family, address = unix.AF_INET, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := unix.Connect(fd, address); err != nil && err != unix.EINPROGRESS {
		_ = unix.Close(fd)
		return nil, os.NewSyscallError("connect", err)
	}
	return w.add(fd, nil)
}

// An edge is told once, so that nothing has to be armed again after each read.
const edges = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET

// add watches fd, and owns it: closed after an error, too.
func (w *watch) add(fd int, take func([]byte, error) bool) (*lean, error) {
	l := newLean(w, fd, take)
	w.put(fd, l)
	if err := unix.EpollCtl(w.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: edges, Fd: int32(fd)}); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("watch a socket: %w", err)
	}
	return l, nil
}

// put keeps who is told of fd. Nil before fd is closed, for its number is another's then.
func (w *watch) put(fd int, l *lean) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if lacking := fd + 1 - len(w.all); lacking > 0 {
		w.all = append(w.all, make([]*lean, lacking)...)
	}
	w.all[fd] = l
}

func (w *watch) of(fd int) *lean {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all[fd]
}

func (w *watch) run() {
	defer close(w.ended)
	events, in := make([]unix.EpollEvent, watchEvents), make([]byte, watchBytes)
	for vain := 0; !w.over.Load(); {
		switch n := w.look(events, in); {
		case n > 0:
			vain = 0
		case vain < watchIdle:
			vain++
		default:
			if n, _ = unix.EpollWait(w.epoll, events, watchWait); n > 0 {
				w.tell(events[:n], in)
				vain = 0
			}
			continue
		}
		time.Sleep(grain)
	}
}

// look takes all that has come, and returns how much.
func (w *watch) look(events []unix.EpollEvent, in []byte) (all int) {
	for {
		n, _ := nowait.Events(w.epoll, events)
		w.tell(events[:n], in)
		all += n
		if n < len(events) {
			return all
		}
		runtime.Gosched()
	}
}

func (w *watch) tell(events []unix.EpollEvent, in []byte) {
	for _, e := range events {
		if l := w.of(int(e.Fd)); l != nil {
			l.told(e.Events, in)
		}
	}
}
