package relay

import (
	"errors"
	"time"

	"confab/wire"
)

var errMoved = errors.New("this node stops, going to another")

const (
	firstWait      = time.Second
	longestWait    = 30 * time.Second
	laterAtLeast   = 5 * time.Second
	laterAtMost    = 15 * time.Second
	authsInARow    = 2
	defaultRetry   = time.Second // after a retryable nack without a time
	betweenAsks    = 250 * time.Millisecond
	unansweredAsks = 30 * time.Second
)

// comeBack decides by the reason of the end whether to connect again, and after which wait.
func (c *Client) comeBack(err error) (wait time.Duration, again bool) {
	if errors.Is(err, errMoved) {
		return 0, true // the wait was before leaving
	}
	var closed *ClosedError
	if !errors.As(err, &closed) {
		return c.backoff(err), true
	}
	switch {
	case closed.Code == wire.AuthFailed.Code && c.agent && c.refused < authsInARow:
		c.refused++ // the token may have run out just now
		return c.backoff(err), true
	case closed.Code == wire.Restart.Code && !c.window.IsZero():
		return c.random(time.Until(c.window)), true
	}
	switch reconnectAfter(closed.Code) {
	case wire.Never:
		return 0, false
	case wire.Later:
		return laterAtLeast + c.random(laterAtMost-laterAtLeast), true
	}
	return c.backoff(err), true
}

// reconnectAfter looks the code up. One that is not in the table is a fault on the way, so coming back is right.
func reconnectAfter(code int) wire.Reconnect {
	for _, known := range wire.Codes {
		if known.Code == code {
			return known.Reconnect
		}
	}
	return wire.Soon
}

// backoff is full jitter in a window that doubles: within 1 s first, within 30 s at last.
func (c *Client) backoff(err error) time.Duration {
	try := c.try
	c.try++
	if c.o.Backoff != nil {
		return c.o.Backoff(try)
	}
	wait := c.random(min(firstWait<<min(try, 10), longestWait))
	var failed *dialError
	if errors.As(err, &failed) && failed.retryAfter > wait {
		wait = failed.retryAfter + wait
	}
	return wait
}
