package people

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"confab/chat"
	"confab/wire"
)

func (r room) put(t testing.TB, n Name, builtIn, custom map[string]any) Contact {
	t.Helper()
	c, err := r.Put(t.Context(), acme, n, Attributes{BuiltIn: builtIn, Custom: custom})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type said = map[string]any

// Proves PAV-REST-021 PAV-REST-022 PAV-REST-026 PAV-REST-028 ATTR-006 ATTR-007 ATTR-008 ATTR-009 ATTR-010 ATTR-011 ATTR-047.
func TestAServerMakesAPersonAndChangesWhatItNames(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		c := r.put(t, Name{ID: "7", Email: "ann@acme.test"}, said{"name": "Ann Doe", "firstName": "Ann", "lastName": "Doe", "phone": "+4755"}, said{"plan": "pro", "seats": 3.0})
		if c.ExternalID != "7" || c.Email != "ann@acme.test" || c.Name != "Ann Doe" || c.Phone != "+4755" || c.Attributes["firstName"] != "Ann" ||
			c.Attributes["lastName"] != "Doe" || c.Attributes["plan"] != "pro" || c.Attributes["seats"] != 3.0 || c.Universe != UniverseLead || c.Level != Claimed {
			t.Fatalf("%+v", c)
		}
		again := r.put(t, Name{ID: "7"}, said{"phone": nil}, said{"plan": nil, "tier": "gold"})
		if again.ID != c.ID || again.Phone != "" || again.Name != "Ann Doe" || again.Email != "ann@acme.test" || again.Attributes["plan"] != nil ||
			again.Attributes["seats"] != 3.0 || again.Attributes["tier"] != "gold" {
			t.Errorf("%+v", again)
		}
		mail := r.put(t, Name{Email: "Bob@Acme.test"}, nil, nil)
		if mail.ID == c.ID || !strings.EqualFold(mail.ExternalID, "bob@acme.test") || mail.Email != "Bob@Acme.test" {
			t.Errorf("without an id: %+v", mail)
		}
		if c := r.put(t, Name{ID: "bob@acme.test"}, said{"email": "robert@acme.test"}, nil); c.ID != mail.ID || c.Email != "robert@acme.test" || c.UpdatedAt < mail.UpdatedAt {
			t.Errorf("by another word for the same: %+v", c)
		}
		if c := r.put(t, Name{Email: "bob@acme.test"}, said{"email": "bobby@acme.test"}, nil); c.ID != mail.ID || c.Email != "bobby@acme.test" {
			t.Errorf("an e-mail that is said beside the name: %+v", c)
		}
		for _, n := range []Name{{Email: "bob@acme.test"}, {ID: "bob@acme.test"}} { // the e-mail is his id
			if id, err := r.Named(t.Context(), "acme", n); err != nil || id != mail.ID {
				t.Errorf("%+v names %s, %v", n, id, err)
			}
		}
		if id, err := r.Named(t.Context(), "other", Name{ID: "7"}); !isCode(err, chat.NotFound) {
			t.Errorf("another account has %s, %v", id, err)
		}
	})
}

// Proves PAV-REST-027.
func TestWhoseIDWasHisEMailIsGivenTheIDThatComesWithIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		mail := r.put(t, Name{Email: "ann@acme.test"}, said{"name": "Ann"}, nil)
		if id, err := r.Named(t.Context(), "acme", Name{ID: "7", Email: "ann@acme.test"}); err != nil || id != mail.ID {
			t.Errorf("before: %s, %v", id, err)
		}
		both := r.put(t, Name{ID: "7", Email: "ann@acme.test"}, nil, nil)
		if both.ID != mail.ID || both.ExternalID != "7" || both.Name != "Ann" {
			t.Errorf("adopted: %+v", both)
		}
		for _, n := range []Name{{ID: "7"}, {Email: "ann@acme.test"}} {
			if id, err := r.Named(t.Context(), "acme", n); err != nil || id != mail.ID {
				t.Errorf("%+v names %s, %v", n, id, err)
			}
		}
		r.put(t, Name{ID: "cid@acme.test"}, nil, nil)
		if cid := r.put(t, Name{ID: "3", Email: "cid@acme.test"}, nil, nil); cid.ExternalID != "3" {
			t.Errorf("whose id was given as an id: %+v", cid)
		}
		if next := r.put(t, Name{ID: "8", Email: "ann@acme.test"}, nil, nil); next.ID == mail.ID {
			t.Error("somebody who has an id was given another's")
		}
		if has := r.put(t, Name{ID: "9", Email: "new@acme.test"}, nil, nil); has.ID == r.put(t, Name{Email: "new@acme.test"}, nil, nil).ID {
			t.Error("an e-mail that is not the id led to somebody")
		}
	})
}

