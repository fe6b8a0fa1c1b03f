package people

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"pgregory.net/rapid"

	"confab/chat"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

// list goes through all pages and returns the site's ids of whom it found.
func (r room) list(t fataler, filter, sort string, limit int) (ids []string, count int) {
	q := Query{Filter: json.RawMessage(filter), Sort: sort, Limit: limit}
	for {
		l, err := r.List(context.Background(), "acme", q)
		if err != nil {
			t.Fatal(fmt.Sprintf("%s: %v", filter, err))
		}
		for _, c := range l.Contacts {
			ids = append(ids, c.ExternalID)
		}
		if count = l.Count; l.Next == "" {
			return ids, count
		}
		q.After = l.Next
	}
}

// Proves ATTR-004 ATTR-012 ATTR-013 ATTR-048 ATTR-049.
func TestPeopleAreFoundByWhatIsKnownOfThem(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).UTC().Format(time.RFC3339) }
		r.put(t, Name{ID: "ann", Email: "ann@acme.test"}, said{"name": "Ann Doe", "city": "Oslo", "country": "Norway", "signedUpOn": day(3), "totalVisits": 4.0}, said{"plan": "Pro", "seats": -2.5, "paid_on": "2026-02-03"})
		r.put(t, Name{ID: "bob", Email: "bob@acme.test"}, said{"name": "Bob", "signedUpOn": day(40), "totalVisits": 3.0, "emailSubscription": false}, said{"plan": "pro plus", "seats": 10.0, "paid_on": "2026-02-04T00:00:00Z"})
		cid := r.put(t, Name{ID: "cid"}, said{"name": "Cid"}, said{"seats": 9.0, "long": strings.Repeat("é", 500) + "x"})
		r.put(t, Name{Email: "dan@x.test"}, nil, said{"plan": "free", "long": strings.Repeat("é", 500) + "y"})
		r.patch(t, cid.ID, `{"blocked":true}`)
		if err := r.Record(t.Context(), "acme", cid.ID, []Recorded{{Name: "order"}, {Name: "order"}}); err != nil {
			t.Fatal(err)
		}
		eve := r.come(t, acme, wire.Proof{Email: "eve@x.test", Name: "Eve"}) // a browser says so
		r.say(t, eve, wire.LayerAttributes, `{"plan":"trial","seats":7}`)
		if err := r.Consent(t.Context(), eve.speaker(), "consent-1", "marketing", true); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ filter, sort, want string }{
			{``, "id", "ann bob cid dan@x.test eve@x.test"},
			{`{}`, "-id", "eve@x.test dan@x.test cid bob ann"},
			{`{"all":[]}`, "seats", "ann eve@x.test cid bob dan@x.test"},
			{`{}`, "-seats", "bob cid eve@x.test ann dan@x.test"},
			{`{"attribute":"plan","is":"pro"}`, "id", "ann"},
			{`{"attribute":"plan","is":["PRO","free"]}`, "id", "ann dan@x.test"},
			{`{"attribute":"plan","isNot":"pro"}`, "id", "bob cid dan@x.test eve@x.test"},
			{`{"attribute":"plan","startsWith":"pro"}`, "id", "ann bob"},
			{`{"attribute":"plan","contains":"r"}`, "id", "ann bob dan@x.test eve@x.test"},
			{`{"attribute":"plan","known":true}`, "plan", "dan@x.test ann bob eve@x.test"},
			{`{"attribute":"plan","unknown":true}`, "id", "cid"},
			{`{"attribute":"seats","above":9}`, "id", "bob"},
			{`{"attribute":"seats","below":9}`, "id", "ann eve@x.test"},
			{`{"attribute":"seats","between":[-2.5,9]}`, "id", "ann cid eve@x.test"},
			{`{"attribute":"seats","is":10}`, "id", "bob"},
			{`{"attribute":"paid_on","is":"2026-02-03"}`, "id", "ann"},
			{`{"attribute":"paid_on","after":"2026-02-03"}`, "id", "bob"},
			{`{"attribute":"paid_on","before":"2026-02-04"}`, "id", "ann"},
			{`{"attribute":"paid_on","between":["2026-02-01","2026-02-04"]}`, "id", "ann bob"},
			{`{"attribute":"signedUpOn","inLast":7}`, "id", "ann"},
			{`{"all":[{"attribute":"plan","startsWith":"pro"},{"attribute":"totalVisits","above":3},{"attribute":"signedUpOn","after":"2020-01-01"}]}`, "id", "ann"},
			{`{"any":[{"attribute":"seats","is":10},{"attribute":"city","is":"oslo"},{"all":[{"attribute":"plan","is":"free"}]}]}`, "id", "ann bob dan@x.test"},
			{`{"attribute":"country","is":"norway"}`, "id", "ann"},
			{`{"attribute":"universe","is":"signup"}`, "-signedUpOn", "ann bob"},
			{`{"attribute":"universe","is":"lead"}`, "id", "cid dan@x.test eve@x.test"},
			{`{"attribute":"blocked","is":true}`, "id", "cid"},
			{`{"attribute":"emailSubscription","is":false}`, "id", "bob"},
			{`{"attribute":"consent.marketing","is":true}`, "id", "eve@x.test"},
			{`{"attribute":"order count","above":1}`, "id", "cid"},
			{`{"attribute":"order last","inLast":1}`, "id", "cid"},
			{`{"attribute":"email","contains":"ACME.test"}`, "name", "ann bob"},
			{`{"attribute":"name","startsWith":"e"}`, "id", "eve@x.test"},
			{`{"attribute":"long","is":"` + strings.Repeat("É", 500) + `x"}`, "id", "cid"},
			{`{"attribute":"long","startsWith":"` + strings.Repeat("é", 70) + `"}`, "id", "cid dan@x.test"},
		} {
			for i, limit := range []int{1, 2, 200, 1, 2, 200} {
				r.few = []int{0, fewFound}[i/3]
				got, count := r.list(t, c.filter, c.sort, limit)
				if strings.Join(got, " ") != c.want || count != len(got) {
					t.Errorf("%s by %s, %d each: %v of %d, want %s", c.filter, c.sort, limit, got, count, c.want)
				}
			}
		}
		if err := r.DeleteContact(t.Context(), "acme", cid.ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := r.list(t, `{"attribute":"order count","above":0}`, "id", 10); len(got) != 0 {
			t.Errorf("who was erased is found: %v", got)
		}
	})
}

