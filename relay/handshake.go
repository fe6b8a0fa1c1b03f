package relay

import (
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strings"

	"confab/wire"
)

const (
	socketVersion = "13"
	socketKeySize = 16
	socketGUID    = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // RFC 6455, section 1.3
)

// handshakeKey returns the key of a handshake that may be answered (RFC 6455, section 4.2.1). False if there is anything
// to be said about it: then the library says it. That our subprotocol is offered was seen before.
func handshakeKey(r *http.Request) (key string, ok bool) {
	keys, versions := r.Header["Sec-Websocket-Key"], r.Header["Sec-Websocket-Version"]
	if len(keys) != 1 || len(versions) != 1 || versions[0] != socketVersion || r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1) ||
		!hasToken(r.Header["Connection"], "upgrade") || !hasToken(r.Header["Upgrade"], "websocket") {
		return "", false
	}
	var raw [3 * socketKeySize]byte
	if len(keys[0]) > len(raw) {
		return "", false
	}
	n, err := base64.StdEncoding.Decode(raw[:], []byte(keys[0]))
	return keys[0], err == nil && n == socketKeySize
}

func hasToken(values []string, token string) bool {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

// switching is the answer to a handshake with that key, in the room of dst.
func switching(dst []byte, key string) []byte {
	dst = append(dst[:0], "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: "+
		wire.Subprotocol+"\r\nSec-WebSocket-Accept: "...)
	var proof [len(socketGUID) + 4*socketKeySize]byte
	sum := sha1.Sum(append(append(proof[:0], key...), socketGUID...))
	return append(base64.StdEncoding.AppendEncode(dst, sum[:]), "\r\n\r\n"...)
}

// anyHandshake is what the library is shown of a connection whose handshake was answered before. Read-only.
var anyHandshake = &http.Request{
	Method: http.MethodGet, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	Header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {socketVersion},
		"Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Sec-Websocket-Protocol": subprotocols,
	},
}

// answered takes an answer that was given before.
type answered struct{}

func (answered) Header() http.Header            { return http.Header{} }
func (answered) Write(body []byte) (int, error) { return len(body), nil }
func (answered) WriteHeader(int)                {}