func TestWhatAServerSaysIsTheTeamsWordAndStandsInLists(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		o := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		r.say(t, o, wire.LayerBasic, `{"name":"Annie","email":"annie@x.test"}`)
		r.say(t, o, wire.LayerAttributes, `{"plan":"trial"}`)
		if c, err := r.Contact(t.Context(), "acme", o.Contact); err != nil || c.Sources["basic.name"] != sourceProven || c.Sources["attributes.plan"] != sourceProven {
			t.Fatalf("%+v, %v", c.Sources, err)
		}
		name := strings.Repeat("n", chat.Limits.NameRunes)
		c := r.put(t, Name{ID: "7"}, said{"name": name, "email": nil}, said{"plan": "pro"})
		if c.Sources["basic.name"] != sourceTeam || c.Sources["attributes.plan"] != sourceTeam {
			t.Errorf("%+v", c.Sources)
		}
		if v, err := r.Visitor(t.Context(), "acme", o.Visitor.ID); err != nil || v.Name != name || v.Email != "" {
			t.Errorf("in lists: %+v, %v", v, err)
		}
	})
}

func TestAPersonHasSoManyAttributesAndNoMore(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		many := func(n int, value string) said {
			all := said{}
			for i := range n {
				all[fmt.Sprint("a", i)] = value
			}
			return all
		}
		r.put(t, Name{ID: "7"}, nil, many(maxAttributes, "x"))
		for id, custom := range map[string]said{"7": {"more": "x"}, "8": many(maxFactsBytes/maxAttributeValue+1, strings.Repeat("x", maxAttributeValue))} {
			_, err := r.Put(t.Context(), acme, Name{ID: id}, Attributes{Custom: custom})
			if refusal, ok := err.(*chat.Refusal); !ok || refusal.Code != chat.TooLong || refusal.Field != "attributes" {
				t.Errorf("%s: %v", id, err)
			}
		}
		if c := r.put(t, Name{ID: "7"}, nil, nil); len(c.Attributes) != maxAttributes {
			t.Errorf("%d attributes", len(c.Attributes))
		}
	})
}

// Proves PAV-REST-030 PAV-REST-031 PAV-REST-032 ATTR-018 ATTR-049.
func TestTheDateOfSigningUpMovesBetweenUniverses(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		const day = "2026-02-03T10:00:00.123456+02:00"
		if c := r.put(t, Name{ID: "7"}, said{"signedUpOn": day}, nil); c.Universe != UniverseSignup || isoDate(c.SignedUpAt) != "2026-02-03T08:00:00.123Z" {
			t.Errorf("a date: %+v", c)
		}
		if c := r.put(t, Name{ID: "7"}, said{"name": "Ann"}, nil); c.Universe != UniverseSignup {
			t.Errorf("nothing said: %+v", c)
		}
		if c := r.put(t, Name{ID: "7"}, said{"signedUpOn": nil}, nil); c.Universe != UniverseLead || c.SignedUpAt != 0 {
			t.Errorf("null: %+v", c)
		}
		if o := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")}); o.User.SignedUpAt == 0 {
			t.Errorf("proven: %+v", o.User)
		}
		if c := r.put(t, Name{ID: "7"}, nil, nil); c.Universe != UniverseSignup || c.Level != Verified {
			t.Errorf("after the proof: %+v", c)
		}
		guest := r.come(t, acme, wire.Proof{})
		if c, err := r.Contact(t.Context(), "acme", chat.ContactID(guest.Visitor.ID)); err != nil || c.Universe != UniverseAnonymous {
			t.Errorf("a guest: %+v, %v", c, err)
		}
		lead := r.come(t, acme, wire.Proof{Email: "lead@acme.test"})
		if c, err := r.Contact(t.Context(), "acme", chat.ContactID(lead.Visitor.ID)); err != nil || c.Universe != UniverseLead || c.Email != "lead@acme.test" {
			t.Errorf("a claim: %+v, %v", c, err)
		}
	})
}