// Proves ATTR-005 ATTR-021 ATTR-022 ATTR-023 ATTR-024.
func TestNobodyIsFoundByWhatIsOfTheMoment(t *testing.T) {
	r := open(t, storetest.Start(t).URL())
	for _, name := range []string{"timeOnCurrentPage", "currentPageUrl", "currentSessionDuration", "interactedInCurrentSession"} {
		_, err := r.List(t.Context(), "acme", Query{Filter: json.RawMessage(`{"all":[{"attribute":"` + name + `","known":true}]}`)})
		if refusal, ok := err.(*chat.Refusal); !ok || refusal.Code != chat.BadField || refusal.Field != "filter.all[0].attribute" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.List(t.Context(), "acme", Query{Sort: name}); !isCode(err, chat.BadField) {
			t.Errorf("by %s: %v", name, err)
		}
	}
}

func TestAFilterThatMeansNothingIsRefusedWhereItDoes(t *testing.T) {
	r := open(t, storetest.Start(t).URL())
	for filter, field := range map[string]string{
		`[]`: "filter", `5`: "filter", `{"all":5}`: "filter.all", `{"any":[]}`: "filter.any", `{"all":[],"any":[]}`: "filter", `{"attribute":"name"}`: "filter",
		`{"attribute":"name","is":"x","isNot":"y"}`: "filter", `{"is":"x"}`: "filter.attribute", `{"attribute":"nobody defined","is":1}`: "filter.attribute",
		`{"attribute":"name","above":1}`: "filter.above", `{"attribute":"totalVisits","is":"many"}`: "filter.is", `{"attribute":"totalVisits","between":[2,1]}`: "filter.between",
		`{"attribute":"createdAt","after":"soon"}`: "filter.after", `{"attribute":"createdAt","inLast":-1}`: "filter.inLast", `{"attribute":"name","known":false}`: "filter.known",
		`{"all":[{"any":[{"attribute":"name","is":5}]}]}`: "filter.all[0].any[0].is", `{"all":[{"all":[{"all":[{"all":[{"all":[{}]}]}]}]}]}`: "filter.all[0].all[0].all[0].all[0].all[0]",
		`{"all":[` + strings.Repeat(`{},`, 60) + `{}]}`: "filter.all[39]", `{"attribute":"name","contains":""}`: "filter.contains", `{"attribute":"blocked","is":"no"}`: "filter.is",
	} {
		_, err := r.List(t.Context(), "acme", Query{Filter: json.RawMessage(filter)})
		if refusal, ok := err.(*chat.Refusal); !ok || refusal.Field != field {
			t.Errorf("%.80s: %v, want the field %s", filter, err, field)
		}
	}
	for _, after := range []string{"x", "!", "YQ"} {
		if _, err := r.List(t.Context(), "acme", Query{After: after}); !isCode(err, chat.BadField) {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

// Whatever is written in whatever order: the index is what the contacts say, and every filter finds who it holds for.
func TestTheIndexIsWhatTheContactsSay(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			who := func() string { return fmt.Sprintf("p%d-%d", run, rapid.IntRange(0, 3).Draw(t, "who")) }
			word := func() any { return rapid.SampledFrom([]any{"a", "B", "ab", nil}).Draw(t, "word") }
			number := func() any { return rapid.SampledFrom([]any{-1.0, 0.0, 2.5, nil}).Draw(t, "number") }
			for range rapid.IntRange(3, 12).Draw(t, "steps") {
				id := who()
				switch rapid.SampledFrom([]string{"put", "patch", "come", "say", "prove", "record", "erase"}).Draw(t, "kind") {
				case "put":
					_, err := r.Put(context.Background(), acme, Name{ID: id}, Attributes{BuiltIn: said{"name": word(), "totalVisits": 1.0, "signedUpOn": rapid.SampledFrom([]any{"2026-01-01", nil}).Draw(t, "date")}, Custom: said{"word": word(), "number": number()}})
					must(t, err)
				case "patch":
					if c, err := r.Named(context.Background(), "acme", Name{ID: id}); err == nil {
						_, err := r.PatchContact(context.Background(), "acme", c, wire.Encode(map[string]any{"blocked": rapid.Bool().Draw(t, "blocked"), "attributes": said{"word": word()}}))
						must(t, err)
					}
				case "come":
					r.come(t, acme, wire.Proof{ID: id, Name: "b"})
				case "say":
					r.say(t, r.come(t, acme, wire.Proof{ID: id}), wire.LayerAttributes, string(wire.Encode(said{"word": word(), "number": number()})))
				case "prove":
					r.say(t, r.come(t, acme, wire.Proof{ID: id, HMAC: sign(acme, id)}), wire.LayerAttributes, string(wire.Encode(said{"number": number()})))
				case "record":
					if c, err := r.Named(context.Background(), "acme", Name{ID: id}); err == nil {
						must(t, r.Record(context.Background(), "acme", c, []Recorded{{Name: "did", At: 5}}))
					}
				case "erase":
					if c, err := r.Named(context.Background(), "acme", Name{ID: id}); err == nil {
						must(t, r.DeleteContact(context.Background(), "acme", c))
					}
				}
			}
			r.compare(t)
			r.once(t)
			_, err := r.Define(context.Background(), "acme", "word", TypeText)
			must(t, err)
			_, err = r.Define(context.Background(), "acme", "number", TypeNumber)
			must(t, err)
			condition := func() string {
				return rapid.SampledFrom([]string{`{"attribute":"word","is":"a"}`, `{"attribute":"word","isNot":"ab"}`, `{"attribute":"word","unknown":true}`, `{"attribute":"number","above":-1}`,
					`{"attribute":"number","below":2.5}`, `{"attribute":"number","known":true}`, `{"attribute":"universe","is":"signup"}`, `{"attribute":"blocked","is":false}`, `{"attribute":"did count","above":1}`}).Draw(t, "condition")
			}
			filter := fmt.Sprintf(`{"%s":[%s,{"any":[%s,%s]}]}`, rapid.SampledFrom([]string{"all", "any"}).Draw(t, "group"), condition(), condition(), condition())
			f, err := r.parseFilter(context.Background(), "acme", []byte(filter), chat.At(time.Now()))
			must(t, err)
			var want []string
			for _, d := range r.all(t) {
				if f.holds(d.ID, d.columns()) {
					want = append(want, d.siteID())
				}
			}
			slices.Sort(want)
			r.few = rapid.SampledFrom([]int{0, 3, fewFound}).Draw(t, "few")
			got, count := r.list(t, filter, rapid.SampledFrom([]string{"word", "-number", "id"}).Draw(t, "sort"), rapid.IntRange(1, 5).Draw(t, "limit"))
			slices.Sort(got)
			if !slices.Equal(got, want) || count != len(want) {
				t.Fatalf("%s: %v of %d, want %v", filter, got, count, want)
			}
			for _, d := range r.all(t) {
				must(t, r.DeleteContact(context.Background(), "acme", d.ID))
			}
			r.compare(t)
		})
	})
}

