package loadtest

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
)

// sent is what a server says: frames of texts, with a ping and its payload between them.
func sent(texts ...string) []byte {
	var all []byte
	for i, text := range texts {
		if i == 1 {
			all = append(all, 0x80|opPing, 2, 'h', 'i')
		}
		all = appendServerFrame(all, opText, text)
	}
	return all
}

func appendServerFrame(all []byte, op byte, text string) []byte {
	frame := appendClientFrame(nil, op, []byte(text))
	head := len(frame) - len(text) - 4 // without a mask
	frame[1] &^= 0x80
	return append(append(all, frame[:head]...), text...)
}

func TestFramesAreWholeHoweverTheyArrive(t *testing.T) {
	texts := []string{"one", strings.Repeat("two", 50), "", strings.Repeat("four", 20_000), "five"}
	all := sent(texts...)
	for _, size := range []int{1, 2, 3, 5, 64, 4096, len(all) - 1, len(all)} {
		mine, theirs := net.Pipe()
		pong := make(chan []byte, 1)
		go func() {
			got := make([]byte, 8)
			n, _ := theirs.Read(got)
			pong <- got[:n]
		}()
		s := &socket{conn: mine}
		var got []string
		for piece := range slices.Chunk(all, size) {
			if err := s.feed(bytes.Clone(piece), func(raw []byte) { got = append(got, string(raw)) }); err != nil {
				t.Fatalf("pieces of %d bytes: %v", size, err)
			}
		}
		if !slices.Equal(got, texts) {
			t.Errorf("pieces of %d bytes: %d frames, %.30q", size, len(got), got)
		}
		if want := appendClientFrame(nil, opPong, []byte("hi")); !bytes.Equal(<-pong, want) {
			t.Errorf("pieces of %d bytes: the ping was not answered", size)
		}
		_ = mine.Close()
	}
}

func TestFeedingStopsAtAFault(t *testing.T) {
	var closed *closedError
	for name, test := range map[string]struct {
		in   []byte
		want func(error) bool
	}{
		"a fragment":        {[]byte{opText, 1, 'x'}, func(err error) bool { return errors.Is(err, errFragmented) }},
		"a continuation":    {[]byte{0x80, 1, 'x'}, func(err error) bool { return errors.Is(err, errFragmented) }},
		"a frame too large": {[]byte{0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0}, func(err error) bool { return err != nil }},
		"an unknown opcode": {[]byte{0x8b, 0}, func(err error) bool { return err != nil }},
		"a goodbye":         {[]byte{0x88, 4, 0x03, 0xe9, 'g', 'o'}, func(err error) bool { return errors.As(err, &closed) && closed.code == 1001 }},
	} {
		after := 0
		s := &socket{}
		err := s.feed(append(sent("one"), append(test.in, sent("never")...)...), func([]byte) { after++ })
		if !test.want(err) || after != 1 {
			t.Errorf("%s: got %v and %d frames", name, err, after)
		}
	}
}
