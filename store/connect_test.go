package store

import (
	"reflect"
	"strings"
	"testing"
)

func TestURLsOfEveryForm(t *testing.T) {
	for raw, want := range map[string]target{
		"redis://localhost":               {network: "tcp", addrs: []string{"localhost:6379"}},
		"redis://u:p%40ss@h:1/2":          {network: "tcp", addrs: []string{"h:1"}, user: "u", password: "p@ss", db: 2},
		"rediss://:secret@[::1]:7":        {network: "tcp", addrs: []string{"[::1]:7"}, password: "secret", tls: true},
		"redis://a:1,b":                   {mode: cluster, network: "tcp", addrs: []string{"a:1", "b:6379"}},
		"redis+cluster://a":               {mode: cluster, network: "tcp", addrs: []string{"a:6379"}},
		"rediss+cluster://a":              {mode: cluster, network: "tcp", addrs: []string{"a:6379"}, tls: true},
		"redis+sentinel://a,b:9?master=m": {mode: sentinel, network: "tcp", addrs: []string{"a:26379", "b:9"}, master: "m"},
		"unix:///run/redis.sock?db=3":     {network: "unix", addrs: []string{"/run/redis.sock"}, db: 3},
	} {
		if got, err := parseURL(raw); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"", "localhost:6379", "http://a", "redis://", "redis://a:0", "redis://a:x", "redis://a/x", "redis://a?x=1",
		"redis+sentinel://a", "redis+cluster://a/1", "unix://relative", "redis://a/-1", "redis://%zz@a"} {
		if got, err := parseURL(raw); err == nil {
			t.Errorf("%q is taken for %+v", raw, got)
		}
	}
}

func FuzzURL(f *testing.F) {
	f.Add("redis://user:secret@a:1,b:2/0?db=1")
	f.Add("redis+sentinel://a?master=m")
	f.Add("unix://u:p@/run/s")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := parseURL(raw)
		if err == nil && (len(got.addrs) == 0 || got.addrs[0] == "" || got.db < 0) {
			t.Fatalf("%q is taken for %+v", raw, got)
		}
	})
}

func FuzzURLKeepsThePasswordToItself(f *testing.F) {
	f.Add("host", "6379")
	f.Add("bad host", "x")
	f.Fuzz(func(t *testing.T, host, path string) {
		if strings.Contains(host+path, "open-sesame") {
			return
		}
		_, err := parseURL("redis://user:open-sesame@" + strings.ReplaceAll(host, "@", "") + "/" + path)
		if err != nil && strings.Contains(err.Error(), "open-sesame") {
			t.Fatal(err)
		}
	})
}
