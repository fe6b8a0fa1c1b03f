package people

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"confab/chat"
)

// Proves ATTR-002.
func TestPeopleAreCountedByAnyAttributeThatIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for i := range 12 {
			plan := []string{"Pro", "pro", "free"}[i%3]
			r.put(t, Name{ID: fmt.Sprint("u", i)}, said{"name": fmt.Sprint("n", i), "signedUpOn": fmt.Sprintf("2026-0%d-15", 1+i%2)}, said{"plan": plan, "seats": float64(i) - 2})
		}
		r.put(t, Name{ID: "bare"}, nil, nil)
		report := func(by, filter string) Breakdown {
			t.Helper()
			got, err := r.Breakdown(t.Context(), "acme", by, json.RawMessage(filter))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := report("plan", ""); got.Count != 13 || got.Known != 12 || got.Others != 0 || !slices.Equal(got.Groups, []Share{{"pro", 8}, {"free", 4}}) {
			t.Errorf("by plan: %+v", got)
		}
		if got := report("plan", `{"attribute":"seats","above":5}`); got.Count != 4 || got.Known != 4 || !slices.Equal(got.Groups, []Share{{"free", 2}, {"pro", 2}}) {
			t.Errorf("by plan, of some: %+v", got)
		}
		if got := report("seats", ""); got.Known != 12 || *got.Sum != 42 || *got.Average != 3.5 || *got.Least != -2 || *got.Most != 9 || got.Groups[0].Count != 1 {
			t.Errorf("by seats: %+v", got)
		}
		if got := report("signedUpOn", ""); got.Type != TypeDate || !slices.Equal(got.Groups, []Share{{"2026-01", 6}, {"2026-02", 6}}) || got.Sum != nil {
			t.Errorf("by the date of signing up: %+v", got)
		}
		if got := report(nameUniverse, ""); !slices.Equal(got.Groups, []Share{{"signup", 12}, {"lead", 1}}) {
			t.Errorf("by universe: %+v", got)
		}
		for _, wrong := range [][2]string{{"timeOnCurrentPage", ""}, {"nothing", ""}, {"plan", `{"attribute":"nothing","is":1}`}} {
			if _, err := r.Breakdown(t.Context(), "acme", wrong[0], json.RawMessage(wrong[1])); !errors.Is(err, &chat.Refusal{Code: chat.BadField}) {
				t.Errorf("%v: %v", wrong, err)
			}
		}
	})
}

func TestABreakdownNamesSoManyValuesAndCountsTheOthers(t *testing.T) {
	r := Breakdown{Type: TypeText}
	counts := map[string]int{}
	for i := range mostGroups + 20 {
		counts[fmt.Sprintf("v%03d", i)] = 2
	}
	counts["often"] = 7
	r.group(counts)
	if len(r.Groups) != mostGroups || r.Groups[0] != (Share{"often", 7}) || r.Others != 42 {
		t.Errorf("%d groups, the first %+v, others %d", len(r.Groups), r.Groups[0], r.Others)
	}
}

func TestANumberOfTheIndexIsReadAsItWas(t *testing.T) {
	for _, n := range []float64{0, 1, -1, 2.5, -2.5, 1e15, -1e-9} {
		if got := parseIndexNumber(indexNumber(n)); got != n {
			t.Errorf("%v is read as %v", n, got)
		}
	}
}