// Proves ATTR-014 ATTR-015 ATTR-016 ATTR-017 ATTR-019 ATTR-020 PAV-REST-029.
func TestAServerWritesWhatIsKeptAndNotWhatIsOfTheMoment(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		c := r.put(t, Name{ID: "7"}, said{
			"createdAt": "2020-01-02", "totalVisits": 9.0, "totalTimeSpent": 81.5, "lastVisitedAt": "2026-01-02T00:00:00Z", "lastActivityAt": "2025-01-02T00:00:00Z",
			"timeOnCurrentPage": 4.0, "currentPageUrl": "https://x.test", "currentSessionDuration": 1.0, "interactedInCurrentSession": true, "nobody knows": []any{1},
			"emailSubscription": false,
		}, nil)
		if isoDate(c.CreatedAt) != "2020-01-02T00:00:00.000Z" || c.Attributes["totalVisits"] != 9.0 || c.Attributes["totalTimeSpent"] != 81.5 || c.Subscribed ||
			c.Attributes["lastActivityAt"] != c.Attributes["lastVisitedAt"] || len(c.Attributes) != 5 {
			t.Errorf("%+v", c)
		}
		for _, no := range []any{0.0, false} {
			r.put(t, Name{ID: "7"}, said{"emailSubscription": true}, nil)
			if c := r.put(t, Name{ID: "7"}, said{"emailSubscription": no, "id": "8"}, nil); c.Subscribed || len(c.Attributes) != 5 || c.ExternalID != "7" {
				t.Errorf("%v: %+v", no, c)
			}
		}
		if c := r.put(t, Name{ID: "7"}, said{"emailSubscription": true, "createdAt": nil}, nil); !c.Subscribed || isoDate(c.CreatedAt) != "2020-01-02T00:00:00.000Z" {
			t.Errorf("%+v", c)
		}
		if c := r.put(t, Name{ID: "8"}, nil, nil); !c.Subscribed {
			t.Error("nobody subscribed at first")
		}
	})
}

// Proves PAV-REST-025 PAV-REST-034 PAV-REST-035 PAV-REST-040 ATTR-030 ATTR-036 ATTR-037.
func TestOfARefusedWordNothingIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r.put(t, Name{ID: "7"}, said{"name": "Ann"}, said{"seats": 3.0})
		for i, bad := range []struct {
			said  Attributes
			field string
		}{
			{Attributes{BuiltIn: said{"name": "New", "email": 5.0}}, "email"},
			{Attributes{BuiltIn: said{"name": "New", "signedUpOn": "yesterday"}}, "signedUpOn"},
			{Attributes{BuiltIn: said{"name": "New", "signedUpOn": 1790000000000.0}}, "signedUpOn"},
			{Attributes{BuiltIn: said{"name": "New", "totalVisits": -1.0}}, "totalVisits"},
			{Attributes{BuiltIn: said{"name": "New", "emailSubscription": "no"}}, "emailSubscription"},
			{Attributes{BuiltIn: said{"name": strings.Repeat("x", 1000)}}, "name"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"fine": "x", "paid_on": "soon"}}, "custom.paid_on"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"fine": "x", "lastPerformanceAt": 5.0}}, "custom.lastPerformanceAt"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"fine": "x", "2nd": "x"}}, "custom.2nd"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"fine": "x", "a b": "x"}}, "custom.a b"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"fine": "x", "order count": 1.0}}, "custom.order count"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"fine": "x", "deep": said{"a": 1.0}}}, "custom.deep"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"fine": "x", "seats": "many"}}, "custom.seats"},
			{Attributes{BuiltIn: said{"name": "New", "totalVisits": 1.5}}, "totalVisits"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"email": "x"}}, "custom.email"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"currentPageUrl": "x"}}, "custom.currentPageUrl"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"createdAt": "2026-02-03"}}, "custom.createdAt"},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{strings.Repeat("n", maxAttributeName+1): "x"}}, "custom." + strings.Repeat("n", maxAttributeName)},
			{Attributes{BuiltIn: said{"name": "New"}, Custom: said{"long": strings.Repeat("x", maxAttributeValue+1)}}, "custom.long"},
		} {
			for _, n := range []Name{{ID: "7"}, {ID: fmt.Sprint("new", i)}} {
				_, err := r.Put(t.Context(), acme, n, bad.said)
				refusal, ok := err.(*chat.Refusal)
				if !ok || refusal.Field != bad.field {
					t.Errorf("%+v: %v, want the field %s", bad.said, err, bad.field)
				}
			}
			if id, err := r.Named(t.Context(), "acme", Name{ID: fmt.Sprint("new", i)}); !isCode(err, chat.NotFound) {
				t.Errorf("%+v made %s, %v", bad.said, id, err)
			}
		}
		if c := r.put(t, Name{ID: "7"}, nil, nil); c.Name != "Ann" || len(c.Attributes) != 1 {
			t.Errorf("%+v", c)
		}
		if _, err := r.Put(t.Context(), acme, Name{ID: " "}, Attributes{}); !isCode(err, chat.MissingField) {
			t.Errorf("nobody: %v", err)
		}
		if all, err := r.Definitions(t.Context(), "acme"); err != nil || len(all) != len(builtIns)+1 {
			t.Errorf("%d definitions, %v", len(all), err)
		}
		for name, value := range (said{"format": "a", "season": "b", "combat": "c", "STAT": "d", "location": "e"}) { // no dates
			r.put(t, Name{ID: "7"}, nil, said{name: value})
		}
	})
}

