package people

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"confab/chat"
)

func (r room) take(t testing.TB, table string, o Import) Report {
	t.Helper()
	report, err := r.Import(t.Context(), "acme", strings.NewReader(table), o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Proves ATTR-042 ATTR-043 ATTR-044 ATTR-045.
func TestATableBecomesPeople(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r.put(t, Name{ID: "7"}, said{"name": "Known", "phone": "1"}, said{"plan": "free"})
		const table = "\xef\xbb\xbfUser;Mail;Full name;Plan;Seats;paid_on;Subscribed;Since;Nothing\r\n" +
			"7;ann@x.test;Ann;pro;3;2026-02-03;no;2020-01-02;x\r\n" +
			"8;bob@x.test;\"Bob; \"\"the\r\nbuilder\"\"\";;4.5;;;;\r\n" +
			"8;twice@x.test;Twice;;;;;;\r\n" +
			";nobody@x.test;;;;;;;\r\n" +
			"9;c@x.test;Cid;x;many;;;;\r\n" +
			"10;d@x.test;Dan;x;1;soon;;;\r\n" +
			"11;short\r\n" +
			"12;e@x.test;Eve;x;1;;perhaps;;\r\n" +
			"13;f@x.test;Fay;pro;1;;;;\r\n"
		o := Import{Columns: map[string]string{"User": "id", "Mail": "email", "Full name": "name", "Plan": "plan", "Seats": "seats", "paid_on": "paid_on", "Subscribed": "emailSubscription", "Since": "createdAt"}}
		dry := o
		dry.DryRun = true
		for _, one := range []Import{dry, o, o} { // again changes nothing more
			report := r.take(t, table, one)
			want := "rows 9 created 2 updated 1 unchanged 0 refused 6 [4 User 5 User 6 Seats 7 paid_on 8  9 emailSubscription]"
			if one.DryRun {
				if _, err := r.Named(t.Context(), "acme", Name{ID: "8"}); !isCode(err, chat.NotFound) {
					t.Errorf("a look made somebody: %v", err)
				}
			} else if _, err := r.Named(t.Context(), "acme", Name{ID: "8"}); err == nil && report.Created == 0 {
				want = "rows 9 created 0 updated 0 unchanged 3 refused 6 [4 User 5 User 6 Seats 7 paid_on 8  9 emailSubscription]"
			}
			var faults []string
			for _, f := range report.Faults {
				faults = append(faults, fmt.Sprint(f.Line-1, " ", f.Column))
			}
			got := fmt.Sprintf("rows %d created %d updated %d unchanged %d refused %d %v", report.Rows, report.Created, report.Updated, report.Unchanged, report.Refused, faults)
			if got != want {
				t.Errorf("%+v: %s, want %s: %+v", one.DryRun, got, want, report.Faults)
			}
		}
		ann := r.put(t, Name{ID: "7"}, nil, nil)
		if ann.Name != "Ann" || ann.Phone != "1" || ann.Email != "ann@x.test" || ann.Attributes["plan"] != "pro" || ann.Attributes["seats"] != 3.0 ||
			ann.Attributes["paid_on"] != "2026-02-03" || ann.Subscribed || isoDate(ann.CreatedAt) != "2020-01-02T00:00:00.000Z" {
			t.Errorf("%+v", ann)
		}
		if bob := r.put(t, Name{ID: "8"}, nil, nil); !strings.HasPrefix(bob.Name, "Bob; \"the") || bob.Attributes["seats"] != 4.5 || !bob.Subscribed {
			t.Errorf("%+v", bob)
		}
		r.take(t, "id,name,plan,tier\n7,New,new,gold\n", Import{Keep: true})
		if c := r.put(t, Name{ID: "7"}, nil, nil); c.Name != "Ann" || c.Attributes["plan"] != "pro" || c.Attributes["tier"] != "gold" {
			t.Errorf("kept: %+v", c)
		}
		r.put(t, Name{ID: "7"}, said{"signedUpOn": "2026-01-02"}, nil)
		r.take(t, "id,createdAt,signedUpOn\n7,2019-01-01,2019-01-01\n", Import{Keep: true})
		if c := r.put(t, Name{ID: "7"}, nil, nil); isoDate(c.CreatedAt)[:4] != "2020" || isoDate(c.SignedUpAt)[:4] != "2026" {
			t.Errorf("dates that were known: %+v", c)
		}
		r.take(t, "email,code\nnew@x.test,007\nnext@x.test,12\n", Import{Types: map[string]string{"code": TypeText}})
		if c := r.put(t, Name{Email: "next@x.test"}, nil, nil); c.Attributes["code"] != "12" || c.Universe != UniverseLead {
			t.Errorf("by e-mail: %+v", c)
		}
	})
}

