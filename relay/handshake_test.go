package relay

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

const ourHandshake = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: confab.v1.json\r\n\r\n"

// taken gives the library a connection, as the HTTP server would.
type taken struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (t taken) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return t.conn, bufio.NewReadWriter(bufio.NewReader(t.conn), bufio.NewWriter(t.conn)), nil
}

// asTheLibrary answers a handshake as the library does; nil if it refuses.
func asTheLibrary(t *testing.T, text string) http.Header {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	here, there := net.Pipe()
	defer there.Close()
	w := taken{httptest.NewRecorder(), here}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: subprotocols, InsecureSkipVerify: true})
	if err != nil {
		return nil
	}
	_ = ws.CloseNow()
	return w.Header()
}

// answeredAlike checks that what is answered here is answered so by the library too. It tells whether it was.
func answeredAlike(t *testing.T, text string) bool {
	h := newHead()
	if !h.parse(text) {
		return false
	}
	key, ok := handshakeKey(&h.req)
	if !ok || !offers(&h.req, subprotocols[0]) {
		return false
	}
	got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(switching(nil, key))), nil)
	if err != nil || got.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%q is answered with %v, %v", text, got, err)
	}
	want := asTheLibrary(t, text)
	if want == nil {
		t.Fatalf("%q is answered, and the library refuses it", text)
	}
	for name := range want {
		if got.Header.Get(name) != want.Get(name) {
			t.Errorf("%q: %s is %q, the library says %q", text, name, got.Header.Get(name), want.Get(name))
		}
	}
	if len(got.Header) != len(want) {
		t.Errorf("%q: %v, the library says %v", text, got.Header, want)
	}
	return true
}

func TestHandshakesAreAnsweredAsTheLibraryAnswersThem(t *testing.T) {
	if !answeredAlike(t, ourHandshake) {
		t.Error("what browsers send is not answered")
	}
	for old, odd := range map[string]string{
		"Connection: keep-alive, Upgrade":                   "Connection: keep-alive",
		"Upgrade: websocket\r\n":                            "Upgrade: h2c\r\n",
		"Sec-WebSocket-Version: 13":                         "Sec-WebSocket-Version: 8",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==":       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n":   "",
		"dGhlIHNhbXBsZSBub25jZQ==":                          strings.Repeat("A", 64),
		"Sec-WebSocket-Protocol: confab.v1.json":            "Sec-WebSocket-Protocol: confab.v2.json",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSe": "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!\r\nSe",
	} {
		text := strings.Replace(ourHandshake, old, odd, 1)
		if text == ourHandshake || answeredAlike(t, text) {
			t.Errorf("%q is answered", text)
		}
	}
	answeredAlike(t, browserHandshake)
	if !answeredAlike(t, strings.Replace(ourHandshake, "Connection: keep-alive, Upgrade", "connection:upgrade ", 1)) {
		t.Error("an upgrade of other spelling is not answered")
	}
}

func FuzzHandshake(f *testing.F) {
	f.Add(ourHandshake)
	f.Add(strings.Replace(ourHandshake, "keep-alive, Upgrade", "a,UPGRADE\t,b", 1))
	f.Fuzz(func(t *testing.T, text string) { answeredAlike(t, text) })
}
