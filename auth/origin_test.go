package auth

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"confab/chat"
)

type originCase struct {
	Why     string
	List    []string
	Origin  string
	Allowed bool
}

func originCases(t testing.TB) []originCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/origins.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []originCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestOriginsAreComparedAsAWhole(t *testing.T) {
	for _, c := range originCases(t) {
		t.Run(c.Why, func(t *testing.T) {
			list, err := ParseOrigins(c.List)
			if err != nil {
				t.Fatal(err)
			}
			if got := list.Allows(c.Origin); got != c.Allowed {
				t.Errorf("%q on %q: allowed %v, want %v", c.Origin, c.List, got, c.Allowed)
			}
		})
	}
}

func TestAnEntryThatWouldAllowTooMuchIsRefused(t *testing.T) {
	for _, entry := range []string{
		"", "shop.example", "https://", "https://*", "https://*.com", "https://*.*.example", "https://w*.shop.example", "https://shop.*",
		"https://*shop.example", "https://*.127.0.0.1", "https://shop.example/", "https://u@shop.example", "https://bücher.example", "null", "**",
	} {
		if _, err := ParseOrigins([]string{entry}); err == nil {
			t.Errorf("%q was accepted", entry)
		} else if !strings.Contains(err.Error(), "allowed are") {
			t.Errorf("%q: the error does not say what is allowed: %v", entry, err)
		}
	}
}

func TestMissingAndNullOriginsPassOnlyWhereThatIsSaid(t *testing.T) {
	list, err := ParseOrigins([]string{"*"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why    string
		policy OriginPolicy
		values []string
		ok     bool
	}{
		{"absent", OriginPolicy{Allowed: list}, nil, false},
		{"absent and said so", OriginPolicy{Absent: true}, nil, true},
		{"null", OriginPolicy{Allowed: list, Absent: true}, []string{"null"}, false},
		{"null and said so", OriginPolicy{Null: true}, []string{"null"}, true},
		{"two headers", OriginPolicy{Allowed: list, Absent: true, Null: true}, []string{"https://a.example", "https://a.example"}, false},
		{"empty header", OriginPolicy{Allowed: list, Absent: true, Null: true}, []string{""}, false},
		{"the node's own", OriginPolicy{Own: list}, []string{"https://a.example"}, true},
		{"on no list", OriginPolicy{Absent: true, Null: true}, []string{"https://a.example"}, false},
	} {
		err := c.policy.Check(c.values)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, &chat.Refusal{Code: chat.Forbidden}) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// FuzzOrigin: whatever is allowed is an origin, and belongs to the entry's host.
func FuzzOrigin(f *testing.F) {
	for _, c := range originCases(f) {
		f.Add(c.Origin)
	}
	exact, _ := ParseOrigins([]string{"https://shop.example"})
	below, _ := ParseOrigins([]string{"https://*.shop.example"})
	f.Fuzz(func(t *testing.T, text string) {
		lower := strings.TrimSuffix(strings.ToLower(text), ":443")
		if exact.Allows(text) && lower != "https://shop.example" {
			t.Errorf("exact allows %q", text)
		}
		if !below.Allows(text) {
			return
		}
		labels, ok := strings.CutPrefix(strings.TrimSuffix(lower, ".shop.example"), "https://")
		if !ok || labels == "" || !strings.HasSuffix(lower, ".shop.example") || strings.ContainsAny(labels, "/@:?#\\% ") {
			t.Errorf("wildcard allows %q", text)
		}
	})
}

func TestAStarLetsPagesInButNamesNone(t *testing.T) {
	list, err := ParseOrigins([]string{"*", "https://*.shop.example"})
	if err != nil {
		t.Fatal(err)
	}
	for page, named := range map[string]bool{"https://a.shop.example": true, "https://other.example": false, "null": false} {
		if got := list.Names(page); got != named {
			t.Errorf("%s: named %v, want %v", page, got, named)
		}
	}
}
