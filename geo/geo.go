// Package geo tells where an address is in the world, from files that the operator names.
//
// It reads two kinds of .mmdb files, whatever they cover: MaxMind's (City, Country, ASN), and the flat ones of ip-location-db.
// What several files know of an address adds up; of two that know the same thing the first one is right.
package geo

import (
	"cmp"
	"context"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// reloadEvery is how often is looked whether a file has changed: operators replace them once a month.
const reloadEvery = time.Minute

// Place is where an address is. Empty: not known.
type Place struct {
	Country      string `json:"country,omitempty"`     // in English
	CountryCode  string `json:"countryCode,omitempty"` // ISO 3166-1
	Region       string `json:"region,omitempty"`
	RegionCode   string `json:"regionCode,omitempty"` // without the country's
	City         string `json:"city,omitempty"`
	Latitude     string `json:"latitude,omitempty"` // degrees
	Longitude    string `json:"longitude,omitempty"`
	Organization string `json:"organization,omitempty"` // whose network it is
}

// Places looks addresses up. Safe for concurrent use; a nil one knows nothing.
type Places struct{ files []*file }

// file is one of them, as it was when it was read.
type file struct {
	path   string
	kept   atomic.Pointer[database]
	looked os.FileInfo // owned by Run
}

// Open reads the files. Whichever of them cannot be used is the error. They are held in memory: a file that is written over
// while a node runs does no harm.
func Open(paths ...string) (*Places, error) {
	p := &Places{}
	for _, path := range paths {
		f := &file{path: path}
		if err := f.read(); err != nil {
			return nil, err
		}
		p.files = append(p.files, f)
	}
	return p, nil
}

func (f *file) read() error {
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	f.looked = info
	db, err := readDatabase(f.path)
	if err != nil {
		return err
	}
	f.kept.Store(db)
	return nil
}

// Lookup returns what is known of where an address is.
func (p *Places) Lookup(address netip.Addr) Place {
	var found Place
	if p == nil || !address.IsValid() {
		return found
	}
	for _, f := range p.files {
		found.fill(f.kept.Load().lookup(address.Unmap().WithZone("")))
	}
	return found
}

// fill takes over what is not known. What says where it is belongs together: a city of one file and the region of another could
// be two places.
func (p *Place) fill(from Place) {
	if p.City == "" && (p.CountryCode == "" || p.CountryCode == from.CountryCode) {
		organization := p.Organization
		switch {
		case from.City != "" || from.Region != "" && p.Region == "":
			*p = from
		case p.CountryCode == "":
			*p = from
		case p.Latitude == "":
			p.Latitude, p.Longitude = from.Latitude, from.Longitude
		}
		p.Organization = organization
	}
	p.Organization = cmp.Or(p.Organization, from.Organization)
}

// Run reads files again when they have changed, until ctx ends. One that cannot be used is logged, and what it said before
// goes on to hold.
func (p *Places) Run(ctx context.Context, log *zap.Logger) error {
	if p == nil || len(p.files) == 0 {
		return nil
	}
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for _, f := range p.files {
			f.reload(log)
		}
	}
}

func (f *file) reload(log *zap.Logger) {
	info, err := os.Stat(f.path)
	if err == nil && info.ModTime().Equal(f.looked.ModTime()) && info.Size() == f.looked.Size() {
		return
	}
	if err == nil {
		err = f.read()
	}
	if err != nil {
		log.Warn("geo: file not read again, what it said holds", zap.String("file", f.path), zap.Error(err))
		return
	}
	log.Info("geo: file read again", zap.String("file", f.path))
}
