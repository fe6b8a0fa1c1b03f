package relay

import (
	"bufio"
	"net/http"
	"net/textproto"
	"reflect"
	"strings"
	"testing"
)

const browserHandshake = "GET /ws HTTP/1.1\r\nHost: chat.test:8080\r\nConnection: keep-alive, Upgrade\r\nPragma: no-cache\r\n" +
	"Cache-Control: no-cache\r\nUser-Agent: Mozilla/5.0 (X11) Gecko\r\nUpgrade: websocket\r\nOrigin: https://shop.test\r\n" +
	"Sec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, br\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
	"Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: confab.1 ,\tother\r\nx-forwarded-for: 10.0.0.1, 10.0.0.2\r\n\r\n"

// likeTheServers checks that a head which counts as plain is read as net/http reads it. It tells whether it was plain.
func likeTheServers(t *testing.T, h *head, text string) bool {
	t.Helper()
	if !h.parse(text) {
		return false
	}
	want, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Errorf("%q is plain, and net/http says %v", text, err)
		return true
	}
	got := &h.req
	switch {
	case got.Method != want.Method || got.URL.String() != want.URL.String() || got.RequestURI != want.RequestURI,
		got.Proto != want.Proto || got.ProtoMajor != want.ProtoMajor || got.ProtoMinor != want.ProtoMinor,
		got.Host != want.Host || got.ContentLength != want.ContentLength || got.Close != want.Close,
		!reflect.DeepEqual(got.Header, want.Header), len(got.TransferEncoding)+len(want.TransferEncoding) > 0:
		t.Errorf("%q\ngot  %+v\nwant %+v", text, got, want)
	}
	return true
}

func TestPlainHandshakesAreReadAsTheServerReadsThem(t *testing.T) {
	h := newHead()
	if !likeTheServers(t, h, browserHandshake) || !likeTheServers(t, h, "GET /ws HTTP/1.1\r\nhost: a\r\n\r\n") {
		t.Error("what browsers send is not plain")
	}
	for _, text := range []string{
		"GET /ws?a=b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /ws HTTP/1.0\r\nHost: a\r\n\r\n", "GET /ws HTTP/1.1\r\n\r\n",
		"GET /ws HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
		"GET /ws HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "GET /ws HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
		"GET /ws HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", "GET /ws HTTP/1.1\r\nHost: a\r\nX: b\nY: c\r\n\r\n",
		"GET /ws HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\n\r\n", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
		"GET /ws HTTP/1.1\r\nHost: a\r\nPragma: no-cache\r\n\r\n", "GET /ws HTTP/1.1\r\nHost: a\r\n\r\nX: b\r\n\r\n",
		"GET /ws HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "GET /ws HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: b\r\n", 40) + "\r\n",
	} {
		if h.parse(text) {
			t.Errorf("%q counts as plain", text)
		}
	}
}

func FuzzHead(f *testing.F) {
	f.Add(browserHandshake)
	f.Add("GET /ws HTTP/1.1\r\nHost: a\r\nX: \t b \t\r\nConnection: x, close\r\n\r\n")
	h := newHead()
	f.Fuzz(func(t *testing.T, text string) { likeTheServers(t, h, text) })
}

func TestNamesOfFieldsAreSpeltAsTheServerSpellsThem(t *testing.T) {
	for name, spelt := range canonicalNames {
		if want := textproto.CanonicalMIMEHeaderKey(name); spelt != want {
			t.Errorf("%s is spelt %s, not %s", name, spelt, want)
		}
	}
}
