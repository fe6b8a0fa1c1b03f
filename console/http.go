package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/julienschmidt/httprouter"
)

const (
	root   = "/console"
	assets = root + "/assets/"

	forEver = "public, max-age=31536000, immutable"
	asking  = "no-cache"
)

// Register serves the app at /console and every address below it, so that a reload anywhere in it finds it again.
//
// The address of an asset holds a digest of its bytes: /console/assets/{digest}/{name}. It may be kept for ever. An
// outdated digest, asked for while nodes of two versions are running, is answered with the current bytes, not to be kept.
func Register(router *httprouter.Router) {
	s, err := newSite(dist)
	if err != nil {
		panic("console: " + err.Error()) // compiled in; a test would have failed
	}
	router.GET(root, s.page)
	router.HEAD(root, s.page)
	router.GET(root+"/*path", s.serve)
	router.HEAD(root+"/*path", s.serve)
}

// file is one asset in both encodings.
type file struct {
	digest, kind string
	plain, gzip  []byte
}

type site struct {
	index file
	files map[string]file // by name
}

func newSite(built fs.FS) (*site, error) {
	s := &site{files: map[string]file{}}
	err := fs.WalkDir(built, "dist", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(built, p)
		if err != nil {
			return err
		}
		s.files[strings.TrimPrefix(p, "dist/")] = newFile(p, content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was built: %w", err)
	}
	index, ok := s.files["index.html"]
	if !ok {
		return nil, fmt.Errorf("dist/index.html is not there: the app was not built")
	}
	delete(s.files, "index.html")
	s.index = newFile("index.html", s.link(index.plain))
	return s, nil
}

func newFile(name string, content []byte) file {
	sum := sha256.Sum256(content)
	return file{hex.EncodeToString(sum[:8]), contentType(name), content, compressed(content)}
}

// contentType does not ask the machine's own table first: an installation without one must serve the same.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func compressed(content []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is valid
	w.Write(content)                                        // a Buffer does not fail
	w.Close()
	return out.Bytes()
}

var reference = regexp.MustCompile(`(src|href)="\./([^"]+)"`)

// link points the page's own references ("./console.js") at the addresses that may be kept for ever.
func (s *site) link(page []byte) []byte {
	return reference.ReplaceAllFunc(page, func(found []byte) []byte {
		part := reference.FindSubmatch(found)
		name := string(part[2])
		f, ok := s.files[name]
		if !ok {
			return found
		}
		return fmt.Appendf(nil, `%s="%s%s/%s"`, part[1], assets, f.digest, name)
	})
}

func (s *site) serve(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
	if rest, ok := strings.CutPrefix(r.URL.Path, assets); ok {
		s.asset(w, r, rest)
		return
	}
	s.page(w, r, p)
}

func (s *site) page(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	protect(w.Header(), r.Host)
	s.index.write(w, r, asking)
}

func (s *site) asset(w http.ResponseWriter, r *http.Request, rest string) {
	digest, name, _ := strings.Cut(rest, "/")
	f, ok := s.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	if digest != f.digest {
		f.write(w, r, asking)
		return
	}
	f.write(w, r, forEver)
}

func (f file) write(w http.ResponseWriter, r *http.Request, cache string) {
	h := w.Header()
	h.Set("Cache-Control", cache)
	h.Set("Content-Type", f.kind)
	h.Set("ETag", `"`+f.digest+`"`)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == `"`+f.digest+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // a reader that has gone is no concern of ours
	}
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.TrimSpace(weight) != "q=0"
		}
	}
	return false
}
