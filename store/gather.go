package store

import "time"

const (
	gatherPause = time.Millisecond
	gatherFrom  = 2 // operations expected in a pause
	gatherOver  = 50 * time.Millisecond
)

// gatherer lets the committer rest between two batches while so much comes that the rest makes the next one larger: a
// larger batch is one script, one sync of the log, one bell and one wake-up for more commits. Under less load it does
// nothing. The zero value is ready; it is the committer's.
type gatherer struct {
	since time.Time
	count int
	rate  float64 // operations per pause
}

// rest is called after each batch, with its length.
func (g *gatherer) rest(done int) {
	now := time.Now()
	g.count += done
	if over := now.Sub(g.since); over >= gatherOver {
		g.rate = float64(g.count) * float64(gatherPause) / float64(over)
		g.since, g.count = now, 0
	}
	if g.rate >= gatherFrom {
		time.Sleep(gatherPause)
	}
}
