package account

import "testing"

func TestAnAccountIsReachedAtThePublicAddressOrItsFirstHost(t *testing.T) {
	for _, c := range []struct {
		public string
		hosts  []string
		want   string
	}{
		{"https://chat.example", []string{"other.example"}, "https://chat.example"},
		{"", []string{"chat.example", "other.example"}, "https://chat.example"},
		{"", []string{"localhost:8080"}, "http://localhost:8080"},
		{"", []string{"127.0.0.1"}, "http://127.0.0.1"},
		{"", []string{"[::1]:8080"}, "http://[::1]:8080"},
		{"", nil, ""},
	} {
		if got := (&Account{Hosts: c.hosts}).Address(c.public); got != c.want {
			t.Errorf("of %q and %q: %q, want %q", c.public, c.hosts, got, c.want)
		}
	}
}
