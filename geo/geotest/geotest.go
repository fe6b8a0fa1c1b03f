// Package geotest writes small files that tell where addresses are, for tests.
package geotest

import (
	"bytes"
	"net"
	"os"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// Write makes a file of the given kind ("GeoLite2-City") with what it says of networks, and returns its path.
func Write(t testing.TB, path, kind string, networks map[string]mmdbtype.Map) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, RecordSize: 24, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for network, data := range networks {
		_, n, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(n, data); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	if _, err := tree.WriteTo(&buf); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// City is what a file says of a place, in the flat form.
func City(city, region, code string) mmdbtype.Map {
	s := func(text string) mmdbtype.String { return mmdbtype.String(text) }
	return mmdbtype.Map{"city": s(city), "state1": s(region), "country_code": s(code)}
}
