package people

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"confab/chat"
	"confab/wire"
)

func TestACellIsReadAsItsTypeIsWritten(t *testing.T) {
	for _, c := range []struct {
		typ, cell string
		want      any
	}{
		{typeFlag, "true", true}, {typeFlag, "YES", true}, {typeFlag, "1", true}, {typeFlag, "False", false}, {typeFlag, "no", false}, {typeFlag, "0", false},
		{typeFlag, "perhaps", "perhaps"}, {TypeNumber, "-2.5", -2.5}, {TypeNumber, "007", "007"}, {TypeText, "1", "1"}, {TypeText, "yes", "yes"}, {TypeDate, "1", "1"},
	} {
		if got := cellOf(c.typ, c.cell); got != c.want {
			t.Errorf("%q as %s: %v, want %v", c.cell, c.typ, got, c.want)
		}
	}
	for _, c := range [][3]string{
		{"seats", "4", TypeNumber}, {"seats", "-0.5", TypeNumber}, {"seats", "007", TypeText}, {"seats", "1e3", TypeText}, {"seats", "9007199254740992", TypeText},
		{"since", "2026-02-03", TypeDate}, {"since", "2026-02-03T04:05:06Z", TypeDate}, {"since", "February", TypeText}, {"paid_on", "4", TypeDate}, {"paidAt", "x", TypeDate},
	} {
		if got := guess(c[0], c[1]); got != c[2] {
			t.Errorf("%s: %q is a %s, want %s", c[0], c[1], got, c[2])
		}
	}
	for value, want := range map[string]string{
		"=1": "'=1", "+47 55": "'+47 55", "-x": "'-x", "-2": "-2", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "a=b": "a=b", "": "",
	} {
		if got := harmless(value); got != want {
			t.Errorf("%q becomes %q, want %q", value, got, want)
		}
	}
}

func TestALineNamesOneWhoIsNotNamedAboveAndIsTrimmed(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		report := r.take(t, "email,\"plan;tier\"\n a@x.test ,  gold \nA@X.test,silver\n", Import{Columns: map[string]string{"email": "email", "plan;tier": "plan"}})
		if report.Created != 1 || report.Refused != 1 || report.Faults[0].Line != 3 || report.Faults[0].Column != "email" || !strings.Contains(report.Faults[0].Message, "line 2.") {
			t.Errorf("%+v", report)
		}
		if c := r.put(t, Name{Email: "a@x.test"}, nil, nil); c.Attributes["plan"] != "gold" || c.Email != "a@x.test" {
			t.Errorf("%+v", c)
		}
		ids := r.take(t, "id\nkim\nKim\n", Import{}) // ids are as they are written
		if ids.Created != 2 || ids.Refused != 0 {
			t.Errorf("%+v", ids)
		}
	})
}

func TestALookDefinesNothingAndSaysWhatItWould(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		const table = "id,code,fresh\n7,12,x\n"
		o := Import{Types: map[string]string{"code": TypeText}, DryRun: true}
		for range 2 {
			if report := r.take(t, table, o); !report.DryRun || report.Created != 1 || !slices.Equal(report.New, []string{"code", "fresh"}) {
				t.Errorf("%+v", report)
			}
		}
		all, err := r.Definitions(t.Context(), "acme")
		if err != nil || slices.ContainsFunc(all, func(d Definition) bool { return d.Name == "code" || d.Name == "fresh" }) {
			t.Errorf("%v, %v", all, err)
		}
		o.DryRun = false
		r.take(t, table, o)
		if c := r.put(t, Name{ID: "7"}, nil, nil); c.Attributes["code"] != "12" {
			t.Errorf("%+v", c.Attributes)
		}
		// Its type stays: another one that is asked for is refused, the same one is none.
		for typ, code := range map[string]chat.Code{TypeText: "", TypeNumber: chat.Taken} {
			_, err := r.Import(t.Context(), "acme", strings.NewReader(table), Import{Types: map[string]string{"code": typ}})
			if code == "" && err != nil || code != "" && !isCode(err, code) {
				t.Errorf("%s: %v", typ, err)
			}
		}
	})
}

func TestATableGivesATypeToWhatOnlyStrangersSaid(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		guest := r.come(t, acme, wire.Proof{Email: "g@x.test"})
		r.say(t, guest, wire.LayerAttributes, `{"score":"high"}`)
		r.take(t, "id,score\n7,5\n", Import{Types: map[string]string{"score": TypeNumber}})
		if c := r.put(t, Name{ID: "7"}, nil, nil); c.Attributes["score"] != 5.0 {
			t.Errorf("%+v", c.Attributes)
		}
	})
}

func TestALookForesees(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r.put(t, Name{Email: "a@x.test"}, said{"name": "Ann", "signedUpOn": "2025-01-01", "createdAt": "2024-01-01"}, nil)
		for why, c := range map[string]struct {
			table string
			keep  bool
			want  string
		}{
			"the same":                        {"email,name\na@x.test,Ann\n", false, "0 0 1"},
			"another name":                    {"email,name\na@x.test,Anna\n", false, "0 1 0"},
			"another name, but what is there": {"email,name\na@x.test,Anna\n", true, "0 0 1"},
			"an id for the e-mail":            {"id,email\n7,a@x.test\n", true, "0 1 0"},
			"dates that are there":            {"email,signedUpOn,createdAt\na@x.test,2026-01-01,2026-01-01\n", true, "0 0 1"},
			"somebody new":                    {"email,name\nb@x.test,Bob\n", true, "1 0 0"},
		} {
			o := Import{Keep: c.keep, DryRun: true}
			report := r.take(t, c.table, o)
			if got := fmt.Sprint(report.Created, report.Updated, report.Unchanged); got != c.want {
				t.Errorf("%s: %s, want %s: %+v", why, got, c.want, report.Faults)
			}
		}
		if c := r.put(t, Name{Email: "a@x.test"}, nil, nil); c.Name != "Ann" || c.ExternalID != "a@x.test" {
			t.Errorf("a look changed %+v", c)
		}
		// Taken, it comes as foreseen.
		r.take(t, "email,signedUpOn,createdAt\na@x.test,2026-01-01,2026-01-01\n", Import{Keep: true})
		if c := r.put(t, Name{Email: "a@x.test"}, nil, nil); isoDate(c.SignedUpAt)[:10] != "2025-01-01" || isoDate(c.CreatedAt)[:10] != "2024-01-01" {
			t.Errorf("kept: %+v", c)
		}
	})
}

func TestOnlyTheFirstFaultsAreToldOneByOne(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		table := "id,totalVisits\n" + strings.Repeat("7\n", maxImportFaults+5)
		if report := r.take(t, table, Import{}); report.Refused != maxImportFaults+5 || len(report.Faults) != maxImportFaults {
			t.Errorf("%d refused, %d told", report.Refused, len(report.Faults))
		}
		if report := r.take(t, "id,totalVisits\n7,-1\n8,1.5\n9,2\n", Import{}); report.Created != 1 || report.Refused != 2 || report.Faults[0].Column != "totalVisits" {
			t.Errorf("%+v", report)
		}
	})
}
