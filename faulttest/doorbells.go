package faulttest

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"time"
)

// Doorbells is what happens to messages of the store's bus on their way to a node. The fields are probabilities.
type Doorbells struct {
	Drop, Double, Delay float64
	MaxDelay            time.Duration
}

// DoorbellFilter returns a filter for what the store writes to a node: it lets all answers pass as they are, and does
// to each published message what rings says at that moment. Messages on channels for which spare is true pass.
func DoorbellFilter(random *rand.Rand, rings func() Doorbells, spare func(channel []byte) bool) Filter {
	var rest []byte
	return func(written []byte, pass func([]byte, time.Duration)) {
		rest = append(rest, written...)
		for len(rest) > 0 {
			size := respSize(rest)
			if size == 0 {
				return // not whole yet
			}
			value := append([]byte(nil), rest[:size]...)
			rest = rest[size:]
			channel, published := publishedOn(value)
			if !published || spare != nil && spare(channel) {
				pass(value, 0)
				continue
			}
			ring(random, rings(), value, pass)
		}
	}
}

func ring(random *rand.Rand, d Doorbells, value []byte, pass func([]byte, time.Duration)) {
	// All three are drawn each time, so that one fault does not shift the others of a seed.
	drop, double, delay := random.Float64() < d.Drop, random.Float64() < d.Double, random.Float64() < d.Delay
	after := time.Duration(0)
	if delay && d.MaxDelay > 0 {
		after = time.Duration(random.Int64N(int64(d.MaxDelay)))
	}
	if drop {
		return
	}
	pass(value, after)
	if double {
		pass(append([]byte(nil), value...), after/2)
	}
}

// respSize is the length of the first value in b, in the protocol of Redis, versions 2 and 3; 0 if it is not whole.
func respSize(b []byte) int {
	end := bytes.Index(b, []byte("\r\n"))
	if end < 0 {
		return 0
	}
	size := end + 2
	count, err := strconv.Atoi(string(b[1:end]))
	switch b[0] {
	case '$', '!', '=':
		if err != nil || count < 0 {
			return size
		}
		if size += count + 2; size > len(b) {
			return 0
		}
	case '*', '>', '~', '%':
		if b[0] == '%' {
			count *= 2
		}
		for range max(count, 0) {
			one := respSize(b[size:])
			if one == 0 {
				return 0
			}
			size += one
		}
	}
	return size
}

// publishedOn tells whether value is a message of the bus: an array or push of "message" or "smessage", a channel
// and a text.
func publishedOn(value []byte) (channel []byte, ok bool) {
	if value[0] != '*' && value[0] != '>' {
		return nil, false
	}
	var parts [][]byte
	for at := bytes.Index(value, []byte("\r\n")) + 2; at < len(value) && len(parts) < 4; {
		size := respSize(value[at:])
		if size == 0 || value[at] != '$' {
			return nil, false
		}
		head := bytes.Index(value[at:], []byte("\r\n")) + 2
		parts = append(parts, value[at+head:max(at+head, at+size-2)])
		at += size
	}
	if len(parts) != 3 || string(parts[0]) != "message" && string(parts[0]) != "smessage" {
		return nil, false
	}
	return parts[1], true
}
