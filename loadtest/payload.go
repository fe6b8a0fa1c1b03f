package loadtest

import (
	"bytes"
	"strconv"
	"time"
)

// payload is what a measured message says: the n-th of its stream, from 0, intended for a moment. A stream is what
// one sender sends into one thread.
type payload struct {
	stream, n int
	due       time.Time
}

const (
	filling     = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	payloadMark = "load "
	minPayload  = len(payloadMark) + 10 + 10 + 20 + 3
)

// text encodes p in at least size bytes.
func (p payload) text(size int) string { return string(p.appendText(make([]byte, 0, size), size)) }

// appendText appends what text returns.
func (p payload) appendText(b []byte, size int) []byte {
	begin := len(b)
	b = append(b, payloadMark...)
	for _, v := range [...]int64{int64(p.stream), int64(p.n), p.due.UnixNano()} {
		b = append(strconv.AppendInt(b, v, 10), ' ')
	}
	for lacking := size - (len(b) - begin); lacking > 0; lacking -= len(filling) {
		b = append(b, filling[:min(lacking, len(filling))]...)
	}
	return b
}

// parsePayload reads what text made; false for any other text.
func parsePayload(text []byte) (payload, bool) {
	rest, ok := bytes.CutPrefix(text, []byte(payloadMark))
	if !ok {
		return payload{}, false
	}
	var v [3]int64
	for i := range v {
		end := bytes.IndexByte(rest, ' ')
		if end < 0 {
			return payload{}, false
		}
		number, err := strconv.ParseInt(string(rest[:end]), 10, 64)
		if err != nil {
			return payload{}, false
		}
		v[i], rest = number, rest[end+1:]
	}
	return payload{int(v[0]), int(v[1]), time.Unix(0, v[2])}, true
}

// payloadIn finds a payload in the bytes of a frame without decoding it. The text of a payload needs no escaping.
func payloadIn(frame []byte) (payload, bool) {
	const field = `"text":"`
	at := bytes.Index(frame, []byte(field+payloadMark))
	if at < 0 {
		return payload{}, false
	}
	text := frame[at+len(field):]
	if end := bytes.IndexByte(text, '"'); end >= 0 {
		text = text[:end]
	}
	return parsePayload(text)
}
