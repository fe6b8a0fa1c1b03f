package geo

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maxmind/mmdbwriter/mmdbtype"
	"go.uber.org/zap"

	"confab/geo/geotest"
)

type (
	networks = map[string]mmdbtype.Map
	m        = mmdbtype.Map
	s        = mmdbtype.String
)

func named(name string) m { return m{"names": m{"en": s(name), "de": s("anders")}} }

func city() networks {
	oslo := m{
		"country": m{"iso_code": s("NO"), "names": m{"en": s("Norway")}}, "city": named("Oslo"),
		"subdivisions": mmdbtype.Slice{m{"iso_code": s("03"), "names": m{"en": s("Oslo County")}}},
		"location":     m{"latitude": mmdbtype.Float64(59.9127), "longitude": mmdbtype.Float64(10.7461)},
	}
	return networks{
		"192.0.2.0/24": oslo, "2001:db8::/32": oslo,
		"198.51.100.0/24": {"country": m{"iso_code": s("DE"), "names": m{"en": s("Germany")}}},
		"203.0.113.0/24":  {"registered_country": m{"iso_code": s("SE")}},
	}
}

var oslo = Place{"Norway", "NO", "Oslo County", "03", "Oslo", "59.9127", "10.7461", ""}

func TestWhatTheFilesKnowOfAnAddressAddsUp(t *testing.T) {
	dir := t.TempDir()
	nested := geotest.Write(t, filepath.Join(dir, "city.mmdb"), "GeoLite2-City", city())
	asn := geotest.Write(t, filepath.Join(dir, "asn.mmdb"), "GeoLite2-ASN", networks{
		"192.0.2.0/25": {"autonomous_system_number": mmdbtype.Uint32(64500), "autonomous_system_organization": s("Fjord Net AS")},
	})
	flat := geotest.Write(t, filepath.Join(dir, "flat.mmdb"), "dbip-city", networks{
		"192.0.2.0/24":    {"city": s("Bergen"), "country_code": s("NO"), "state1": s("Vestland")},
		"198.51.100.0/24": {"city": s("Berlin"), "country_code": s("DE"), "state1": s("Berlin"), "state2": s(""), "latitude": mmdbtype.Float32(52.5), "longitude": mmdbtype.Float32(13.25), "postcode": s("")},
		"203.0.113.0/24":  {"country_code": s("fr")},
	})
	berlin := Place{"Germany", "DE", "Berlin", "", "Berlin", "52.5", "13.25", ""}
	withNet := oslo
	withNet.Organization = "Fjord Net AS"
	cases := []struct {
		files   []string
		address string
		want    Place
	}{
		{nil, "192.0.2.1", Place{}},
		{[]string{nested}, "192.0.2.1", oslo},
		{[]string{nested}, "::ffff:192.0.2.1", oslo},
		{[]string{nested}, "2001:db8::1", oslo},
		{[]string{nested}, "203.0.113.9", Place{}},
		{[]string{nested}, "127.0.0.1", Place{}},
		{[]string{nested, asn}, "192.0.2.1", withNet},
		{[]string{asn, nested}, "192.0.2.1", withNet},
		{[]string{asn, nested}, "192.0.2.200", oslo},
		{[]string{flat}, "198.51.100.1", berlin},
		{[]string{flat}, "203.0.113.1", Place{Country: "France", CountryCode: "FR"}},
		{[]string{nested, flat}, "198.51.100.1", berlin}, // the first knew the country only
		{[]string{nested, flat}, "192.0.2.1", oslo},
	}
	for _, c := range cases {
		p, err := Open(c.files...)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Lookup(netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%s in %d files: %+v, want %+v", c.address, len(c.files), got, c.want)
		}
	}
	var none *Places
	if none.Lookup(netip.MustParseAddr("192.0.2.1")) != (Place{}) {
		t.Error("without files something is known")
	}
	p, _ := Open(nested)
	if p.Lookup(netip.Addr{}) != (Place{}) {
		t.Error("of no address something is known")
	}
}

func TestAFileThatCannotBeUsedIsAnErrorAtOpening(t *testing.T) {
	dir := t.TempDir()
	whole, err := os.ReadFile(geotest.Write(t, filepath.Join(dir, "whole.mmdb"), "GeoLite2-City", city()))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "bad.mmdb")
	for name, raw := range map[string][]byte{
		"empty": {}, "text": []byte("address,country\n"), "cut off": whole[:len(whole)/2], "without a beginning": whole[len(whole)/2:],
	} {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := Open(path); err == nil {
			t.Errorf("%s was opened: %v", name, p)
		}
	}
	if _, err := Open(geotest.Write(t, path, "Nothing", nil)); err == nil {
		t.Error("a file without networks was opened")
	}
	if _, err := Open(filepath.Join(dir, "missing.mmdb")); err == nil {
		t.Error("a missing file was opened")
	}
}

func TestADamagedFileNeverEndsTheNode(t *testing.T) {
	path := geotest.Write(t, filepath.Join(t.TempDir(), "city.mmdb"), "GeoLite2-City", city())
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	opened := 0
	for range 3000 {
		raw := bytes.Clone(whole)
		for range 1 + random.IntN(8) {
			raw[random.IntN(len(raw))] = byte(random.Uint32())
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := Open(path)
		if err != nil {
			continue
		}
		opened++
		for _, a := range []string{"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "8.8.8.8"} {
			p.Lookup(netip.MustParseAddr(a))
		}
	}
	if opened == 0 {
		t.Error("none could be opened: the test tries nothing")
	}
}

func TestAFileThatIsReplacedIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	path := geotest.Write(t, filepath.Join(dir, "city.mmdb"), "GeoLite2-City", city())
	synctest.Test(t, func(t *testing.T) {
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx, zap.NewNop()) }()
		look := func() Place {
			time.Sleep(reloadEvery + time.Second) // of the bubble's clock
			synctest.Wait()
			return p.Lookup(netip.MustParseAddr("192.0.2.1"))
		}
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := look(); got != oslo {
			t.Errorf("after a failed update: %+v", got)
		}
		other := geotest.Write(t, filepath.Join(dir, "new.mmdb"), "GeoLite2-City", networks{"192.0.2.0/24": {"city": named("Tromsø")}})
		if err := os.Rename(other, path); err != nil {
			t.Fatal(err)
		}
		if got := look(); got.City != "Tromsø" {
			t.Errorf("after an update: %+v", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