func must(t fataler, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func (r room) all(t fataler) (all []document) {
	after := ""
	for {
		docs, next, err := r.store.ListDocs(context.Background(), "acme", kindContact, after, 500)
		must(t, err)
		for _, doc := range docs {
			var d document
			must(t, json.Unmarshal(doc.Data, &d))
			all = append(all, d)
		}
		if after = next; next == "" {
			return all
		}
	}
}

// once holds that no visitor is part of two contacts.
func (r room) once(t fataler) {
	found := map[chat.VisitorID]chat.ContactID{}
	for _, d := range r.all(t) {
		d, err := r.person(context.Background(), "acme", d.ID)
		must(t, err)
		for _, v := range d.allVisitors() {
			if other, twice := found[v]; twice {
				t.Fatal(fmt.Sprintf("visitor %s is part of %s and of %s", v, other, d.ID))
			}
			found[v] = d.ID
		}
	}
}

// compare holds the index against the contacts.
func (r room) compare(t fataler) {
	want := map[string][]string{columnText + "word": nil, columnNumber + "number": nil, columnNumber + "did count": nil}
	for _, d := range r.all(t) {
		for column, value := range d.columns() {
			want[column] = append(want[column], store.Member(value, d.ID))
		}
	}
	for column, members := range want {
		slices.Sort(members)
		var got []string
		must(t, r.store.Column(context.Background(), "acme", store.Stretch{Column: column}, false, func(m string) bool {
			got = append(got, m)
			return true
		}))
		if !slices.Equal(got, members) {
			t.Fatal(fmt.Sprintf("column %s: %q, want %q", column, got, members))
		}
	}
}

func TestContactsFromBeforeTheIndexAreFound(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for i := range 450 {
			d := document{ID: chat.ContactID(fmt.Sprintf("c%03d", i)), Keys: []string{fmt.Sprint("id:", i)}, Level: Claimed, CreatedAt: 1, UpdatedAt: 1}
			d.Attributes = said{"plan": "pro", "vip": i%2 == 0, "no name": "x"}
			if _, err := r.store.PutDoc(t.Context(), "acme", kindContact, string(d.ID), []byte(d.text()), 0); err != nil {
				t.Fatal(err)
			}
		}
		r.patch(t, "c007", `{"attributes":{"plan":"free"}}`) // while it is being made
		if _, count := r.list(t, `{"all":[{"attribute":"universe","is":"lead"}]}`, "id", 200); count != 450 {
			t.Errorf("%d leads", count)
		}
		if _, count := r.list(t, `{"all":[{"attribute":"plan","is":"pro"},{"attribute":"vip","is":1}]}`, "plan", 200); count != 225 {
			t.Errorf("%d have it", count)
		}
		r.compare(t)
		late, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := New(r.o).List(late, "other", Query{}); err == nil {
			t.Error("a list without a store")
		}
	})
}

