package main

import (
	"context"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"
)

const (
	memoryInterval = 5 * time.Second
	rushBytes      = 32 << 20 // allocated since memory was given back last: worth a collection
	calmBytes      = 4 << 20  // allocated within one interval: nobody minds a collection now
	allocated      = "/gc/heap/allocs:bytes"
)

// giveBack returns what a rush left behind, once it is over. After ten thousand sockets have connected, half of
// the heap is garbage; with gcPercent it would stay until as much again is allocated, which idle sockets never do.
func (c *collector) giveBack(ctx context.Context) error {
	tick := time.NewTicker(memoryInterval)
	defer tick.Stop()
	sample := []runtimemetrics.Sample{{Name: allocated}}
	var r rush
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		runtimemetrics.Read(sample)
		if r.over(sample[0].Value.Uint64()) {
			c.calm()
			debug.FreeOSMemory()
		}
	}
}

// rush watches how many bytes were ever allocated.
type rush struct {
	returned uint64 // when memory was given back last
	before   uint64 // when asked last
}

// over tells whether enough was allocated to give memory back, and little in the last interval.
func (r *rush) over(bytes uint64) bool {
	calm := bytes-r.before < calmBytes
	r.before = bytes
	if !calm || bytes-r.returned < rushBytes {
		return false
	}
	r.returned = bytes
	return true
}
