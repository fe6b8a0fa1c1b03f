package main

import (
	"os"
	"runtime"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"sync"
)

const (
	// gcPercent trades a little memory for a lot of tail latency: the live heap is small, a few KiB per connection.
	// Twice as much would leave a tenth more memory with idle sockets, in holes between them where handshakes were.
	// The environment's GOGC wins.
	gcPercent = 200

	steadyRoom = 64 << 20 // bytes that a node whose heap does not grow may allocate between two collections
	firstRoom  = 8 << 20  // doubled from one collection to the next
	growth     = 1.1      // of the live heap from one collection to the next: sockets are being opened

	liveBytes = "/gc/heap/live:bytes"
)

// collector makes collections rare while a node is busy and its live heap stays as it is. Each takes a quarter of the
// processor for some ten milliseconds, and after a few megabytes of messages the next would be due. While the heap
// grows they are as frequent as gcPercent says.
type collector struct {
	mu     sync.Mutex
	before uint64 // live bytes after the last collection
	room   uint64 // 0: what gcPercent gives
}

// collected takes the live bytes after a collection and returns the percentage for the next.
func (c *collector) collected(live uint64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case float64(live) > float64(c.before)*growth:
		c.room = 0
	default:
		c.room = min(max(c.room*2, firstRoom), steadyRoom)
	}
	c.before = live
	return max(gcPercent, int(c.room*100/max(live, 1)))
}

// calm makes the next collection as near as usual.
func (c *collector) calm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.room = 0
}

// start sets the percentage now and after each collection, unless the environment does.
func (c *collector) start() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(gcPercent)
	c.watch(gcPercent)
}

// watch has the runtime call when the next collection has found that nobody holds the mark.
func (c *collector) watch(percent int) {
	mark := new([16]byte) // large enough not to share its place with other small values
	runtime.SetFinalizer(mark, func(*[16]byte) {
		sample := []runtimemetrics.Sample{{Name: liveBytes}}
		runtimemetrics.Read(sample)
		next := c.collected(sample[0].Value.Uint64())
		if next != percent {
			debug.SetGCPercent(next)
		}
		c.watch(next)
	})
}
