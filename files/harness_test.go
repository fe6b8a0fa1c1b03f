package files

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

const (
	acme   = chat.AccountID("acme")
	thread = chat.ThreadID("thread-of-maya")
)

var (
	maya = chat.Actor{Kind: chat.Visitor, ID: "maya"}
	anna = chat.Actor{Kind: chat.Agent, ID: "anna"}
	ids  = chat.NewIDs(nil)
)

// node is one that takes files, behind a real listener.
type node struct {
	t     *testing.T
	store *store.Store
	files *Files
	url   string
}

func newStore(t *testing.T) *store.Store {
	t.Helper()
	embedded, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	return storetest.Open(t, embedded.URL(), nil)
}

func newDisk(t *testing.T, path string) *Disk {
	t.Helper()
	d, err := OpenDisk(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func start(t *testing.T, s *store.Store, p Place, change ...func(*Options)) *node {
	t.Helper()
	limits := chat.Limits
	o := Options{Store: s, Place: p, Log: zap.NewNop(), Temp: t.TempDir(), Limits: &limits}
	for _, c := range change {
		c(&o)
	}
	n := &node{t: t, store: s, files: New(o)}
	router := httprouter.New()
	Register(router, n.files)
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	n.url = server.URL
	return n
}

func alone(t *testing.T, change ...func(*Options)) *node {
	return start(t, newStore(t), newDisk(t, t.TempDir()), change...)
}

func (n *node) ticket(who chat.Actor, name string, size int) string {
	n.t.Helper()
	ticket, err := n.files.Ticket(n.t.Context(), Wish{Account: acme, Thread: thread, Author: who, Request: chat.RequestID(ids.New()), Name: name, Bytes: int64(size)})
	if err != nil {
		n.t.Fatal(err)
	}
	return ticket.URL
}

// put sends the bytes to a ticket.
func (n *node) put(path string, body []byte) (int, chat.File) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodPut, n.url+path, bytes.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	return n.answer(http.DefaultClient.Do(r))
}

func (n *node) answer(a *http.Response, err error) (int, chat.File) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
	defer a.Body.Close()
	var f chat.File
	if err := json.NewDecoder(a.Body).Decode(&f); err != nil {
		n.t.Fatal(err)
	}
	return a.StatusCode, f
}

// send has maya send a file that must be taken.
func (n *node) send(name string, content []byte) chat.File {
	n.t.Helper()
	status, f := n.put(n.ticket(maya, name, len(content)), content)
	if status != http.StatusCreated {
		n.t.Fatalf("%q: status %d", name, status)
	}
	return f
}

// get fetches; headers come in pairs.
func (n *node) get(path string, headers ...string) (*http.Response, []byte) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.url+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return a, body
}

func painted(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 80, 255})
		}
	}
	return m
}

func pngOf(w, h int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, painted(w, h))
	return b.Bytes()
}

func jpegOf(w, h int) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, painted(w, h), nil)
	return b.Bytes()
}

func gifOf(w, h, frames int) []byte {
	g := &gif.GIF{}
	for i := range frames {
		m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White})
		m.SetColorIndex(i%w, 0, 1)
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 10)
	}
	var b bytes.Buffer
	_ = gif.EncodeAll(&b, g)
	return b.Bytes()
}

func has(t *testing.T, h http.Header, name, part string) {
	t.Helper()
	if got := h.Get(name); !strings.Contains(got, part) {
		t.Errorf("%s is %q, without %q", name, got, part)
	}
}
