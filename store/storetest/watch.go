package storetest

import "time"

const (
	tick  = 10 * time.Millisecond
	usual = 2 * time.Millisecond // that a sleep is late by on a machine with nothing else to do
)

// Watch begins to measure, and took ends it: how long it was, less what the machine kept from this process meanwhile. A bound
// that is a promise of the product can be as tight as the promise then. To be called once.
func Watch() (took func() time.Duration) {
	begun, ended, kept := time.Now(), make(chan struct{}), make(chan time.Duration)
	go func() {
		var sum time.Duration
		from := begun // it may be late to begin already
		for over := false; !over; {
			select {
			case <-time.After(tick):
			case <-ended:
				over = true
			}
			if late := time.Since(from) - tick; late > usual {
				sum += late
			}
			from = time.Now()
		}
		kept <- sum
	}()
	return func() time.Duration {
		whole := time.Since(begun)
		close(ended)
		return whole - <-kept
	}
}
