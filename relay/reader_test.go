package relay

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// clientFrame is a masked frame with a header of the shortest form, or the form asked for.
func clientFrame(first byte, payload []byte, form int) []byte {
	f := []byte{first}
	switch {
	case form == 0 && len(payload) <= maxControlPayload:
		f = append(f, masked|byte(len(payload)))
	case form <= 2 && len(payload) <= 0xffff:
		f = binary.BigEndian.AppendUint16(append(f, masked|126), uint16(len(payload)))
	default:
		f = binary.BigEndian.AppendUint64(append(f, masked|127), uint64(len(payload)))
	}
	mask := []byte{0x12, 0x34, 0x56, 0x78}
	f = append(f, mask...)
	for i, c := range payload {
		f = append(f, c^mask[i%4])
	}
	return f
}

func TestWholeTextFramesAreTakenInTheirOrderAndNothingBefore(t *testing.T) {
	const most = 1000
	for _, size := range []int{0, 1, 3, 7, 8, 9, 125, 126, 127, 999, most} {
		payload := bytes.Repeat([]byte("abcdefghijk"), size/11+1)[:size]
		frame := clientFrame(finText, payload, 0)
		both := append(bytes.Clone(frame), clientFrame(finPong, []byte("x"), 0)...)
		for cut := range frame {
			if _, _, kind := plainFrame(bytes.Clone(frame[:cut]), most); kind != 0 {
				t.Fatalf("%d bytes: taken after %d of %d", size, cut, len(frame))
			}
		}
		got, rest, kind := plainFrame(both, most)
		if kind != finText || !bytes.Equal(got, payload) {
			t.Fatalf("%d bytes: kind %x, %q", size, kind, got)
		}
		if got, rest, kind = plainFrame(rest, most); kind != finPong || string(got) != "x" || len(rest) != 0 {
			t.Fatalf("%d bytes: then kind %x, %q, and %d bytes more", size, kind, got, len(rest))
		}
	}
}

func TestWhatIsNotPlainIsLeftToTheLibraryUntouched(t *testing.T) {
	const most = 1000
	long := bytes.Repeat([]byte("x"), 200)
	unmasked := clientFrame(finText, []byte("hello"), 0)
	unmasked[1] &^= masked
	for name, frame := range map[string][]byte{
		"no mask":             unmasked,
		"binary":              clientFrame(0x82, []byte("hello"), 0),
		"first of fragments":  clientFrame(0x01, []byte("hello"), 0),
		"last of fragments":   clientFrame(0x80, []byte("hello"), 0),
		"ping":                clientFrame(0x89, []byte("hello"), 0),
		"close":               clientFrame(finClose, []byte("\x03\xe8"), 0),
		"reserved bit":        clientFrame(finText|0x40, []byte("hello"), 0),
		"reserved kind":       clientFrame(0x83, []byte("hello"), 0),
		"long pong":           clientFrame(finPong, long, 0),
		"length in two bytes": clientFrame(finText, []byte("hello"), 2),
		"length in eight":     clientFrame(finText, long, 3),
		"more than allowed":   clientFrame(finText, bytes.Repeat([]byte("x"), most+1), 0),
	} {
		in := bytes.Clone(frame)
		if _, _, kind := plainFrame(in, most); kind != 0 || !bytes.Equal(in, frame) {
			t.Errorf("%s: taken as %x, changed: %v", name, kind, !bytes.Equal(in, frame))
		}
	}
}
