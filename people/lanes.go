package people

import (
	"context"
	"hash/maphash"
)

const laneCount = 256

// lanes let those of this node who change the same person go one after the other: those of other nodes are met in the
// store, which has whoever was late do it again, and many who come at once would keep each other from it. Safe for
// concurrent use.
type lanes struct {
	seed maphash.Seed
	of   [laneCount]chan struct{} // capacity 1; full while somebody is in it
}

func newLanes() *lanes {
	l := &lanes{seed: maphash.MakeSeed()}
	for i := range l.of {
		l.of[i] = make(chan struct{}, 1)
	}
	return l
}

// enter waits for the lane of a person. Whoever is in leaves.
func (l *lanes) enter(ctx context.Context, person string) (leave func(), err error) {
	lane := l.of[maphash.String(l.seed, person)%laneCount]
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
