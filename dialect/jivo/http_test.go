package jivo

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"testing"

	"confab/dialect/dialecttest"
	"confab/widget"
)

// Proves JIVO-JS-001 (the addresses; what the script does there is proven in src).
func TestEveryAddressServesTheScript(t *testing.T) {
	want, err := fs.ReadFile(dist, "dist/jivo.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/widget/hQ2xV7", "/script/widget/hQ2xV7", "/widget.js"} {
		res := dialecttest.Ask(t, Register, "GET", path)
		got, _ := io.ReadAll(res.Body)
		if res.StatusCode != http.StatusOK || string(got) != string(want) || res.Header.Get("Cache-Control") != widget.SoonStale {
			t.Errorf("%s: %d, %q, %d bytes", path, res.StatusCode, res.Header.Get("Cache-Control"), len(got))
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s: %v", path, res.Header)
		}
		head := dialecttest.Ask(t, Register, "HEAD", path)
		if body, _ := io.ReadAll(head.Body); head.StatusCode != http.StatusOK || len(body) != 0 {
			t.Errorf("HEAD %s: %d with %d bytes", path, head.StatusCode, len(body))
		}
	}
	if res := dialecttest.Ask(t, Register, "GET", "/widget/"); res.StatusCode != http.StatusNotFound {
		t.Errorf("without a widget id: %d", res.StatusCode)
	}
}

func TestTheScriptIsPackedAndNotSentAgain(t *testing.T) {
	packed := dialecttest.Ask(t, Register, "GET", "/widget/hQ2xV7", "Accept-Encoding", "gzip")
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(unpacked); err != nil || len(got) == 0 {
		t.Errorf("unpacked: %d bytes, %v", len(got), err)
	}
	again := dialecttest.Ask(t, Register, "GET", "/widget/another", "Accept-Encoding", "gzip", "If-None-Match", packed.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("again: %d", again.StatusCode)
	}
}
