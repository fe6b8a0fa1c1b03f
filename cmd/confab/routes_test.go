package main

import (
	"crypto/tls"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestOnlyTrustedProxiesAreBelievedAboutTheClientsAddress(t *testing.T) {
	address := addressOf([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	for _, c := range []struct {
		peer, want string
		forwarded  []string
	}{
		{"198.51.100.7:1", "198.51.100.7", []string{"203.0.113.9"}},
		{"10.0.0.1:1", "203.0.113.9", []string{"203.0.113.9"}},
		{"10.0.0.1:1", "203.0.113.9", []string{"1.1.1.1, 203.0.113.9, 10.0.0.2"}},
		{"10.0.0.1:1", "203.0.113.9", []string{"1.1.1.1", "203.0.113.9"}},
		{"10.0.0.1:1", "10.0.0.1", nil},
		{"10.0.0.1:1", "10.0.0.1", []string{"nonsense"}},
		{"[::ffff:10.0.0.1]:1", "2001:db8::1", []string{"2001:db8::1"}},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := address(r); got != c.want {
			t.Errorf("%s with %v: got %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

// Proves PAV-REST-004.
func TestOnlyTrustedProxiesAreBelievedAboutHTTPS(t *testing.T) {
	secure := secureOf([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	for _, c := range []struct {
		peer, proto string
		tls, want   bool
	}{
		{"198.51.100.7:1", "https", false, false},
		{"198.51.100.7:1", "", true, true},
		{"198.51.100.7:1", "http", true, true},
		{"10.0.0.1:1", "https", false, true},
		{"10.0.0.1:1", "HTTPS, http", false, true},
		{"10.0.0.1:1", "http", true, false},
		{"10.0.0.1:1", "", false, false},
		{"10.0.0.1:1", "", true, true},
		{"@", "https", false, false},
	} {
		r := httptest.NewRequest("POST", "/v1/user", nil)
		r.RemoteAddr = c.peer
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		r.Header.Set("X-Forwarded-Proto", c.proto)
		if got := secure(r); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestHTTPSIsRequiredUnlessTheStoreIsInMemoryOrItIsSaidOtherwise(t *testing.T) {
	for _, c := range []struct {
		said           *bool
		embedded, want bool
	}{
		{nil, true, false}, {nil, false, true}, {new(true), true, true}, {new(false), false, false},
	} {
		if got := (Settings{RequireHTTPS: c.said}).requiresHTTPS(c.embedded); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
