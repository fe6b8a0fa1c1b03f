package relay

import (
	"bytes"
	"encoding/binary"
	"syscall"

	"confab/chat"
	"confab/wire"
)

// reader is called when something may have come.
type reader interface {
	// readable takes what has come, with in as room for it, or returns false if somebody else reads. It never waits.
	readable(in []byte) bool
}

// watched is a connection that calls its reader. A connection that is not has a goroutine that waits for its bytes.
type watched interface {
	immediate
	callAgain() // also for what is there already
}

// immediate is a connection of ours that reads and writes without waiting.
type immediate interface {
	direct() syscall.RawConn // its functions are called once and may not wait
}

// Who reads a session's socket. Whoever changes it from resting reads on.
const (
	readingAlone int32 = iota // a goroutine of the session, which waits for bytes
	resting                   // nobody: the poller calls when something comes
	visiting                  // the poller's goroutine, which takes whole frames and never waits
)

// rest ends the session's own goroutine when its socket is watched and nothing has begun to arrive. False: read on.
func (s *session) rest() bool {
	w, ok := s.conn.raw.(watched)
	if !ok || len(s.conn.head) > 0 || s.buffered != nil && s.buffered.Buffered() > 0 {
		return false
	}
	if !s.letGo() {
		return false
	}
	w.callAgain()
	return true
}

// letGo leaves reading to nobody. False if the socket is ending: who lets go then is the one to see it to its end, unless
// takeOver was faster.
func (s *session) letGo() bool {
	s.reading.Store(resting)
	return s.conn.closed() == "" || !s.reading.CompareAndSwap(resting, readingAlone)
}

// takeOver has a goroutine see the session to its end when the socket is closing or cut and nobody reads. It may be
// called with conn.mu held.
func (s *session) takeOver() {
	if s.reading.CompareAndSwap(resting, readingAlone) {
		go s.resume()
	}
}

// resume reads on.
func (s *session) resume() {
	if s.authed.Load() {
		s.run()
	} else {
		s.meet()
	}
}

// readable implements reader. Frames that ordinary clients send, in one piece and whole, are handled on the spot.
// Everything else goes to a goroutine, which reads through the library until the socket is at rest again: the rest of a
// frame of which only the beginning has come, fragments, pings, closes, and frames for which the store must be asked.
func (s *session) readable(in []byte) bool {
	if !s.reading.CompareAndSwap(resting, visiting) {
		return false
	}
	for {
		n, err := readNow(s.conn.fd, in)
		if err != nil {
			s.readAlone(s.finish)
			return true
		}
		if n == 0 {
			break
		}
		s.conn.heard.Store(nowMillis())
		if !s.authed.Load() {
			s.readFirst(in[:n])
			return true
		}
		if frame, rest, alone := s.takeWhole(in[:n]); alone {
			s.conn.head = bytes.Clone(rest)
			s.readAlone(func() {
				if frame != nil {
					s.dispatch(frame)
				}
				s.run()
			})
			return true
		}
		if n < len(in) {
			break // the next byte is told of anew
		}
	}
	if !s.letGo() {
		go s.run()
	}
	return true
}

// readFirst takes the first frame of a socket, for which the store must always be asked.
func (s *session) readFirst(in []byte) {
	payload, rest, kind := plainFrame(in, s.node.limits.FrameBytes)
	if kind != finText {
		s.conn.head = bytes.Clone(in)
		s.readAlone(s.meet)
		return
	}
	if _, err := s.checked(payload); err != nil {
		s.readAlone(s.forget)
		return
	}
	f, fault := s.authOf(payload)
	s.conn.head = bytes.Clone(rest)
	s.readAlone(func() { s.greet(f, fault) })
}

func (s *session) readAlone(f func()) {
	s.reading.Store(readingAlone)
	go f()
}

// takeWhole handles the frames at the beginning of in. If a goroutine has to go on, it returns what is left, and the
// frame that has been decoded and not handled.
func (s *session) takeWhole(in []byte) (frame any, rest []byte, alone bool) {
	for len(in) > 0 {
		payload, rest, kind := plainFrame(in, s.node.limits.FrameBytes)
		if kind == 0 || s.conn.closed() != "" {
			return nil, in, true
		}
		in = rest
		if kind == finPong {
			if !s.allowed() {
				return nil, in, true
			}
			continue
		}
		if _, err := s.checked(payload); err != nil {
			return nil, in, true
		}
		frame, ok := s.decode(payload)
		switch {
		case !ok:
		case s.mayWait(frame):
			return frame, in, true
		default:
			s.dispatch(frame)
		}
	}
	return nil, nil, false
}

// mayWait tells whether the store may have to be asked before a frame is handled.
func (s *session) mayWait(frame any) bool {
	switch f := frame.(type) {
	case *wire.Auth, *wire.Person, *wire.Event, *wire.Consent, *wire.Feedback:
		return true
	case *wire.Subscribe:
		return s.mustLookUp(f.Thread)
	case *wire.Send:
		return s.mustLookUp(f.Thread)
	case *wire.Rate, *wire.Upload:
		return true
	}
	return false
}

// mustLookUp tells whether only the store knows whose thread it is.
func (s *session) mustLookUp(thread chat.ThreadID) bool {
	return s.actor.Kind != chat.Visitor && thread != "" && s.subscription(thread) == nil
}

// plainFrame takes the first frame off in if it is whole, masked and of one piece, and text or a pong: kind is then
// finText or finPong, and its payload is unmasked in place. kind is 0 for everything else, which is the library's to
// judge (RFC 6455, section 5.2).
func plainFrame(in []byte, most int) (payload, rest []byte, kind byte) {
	if len(in) < smallHeader+maskBytes || in[0] != finText && in[0] != finPong || in[1]&masked == 0 {
		return nil, nil, 0
	}
	size, header := int(in[1]&^masked), smallHeader
	switch {
	case size <= maxControlPayload:
	case size == 126 && in[0] == finText:
		size, header = int(binary.BigEndian.Uint16(in[2:])), middleHeader
		if size <= maxControlPayload {
			return nil, nil, 0
		}
	default:
		return nil, nil, 0
	}
	from := header + maskBytes
	if size > most || len(in) < from+size {
		return nil, nil, 0
	}
	payload = in[from : from+size : from+size]
	unmask(payload, binary.LittleEndian.Uint32(in[header:]))
	return payload, in[from+size:], in[0]
}

// unmask removes the mask of a client's frame, eight bytes at a time.
func unmask(p []byte, key uint32) {
	wide := uint64(key)<<32 | uint64(key)
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^wide)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= byte(key >> (8 * (i % maskBytes)))
	}
}