// Proves ATTR-035 ATTR-038 ATTR-039 ATTR-040.
func TestAnAttributeKeepsItsTypeAndValuesAreMadeIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		if _, err := r.Define(t.Context(), "acme", "birthday", TypeDate); err != nil {
			t.Fatal(err)
		}
		r.put(t, Name{ID: "7"}, nil, said{"text": "x", "number": 1.0, "flag": true, "paid_on": "2026-02-03", "signedAt": "2026-02-03T10:00:00Z"})
		want := map[string]string{"text": TypeText, "number": TypeNumber, "flag": TypeNumber, "paid_on": TypeDate, "signedAt": TypeDate, "birthday": TypeDate}
		all, err := r.Definitions(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			if d.Origin == OriginCustom && d.Type != want[d.Name] {
				t.Errorf("%s is %s", d.Name, d.Type)
			}
		}
		c := r.put(t, Name{ID: "7"}, nil, said{"text": 5.25, "number": "12", "flag": false, "birthday": "2000-02-03"})
		for name, value := range (said{"text": "5.25", "number": 12.0, "flag": 0.0, "birthday": "2000-02-03"}) {
			if c.Attributes[name] != value {
				t.Errorf("%s is %v, want %v", name, c.Attributes[name], value)
			}
		}
		for name, value := range (said{"number": "twelve", "birthday": "long ago", "paid_on": 5.0}) {
			if _, err := r.Put(t.Context(), acme, Name{ID: "7"}, Attributes{Custom: said{name: value}}); !isCode(err, chat.BadField) {
				t.Errorf("%s = %v: %v", name, value, err)
			}
		}
		for value, want := range map[any]any{"-5": -5.0, "0.25": 0.25, 9007199254740991.0: 9007199254740991.0} {
			if c := r.put(t, Name{ID: "7"}, nil, said{"number": value}); c.Attributes["number"] != want {
				t.Errorf("%v is %v", value, c.Attributes["number"])
			}
		}
		for value, want := range map[any]any{1234567890.0: "1234567890", strings.Repeat("ä", maxAttributeValue): strings.Repeat("ä", maxAttributeValue)} {
			if c := r.put(t, Name{ID: "7"}, nil, said{"text": value}); c.Attributes["text"] != want {
				t.Errorf("%v is %v", value, c.Attributes["text"])
			}
		}
		for _, lossy := range []string{"007", "1e3", "0x10", "9007199254740993", " 1", "", "+1", "NaN"} {
			if _, err := r.Put(t.Context(), acme, Name{ID: "7"}, Attributes{Custom: said{"number": lossy}}); !isCode(err, chat.BadField) {
				t.Errorf("%q became a number: %v", lossy, err)
			}
		}
	})
}

