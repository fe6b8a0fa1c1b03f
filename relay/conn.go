package relay

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"confab/chat"
	"confab/wire"
)

const (
	flushBytes    = 64 << 10               // in one write of the flusher
	loosePressure = 16 << 10               // with more than this waiting, typing and markers are dropped
	lingerTime    = 2 * time.Second        // for the peer to answer a close
	silentTime    = 200 * time.Millisecond // for one that has been silent: a dead agent is to be offline within 15 s
	lingerBytes   = 1 << 20                // read and thrown away meanwhile
	maxEarly      = 64                     // frames for somebody whose auth is being looked at
	inboundSlack  = 4                      // times frameBytes may arrive for one frame, headers of fragments included
)

// urgency says what happens to a frame when the socket does not take it.
type urgency uint8

const (
	numbered urgency = iota // never dropped: a queue that overflows ends the socket, which resumes without loss
	listed                  // lists of people and conversations: dropped when half of the queue is full
	loose                   // typing, markers: dropped as soon as the socket is behind
)

type connState uint8

const (
	connOpen    connState = iota
	connClosing           // the close frame is written or queued; nothing follows it
	connShut
)

// conn carries the bytes of one socket. It stands between the WebSocket library, which reads through it and writes
// whole control frames, and the network; our own frames go out through send.
//
// A write happens on the goroutine that has the frame and never waits. Only when the socket is full are frames
// queued, and a goroutine is started that lives until the queue is empty.
type conn struct {
	raw     net.Conn
	fd      syscall.RawConn // nil: raw cannot be written to without waiting
	head    []byte          // bytes that the HTTP server had read already. Owned by who reads
	inbound int             // bytes since the last whole frame. Owned by who reads
	limits  *chat.LimitSet
	tally   *tally
	flusher *sync.WaitGroup

	heard atomic.Int64 // milliseconds; when a byte last came in
	began atomic.Int64 // milliseconds; when the frame began that is not whole yet, 0 if there is none

	mu       sync.Mutex
	state    connState
	unknown  bool      // auth has not been answered yet: what is told to all waits in early
	early    [][]byte  // whole frames, in order
	corked   bool      // frames gather, to leave in one write
	flushing bool      // a flusher runs
	partial  bool      // queue[0] is the rest of something begun
	queue    [][]byte  // shared with other sockets: read-only
	queued   int       // bytes in queue
	oldest   int64     // milliseconds; since when queue is not empty
	until    time.Time // connClosing: when waiting for the peer ends
	reason   string    // why it was closed, for metrics; "" while open
	ending   func()    // called with mu held when the socket is to be read to its end. Set before the first frame, may be nil
	drained  func()    // runs on the flusher when the queue has become empty; never blocks. Set before the first frame
}

func nowMillis() int64 { return time.Now().UnixMilli() }

// Read gives the library what comes in, and notes when.
func (c *conn) Read(p []byte) (int, error) {
	n, err := 0, error(nil)
	if len(c.head) > 0 {
		n = copy(p, c.head)
		if c.head = c.head[n:]; len(c.head) == 0 {
			c.head = nil
		}
	} else {
		n, err = c.raw.Read(p)
	}
	if n == 0 {
		return n, err
	}
	now := nowMillis()
	c.heard.Store(now)
	c.began.CompareAndSwap(0, now)
	if c.inbound += n; c.inbound > inboundSlack*c.limits.FrameBytes {
		c.close(wire.TooFast, "fragments")
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// whole notes that a frame is read to its end; more tells that the next has begun to arrive.
func (c *conn) whole(more bool) {
	c.inbound = 0
	if more {
		c.began.Store(nowMillis())
		return
	}
	c.began.Store(0)
}

// Write takes a control frame of the library. p is whole frames, for its buffer holds the largest.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != connOpen {
		return len(p), nil
	}
	c.put(append([]byte(nil), p...))
	if p[0] == finClose {
		c.linger("peer", lingerTime)
	}
	return len(p), nil
}

