package chatra

import (
	_ "embed"
	"encoding/json"
	"net/http"

	"github.com/julienschmidt/httprouter"
	"gopkg.in/yaml.v3"
)

//go:embed openapi.yaml
var specYAML []byte

var specJSON = mustSpec(specYAML)

func mustSpec(source []byte) []byte {
	var doc any
	err := yaml.Unmarshal(source, &doc)
	if err == nil {
		var raw []byte
		if raw, err = json.Marshal(doc); err == nil {
			return raw
		}
	}
	panic("chatra: openapi.yaml: " + err.Error()) // compiled in; a test would have failed
}

// serveSpec shows the description to anybody.
func serveSpec(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	write(w, r, http.StatusOK, json.RawMessage(specJSON))
}
