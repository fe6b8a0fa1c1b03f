//go:build planted

package faulttest

import (
	"fmt"
	"runtime"
	"testing"

	"confab/plant"
)

const (
	plantedSeeds = 120 // a bug that this many runs do not show is not caught
	soundSeeds   = 30  // runs without a bug
)

// TestPlantedBugIsCaught proves the simulation and its checker: with each of the planted bugs some run shows a broken
// promise, and without any none does.
func TestPlantedBugIsCaught(t *testing.T) {
	t.Cleanup(frugal())
	defer plant.Plant("")
	for _, bug := range plant.All {
		t.Run(string(bug), func(t *testing.T) {
			plant.Plant(bug)
			seeds, found := firstBroken(t, plantedSeeds)
			if len(found) == 0 {
				t.Fatalf("%d runs showed nothing", seeds)
			}
			t.Logf("caught within %d seeds: %v", seeds, found[0])
		})
	}
	t.Run("none", func(t *testing.T) {
		plant.Plant("")
		if seeds, found := firstBroken(t, soundSeeds); len(found) > 0 {
			t.Errorf("after %d runs without a bug: %v", seeds, found)
		}
	})
}

// firstBroken runs seeds, as many at once as there are processors, until one shows something.
func firstBroken(t *testing.T, limit uint64) (seeds uint64, found []Violation) {
	at := uint64(runtime.GOMAXPROCS(0))
	for seeds < limit && len(found) == 0 {
		results := make([][]Violation, at)
		t.Run("batch", func(t *testing.T) {
			for i := range at {
				t.Run(fmt.Sprint("seed", seeds+i+1), func(t *testing.T) {
					t.Parallel()
					results[i] = runSeed(t, seeds+i+1)
				})
			}
		})
		seeds += at
		for _, r := range results {
			found = append(found, r...)
		}
	}
	return seeds, found
}
