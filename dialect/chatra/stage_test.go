package chatra

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"go.uber.org/zap"

	"confab/dialect/dialecttest"
	"confab/outbox"
)

const (
	publicURL = "https://chat.example"
	keys      = "Chatra.Simple acme-public:acme-secret"
)

// stage is a world with the API registered and an encoder, both held against the description.
func stage(t *testing.T) dialecttest.Stage {
	w := dialecttest.New(t)
	RegisterREST(w.Handler, RESTOptions{
		Store: w.Store, Desk: w.Desk, Presence: w.Presence, Accounts: w.Accounts, People: w.People, IDs: w.IDs, Log: zap.NewNop(), PublicURL: publicURL,
	})
	e := NewEncoder(EncoderOptions{Store: w.Store, Desk: w.Desk, Accounts: w.Accounts, People: w.People, PublicURL: publicURL})
	doc := description(t)
	check, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return dialecttest.Stage{
		World: w, Headers: map[string]string{"Authorization": keys, "Content-Type": "application/json"},
		Encode: func(b outbox.Batch) (outbox.Encoded, error) {
			encoded, err := e.Encode(t.Context(), b)
			for _, event := range encoded.Events {
				eventAsDescribed(t, doc, event)
			}
			return encoded, err
		},
		Check: func(r *http.Request, sent []byte, res *http.Response, answered []byte) {
			asDescribed(t, check, r, sent, res, answered)
		},
	}
}

// TestCases plays testdata: the cases say which rows they prove.
func TestCases(t *testing.T) { dialecttest.Play(t, stage) }

// description is openapi.yaml, valid.
func description(t testing.TB) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(specJSON)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	return doc
}

func eventAsDescribed(t *testing.T, doc *openapi3.T, event outbox.Event) {
	t.Helper()
	item := doc.Webhooks[event.Type]
	if item == nil {
		t.Errorf("the event %s is not described", event.Type)
		return
	}
	var body any
	if err := json.Unmarshal(event.Body, &body); err != nil {
		t.Fatal(err)
	}
	schema := item.Post.RequestBody.Value.Content["application/json"].Schema.Value
	if err := schema.VisitJSON(body, openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("the event is not as described: %v\n%s", err, event.Body)
	}
	if name := body.(map[string]any)["eventName"]; name != event.Type {
		t.Errorf("an event of type %s is called %v", event.Type, name)
	}
}

// asDescribed fails the test if an answer is not as the description says, or if the description does not allow a request that
// was served.
func asDescribed(t *testing.T, check routers.Router, r *http.Request, sent []byte, res *http.Response, answered []byte) {
	t.Helper()
	if h := res.Header; h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s %s: headers %v", r.Method, r.URL, h)
	}
	shadow := r.Clone(context.Background())
	shadow.URL.Path = strings.TrimSuffix(shadow.URL.Path, "/")
	route, params, err := check.FindRoute(shadow)
	if err != nil {
		return // no such route or method; TestRoutesAndDescriptionNameTheSame looks after those
	}
	shadow.Body = io.NopCloser(bytes.NewReader(sent))
	in := &openapi3filter.RequestValidationInput{
		Request: shadow, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && res.StatusCode < 300 {
		t.Errorf("%s %s was served, but its description forbids it: %v", r.Method, r.URL, err)
	}
	if err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options, Body: io.NopCloser(bytes.NewReader(answered)),
	}); err != nil {
		t.Errorf("%s %s: the answer %d is not as described: %v\n%s", r.Method, r.URL, res.StatusCode, err, answered)
	}
}