// TestAHundredThousandContactsAreFilteredInASecond, counted and sorted. Watched for races, which takes several times as long, they
// are fewer, and no time is asked.
func TestAHundredThousandContactsAreFilteredInASecond(t *testing.T) {
	many := 100_000
	if raced || testing.Short() {
		many = 10_000
	}
	server := func(t *testing.T) (url string, embedded bool) {
		return storetest.Start(t, "--appendfsync", "no", "--appendonly", "no").URL(), false
	}
	memory := func(t *testing.T) (url string, embedded bool) {
		e, err := store.StartEmbedded(zap.NewNop())
		must(t, err)
		t.Cleanup(func() { e.Close() })
		return e.URL(), true
	}
	for name, start := range map[string]func(*testing.T) (string, bool){"redis": server, "embedded": memory} {
		t.Run(name, func(t *testing.T) {
			url, embedded := start(t)
			s := storetest.Open(t, url, nil, func(o *store.Options) { o.Embedded = embedded })
			r := room{New(Options{Store: s, Presence: presence.New(presence.Options{Store: s, Node: "a", Log: zap.NewNop()}), IDs: chat.NewIDs(nil), Log: zap.NewNop()}), s}
			began := time.Now()
			r.fill(t, many)
			t.Logf("%d contacts in %v", many, time.Since(began))
			for _, c := range []struct {
				filter, sort string
				want         int
			}{
				{`{"attribute":"plan","is":"pro"}`, "-createdAt", many / 2},
				{`{"all":[{"attribute":"plan","is":"pro"},{"attribute":"totalVisits","above":3},{"attribute":"signedUpOn","after":"2026-01-01"}]}`, "name", many / 10 * 3},
				{`{"all":[{"attribute":"email","contains":"98@"},{"attribute":"plan","isNot":"pro"}]}`, "id", many / 100},
				{`{"attribute":"id","is":"u4711"}`, "-createdAt", 1},
				{``, "-name", many},
			} {
				quickest := time.Hour
				for range 3 { // what else this machine does is not measured
					began, worked := time.Now(), processor()
					l, err := r.List(t.Context(), "acme", Query{Filter: json.RawMessage(c.filter), Sort: c.sort, Limit: 50})
					took := time.Since(began)
					if embedded {
						took = min(took, max(processor()-worked, time.Millisecond))
					}
					if err != nil || l.Count != c.want || len(l.Contacts) != min(50, c.want) {
						t.Fatalf("%s: %d of %d, want %d, %v", c.filter, len(l.Contacts), l.Count, c.want, err)
					}
					quickest = min(quickest, took)
				}
				t.Logf("%v: %s by %s", quickest, c.filter, c.sort)
				if quickest > time.Second && !raced {
					t.Errorf("%s took %v", c.filter, quickest)
				}
			}
		})
	}
}

