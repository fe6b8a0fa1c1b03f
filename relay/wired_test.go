package relay_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"confab/relay/relaytest"
	"confab/wire"
)

const (
	fragment = 0x00
	text     = 0x01
	goodbye  = 0x08
	ping     = 0x09
	pong     = 0x0a
	final    = 0x80
)

// wired is a visitor whose bytes the test itself puts on the wire.
type wired struct {
	t  *testing.T
	c  net.Conn
	in *bufio.Reader
}

func dialWired(t *testing.T, n *relaytest.Node) *wired {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(n.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(relaytest.Patience))
	w := &wired{t, c, bufio.NewReader(c)}
	fmt.Fprintf(c, "GET /ws HTTP/1.1\r\nHost: node\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: %s\r\n\r\n", wire.Subprotocol)
	if r, err := http.ReadResponse(w.in, nil); err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake: %v, %v", r, err)
	}
	w.write(clientsFrame(final|text, `{"t":"auth","account":"acme"}`))
	for !strings.Contains(string(w.next(text)), `"caught_up"`) {
	}
	return w
}

// clientsFrame is a client's frame.
func clientsFrame(first byte, payload string) []byte {
	f := []byte{first, 0x80 | byte(len(payload))}
	if len(payload) > 125 {
		f = binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(len(payload)))
	}
	mask := []byte{0xa1, 0xb2, 0xc3, 0xd4}
	f = append(f, mask...)
	for i := range len(payload) {
		f = append(f, payload[i]^mask[i%4])
	}
	return f
}

func (w *wired) write(b []byte) {
	w.t.Helper()
	if _, err := w.c.Write(b); err != nil {
		w.t.Fatal(err)
	}
}

// next returns the payload of the next frame of a kind.
func (w *wired) next(kind byte) []byte {
	w.t.Helper()
	for {
		var head [4]byte
		if _, err := io.ReadFull(w.in, head[:2]); err != nil {
			w.t.Fatal(err)
		}
		size := int(head[1])
		if size == 126 {
			_, _ = io.ReadFull(w.in, head[2:])
			size = int(binary.BigEndian.Uint16(head[2:]))
		}
		payload := make([]byte, size)
		if _, err := io.ReadFull(w.in, payload); err != nil {
			w.t.Fatal(err)
		}
		switch head[0] & 0x0f {
		case kind:
			return payload
		case goodbye:
			w.t.Fatalf("closed with %q", payload)
		}
	}
}

func TestFramesAreUnderstoodHoweverTheNetworkCutsThem(t *testing.T) {
	const rounds = 5
	appPing, large := `{"t":"ping"}`, `{"t":"ping","x":"`+strings.Repeat("x", 9000)+`"}`
	var stream []byte
	for range rounds {
		stream = append(stream, clientsFrame(final|text, appPing)...)
		stream = append(stream, clientsFrame(final|pong, "unasked")...)
		stream = append(stream, clientsFrame(text, appPing[:4])...) // in three fragments, with a ping between them
		stream = append(stream, clientsFrame(fragment, appPing[4:7])...)
		stream = append(stream, clientsFrame(final|ping, "within")...)
		stream = append(stream, clientsFrame(final|fragment, appPing[7:])...)
		stream = append(stream, clientsFrame(final|text, large)...)
		stream = append(stream, clientsFrame(final|ping, "alone")...)
	}
	w := relaytest.New(t)
	n := w.Start(generous)
	for _, piece := range []int{1, 2, 3, 5, 64, 4096, 70_000, len(stream)} {
		t.Run(fmt.Sprint(piece, " bytes at once"), func(t *testing.T) {
			v := dialWired(t, n)
			written := make(chan struct{})
			go func() {
				defer close(written)
				for rest := stream; len(rest) > 0; {
					k := min(piece, len(rest))
					_, _ = v.c.Write(rest[:k])
					rest = rest[k:]
				}
			}()
			for i := range 3 * rounds {
				if got := string(v.next(text)); got != `{"t":"pong"}` {
					t.Fatalf("answer %d is %s", i, got)
				}
			}
			<-written
			v.write(clientsFrame(final|text, appPing)) // after all of it
			v.next(text)
			v.c.Close()
		})
	}
}

func TestPingsAreAnsweredWithTheirPayload(t *testing.T) {
	v := dialWired(t, relaytest.New(t).Start(generous))
	for _, payload := range []string{"", "a", strings.Repeat("x", 125)} {
		v.write(clientsFrame(final|ping, payload))
		if got := string(v.next(pong)); got != payload {
			t.Errorf("answered with %q, want %q", got, payload)
		}
	}
}
