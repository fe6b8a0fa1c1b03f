package main

import "testing"

func TestMemoryIsReturnedOnceAfterARush(t *testing.T) {
	const mib = 1 << 20
	var r rush
	for i, step := range []struct {
		allocated uint64
		over      bool
	}{
		{20 * mib, false},  // the start of a node
		{21 * mib, false},  // calm, and not worth it
		{90 * mib, false},  // a rush
		{160 * mib, false}, // goes on
		{161 * mib, true},  // and is over
		{162 * mib, false}, // once
		{190 * mib, false},
		{193 * mib, true}, // what trickles adds up
	} {
		if got := r.over(step.allocated); got != step.over {
			t.Errorf("step %d, %d MiB: %v", i, step.allocated/mib, got)
		}
	}
}
