package relay

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

const (
	plainFirst  = "GET /ws HTTP/1.1\r\n"
	endOfHead   = "\r\n\r\n"
	plainFields = 32
)

// head is the request of a handshake in its plain form, the one that browsers and proxies send. It is used again for
// the next; whoever handles the request keeps nothing of it.
type head struct {
	req    http.Request
	url    url.URL
	header http.Header
	values [plainFields]string
}

func newHead() *head { return &head{header: make(http.Header, plainFields)} }

// parse reads text, which is all of a request's head, to the same result as http.ReadRequest. False if there is
// anything in it that is not plain: then http.ReadRequest has to judge it.
func (h *head) parse(text string) bool {
	rest, ok := strings.CutPrefix(text, plainFirst)
	if !ok || !strings.HasSuffix(rest, endOfHead) {
		return false
	}
	clear(h.header)
	host, count := "", 0
	for rest = rest[:len(rest)-2]; rest != ""; {
		var line string
		if line, rest, ok = strings.Cut(rest, "\r\n"); !ok {
			return false
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || !plainName(name) || !plainValue(value) {
			return false
		}
		name, value = canonical(name), strings.Trim(value, " \t")
		switch name {
		case "Host":
			if host != "" || value == "" {
				return false
			}
			host = value
			continue
		case "Content-Length", "Transfer-Encoding", "Trailer", "Expect":
			return false
		case "Connection":
			if !strings.EqualFold(value, "upgrade") && strings.Contains(strings.ToLower(value), "close") {
				return false
			}
		}
		if count == len(h.values) || h.header[name] != nil {
			return false
		}
		h.values[count] = value
		h.header[name] = h.values[count : count+1 : count+1]
		count++
	}
	if host == "" || h.header["Pragma"] != nil && h.header["Cache-Control"] == nil {
		return false
	}
	h.url = url.URL{Path: "/ws"}
	h.req = http.Request{
		Method: http.MethodGet, URL: &h.url, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h.header, Body: http.NoBody, Host: host, RequestURI: "/ws",
	}
	return true
}

// canonical spells the name of a field as http.Header does. The map saves a copy of names that are spelt otherwise in
// every handshake.
func canonical(name string) string {
	if c, ok := canonicalNames[name]; ok {
		return c
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

var canonicalNames = map[string]string{
	"Sec-WebSocket-Key": "Sec-Websocket-Key", "Sec-WebSocket-Version": "Sec-Websocket-Version",
	"Sec-WebSocket-Protocol": "Sec-Websocket-Protocol", "Sec-WebSocket-Extensions": "Sec-Websocket-Extensions",
}

func plainName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return name != ""
}

func plainValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}
