package main

import (
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