// processor is how long this process has worked, the embedded store in it.
func processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return time.Hour
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// fill writes many contacts as the script would, but thousands with one command.
func (r room) fill(t *testing.T, many int) {
	r.ready.Store(chat.AccountID("acme"), true)
	for name, typ := range map[string]string{"plan": TypeText, "seats": TypeNumber} {
		_, err := r.Define(t.Context(), "acme", name, typ)
		must(t, err)
	}
	signed, _ := moment("2026-03-01")
	const atOnce = 5000
	for from := 0; from < many; from += atOnce {
		docs := []any{"HSET", r.store.Key("acme", "doc", kindContact)}
		columns := map[string][]any{}
		for i := from; i < min(from+atOnce, many); i++ {
			d := document{ID: chat.ContactID(fmt.Sprintf("c%016d", i)), Keys: []string{fmt.Sprintf("id:u%d", i)}, ExternalID: fmt.Sprintf("u%d", i), Level: Claimed, CreatedAt: chat.Millis(i + 1)}
			d.Name, d.Email = fmt.Sprintf("Name %d", i*7919%many), fmt.Sprintf("u%d@acme.test", i)
			d.Attributes, d.SignedUpAt = said{"plan": []string{"free", "pro"}[i%2], "totalVisits": float64(i % 10)}, signed
			docs = append(docs, string(d.ID), "1 "+d.text())
			for _, m := range marks(&document{}, &d) {
				columns[m.Column] = append(columns[m.Column], 0, m.Member)
			}
		}
		_, err := r.store.Command(t.Context(), "acme", docs...)
		must(t, err)
		for column, members := range columns {
			_, err := r.store.Command(t.Context(), "acme", append([]any{"ZADD", r.store.Key("acme", "ci", column)}, members...)...)
			must(t, err)
		}
	}
}

// Proves ATTR-014 ATTR-015.
func TestPeopleAreFoundByTheirVisits(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r.put(t, Name{ID: "from before"}, said{"totalVisits": 9.0, "city": "Oslo"}, nil)
		r.put(t, Name{ID: "never"}, nil, nil)
		for _, proof := range []wire.Proof{{ID: "from before", HMAC: sign(acme, "from before")}, {ID: "proven", HMAC: sign(acme, "proven")}, {ID: "lead"}} {
			o := r.come(t, acme, proof)
			proof.Token = o.Token
			r.come(t, acme, proof) // in the same visit
		}
		for filter, want := range map[string]string{
			`{"attribute":"totalVisits","is":1}`: "lead proven", `{"attribute":"totalVisits","above":1}`: "from before", `{"attribute":"totalVisits","unknown":true}`: "never",
			`{"attribute":"lastVisitedAt","inLast":1}`: "from before lead proven", `{"attribute":"city","is":"oslo"}`: "from before",
		} {
			if got, _ := r.list(t, filter, "id", 10); strings.Join(got, " ") != want {
				t.Errorf("%s: %v, want %s", filter, got, want)
			}
		}
	})
}
