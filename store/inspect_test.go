package store

import (
	"strings"
	"testing"
	"time"
)

func TestAServerThatAsksNobodyMustNotListenToOthers(t *testing.T) {
	for _, c := range []struct {
		bind, port, tls, protected, version string
		open, ok                            bool
	}{
		{"127.0.0.1 -::1", "6379", "0", "yes", "7.0.15", true, true},
		{"127.0.0.1 -::1", "6379", "0", "no", "7.0.15", true, true},
		{"localhost 127.0.0.2", "6379", "0", "no", "7.0.15", true, true},
		{"* -::*", "6379", "0", "no", "7.0.15", true, false},
		{"* -::*", "6379", "0", "yes", "7.0.15", true, true},
		{"0.0.0.0", "6379", "0", "yes", "6.2.14", true, false}, // where bind is given, it does not protect
		{"", "6379", "0", "yes", "6.2.14", true, true},
		{"", "6379", "0", "no", "6.2.14", true, false},
		{"127.0.0.1 10.0.0.7", "6379", "0", "no", "7.2.0", true, false},
		{"127.0.0.1 10.0.0.7", "6379", "0", "no", "7.2.0", false, true},
		{"0.0.0.0", "0", "6380", "no", "7.2.0", true, false},
		{"0.0.0.0", "0", "0", "no", "7.2.0", true, true}, // a socket in a folder
		{"redis.internal", "6379", "0", "no", "7.2.0", true, false},
		{"10.0.0.7", "6379", "0", "yes", "", true, false},
	} {
		f := accessFinding(map[string]string{"bind": c.bind, "port": c.port, "tls-port": c.tls, "protected-mode": c.protected}, c.version, c.open)
		if f.OK != c.ok || f.Sentence == "" || !f.OK && !strings.Contains(f.Sentence, "requirepass") {
			t.Errorf("%+v: %+v", c, f)
		}
	}
}

func TestClocksAndMemoryAreFindings(t *testing.T) {
	for skew, ok := range map[time.Duration]bool{0: true, 30 * time.Second: true, -30 * time.Second: true, 31 * time.Second: false, -time.Hour: false} {
		if f := clockFinding(skew); f.OK != ok {
			t.Errorf("%v: %+v", skew, f)
		}
	}
	for _, c := range []struct {
		used, most int64
		ok         bool
	}{{900 << 20, 0, true}, {800 << 20, 1000 << 20, true}, {801 << 20, 1000 << 20, false}, {1200 << 20, 1000 << 20, false}} {
		if f := memoryFinding(c.used, c.most); f.OK != c.ok {
			t.Errorf("%+v: %+v", c, f)
		}
	}
}
