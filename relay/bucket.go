package relay

import "time"

// bucket is a token bucket without a clock or a lock of its own. The zero value is full.
type bucket struct {
	spent float32
	at    int64 // milliseconds, of spent
}

// take takes a token, or tells in how long there will be one.
func (b *bucket) take(now int64, perSecond, burst int) (bool, time.Duration) {
	b.spent = max(0, b.spent-float32(now-b.at)*float32(perSecond)/1000)
	b.at = now
	if b.spent+1 > float32(burst) {
		missing := b.spent + 1 - float32(burst)
		return false, time.Duration(missing / float32(perSecond) * float32(time.Second))
	}
	b.spent++
	return true, 0
}
