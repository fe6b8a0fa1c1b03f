// Package dialecttest asks for what a dialect serves.
package dialecttest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/julienschmidt/httprouter"
)

// Ask sends one request, with headers as name, value, name, value, to a router that has what register put there.
func Ask(t *testing.T, register func(*httprouter.Router), method, path string, headers ...string) *http.Response {
	t.Helper()
	router := httprouter.New()
	router.RedirectTrailingSlash = false // as in the node
	register(router)
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	return w.Result()
}
