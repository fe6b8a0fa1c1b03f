package loadtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Ceiling is how fast frames can leave at all on this machine: one frame per write, to sockets that only drain. The price
// of a write depends on who reads and where, so the writer runs where the nodes run, the sockets are read as the generator
// reads its own, and each has read its frame before the next one comes.
type Ceiling struct {
	Sockets             int     `json:"sockets"`
	FrameBytes          int     `json:"frameBytes"`
	LibraryPerCPUSecond float64 `json:"libraryPerCpuSecond"` // by the WebSocket library
	BarePerCPUSecond    float64 `json:"barePerCpuSecond"`    // the same bytes, prebuilt, by write(2)
}

const (
	ceilingTime   = 2 * time.Second // of CPU, for each of the two
	ceilingWait   = 3               // times that by the clock, at most: few sockets wait more than they write
	frameOverhead = 230             // what an entry frame has around the text
)

// measureCeiling writes frames of an entry's size to o.Connections loopback sockets from one thread, on the processors
// of the first of o.NodePIDs, which should be idle, and reads that thread's CPU time, about cpu for each of the two.
func measureCeiling(ctx context.Context, o Options, cpu time.Duration) (*Ceiling, error) {
	w, err := newWatch()
	if err != nil {
		return nil, err
	}
	defer w.stop()
	e, err := openEcho(ctx, w, o.Connections)
	defer e.close()
	if err != nil {
		return nil, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	back, err := beside(o.NodePIDs[0])
	if err != nil {
		return nil, fmt.Errorf("go where process %d runs: %w", o.NodePIDs[0], err)
	}
	defer back()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))) // one to write, one to read

	message := []byte(strings.Repeat("x", o.Size+frameOverhead))
	frame := serverFrame(message)
	background := context.Background() // a context that can end costs allocations with every write
	library, err := e.perCPUSecond(ctx, cpu, len(frame), func(i int) error {
		return e.accepted[i].Write(background, websocket.MessageText, message)
	})
	if err != nil {
		return nil, err
	}
	bare, err := e.perCPUSecond(ctx, cpu, len(frame), func(i int) error { _, err := e.raw[i].Write(frame); return err })
	if err != nil {
		return nil, err
	}
	return &Ceiling{Sockets: o.Connections, FrameBytes: len(frame), LibraryPerCPUSecond: library, BarePerCPUSecond: bare}, nil
}

// serverFrame is a text frame as a server sends it, of 126 to 65,535 bytes.
func serverFrame(message []byte) []byte {
	return append([]byte{0x81, 126, byte(len(message) >> 8), byte(len(message))}, message...)
}

// perCPUSecond has write send one frame to each socket, again and again, and waits in between until all are read.
func (e *echo) perCPUSecond(ctx context.Context, cpu time.Duration, frameBytes int, write func(i int) error) (float64, error) {
	n := len(e.accepted)
	frames, used := 0, time.Duration(0)
	for start := time.Now(); used < cpu && time.Since(start) < ceilingWait*cpu; frames += n {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		begun := threadCPU()
		for i := range n {
			if err := write(i); err != nil {
				return 0, err
			}
		}
		used += threadCPU() - begun
		if err := e.awaitRead(n * frameBytes); err != nil {
			return 0, err
		}
	}
	return float64(frames) / used.Seconds(), nil
}

// echo is a server whose sockets nobody uses but the measurement, and clients that drain them.
type echo struct {
	listener net.Listener
	server   *http.Server
	clients  []net.Conn
	serving  sync.WaitGroup

	mu       sync.Mutex
	accepted []*websocket.Conn
	raw      []net.Conn
	failed   error
	full     chan struct{} // closed when n sockets are there, or one failed
	read     int           // bytes that clients have read and nobody has asked for
	ended    error         // why a client reads no more
	moved    *sync.Cond    // read or ended has changed
}

func openEcho(ctx context.Context, w *watch, n int) (*echo, error) {
	e := &echo{full: make(chan struct{})}
	e.moved = sync.NewCond(&e.mu)
	var err error
	if e.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return e, err
	}
	e.server = &http.Server{
		Handler:           e.accept(n),
		ReadHeaderTimeout: socketTimeout,
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	e.serving.Go(func() { _ = e.server.Serve(e.listener) })
	o := &Options{}
	for range n {
		s, err := dialSocket(ctx, o, "ws://"+e.listener.Addr().String())
		if err != nil {
			return e, err
		}
		client, err := w.adopt(s.conn, e.count)
		if err != nil {
			_ = s.conn.Close()
			return e, err
		}
		e.clients = append(e.clients, client)
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

// count takes what a client reads.
func (e *echo) count(in []byte, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.read += len(in)
	e.ended = err
	e.moved.Signal()
	return err == nil
}

// awaitRead waits until the clients have read n bytes more.
func (e *echo) awaitRead(n int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.read < n {
		if e.ended != nil {
			return fmt.Errorf("a client reads no more: %w", e.ended)
		}
		e.moved.Wait()
	}
	e.read -= n
	return nil
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
	e.serving.Wait()
}
