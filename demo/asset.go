package demo

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"time"

	"github.com/julienschmidt/httprouter"
)

//go:embed static
var assetFiles embed.FS

// asset is a file that pages load. It is asked for each time and answered with 304 while it stays the same.
type asset struct {
	kind, etag string
	content    []byte
}

func mustAssets() map[string]asset {
	entries, err := assetFiles.ReadDir("static")
	if err != nil {
		panic("demo: " + err.Error()) // compiled in
	}
	assets := map[string]asset{}
	for _, e := range entries {
		content, err := assetFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic("demo: " + err.Error())
		}
		sum := sha256.Sum256(content)
		assets[e.Name()] = asset{kindOf(e.Name()), `"` + hex.EncodeToString(sum[:8]) + `"`, content}
	}
	return assets
}

func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8"
}

func (s site) asset(name string) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) { s.assets[name].write(w, r) }
}

func (s site) anyAsset(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
	a, ok := s.assets[p.ByName("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	a.write(w, r)
}

func (a asset) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("ETag", a.etag)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.content))
}