// Proves ATTR-046.
func TestAPageDefinesAttributesAndIsToldWhichDoNotFit(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		guest := r.come(t, acme, wire.Proof{Email: "g@x.test"})
		r.say(t, guest, wire.LayerAttributes, `{"plan":5,"color":"red"}`)
		r.put(t, Name{ID: "7"}, nil, said{"plan": "pro"}) // what only a stranger said binds nobody
		err := r.Say(t.Context(), guest.speaker(), wire.LayerAttributes, false, []byte(`{"color":"blue","plan":6}`))
		if err != nil {
			t.Errorf("a number is text too: %v", err)
		}
		r.put(t, Name{ID: "7"}, nil, said{"seats": 5.0})
		proven := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		for _, o := range []Opened{guest, proven} {
			err := r.Say(t.Context(), o.speaker(), wire.LayerAttributes, false, []byte(`{"color":"green","seats":"many"}`))
			if refusal, ok := err.(*chat.Refusal); !ok || refusal.Code != chat.BadField || refusal.Field != "data.seats" {
				t.Errorf("%s: %v", o.Level, err)
			}
			u, _, err := r.User(t.Context(), o.speaker(), o.Level)
			if err != nil || u.Attributes["color"] != "green" || u.Attributes["seats"] == "many" {
				t.Errorf("%s: %+v, %v", o.Level, u, err)
			}
		}
		all, err := r.Definitions(t.Context(), "acme")
		types := map[string]string{}
		for _, d := range all {
			types[d.Name] = d.Origin + " " + d.Type
		}
		if err != nil || types["plan"] != "custom string" || types["color"] != "custom string" || types["seats"] != "custom number" {
			t.Errorf("%v, %v", types, err)
		}
	})
}

func TestWhoDefineAnAttributeAtOnceAgree(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		nodes := []*People{r.People, New(r.o), New(r.o)}
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				var value any = "1"
				if i%2 == 0 {
					value = 1.0
				}
				_, err := nodes[i%3].Put(context.Background(), acme, Name{ID: fmt.Sprint(i)}, Attributes{Custom: said{"level": value}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		kinds := map[string]int{}
		for i := range 12 {
			kinds[fmt.Sprintf("%T", r.put(t, Name{ID: fmt.Sprint(i)}, nil, nil).Attributes["level"])]++
		}
		if len(kinds) != 1 {
			t.Errorf("%v", kinds)
		}
	})
}

func TestAnAccountHasSoManyAttributesAndNoMore(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		guest := r.come(t, acme, wire.Proof{})
		for i := 0; i < maxSaidOnly; i += 50 {
			var b strings.Builder
			for k := range 50 {
				fmt.Fprintf(&b, `,"s%d":1`, i+k)
			}
			if err := r.Say(t.Context(), guest.speaker(), wire.LayerAttributes, true, []byte("{"+b.String()[1:]+"}")); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Say(t.Context(), guest.speaker(), wire.LayerAttributes, true, []byte(`{"more":1}`)); !isCode(err, chat.TooLong) {
			t.Errorf("one more by a page: %v", err)
		}
		for i := range maxDefinitions - maxSaidOnly {
			if _, err := r.Define(t.Context(), "acme", fmt.Sprint("d", i), TypeText); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Put(t.Context(), acme, Name{ID: "7"}, Attributes{Custom: said{"more": 1.0}}); !isCode(err, chat.TooLong) {
			t.Errorf("one more by the server: %v", err)
		}
		r.put(t, Name{ID: "7"}, nil, said{"s1": "text", "d1": "x"})
	})
}