func TestATableThatCannotBeIsRefusedBeforeAnythingIsTaken(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for table, o := range map[string]Import{
			"": {}, "name\nAnn\n": {}, "id,2nd\n7,x\n": {}, "id,id\n7,8\n": {}, "id,currentPageUrl\n7,x\n": {}, "id,name,x\n7,Ann,\n": {Columns: map[string]string{"id": "id", "no such": "name"}},
			"id,a,b\n7,x,y\n": {Columns: map[string]string{"id": "id", "a": "name", "b": "name"}}, "id,x\n7,1\n": {Types: map[string]string{"x": "boolean"}}, "id,y_on\n7,1\n": {Types: map[string]string{"y_on": TypeText}},
			"id\n7\n": {Key: "name"}, "id,z\n7,1\n": {Types: map[string]string{"w": TypeText}},
		} {
			if report, err := r.Import(t.Context(), "acme", strings.NewReader(table), o); !isCode(err, chat.BadField) && !isCode(err, chat.MissingField) {
				t.Errorf("%q: %+v, %v", table, report, err)
			}
		}
		if _, err := r.Named(t.Context(), "acme", Name{ID: "7"}); !isCode(err, chat.NotFound) {
			t.Errorf("somebody was made: %v", err)
		}
		// One that breaks off is taken up to there.
		report := r.take(t, "id,name\n7,Ann\n8,\"Bob\n", Import{})
		if report.Created != 1 || report.Refused != 1 || report.Faults[0].Line != 3 {
			t.Errorf("%+v", report)
		}
	})
}

// endless is a table without an end, made as it is read.
type endless struct{ row, read int }

func (e *endless) Read(into []byte) (int, error) {
	line := fmt.Sprintf("\"%s\",x\n", strings.Repeat("y", 1<<20))
	if e.row++; e.row == 1 {
		line = "id,name\n"
	}
	n := copy(into, line)
	e.read += n
	return n, nil
}

func TestATableIsReadNoFurtherThanItMayGo(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		e := &endless{}
		report, err := r.Import(t.Context(), "acme", e, Import{})
		if err != nil || report.Created != 0 || len(report.Faults) > maxImportFaults || e.read > 1<<20 {
			t.Errorf("%+v, %v after %d bytes", report, err, e.read)
		}
	})
}

func TestAListBecomesATableWithoutFormulas(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for i := range 250 {
			r.put(t, Name{ID: fmt.Sprintf("u%03d", i)}, said{"name": "=cmd|' /C calc'!A0"}, said{"plan": []string{"pro", "free"}[i%2], "note": "-2+3", "seats": -2.5, "tab": "\tx"})
		}
		var out bytes.Buffer
		if err := r.ExportTable(t.Context(), "acme", Query{Filter: []byte(`{"attribute":"plan","is":"pro"}`), Sort: "-id"}, &out); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(rows) != 126 {
			t.Fatalf("%d lines, %v", len(rows), err)
		}
		cell := map[string]string{}
		for i, head := range rows[0] {
			cell[head] = rows[1][i]
		}
		if cell["id"] != "u248" || cell["name"] != "'=cmd|' /C calc'!A0" || cell["note"] != "'-2+3" || cell["seats"] != "-2.5" || cell["tab"] != "'\tx" ||
			cell["universe"] != "lead" || cell["emailSubscription"] != "true" || cell["signedUpOn"] != "" {
			t.Errorf("%v", cell)
		}
		out.Reset()
		if err := r.ExportTable(t.Context(), "acme", Query{Sort: "nobody"}, &out); !isCode(err, chat.BadField) || out.Len() != 0 {
			t.Errorf("%v after %d bytes", err, out.Len())
		}
	})
}

func TestASegmentIsAFilterUnderAName(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		s, err := r.SaveSegment(t.Context(), "acme", "", "Signups", []byte(`{"attribute":"universe","is":"signup"}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.SaveSegment(t.Context(), "acme", s.ID, "Leads", []byte(`{"attribute":"universe","is":"lead"}`)); err != nil {
			t.Fatal(err)
		}
		all, err := r.Segments(t.Context(), "acme")
		if err != nil || len(all) != 1 || all[0].Name != "Leads" || all[0].CreatedAt != s.CreatedAt || !strings.Contains(string(all[0].Filter), "lead") {
			t.Errorf("%+v, %v", all, err)
		}
		if _, err := r.SaveSegment(t.Context(), "acme", "", "Bad", []byte(`{"attribute":"currentPageUrl","known":true}`)); !isCode(err, chat.BadField) {
			t.Errorf("of the moment: %v", err)
		}
		for id, account := range map[string]chat.AccountID{s.ID: "other", "none": "acme"} {
			if _, err := r.SaveSegment(t.Context(), account, id, "X", []byte(`{}`)); !isCode(err, chat.NotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
		if err := r.DeleteSegment(t.Context(), "acme", s.ID); err != nil {
			t.Fatal(err)
		}
		if err := r.DeleteSegment(t.Context(), "acme", s.ID); !isCode(err, chat.NotFound) {
			t.Errorf("twice: %v", err)
		}
	})
}
