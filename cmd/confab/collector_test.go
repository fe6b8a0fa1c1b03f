package main

import "testing"

func TestCollectionsBecomeRareWhileTheLiveHeapStaysAndFrequentWhenItGrows(t *testing.T) {
	const mib = 1 << 20
	var c collector
	for i, step := range []struct {
		live uint64
		want int
	}{
		{4 * mib, gcPercent}, // the start of a node: it has grown
		{4 * mib, 200},       // 8 MiB of room are what gcPercent gives
		{4 * mib, 400},
		{4 * mib, 800},
		{4 * mib, 1600},
		{4 * mib, 1600},       // as much as there is
		{40 * mib, gcPercent}, // a rush
		{60 * mib, gcPercent},
		{60 * mib, gcPercent}, // 8 MiB are less than gcPercent gives
		{2 * mib, 800},        // it is over
	} {
		if got := c.collected(step.live); got != step.want {
			t.Errorf("step %d, %d MiB live: %d %%, want %d", i, step.live/mib, got, step.want)
		}
	}
	c.calm()
	if got := c.collected(2 * mib); got != 400 {
		t.Errorf("after calm: %d %%, want what the first room gives", got)
	}
}