// Proves PAV-REST-036 ATTR-031 ATTR-032 ATTR-033 ATTR-034.
func TestNamesAreReadAsWords(t *testing.T) {
	for name, want := range map[string]string{
		"isActiveAffiliate": "Is Active Affiliate", "twitter_handle": "Twitter Handle", "userURL": "User URL", "line2Total": "Line2 Total", "a__b": "A B",
		"snake_case": "Snake Case", "camelCase": "Camel Case", "x": "X", "trailing_": "Trailing", "URL": "URL",
	} {
		if got := Title(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAllThatServersSayAtOnceIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		nodes := []*People{r.People, New(r.o), New(r.o)}
		var all sync.WaitGroup
		for i := range 9 {
			all.Go(func() {
				n := Name{ID: "7", Email: "ann@acme.test"}
				if i%3 == 0 {
					n.ID = "" // an e-mail alone may make a person of its own, but never two of either
				}
				if _, err := nodes[i%3].Put(context.Background(), acme, n, Attributes{Custom: said{fmt.Sprint("a", i): 1.0}}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		c := r.put(t, Name{ID: "7"}, nil, nil)
		mail := r.put(t, Name{Email: "ann@acme.test"}, nil, nil)
		seen := len(c.Attributes)
		if mail.ID != c.ID {
			seen += len(mail.Attributes)
		}
		if seen != 9 {
			t.Errorf("%v and %v", c.Attributes, mail.Attributes)
		}
	})
}

// Proves PAV-REST-069 PAV-REST-073 PAV-REST-074 PAV-REST-075 PAV-REST-077 PAV-REST-078 ATTR-048.
func TestEventsThatAServerTellsAreCountedByWhenTheyHappened(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		c := r.put(t, Name{ID: "7"}, nil, nil)
		at := func(text string) chat.Millis { m, _ := moment(text); return m }
		err := r.Record(t.Context(), "acme", c.ID, []Recorded{
			{Name: "order", At: at("2026-02-03"), Data: []byte(`{"sum":{"eur":3},"gift":true}`)}, {Name: "order", At: at("2024-01-01")}, {Name: "order", At: at("2025-01-01")}, {Name: "login"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []struct {
			event Recorded
			field string
		}{{Recorded{}, "events[1].name"}, {Recorded{Name: "x", Data: []byte(`[]`)}, "events[1].data"}, {Recorded{Name: "x\n"}, "events[1].name"}, {Recorded{Name: "x", At: -1}, "events[1].at"}} {
			err := r.Record(t.Context(), "acme", c.ID, []Recorded{{Name: "order"}, bad.event})
			if refusal, ok := err.(*chat.Refusal); !ok || refusal.Field != bad.field {
				t.Errorf("%+v: %v", bad.event, err)
			}
		}
		for data, want := range map[string]chat.Code{"null": chat.BadField, `{"a":"` + strings.Repeat("x", maxEventBytes) + `"}`: chat.TooLong} {
			err := r.Record(t.Context(), "acme", c.ID, []Recorded{{Name: "order", Data: []byte(data)}})
			if refusal, ok := err.(*chat.Refusal); !ok || refusal.Code != want || refusal.Field != "events[0].data" {
				t.Errorf("%.9s: %v", data, err)
			}
		}
		many := make([]Recorded, maxEventNames+1)
		for i := range many {
			many[i].Name = fmt.Sprint("event", i)
		}
		if err := r.Record(t.Context(), "acme", r.put(t, Name{ID: "8"}, nil, nil).ID, many[:maxEventNames]); err != nil {
			t.Errorf("so many names: %v", err)
		}
		err = r.Record(t.Context(), "acme", r.put(t, Name{ID: "9"}, nil, nil).ID, many)
		if refusal, ok := err.(*chat.Refusal); !ok || refusal.Code != chat.TooLong || refusal.Field != fmt.Sprintf("events[%d].name", maxEventNames) {
			t.Errorf("one name more: %v", err)
		}
		if err := r.Record(t.Context(), "acme", c.ID, nil); err != nil {
			t.Errorf("nothing: %v", err)
		}
		if err := r.Record(t.Context(), "acme", "nobody", []Recorded{{Name: "x"}}); !isCode(err, chat.NotFound) {
			t.Errorf("nobody: %v", err)
		}
		got, err := r.Contact(t.Context(), "acme", c.ID)
		if err != nil || got.Attributes["order count"] != int64(3) || got.Attributes["order first"] != "2024-01-01T00:00:00.000Z" ||
			got.Attributes["order last"] != "2026-02-03T00:00:00.000Z" || got.Attributes["login count"] != int64(1) {
			t.Errorf("%+v, %v", got.Attributes, err)
		}
		history, _, err := r.History(t.Context(), "acme", c.ID, "", 10)
		if err != nil || len(history) != 4 || history[1].Kind != HappenedEvent || string(history[1].Event.Data) != `{"sum":{"eur":3},"gift":true}` || string(history[3].Event.Data) != `{}` || history[3].At != at("2024-01-01") {
			t.Errorf("%+v, %v", history, err)
		}
		if e, err := r.Export(t.Context(), "acme", c.ID); err != nil || len(e.Did) != 4 {
			t.Errorf("%+v, %v", e, err)
		}
		proven := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		if err := r.Event(t.Context(), proven.speaker(), "event-one", "order", nil); err != nil {
			t.Fatal(err)
		}
		if u, _, err := r.User(t.Context(), proven.speaker(), Verified); err != nil || u.Attributes["order count"] != int64(4) || u.Attributes["order first"] != "2024-01-01T00:00:00.000Z" {
			t.Errorf("%+v, %v", u.Attributes, err)
		}
	})
}