// Close ends the connection at once.
func (c *conn) Close() error {
	c.mu.Lock()
	c.shut("lost")
	c.mu.Unlock()
	return c.raw.Close()
}

// cut ends the connection without a word, for a reason.
func (c *conn) cut(reason string) {
	c.mu.Lock()
	c.shut(reason)
	c.mu.Unlock()
	_ = c.raw.Close()
}

// send writes or queues whole frames, which nobody may change any more. It never waits. A single frame may be larger
// than the queue's limit, if nothing else waits.
func (c *conn) send(frames []byte, u urgency) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.state != connOpen || len(frames) == 0:
		return
	case c.unknown:
		c.delay(frames, u)
		return
	case u == loose && c.queued > loosePressure && !c.corked:
		c.tally.dropped("typing_or_marker")
		return
	case u == listed && c.queued > c.limits.QueueBytes/2:
		c.tally.dropped("list")
		return
	}
	behind := c.queued > 0
	c.put(frames)
	if behind && c.queued > c.limits.QueueBytes {
		c.overflow()
	}
}

// answer sends what auth is answered with, before everything else that the socket was sent since it joined others.
func (c *conn) answer(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	early := c.early
	c.unknown, c.early = false, nil
	if c.state != connOpen {
		return
	}
	c.put(frame)
	for _, f := range early {
		c.put(f)
	}
}

// delay keeps what is told to all until auth is answered. mu is held.
func (c *conn) delay(frames []byte, u urgency) {
	if len(c.early) >= maxEarly && u != numbered {
		c.tally.dropped("early")
		return
	}
	c.early = append(c.early, frames)
}

// cork makes frames gather until uncork.
func (c *conn) cork() {
	c.mu.Lock()
	c.corked = true
	c.mu.Unlock()
}

// uncork writes what has gathered.
func (c *conn) uncork() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.corked {
		return
	}
	c.corked = false
	if len(c.queue) == 0 || c.state == connShut {
		return
	}
	queue := c.queue
	c.queue, c.queued = nil, 0
	switch {
	case len(queue) == 1:
		c.put(queue[0])
		return
	case c.fd == nil || c.flushing:
		c.put(bytes.Join(queue, nil))
		return
	}
	// What has gathered fits into the socket nearly always, and is nobody's then.
	all := gathered.Get().(*[]byte)
	*all = (*all)[:0]
	for _, f := range queue {
		*all = append(*all, f...)
	}
	if c.put(*all); len(c.queue) == 0 && cap(*all) <= keptGathered {
		gathered.Put(all)
	}
}

const keptGathered = 16 << 10

// gathered holds *[]byte for what leaves in one write.
var gathered = sync.Pool{New: func() any { b := make([]byte, 0, keptGathered/4); return &b }}

// room tells how many bytes may still be sent before a slow reader has more waiting than most.
func (c *conn) room(most int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != connOpen {
		return 0
	}
	return most - c.queued
}

// close says goodbye once: the close frame is the last thing that leaves.
func (c *conn) close(code wire.Close, reason string) { c.closeWithin(code, reason, lingerTime) }

// closeWithin is close with another time for the peer to answer.
func (c *conn) closeWithin(code wire.Close, reason string, patience time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != connOpen {
		return
	}
	c.corked = false
	c.put(closeFrame(code))
	c.linger(reason, patience)
}

// put writes p, or the part of it that the socket takes, and queues the rest. mu is held.
func (c *conn) put(p []byte) {
	if c.fd != nil && len(c.queue) == 0 && !c.flushing && !c.corked {
		n, err := writeNow(c.fd, p)
		if err != nil {
			c.shut("lost")
			_ = c.raw.Close()
			return
		}
		if n == len(p) {
			return
		}
		p, c.partial = p[n:], n > 0
	}
	if len(c.queue) == 0 {
		c.oldest = nowMillis()
	}
	c.queue = append(c.queue, p)
	c.queued += len(p)
	if !c.corked && !c.flushing {
		c.flushing = true
		c.flusher.Go(c.flush)
	}
}

