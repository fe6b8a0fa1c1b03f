package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Ceiling is how fast frames can leave at all on this machine: one frame per write, to sockets that only drain.
type Ceiling struct {
	Sockets             int     `json:"sockets"`
	FrameBytes          int     `json:"frameBytes"`
	LibraryPerCPUSecond float64 `json:"libraryPerCpuSecond"` // by the WebSocket library
	BarePerCPUSecond    float64 `json:"barePerCpuSecond"`    // the same bytes, prebuilt, by write(2)
}

const (
	ceilingTime   = 2 * time.Second // of CPU, for each of the two
	frameOverhead = 230             // what an entry frame has around the text
)

// measureCeiling writes frames of an entry's size to n loopback sockets from one thread and reads that thread's CPU time.
func measureCeiling(ctx context.Context, n, textBytes int) (*Ceiling, error) {
	e, err := openEcho(ctx, n)
	defer e.close()
	if err != nil {
		return nil, err
	}
	message := []byte(strings.Repeat("x", textBytes+frameOverhead))
	frame := serverFrame(message)
	background := context.Background() // a context that can end costs allocations with every write
	library, err := perCPUSecond(n, func(i int) error { return e.accepted[i].Write(background, websocket.MessageText, message) })
	if err != nil {
		return nil, err
	}
	bare, err := perCPUSecond(n, func(i int) error { _, err := e.raw[i].Write(frame); return err })
	if err != nil {
		return nil, err
	}
	return &Ceiling{Sockets: n, FrameBytes: len(frame), LibraryPerCPUSecond: library, BarePerCPUSecond: bare}, nil
}

// serverFrame is a text frame as a server sends it, of 126 to 65,535 bytes.
func serverFrame(message []byte) []byte {
	return append([]byte{0x81, 126, byte(len(message) >> 8), byte(len(message))}, message...)
}

func perCPUSecond(n int, write func(i int) error) (float64, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begun := threadCPU()
	frames := 0
	for threadCPU()-begun < ceilingTime {
		for i := range n {
			if err := write(i); err != nil {
				return 0, err
			}
		}
		frames += n
	}
	return float64(frames) / (threadCPU() - begun).Seconds(), nil
}

func threadCPU() time.Duration {
	const thisThread = 1 // RUSAGE_THREAD
	return cpuOf(thisThread)
}

// echo is a server whose sockets nobody uses but the measurement, and clients that drain them.
type echo struct {
	listener net.Listener
	server   *http.Server
	clients  []net.Conn
	drains   sync.WaitGroup

	mu       sync.Mutex
	accepted []*websocket.Conn
	raw      []net.Conn
	failed   error
	full     chan struct{} // closed when n sockets are there, or one failed
}

func openEcho(ctx context.Context, n int) (*echo, error) {
	e := &echo{full: make(chan struct{})}
	var err error
	if e.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return e, err
	}
	e.server = &http.Server{
		Handler:           e.accept(n),
		ReadHeaderTimeout: socketTimeout,
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	e.drains.Go(func() { _ = e.server.Serve(e.listener) })
	o := &Options{}
	for range n {
		s, err := dialSocket(ctx, o, "ws://"+e.listener.Addr().String())
		if err != nil {
			return e, err
		}
		e.clients = append(e.clients, s.conn)
		e.drains.Go(func() { drain(s.conn) })
	}
	select {
	case <-e.full:
		return e, e.failed
	case <-ctx.Done():
		return e, ctx.Err()
	}
}

type connKey struct{}

// accept hands the socket over and keeps the handler's buffers out of the measurement.
func (e *echo) accept(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		ws, err := websocket.Accept(w, req, nil)
		e.mu.Lock()
		defer e.mu.Unlock()
		if err != nil {
			e.failed = errors.Join(e.failed, fmt.Errorf("accept: %w", err))
		} else {
			e.accepted = append(e.accepted, ws)
			e.raw = append(e.raw, req.Context().Value(connKey{}).(net.Conn))
		}
		if len(e.accepted) == n || err != nil && len(e.accepted) < n {
			select {
			case <-e.full:
			default:
				close(e.full)
			}
		}
	}
}

// drain reads and forgets, in large pieces so that the reader is cheap.
func drain(c net.Conn) {
	_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{c}, make([]byte, 16<<10))
}

func (e *echo) close() {
	for _, c := range e.clients {
		_ = c.Close()
	}
	for _, ws := range e.accepted {
		_ = ws.CloseNow()
	}
	if e.server != nil {
		_ = e.server.Close()
	}
	e.drains.Wait()
}
