package widget

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"
)

func ask(t *testing.T, method, path string, headers ...string) *http.Response {
	t.Helper()
	router := httprouter.New()
	Register(router, Options{Accounts: shops{}, Log: zap.NewNop()})
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	return w.Result()
}

func manifest(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := fs.ReadFile(dist, "dist/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string][]string
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEveryPageMayLoadTheLoader(t *testing.T) {
	res := ask(t, "GET", "/confab.js")
	for name, want := range map[string]string{
		"Content-Type":                 "text/javascript; charset=utf-8",
		"Cache-Control":                "public, max-age=300",
		"Access-Control-Allow-Origin":  "*",
		"Cross-Origin-Resource-Policy": "cross-origin",
		"X-Content-Type-Options":       "nosniff",
	} {
		if got := res.Header.Get(name); res.StatusCode != 200 || got != want {
			t.Errorf("%d, %s: %q, want %q", res.StatusCode, name, got, want)
		}
	}
}

func TestEachScriptAsksForChunksThatAreServedForEver(t *testing.T) {
	files := manifest(t)
	app := "/confab/widget/" + strings.TrimPrefix(files["app"][0], "chunks/")
	for _, from := range []struct{ address, name string }{{"/confab.js", "app"}, {app, "panel"}, {app, "thread"}, {app, "extras"}} {
		body, _ := io.ReadAll(ask(t, "GET", from.address).Body)
		for i, file := range files[from.name] {
			file = strings.TrimPrefix(file, "chunks/")
			if i == 0 && !bytes.Contains(body, []byte(file)) {
				t.Errorf("%s does not name %s", from.address, file)
			}
			for _, folder := range []string{"", "1/", "12/"} {
				res := ask(t, "GET", "/confab/widget/"+folder+file)
				if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
					t.Errorf("%s%s: %d, %q", folder, file, res.StatusCode, res.Header.Get("Cache-Control"))
				}
			}
		}
	}
}

func TestOnlyTriesAreFolders(t *testing.T) {
	file := strings.TrimPrefix(manifest(t)["panel"][0], "chunks/")
	for _, folder := range []string{"0/", "-1/", "a/", "1000/"} {
		if res := ask(t, "GET", "/confab/widget/"+folder+file); res.StatusCode != 404 {
			t.Errorf("%s: %d", folder, res.StatusCode)
		}
	}
}

func TestAnUnknownChunkIsNotKept(t *testing.T) {
	res := ask(t, "GET", "/confab/widget/core-000000000000.js")
	if res.StatusCode != 404 || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d, %q", res.StatusCode, res.Header.Get("Cache-Control"))
	}
}

func TestAnUnchangedLoaderIsNotSentAgain(t *testing.T) {
	first := ask(t, "GET", "/confab.js", "Accept-Encoding", "gzip")
	again := ask(t, "GET", "/confab.js", "Accept-Encoding", "gzip", "If-None-Match", `"x", W/`+first.Header.Get("ETag"))
	body, _ := io.ReadAll(again.Body)
	if again.StatusCode != 304 || len(body) != 0 {
		t.Errorf("%d with %d bytes", again.StatusCode, len(body))
	}
}

func TestBothEncodingsAreTheSameScript(t *testing.T) {
	plain, _ := io.ReadAll(ask(t, "GET", "/confab.js", "Accept-Encoding", "br, gzip;q=0").Body)
	unpacked, err := gzip.NewReader(ask(t, "GET", "/confab.js", "Accept-Encoding", "br, gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(unpacked); !bytes.Equal(got, plain) || len(plain) == 0 {
		t.Errorf("%d bytes packed, %d plain", len(got), len(plain))
	}
}

func TestHeadTellsTheSizeAndSendsNothing(t *testing.T) {
	res := ask(t, "HEAD", "/confab.js")
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 200 || len(body) != 0 || res.Header.Get("Content-Length") == "" {
		t.Errorf("%d with %d bytes, length %q", res.StatusCode, len(body), res.Header.Get("Content-Length"))
	}
}
