package chatra

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"confab/dialect/dialecttest"
)

// Proves CHATRA-JS-001 (the address; src/load.test.ts proves the start) and CHATRA-JS-053.
func TestEveryPageMayLoadTheScriptAndTheWords(t *testing.T) {
	for _, row := range []struct{ path, file, contentType string }{
		{"/chatra.js", "dist/chatra.js", "text/javascript; charset=utf-8"},
		{"/chatra-locale.js", "dist/chatra-locale.js", "text/javascript; charset=utf-8"},
		{"/locale.json", "locale.json", "application/json"},
	} {
		want, err := served.ReadFile(row.file)
		if err != nil {
			t.Fatal(err)
		}
		res := dialecttest.Ask(t, Register, "GET", row.path)
		if body, _ := io.ReadAll(res.Body); res.StatusCode != 200 || string(body) != string(want) {
			t.Errorf("%s: %d with %d bytes, want %d", row.path, res.StatusCode, len(body), len(want))
		}
		for name, value := range map[string]string{
			"Content-Type":                 row.contentType,
			"Cache-Control":                "public, max-age=300",
			"Access-Control-Allow-Origin":  "*",
			"Cross-Origin-Resource-Policy": "cross-origin",
		} {
			if got := res.Header.Get(name); got != value {
				t.Errorf("%s, %s: %q, want %q", row.path, name, got, value)
			}
		}
	}
}

func TestTheWordsComeCompressedAndNotTwice(t *testing.T) {
	res := dialecttest.Ask(t, Register, "GET", "/locale.json", "Accept-Encoding", "gzip")
	packed, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var words struct {
		Chat struct {
			Input struct{ Placeholder string }
		}
	}
	if err := json.NewDecoder(packed).Decode(&words); err != nil || words.Chat.Input.Placeholder == "" {
		t.Errorf("%v, %+v", err, words)
	}
	again := dialecttest.Ask(t, Register, "GET", "/locale.json", "Accept-Encoding", "gzip", "If-None-Match", res.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked with its ETag: %d, want 304", again.StatusCode)
	}
	if head := dialecttest.Ask(t, Register, "HEAD", "/locale.json"); head.StatusCode != 200 || head.ContentLength == 0 {
		t.Errorf("HEAD: %d", head.StatusCode)
	}
}
