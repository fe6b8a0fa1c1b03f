package chatra

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.uber.org/zap"

	"confab/dialect/dialecttest"
	"confab/dialect/rest"
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
	doc := described(t)
	check := doc.Check(t)
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
			if h := res.Header; h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s %s: headers %v", r.Method, r.URL, h)
			}
			check(r, sent, res, answered)
		},
	}
}

// TestCases plays testdata: the cases say which rows they prove.
func TestCases(t *testing.T) { dialecttest.Play(t, stage) }

// described is openapi.yaml.
func described(t *testing.T) *dialecttest.Description {
	return dialecttest.Describe(t, rest.MustSpec(description))
}

func eventAsDescribed(t *testing.T, doc *dialecttest.Description, event outbox.Event) {
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