// overflow ends a socket whose reader is too slow. What has begun to leave is finished, so that the close frame can
// be understood. mu is held.
func (c *conn) overflow() {
	keep := 0
	if c.partial {
		keep = 1
	}
	c.queued = 0
	for _, f := range c.queue[:keep] {
		c.queued += len(f)
	}
	clear(c.queue[keep:])
	c.queue = c.queue[:keep]
	c.corked = false
	c.put(closeFrame(wire.TooSlow))
	c.linger("queue_full", time.Duration(c.limits.QueueMillis)*time.Millisecond) // he is slow: give him time to read it
}

// linger lets the peer answer a close for a while. mu is held.
func (c *conn) linger(reason string, d time.Duration) {
	if c.state != connOpen {
		return
	}
	c.state, c.reason, c.until = connClosing, reason, time.Now().Add(d)
	_ = c.raw.SetReadDeadline(c.until)
	c.end()
}

func (c *conn) end() {
	if c.ending != nil {
		c.ending()
	}
}

func (c *conn) shut(reason string) {
	if c.reason == "" {
		c.reason = reason
	}
	c.state = connShut
	c.queue, c.queued = nil, 0
	c.end()
}

// lingering tells that a close has left and its answer is waited for.
func (c *conn) lingering() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state == connClosing
}

// discard throws away what still comes after a close, so that the peer gets to read the close frame: closing a
// connection with unread bytes would reset it.
func (c *conn) discard() {
	if !c.lingering() {
		return
	}
	var waste [512]byte
	for left := lingerBytes; left > 0; {
		n, err := c.raw.Read(waste[:])
		if err != nil {
			return
		}
		left -= n
	}
}

// closed tells why the socket ends or has ended; "" while it is open.
func (c *conn) closed() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// flush writes the queue until it is empty or the peer has taken nothing for too long.
func (c *conn) flush() {
	for {
		batch, deadline := c.takeBatch()
		if batch == nil {
			if c.drained != nil {
				c.drained()
			}
			return
		}
		_ = c.raw.SetWriteDeadline(deadline)
		if _, err := c.raw.Write(batch); err != nil {
			reason := "lost"
			if errors.Is(err, os.ErrDeadlineExceeded) {
				reason = "queue_old"
			}
			c.cut(reason)
			return
		}
	}
}

// takeBatch takes up to flushBytes off the queue, and tells until when they must be written; nil ends the flusher.
func (c *conn) takeBatch() ([]byte, time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 || c.state == connShut {
		c.flushing, c.partial, c.queue = false, false, nil
		return nil, time.Time{}
	}
	now := nowMillis()
	deadline := time.UnixMilli(max(c.oldest+int64(c.limits.QueueMillis), now))
	if c.state == connClosing {
		deadline = c.until
	}
	batch := c.queue[0]
	if len(batch) >= flushBytes {
		c.queue[0], c.partial = batch[flushBytes:], len(batch) > flushBytes
		batch = batch[:flushBytes]
		if !c.partial {
			c.queue = c.queue[1:]
		}
	} else {
		batch = c.join()
	}
	c.queued -= len(batch)
	c.oldest = now
	return batch, deadline
}

// join takes whole chunks off the queue, as many as fit into one write. mu is held.
func (c *conn) join() []byte {
	n, size := 0, 0
	for n < len(c.queue) && size+len(c.queue[n]) <= flushBytes {
		size += len(c.queue[n])
		n++
	}
	batch := c.queue[0]
	if n > 1 {
		batch = make([]byte, 0, size)
		for _, f := range c.queue[:n] {
			batch = append(batch, f...)
		}
	}
	clear(c.queue[:n])
	c.queue, c.partial = c.queue[n:], false
	return batch
}
