package dialecttest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Description holds calls against an OpenAPI description.
type Description struct {
	*openapi3.T
	router routers.Router
}

// Describe reads a description, JSON or YAML, that must be valid.
func Describe(t *testing.T, source []byte) *Description {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &Description{doc, router}
}

// Check fails the test if an answer is not as described, or if a request was served that the description forbids: a Check of a
// Stage.
func (d *Description) Check(t *testing.T) func(r *http.Request, sent []byte, res *http.Response, answered []byte) {
	return func(r *http.Request, sent []byte, res *http.Response, answered []byte) {
		t.Helper()
		d.check(t, r, sent, res, answered)
	}
}

func (d *Description) check(t *testing.T, r *http.Request, body []byte, res *http.Response, answer []byte) {
	t.Helper()
	shadow := r.Clone(context.Background())
	shadow.URL.Path = strings.TrimSuffix(shadow.URL.Path, "/")
	route, params, err := d.router.FindRoute(shadow)
	if err != nil {
		return // no such route or method
	}
	shadow.Body = io.NopCloser(bytes.NewReader(body))
	in := &openapi3filter.RequestValidationInput{
		Request: shadow, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && res.StatusCode < 300 {
		t.Errorf("%s %s was served, but its description forbids it: %v", r.Method, r.URL, err)
	}
	if res.StatusCode < 400 && len(answer) == 0 {
		return // a redirect, or what a browser asks beforehand
	}
	if err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options, Body: io.NopCloser(bytes.NewReader(answer)),
	}); err != nil {
		t.Errorf("%s %s: the answer %d is not as described: %v\n%s", r.Method, r.URL, res.StatusCode, err, answer)
	}
}
