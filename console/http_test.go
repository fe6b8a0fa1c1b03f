package console

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
)

func get(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	router := httprouter.New()
	Register(router)
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestEveryAddressOfTheAppServesThePage(t *testing.T) {
	for _, path := range []string{"/console", "/console/", "/console/queue", "/console/mine/d9nKoegKSjmCtyK78"} {
		res := get(t, path)
		if res.StatusCode != 200 || !strings.Contains(body(t, res), `<div id="app"`) {
			t.Errorf("%s: %d, no page", path, res.StatusCode)
		}
		if got := res.Header.Get("Cache-Control"); got != asking {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}

func TestThePageIsHeldToAStrictPolicy(t *testing.T) {
	res := get(t, "/console")
	csp := res.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'",
		"connect-src 'self' ws://example.com wss://example.com;", "trusted-types 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("policy lacks %q: %s", part, csp)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("policy allows the unsafe: %s", csp)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestAHostCannotWriteIntoThePolicy(t *testing.T) {
	for _, host := range []string{"a; script-src *", "a b", "a,b", "", "a'", "[::1];x"} {
		if got := policy(host); strings.Contains(got, "ws:") {
			t.Errorf("host %q stands in the policy: %s", host, got)
		}
	}
	if got := policy("[::1]:8080"); !strings.Contains(got, "ws://[::1]:8080 ") {
		t.Errorf("an address is missing: %s", got)
	}
}

func TestAssetsOfThisBuildAreKeptForEverAndOthersAreNot(t *testing.T) {
	page := body(t, get(t, "/console"))
	address := regexp.MustCompile(`/console/assets/[0-9a-f]{16}/console\.js`).FindString(page)
	if address == "" {
		t.Fatalf("the page names no script: %s", page)
	}
	res := get(t, address)
	if res.StatusCode != 200 || res.Header.Get("Cache-Control") != forEver || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("%s: %d %v", address, res.StatusCode, res.Header)
	}
	old := get(t, "/console/assets/0000000000000000/console.js")
	if old.StatusCode != 200 || old.Header.Get("Cache-Control") != asking {
		t.Errorf("an older digest: %d, %q", old.StatusCode, old.Header.Get("Cache-Control"))
	}
	if gone := get(t, "/console/assets/0000000000000000/other.js"); gone.StatusCode != 404 {
		t.Errorf("an unknown asset: %d", gone.StatusCode)
	}
	if same := get(t, address, "If-None-Match", res.Header.Get("ETag")); same.StatusCode != 304 {
		t.Errorf("the same again: %d", same.StatusCode)
	}
}

func TestAssetsTravelCompressedWhenAskedFor(t *testing.T) {
	plain := body(t, get(t, "/console/assets/x/console.js"))
	res := get(t, "/console/assets/x/console.js", "Accept-Encoding", "br, gzip;q=0.8")
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not compressed: %v", res.Header)
	}
	r, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(r); err != nil || string(content) != plain {
		t.Errorf("the compressed bytes are others: %v", err)
	}
	if refused := get(t, "/console/assets/x/console.js", "Accept-Encoding", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
		t.Error("compressed though refused")
	}
}
