package api

import (
	_ "embed"
	"encoding/json"

	"gopkg.in/yaml.v3"
)

//go:embed openapi.yaml
var specYAML []byte

func mustSpec(source []byte) []byte {
	var doc any
	if err := yaml.Unmarshal(source, &doc); err != nil {
		panic("api: openapi.yaml: " + err.Error()) // compiled in; a test would have failed
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		panic("api: openapi.yaml: " + err.Error())
	}
	return raw
}

func (a *api) openapi(*call) (any, error) { return json.RawMessage(a.spec), nil }
