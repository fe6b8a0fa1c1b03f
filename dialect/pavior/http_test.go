package pavior

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"testing"

	"github.com/julienschmidt/httprouter"

	"confab/dialect/dialecttest"
)

// Proves PAV-JS-003: the address answers with the script. That it defines both globals, src/main.test.ts proves.
func TestEveryPageMayLoadTheScript(t *testing.T) {
	want, err := fs.ReadFile(dist, "dist/pavior.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"/embed", "/embed?v=3"} {
		res := dialecttest.Ask(t, scripts, "GET", address)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != 200 || string(body) != string(want) {
			t.Errorf("%s: %d with %d bytes, want the script", address, res.StatusCode, len(body))
		}
		for name, value := range map[string]string{
			"Content-Type":                 "text/javascript; charset=utf-8",
			"Cache-Control":                "public, max-age=300",
			"Access-Control-Allow-Origin":  "*",
			"Cross-Origin-Resource-Policy": "cross-origin",
		} {
			if got := res.Header.Get(name); got != value {
				t.Errorf("%s: %q, want %q", name, got, value)
			}
		}
	}
}

func TestTheScriptComesCompressedAndNotTwice(t *testing.T) {
	res := dialecttest.Ask(t, scripts, "GET", "/embed", "Accept-Encoding", "gzip")
	packed, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, _ := io.ReadAll(packed)
	want, _ := fs.ReadFile(dist, "dist/pavior.js")
	if string(plain) != string(want) {
		t.Errorf("unpacked are %d bytes, want %d", len(plain), len(want))
	}
	again := dialecttest.Ask(t, scripts, "GET", "/embed", "Accept-Encoding", "gzip", "If-None-Match", res.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked with its ETag: %d, want 304", again.StatusCode)
	}
	if head := dialecttest.Ask(t, scripts, "HEAD", "/embed"); head.StatusCode != 200 {
		t.Errorf("HEAD: %d", head.StatusCode)
	}
}

// scripts registers the dialect where nobody calls its API.
func scripts(router *httprouter.Router) { Register(router, Options{}) }
