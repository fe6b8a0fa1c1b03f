package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
)

func serve(t *testing.T, o Options) func(path string, header ...string) (*http.Response, string) {
	t.Helper()
	router := httprouter.New()
	Register(router, o)
	return func(path string, header ...string) (*http.Response, string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		raw, err := io.ReadAll(w.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		return w.Result(), string(raw)
	}
}

func shop() Options {
	return Options{Account: "demo", Email: "anna@demo.example", Password: "a password", Node: "node-1"}
}

func TestEveryPageOfTheShopHoldsTheWidgetAndTheGuide(t *testing.T) {
	get := serve(t, shop())
	paths := []string{"/", "/demo/tents", "/demo/tents/", "/demo/packs", "/demo/repairs", "/demo/cart"}
	for _, p := range catalogue {
		paths = append(paths, p.Path())
	}
	for _, path := range paths {
		res, page := get(path)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		for _, part := range []string{
			`<script async src="/confab.js" data-account-id="demo"></script>`, "anna@demo.example", "a password",
			`href="/console"`, `<main id="shop"`, "node-1", `http://example.com</span>/confab.js`,
		} {
			if !strings.Contains(page, part) {
				t.Errorf("%s lacks %s", path, part)
			}
		}
	}
}

func TestEveryLinkAndAssetOfThePagesIsThere(t *testing.T) {
	get := serve(t, shop())
	seen := map[string]bool{"/console": true, "/confab.js": true} // served by others
	link := regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)
	var visit func(path string)
	visit = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		res, page := get(path)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			return
		}
		for _, found := range link.FindAllStringSubmatch(page, -1) {
			visit(found[1])
		}
	}
	visit("/")
	if len(seen) < 16 {
		t.Errorf("only %d addresses are linked: %v", len(seen), seen)
	}
}

func TestAProductHasItsAddressToItself(t *testing.T) {
	_, page := serve(t, shop())("/demo/packs/holm-24")
	for part, want := range map[string]bool{
		`data-product="/demo/packs/holm-24">`:        true,
		`data-product="/demo/packs/holm-38" hidden>`: true,
		`<section data-list hidden>`:                 true,
		`<title>Holm 24 · Tern Outdoor</title>`:      true,
		`<section data-list>`:                        false,
	} {
		if strings.Contains(page, part) != want {
			t.Errorf("%s: %v", part, !want)
		}
	}
}

func TestWithoutTheDemoAccountThePageSaysWhatThisIs(t *testing.T) {
	get := serve(t, Options{Node: "node-7"})
	res, page := get("/")
	if res.StatusCode != http.StatusOK || !strings.Contains(page, `href="/console"`) || !strings.Contains(page, "node-7") {
		t.Errorf("%d: %s", res.StatusCode, page)
	}
	if strings.Contains(page, `<script async`) {
		t.Error("the page embeds a widget without an account")
	}
	if res, _ := get("/demo/tents"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the shop is there: %d", res.StatusCode)
	}
}

func TestThePagesKeepToTheirOwnStrictPolicy(t *testing.T) {
	get := serve(t, shop())
	inline := regexp.MustCompile(`<style|\sstyle=|\son[a-z]+=|<script>|javascript:`)
	for _, path := range []string{"/", "/demo/packs", "/demo/repairs", "/demo/cart"} {
		res, page := get(path)
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %s", path, policy)
		}
		if found := inline.FindString(page); found != "" {
			t.Errorf("%s holds %q, which the policy forbids", path, found)
		}
	}
}

func TestAHostCannotWriteIntoPageOrPolicy(t *testing.T) {
	router := httprouter.New()
	Register(router, shop())
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = `evil"><script>; script-src *`
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "evil") || strings.Contains(w.Header().Get("Content-Security-Policy"), "evil") {
		t.Error("the host stands in the page or in its policy")
	}
}

func TestAssetsAreAskedForAgainAndAnsweredShortly(t *testing.T) {
	get := serve(t, shop())
	for path, kind := range map[string]string{
		"/demo/assets/demo.css": "text/css", "/demo/assets/demo.js": "text/javascript", "/favicon.ico": "image/svg+xml",
		"/favicon.svg": "image/svg+xml", "/robots.txt": "text/plain",
	} {
		res, content := get(path)
		if res.StatusCode != http.StatusOK || content == "" || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d %q", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		if again, _ := get(path, "If-None-Match", res.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.StatusCode)
		}
	}
	if res, _ := get("/demo/assets/other.js"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown asset: %d", res.StatusCode)
	}
}
