package geo

import (
	_ "embed"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/oschwald/maxminddb-golang/v2"
)

const maxNameRunes = 120

// database is one file.
type database struct{ reader *maxminddb.Reader }

var errEmpty = errors.New("it has no networks")

func readDatabase(path string) (db *database, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if broken := recover(); broken != nil {
			db, err = nil, fmt.Errorf("%s is no usable .mmdb file: %v", path, broken)
		}
	}()
	reader, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return nil, fmt.Errorf("%s is no .mmdb file: %w", path, err)
	}
	for network := range reader.Networks() { // the first is enough to see that records can be read
		if err := network.Err(); err != nil {
			return nil, fmt.Errorf("%s is damaged: %w", path, err)
		}
		var record map[string]any
		if err := network.Decode(&record); err != nil {
			return nil, fmt.Errorf("%s is damaged, or holds no places: %w", path, err)
		}
		return &database{reader}, nil
	}
	return nil, fmt.Errorf("%s cannot be used: %w", path, errEmpty)
}

// lookup finds nothing in what is damaged.
func (d *database) lookup(address netip.Addr) (found Place) {
	defer func() {
		if recover() != nil { // should the reader trust a length that the file gives
			found = Place{}
		}
	}()
	var r record
	result := d.reader.Lookup(address)
	if result.Err() != nil || !result.Found() || result.Decode((*map[string]any)(&r)) != nil {
		return Place{}
	}
	return r.place()
}

// record is what a file says of a network, in either of the two forms.
type record map[string]any

func (r record) place() Place {
	var p Place
	if code := r.text("country_code"); code != "" || r.text("city") != "" || r.has("state1") {
		p = Place{CountryCode: code, Region: r.text("state1"), City: r.text("city"), Latitude: r.degrees("latitude"), Longitude: r.degrees("longitude")}
	} else {
		country, region, at := r.inner("country"), r.first("subdivisions"), r.inner("location")
		p = Place{
			Country: country.name(), CountryCode: country.text("iso_code"), Region: region.name(), RegionCode: region.text("iso_code"),
			City: r.inner("city").name(), Latitude: at.degrees("latitude"), Longitude: at.degrees("longitude"),
		}
	}
	p.Organization = r.text("autonomous_system_organization")
	if p.Organization == "" {
		p.Organization = r.inner("traits").text("organization")
	}
	p.CountryCode = strings.ToUpper(p.CountryCode)
	if p.Country == "" {
		p.Country = countries()[p.CountryCode]
	}
	if p.Latitude == "" || p.Longitude == "" {
		p.Latitude, p.Longitude = "", ""
	}
	return p
}

func (r record) has(name string) bool { _, ok := r[name]; return ok }

// text is a field, bounded; "" if it is none.
func (r record) text(name string) string {
	s, _ := r[name].(string)
	if !utf8.ValidString(s) {
		return ""
	}
	for i, n := 0, 0; i < len(s); n++ {
		if n == maxNameRunes {
			return s[:i]
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s
}

func (r record) inner(name string) record {
	inner, _ := r[name].(map[string]any)
	return inner
}

func (r record) first(name string) record {
	list, _ := r[name].([]any)
	if len(list) == 0 {
		return nil
	}
	inner, _ := list[0].(map[string]any)
	return inner
}

func (r record) name() string { return r.inner("names").text("en") }

func (r record) degrees(name string) string {
	switch n := r[name].(type) {
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(n), 'f', -1, 32)
	case string:
		if f, err := strconv.ParseFloat(n, 64); err == nil {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	return ""
}

//go:embed countries.txt
var countryList string

// countries are the English names by code, for files that have codes only. Read-only.
var countries = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(countryList) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		names[code] = name
	}
	return names
})
