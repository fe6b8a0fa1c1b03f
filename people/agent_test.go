package people

import (
	"os"
	"strings"
	"testing"
)

// The file holds, line by line, what a browser says of itself, and below it, indented, what is made of that. A change there is a
// change of what other systems are told.
//
// Proves CHATRA-REST-082 CHATRA-REST-083.
func TestBrowsersAndSystemsAreNamedWithTheirVersions(t *testing.T) {
	raw, err := os.ReadFile("testdata/agents.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	known := newAgents()
	for i := 0; i+1 < len(lines); i += 2 {
		want := strings.TrimPrefix(lines[i+1], "  ")
		if s := known.look(lines[i]); s.browser+" | "+s.os != want {
			t.Errorf("%s\n  is %s | %s\n  not %s", lines[i], s.browser, s.os, want)
		}
	}
	if len(lines) < 100 {
		t.Errorf("%d lines", len(lines))
	}
}
