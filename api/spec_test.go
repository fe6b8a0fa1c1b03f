package api

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func description(t testing.TB) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(mustSpec(specYAML))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDescriptionIsValid(t *testing.T) { description(t) }

var param = regexp.MustCompile(`:([a-z]+)`)

// described is a route's path as OpenAPI writes it.
func described(path string) string { return param.ReplaceAllString(path, "{$1}") }

func TestRoutesAndDescriptionNameTheSame(t *testing.T) {
	routes, doc := map[string]bool{}, map[string]bool{}
	for _, rt := range (&api{}).routes() {
		routes[rt.method+" "+described(rt.path)] = true
	}
	for path, item := range description(t).Paths.Map() {
		for method := range item.Operations() {
			doc[method+" "+path] = true
		}
	}
	for _, one := range slices.Sorted(maps.Keys(routes)) {
		if !doc[one] {
			t.Errorf("%s is served, but not described", one)
		}
	}
	for _, one := range slices.Sorted(maps.Keys(doc)) {
		if !routes[one] {
			t.Errorf("%s is described, but not served", one)
		}
	}
}

func TestTheDescriptionTellsWhoMayCall(t *testing.T) {
	doc := description(t)
	for _, rt := range (&api{}).routes() {
		op := doc.Paths.Find(described(rt.path)).GetOperation(rt.method)
		security := doc.Security
		if op.Security != nil {
			security = *op.Security
		}
		var said role
		for _, one := range security {
			for name := range one {
				said |= map[string]role{"agent": person, "serverKey": key}[name]
			}
		}
		said &= rt.may | ^agent // which agents must be admins stands in words
		if rt.may&agent == 0 && rt.may&admin != 0 && !strings.Contains(op.Description, "role admin") {
			t.Errorf("%s %s does not say that it needs an admin", rt.method, rt.path)
		}
		if said != rt.may {
			t.Errorf("%s %s: described for %b, served for %b", rt.method, rt.path, said, rt.may)
		}
	}
}
