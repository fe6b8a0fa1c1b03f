package relay

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"

	"confab/chat"
	"confab/plant"
	"confab/store"
	"confab/wire"
)

// Frames are built once, header and payload together, and written as they are to every receiver: what a server sends
// is not masked. Functions here append whole frames, so that several can leave in one write.

const (
	finText  = 0x81
	finClose = 0x88
	finPong  = 0x8a
	masked   = 0x80 // in the second byte: the frame is a client's

	maskBytes = 4

	smallHeader  = 2  // payload up to 125 bytes
	middleHeader = 4  // up to 65,535
	largeHeader  = 10 // above

	maxControlPayload = 125
)

// openFrame leaves room for a header; the payload is appended after it. Give the second result to sealFrame.
func openFrame(dst []byte) ([]byte, int) {
	return append(dst, 0, 0, 0, 0), len(dst)
}

// sealFrame writes the header of the text frame that openFrame began at from. Only payloads that need a header of
// another size than the common one are moved.
func sealFrame(dst []byte, from int) []byte {
	size := len(dst) - from - middleHeader
	switch {
	case size <= maxControlPayload:
		copy(dst[from+smallHeader:], dst[from+middleHeader:])
		dst = dst[:len(dst)-middleHeader+smallHeader]
		dst[from+1] = byte(size)
	case size <= 0xffff:
		dst[from+1] = 126
		binary.BigEndian.PutUint16(dst[from+2:], uint16(size))
	default:
		dst = append(dst, make([]byte, largeHeader-middleHeader)...)
		copy(dst[from+largeHeader:], dst[from+middleHeader:])
		dst[from+1] = 127
		binary.BigEndian.PutUint64(dst[from+2:], uint64(size))
	}
	dst[from] = finText
	return dst
}

// appendFrame appends any frame of package wire.
func appendFrame(dst []byte, frame any) []byte {
	raw := wire.Encode(frame)
	dst, from := openFrame(slices.Grow(dst, len(raw)+largeHeader))
	return sealFrame(append(dst, raw...), from)
}

func textFrame(frame any) []byte { return appendFrame(nil, frame) }

func closeFrame(code wire.Close) []byte {
	f := append([]byte{finClose, byte(2 + len(code.Name)), 0, 0}, code.Name...)
	binary.BigEndian.PutUint16(f[2:], uint16(code.Code))
	return f
}

// pongFrame answers every ping. Read-only.
func pongFrame() []byte { return textFrame(wire.Ping{T: wire.TypePong}) }

// appendText appends s as JSON. Ids need no escapes, so the common way copies.
func appendText[T ~string](dst []byte, s T) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c > '~' {
			return append(dst, wire.Encode(string(s))...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

func appendField[T ~string](dst []byte, name string, value T) []byte {
	return appendText(append(append(append(dst, `,"`...), name...), `":`...), value)
}

func appendWhole[T ~int64](dst []byte, name string, value T) []byte {
	return strconv.AppendInt(append(append(append(dst, `,"`...), name...), `":`...), int64(value), 10)
}

// frameRoom is more than what stands in a frame around an entry, and more than an ack.
const frameRoom = 256

// entryFrame builds an entry frame. raw is the entry's JSON.
func entryFrame(thread chat.ThreadID, seq chat.Seq, raw []byte) []byte {
	dst, from := openFrame(make([]byte, 0, frameRoom+len(raw)))
	dst = append(dst, `{"t":"entry"`...)
	dst = appendField(dst, "thread", thread)
	dst = appendWhole(dst, "seq", seq)
	dst = append(append(append(dst, `,"entry":`...), raw...), '}')
	return sealFrame(dst, from)
}

// appendEntries appends one frame with as many of the entries as fit into about limit bytes, at least one if there
// is any, and tells how many those are.
func appendEntries(dst []byte, thread chat.ThreadID, history, visitor bool, entries []store.Numbered, limit int) ([]byte, int) {
	dst, from := openFrame(slices.Grow(dst, entriesRoom(entries, limit)))
	dst = append(dst, `{"t":"entries"`...)
	dst = appendField(dst, "thread", thread)
	if history {
		dst = append(dst, `,"history":true`...)
	}
	dst = append(dst, `,"entries":[`...)
	n := 0
	for _, e := range entries {
		raw := shown(e.EID, e.Private, e.Raw, visitor)
		if n > 0 && len(dst)-from+len(raw) > limit {
			break
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(append(dst, `{"seq":`...), int64(e.Seq), 10)
		dst = append(append(append(dst, `,"entry":`...), raw...), '}')
		n++
	}
	return sealFrame(append(dst, `]}`...), from), n
}

// entriesRoom is about as much as a frame of entries and a caught_up after it take.
func entriesRoom(entries []store.Numbered, limit int) int {
	size := 2 * frameRoom
	for i := range entries {
		if size += len(entries[i].Raw) + 32; size > limit {
			break
		}
	}
	return size
}

// shown returns what the reader sees of an entry: to visitors a private one is hidden, but it keeps its identity, so
// that their numbers and cursors hold.
func shown(eid chat.EntryID, private bool, raw []byte, visitor bool) []byte {
	if !private || !visitor || plant.Is(plant.LeakNotes) {
		return raw
	}
	return hiddenEntry(eid)
}

// hiddenEntry stands in the place of an entry that is not for the reader.
func hiddenEntry(eid chat.EntryID) []byte {
	hidden, err := json.Marshal(chat.Entry{EID: eid, Kind: chat.KindHidden, Author: chat.Actor{Kind: chat.System}})
	if err != nil {
		panic("relay: " + err.Error()) // an entry always encodes
	}
	return hidden
}

// ackFrame builds an ack. author is nil if it is who sent the message.
func ackFrame(thread chat.ThreadID, cmid chat.ClientMessageID, at chat.Cursor, when chat.Millis, author *chat.Actor) []byte {
	dst, from := openFrame(make([]byte, 0, frameRoom))
	dst = append(dst, `{"t":"ack"`...)
	dst = appendField(dst, "thread", thread)
	dst = appendField(dst, "cmid", cmid)
	dst = appendWhole(dst, "seq", at.Seq)
	dst = appendField(dst, "eid", at.EID)
	dst = appendWhole(dst, "at", when)
	if author != nil {
		dst = append(append(dst, `,"author":`...), wire.Encode(author)...)
	}
	return sealFrame(append(dst, '}'), from)
}

// appendCaughtUp appends a caught_up frame. Without markers, as in most threads of visitors who come back, by hand.
func appendCaughtUp(dst []byte, thread chat.ThreadID, at chat.Cursor, markers []wire.Marker) []byte {
	if len(markers) > 0 {
		return appendFrame(dst, wire.CaughtUp{T: wire.TypeCaughtUp, Thread: thread, Seq: at.Seq, EID: at.EID, Markers: markers})
	}
	dst, from := openFrame(dst)
	dst = append(dst, `{"t":"caught_up"`...)
	dst = appendField(dst, "thread", thread)
	dst = appendWhole(dst, "seq", at.Seq)
	dst = appendField(dst, "eid", at.EID)
	return sealFrame(append(dst, `,"markers":[]}`...), from)
}
