package relay_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"confab/relay"
)

const shakeHands = "GET /ws?x=1 HTTP/1.1\r\nHost: node\r\nUpgrade: test\r\nX-Want: hello\r\n\r\n"

var plain = strings.Replace(shakeHands, "?x=1", "", 1)

// house is a front with a handler of sockets that echoes a line after the handshake, before an HTTP server that says
// which path was asked for.
type house struct {
	address string
	close   func()
}

func build(t *testing.T, headerTime time.Duration) house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := relay.NewFront(l, relay.FrontOptions{Sockets: http.HandlerFunc(echoLine), HeaderTime: headerTime, HeaderBytes: 8 << 10})
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "http "+r.URL.Path) })}
	served := make(chan error, 1)
	go func() { served <- server.Serve(f) }()
	stop := func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != http.ErrServerClosed {
			t.Error(err)
		}
	}
	h := house{l.Addr().String(), stop}
	return h
}

func echoLine(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Want") == "" {
		http.Error(w, "want nothing", http.StatusTeapot)
		return
	}
	w.Header().Set("Upgrade", "test\r\nX-Split: yes")
	w.WriteHeader(http.StatusSwitchingProtocols)
	c, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	want := r.Header.Get("X-Want") // nothing of the request is kept
	head, _ := rw.Reader.Peek(rw.Reader.Buffered())
	in := bufio.NewReader(io.MultiReader(strings.NewReader(string(head)), c))
	go func() {
		defer c.Close()
		line, _ := in.ReadString('\n')
		fmt.Fprintf(c, "%s %s", want, line)
	}()
}

func (h house) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", h.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

func (h house) say(t *testing.T, text string, piece int) string {
	t.Helper()
	c := h.dial(t)
	for len(text) > 0 {
		n := min(piece, len(text))
		if _, err := io.WriteString(c, text[:n]); err != nil {
			break // refused before the end
		}
		text = text[n:]
	}
	answer, _ := io.ReadAll(c)
	return string(answer)
}

func TestFrontTellsHandshakesFromRequests(t *testing.T) {
	h := build(t, time.Minute)
	defer h.close()
	const end = "Host: node\r\nConnection: close\r\n\r\n"
	for name, c := range map[string]struct {
		text  string
		piece int
		want  []string
	}{
		"a handshake":            {shakeHands + "line\n", 1 << 20, []string{"HTTP/1.1 101 Switching Protocols\r\n", "\r\n\r\nhello line\n"}},
		"a plain handshake":      {plain + "line\n", len(plain), []string{"HTTP/1.1 101 ", "Upgrade: test  X-Split: yes\r\n", "\r\n\r\nhello line\n"}},
		"a handshake in pieces":  {shakeHands + "line\n", 1, []string{"HTTP/1.1 101 ", "\r\n\r\nhello line\n"}},
		"no other header sneaks": {shakeHands + "line\n", 1 << 20, []string{"Upgrade: test  X-Split: yes\r\n"}},
		"a refusal":              {"GET /ws HTTP/1.1\r\nHost: node\r\n\r\n", 1 << 20, []string{"HTTP/1.1 418 ", "Content-Length: 13\r\n", "want nothing\n"}},
		"no host":                {"GET /ws HTTP/1.1\r\n\r\n", 1 << 20, []string{"HTTP/1.1 400 "}},
		"a body":                 {"GET /ws HTTP/1.1\r\nHost: node\r\nContent-Length: 3\r\n\r\nabc", 1 << 20, []string{"HTTP/1.1 400 "}},
		"too much":               {"GET /ws HTTP/1.1\r\nHost: node\r\nX: " + strings.Repeat("x", 9<<10), 4 << 10, []string{"HTTP/1.1 400 "}},
		"a page":                 {"GET /wsx HTTP/1.1\r\n" + end, 1 << 20, []string{"HTTP/1.1 200 OK", "http /wsx"}},
		"a page in pieces":       {"GET /w HTTP/1.1\r\n" + end, 1, []string{"HTTP/1.1 200 OK", "http /w"}},
		"a post":                 {"POST /ws HTTP/1.1\r\n" + end, 1 << 20, []string{"HTTP/1.1 200 OK", "http /ws"}},
		"a second request":       {"GET /a HTTP/1.1\r\nHost: node\r\n\r\nGET /ws HTTP/1.1\r\n" + end, 1 << 20, []string{"http /aHTTP/1.1 200 OK", "http /ws"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := h.say(t, c.text, c.piece)
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in %q", want, got)
				}
			}
		})
	}
}

func TestFrontDropsWhoSaysNothing(t *testing.T) {
	h := build(t, 50*time.Millisecond)
	defer h.close()
	for _, text := range []string{"", "GET /ws HTTP/1.1\r\nHost: no"} {
		if got := h.say(t, text, 1<<20); strings.Contains(got, "101") || strings.Contains(got, "200") {
			t.Errorf("after %q: %q", text, got)
		}
	}
}

func TestFrontDoesNotWaitForTheSilentToClose(t *testing.T) {
	h := build(t, time.Hour)
	silent, half := h.dial(t), h.dial(t)
	if _, err := io.WriteString(half, "GET /ws HTTP"); err != nil {
		t.Fatal(err)
	}
	if got := h.say(t, shakeHands+"line\n", 1<<20); !strings.Contains(got, "hello line") { // both were accepted before
		t.Fatal(got)
	}
	h.close()
	for _, c := range []net.Conn{silent, half} {
		if _, err := io.ReadAll(c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Error("still open")
		}
	}
}
