package widget

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/julienschmidt/httprouter"
)

const (
	loader = "/confab.js"
	chunks = "/confab/widget/"

	// A new version reaches every page within five minutes; an old loader keeps finding its chunks until then in the
	// browser's own cache, and asks again at the next page if not.
	// SoonStale is the Cache-Control of scripts that pages name: a new version reaches every page within five minutes.
	SoonStale = "public, max-age=300"
	forEver   = "public, max-age=31536000, immutable"
	never     = "no-store"
)

// Register serves GET and HEAD of /confab.js, of /confab/widget/{chunk}, of the same as /confab/widget/{n}/{chunk} for
// browsers that remember that it did not load at try n-1, and of the accounts' settings at
// /confab/widget/config?account={name}. A chunk's name changes with its bytes. Pages of all sites may read all of it, for
// it holds nothing of anybody; who may talk to an account is decided at the socket.
func Register(router *httprouter.Router, o Options) {
	s, err := newSite(dist)
	if err != nil {
		panic("widget: " + err.Error()) // compiled in; a test would have failed
	}
	c := configs(o)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		router.Handle(method, loader, s.loader)
		router.Handle(method, chunks+":chunk", c.or(s.chunk))
		router.Handle(method, chunks+":chunk/:name", s.try)
	}
}

// Script is one built file in both encodings.
type Script struct {
	etag        string
	plain, gzip []byte
}

type site struct {
	entry  Script
	chunks map[string]Script // by file name
}

func newSite(built fs.FS) (*site, error) {
	entry, err := ReadScript(built, "dist/confab.js")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(built, "dist/chunks/*.js")
	if err != nil {
		return nil, fmt.Errorf("list the chunks: %w", err)
	}
	s := &site{entry: entry, chunks: map[string]Script{}}
	for _, name := range names {
		if s.chunks[path.Base(name)], err = ReadScript(built, name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ReadScript reads a file of what was built. Errors: there is none of that name.
func ReadScript(built fs.FS, name string) (Script, error) {
	content, err := fs.ReadFile(built, name)
	if err != nil {
		return Script{}, fmt.Errorf("read what was built: %w", err)
	}
	sum := sha256.Sum256(content)
	return Script{etag: `"` + hex.EncodeToString(sum[:8]) + `"`, plain: content, gzip: compress(content)}, nil
}

func compress(content []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails only on an unknown level
	w.Write(content)                                        // a buffer takes everything
	w.Close()
	return out.Bytes()
}

func (s *site) loader(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	s.entry.Serve(w, r, SoonStale)
}

func (s *site) chunk(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
	s.serve(w, r, p.ByName("chunk"))
}

// try serves a chunk from a folder that is only there to be another address: 1 to 999.
func (s *site) try(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
	if n, err := strconv.Atoi(p.ByName("chunk")); err != nil || n < 1 || n > 999 {
		http.NotFound(w, r)
		return
	}
	s.serve(w, r, p.ByName("name"))
}

func (s *site) serve(w http.ResponseWriter, r *http.Request, name string) {
	found, ok := s.chunks[name]
	if !ok {
		open(w.Header())
		w.Header().Set("Cache-Control", never)
		http.Error(w, "There is no such chunk.", http.StatusNotFound)
		return
	}
	found.Serve(w, r, forEver)
}

// Serve answers GET and HEAD to pages of all sites, for cache a Cache-Control.
func (f Script) Serve(w http.ResponseWriter, r *http.Request, cache string) {
	h := w.Header()
	open(h)
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/javascript; charset=utf-8")
	}
	h.Set("Cache-Control", cache)
	h.Set("Vary", "Accept-Encoding")
	content, etag := f.plain, f.etag
	if acceptsGzip(r) {
		content, etag = f.gzip, strings.TrimSuffix(f.etag, `"`)+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", fmt.Sprint(len(content)))
	if r.Method != http.MethodHead {
		w.Write(content) // a client that is gone needs no word
	}
}

func open(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
}

func matches(asked, etag string) bool {
	for candidate := range strings.SplitSeq(asked, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == etag || candidate == "*" {
			return true
		}
	}
	return false
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}
