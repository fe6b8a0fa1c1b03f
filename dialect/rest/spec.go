package rest

import (
	"encoding/json"
	"net/http"

	"gopkg.in/yaml.v3"
)

// Described is the route of an OpenAPI description, which is written in YAML and served as JSON. It panics if it is no YAML:
// it is compiled in, and a test would have failed.
func Described(source []byte) Route {
	raw := MustSpec(source)
	return Route{Method: http.MethodGet, Path: "/openapi.json", Open: true, Handle: func(*Call) (any, error) { return json.RawMessage(raw), nil }}
}

// MustSpec turns a description into JSON, and panics like Described.
func MustSpec(source []byte) []byte {
	var doc any
	if err := yaml.Unmarshal(source, &doc); err != nil {
		panic("rest: a description: " + err.Error())
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		panic("rest: a description: " + err.Error())
	}
	return raw
}
