package people

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/store/storetest"
	"confab/wire"
)

const nobodies = `{"attribute":"universe","is":"anonymous"}`

// names are the names of whom a filter finds.
func (r room) names(t testing.TB, filter string) []string {
	t.Helper()
	l, err := r.List(t.Context(), "acme", Query{Filter: []byte(filter)})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, c := range l.Contacts {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}

func (r room) meet(t testing.TB, o Opened) {
	t.Helper()
	must(t, r.Meet(t.Context(), "acme", o.Visitor.ID))
}

// Proves ATTR-004 ATTR-049.
func TestVisitorsWhoDidSomethingAreFoundAmongTheContactsAndPassersByAreNot(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		passer := r.come(t, acme, wire.Proof{})
		r.say(t, passer, wire.LayerAttributes, `{"plan":"guest"}`)
		r.say(t, passer, wire.LayerIntegration, `{"cart":3}`)
		must(t, r.Event(t.Context(), passer.speaker(), "e1", "saw prices", nil))
		if got := r.names(t, `{}`); len(got) != 0 {
			t.Fatalf("who passed by is found: %v", got)
		}
		writes := r.come(t, acme, wire.Proof{})
		r.say(t, writes, wire.LayerAttributes, `{"plan":"trial"}`)
		r.meet(t, writes)
		r.meet(t, writes)
		must(t, r.Event(t.Context(), writes.speaker(), "e2", "saw prices", nil)) // later
		asked := r.come(t, acme, wire.Proof{})
		must(t, r.Consent(t.Context(), asked.speaker(), "c1", "terms", true))
		tells := r.come(t, acme, wire.Proof{})
		must(t, r.Feedback(t.Context(), tells.speaker(), "f1", "Nice", nil))
		form := r.come(t, acme, wire.Proof{})
		r.say(t, form, wire.LayerBasic, `{"name":"Eve"}`)
		for filter, want := range map[string][]Opened{
			nobodies: {writes, asked, tells, form}, `{"attribute":"plan","is":"trial"}`: {writes}, `{"attribute":"saw prices count","is":1}`: {writes},
			`{"attribute":"consent.terms","is":true}`: {asked}, `{"attribute":"name","is":"eve"}`: {form}, `{"attribute":"universe","is":"lead"}`: {},
		} {
			names := []string{}
			for _, o := range want {
				name := o.Visitor.Name
				if o.Visitor.ID == form.Visitor.ID {
					name = "Eve"
				}
				names = append(names, name)
			}
			slices.Sort(names)
			if got := r.names(t, filter); !slices.Equal(got, names) {
				t.Errorf("%s: %v, want %v", filter, got, names)
			}
		}
		r.say(t, form, wire.LayerBasic, `{"email":"eve@x.test"}`)
		if got := r.names(t, `{"attribute":"universe","is":"lead"}`); !slices.Equal(got, []string{"Eve"}) {
			t.Errorf("who gave an e-mail: %v", got)
		}
		var table bytes.Buffer
		must(t, r.ExportTable(t.Context(), "acme", Query{Filter: []byte(nobodies)}, &table))
		if lines := strings.Split(strings.TrimSpace(table.String()), "\n"); len(lines) != 4 || !strings.Contains(table.String(), "trial") {
			t.Errorf("the table: %s", table.String())
		}
		r.register(t, Registration{Token: "named by a token", Name: ptr("Florian")})
		if got := r.names(t, `{"attribute":"name","is":"florian"}`); len(got) != 1 {
			t.Errorf("who was registered: %v", got)
		}
		r.compare(t)
	})
}

func TestWhoSaysAnyThingThatOnlyAPersonSaysIsFound(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		var want []string
		for _, c := range [][2]string{
			{wire.LayerBasic, `{"name":"Eve"}`}, {wire.LayerBasic, `{"email":"eve@x.test"}`}, {wire.LayerBasic, `{"phone":"555"}`}, {wire.LayerBasic, `{"description":"Tall"}`},
			{wire.LayerForm, `{"company":"Acme"}`},
		} {
			o := r.come(t, acme, wire.Proof{})
			r.say(t, o, c[0], c[1])
			if c[1] == `{"name":"Eve"}` {
				o.Visitor.Name = "Eve"
			}
			want = append(want, o.Visitor.Name)
			slices.Sort(want)
			if got := r.names(t, `{}`); !slices.Equal(got, want) {
				t.Fatalf("%s: %v, want %v", c[1], got, want)
			}
		}
		lead := r.put(t, Name{ID: "7"}, nil, nil)
		claims := r.come(t, acme, wire.Proof{ID: "7"})
		r.say(t, claims, wire.LayerBasic, `{"phone":"777"}`)
		if got, _ := r.list(t, `{"attribute":"phone","is":"777"}`, "id", 5); !slices.Equal(got, []string{lead.ExternalID}) {
			t.Errorf("a lead by the phone that is said of it: %v", got)
		}
		r.compare(t)
	})
}

func TestWhoBecomesSomebodyIsFoundAsThatOneOnly(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		come := func() Opened {
			o := r.come(t, acme, wire.Proof{})
			r.write(t, o, "hello")
			r.meet(t, o)
			r.patch(t, chat.ContactID(o.Visitor.ID), `{"description":"Rings often"}`)
			return o
		}
		proves, claims, claimsToBeASignup := come(), come(), come()
		if got := r.names(t, nobodies); len(got) != 3 {
			t.Fatalf("before: %v", got)
		}
		r.put(t, Name{ID: "9"}, said{"name": "Ned", "signedUpOn": "2026-01-01"}, nil)
		r.come(t, acme, wire.Proof{Token: proves.Token, ID: "7", Name: "Ann", HMAC: sign(acme, "7")})
		r.come(t, acme, wire.Proof{Token: claims.Token, Email: "bob@x.test", Name: "Bob"})
		r.come(t, acme, wire.Proof{Token: claimsToBeASignup.Token, ID: "9"})
		for filter, want := range map[string]string{`{}`: "Ann Bob Ned " + claimsToBeASignup.Visitor.Name, nobodies: claimsToBeASignup.Visitor.Name, `{"attribute":"universe","is":"lead"}`: "Bob"} {
			if got := r.names(t, filter); strings.Join(got, " ") != want {
				t.Errorf("%s: %v, want %s", filter, got, want)
			}
		}
		for _, o := range []Opened{proves, claims} {
			c, err := r.Contact(t.Context(), "acme", chat.ContactID(o.Visitor.ID))
			if err != nil || c.ID == chat.ContactID(o.Visitor.ID) || c.Description != "Rings often" || c.Thread != o.Thread {
				t.Errorf("what the team noted: %+v, %v", c, err)
			}
		}
		if c, err := r.Contact(t.Context(), "acme", chat.ContactID(claimsToBeASignup.Visitor.ID)); err != nil || c.ID != chat.ContactID(claimsToBeASignup.Visitor.ID) || c.Name == "Ned" {
			t.Errorf("who only claims to be a signup: %+v, %v", c, err)
		}
		r.compare(t)
		r.put(t, Name{ID: "9"}, said{"signedUpOn": nil}, nil)
		if got := r.names(t, `{}`); len(got) != 3 {
			t.Errorf("when the signup is a lead: %v", got)
		}
		r.compare(t)
		r.meet(t, claims) // writes again, as that lead
		if got := r.names(t, `{}`); strings.Join(got, " ") != "Ann Bob Ned" {
			t.Errorf("then: %v", got)
		}
	})
}

// His claim opened nothing while there was a signup of that id. Once that one is erased, the next who claims the id makes a lead of it,
// and both are that lead.
func TestWhoClaimedToBeSomebodyNowErasedIsPartOfTheLeadThatComesNext(t *testing.T) {
	next := map[string]func(t *testing.T, r room){
		"another browser": func(t *testing.T, r room) { r.come(t, acme, wire.Proof{ID: "9", Name: "Bob"}) },
		"the site":        func(t *testing.T, r room) { r.put(t, Name{ID: "9"}, nil, nil) },
		"the site, of one known by his e-mail": func(t *testing.T, r room) {
			r.put(t, Name{Email: "ned@x.test"}, nil, nil)
			r.put(t, Name{ID: "9", Email: "ned@x.test"}, nil, nil)
		},
		"his own browser": nil,
	}
	for name, comes := range next {
		t.Run(name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, r room) {
				c := r.put(t, Name{ID: "9"}, said{"name": "Ned", "signedUpOn": "2026-01-01"}, nil)
				o := r.come(t, acme, wire.Proof{ID: "9", Name: "Ann"})
				r.say(t, o, wire.LayerAttributes, `{"plan":"trial"}`)
				must(t, r.DeleteContact(t.Context(), "acme", c.ID))
				if comes == nil {
					o = r.come(t, acme, wire.Proof{Token: o.Token, ID: "9", Name: "Ann"})
					r.meet(t, o)
				} else {
					comes(t, r)
				}
				if got, _ := r.list(t, `{"attribute":"plan","is":"trial"}`, "id", 5); !slices.Equal(got, []string{"9"}) {
					t.Errorf("found by what he said: %q", got)
				}
				all := r.all(t)
				if len(all) != 1 {
					t.Fatalf("%d contacts, want the lead alone", len(all))
				}
				r.compare(t)
				must(t, r.DeleteContact(t.Context(), "acme", all[0].ID))
				if _, err := r.Visitor(t.Context(), "acme", o.Visitor.ID); !isCode(err, chat.NotFound) {
					t.Errorf("the visitor of the lead that was erased: %v", err)
				}
			})
		})
	}
}

func TestAnErasedVisitorLeavesTheList(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		one, two := r.come(t, acme, wire.Proof{}), r.come(t, acme, wire.Proof{})
		r.meet(t, one)
		r.meet(t, two)
		must(t, r.DeleteContact(t.Context(), "acme", chat.ContactID(one.Visitor.ID)))
		must(t, r.forgetAll(t.Context(), "acme", []chat.VisitorID{two.Visitor.ID}))
		r.meet(t, two) // what was on its way
		if got := r.names(t, `{}`); len(got) != 0 {
			t.Errorf("%v", got)
		}
		r.compare(t)
		if len(r.all(t)) != 0 {
			t.Error("a contact is left")
		}
	})
}

func TestOfANobodysVisitsThoseAreCountedThatHeMakes(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		o := s.come(wire.Proof{}, fromOslo, "https://acme.test/")
		s.meet(t, o)
		s.leave(o)
		time.Sleep(31 * time.Minute)
		s.come(wire.Proof{Token: o.Token}, fromBerlin, "https://acme.test/")
		for filter, want := range map[string]int{`{"attribute":"totalVisits","is":2}`: 1, `{"attribute":"city","is":"berlin"}`: 1, `{"attribute":"city","is":"oslo"}`: 0} {
			if got := s.names(t, filter); len(got) != want {
				t.Errorf("%s: %v", filter, got)
			}
		}
	})
}

// He is entered when his page says who he is, before presence is told of his visit, and that is the only write.
func TestWhoIsAContactFromHisFirstMomentHasHisFirstVisitFromThenOn(t *testing.T) {
	first := map[string]func(s *site) Opened{
		"his page says his name":   func(s *site) Opened { return s.come(wire.Proof{Name: "Ann"}, fromOslo, "https://acme.test/") },
		"his page says his e-mail": func(s *site) Opened { return s.come(wire.Proof{Email: "ann@x.test"}, fromOslo, "https://acme.test/") },
		"he writes": func(s *site) Opened {
			o := s.come(wire.Proof{}, fromOslo, "https://acme.test/")
			s.meet(s.t, o)
			return o
		},
		"he writes through a node that has no lease yet": func(s *site) Opened {
			o, err := s.Open(s.t.Context(), acme, wire.Proof{}, wire.Device{}, chrome, fromOslo)
			must(s.t, err)
			s.o.Presence.Touch(acme.ID, o.Visitor.ID)
			s.meet(s.t, o)
			return o
		},
	}
	for name, come := range first {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *site) {
				o := come(s)
				all := s.all(t)
				if len(all) != 1 {
					t.Fatalf("%d contacts", len(all))
				}
				want := counted{Visits: 1, LastAt: chat.At(time.Now()), City: "Oslo", Country: "Norway"}
				if c := all[0].Counted; c == nil || *c != want {
					t.Errorf("counted are %+v, want %+v", c, want)
				}
				kept, err := s.store.GetDoc(t.Context(), acme.ID, kindContact, string(all[0].ID))
				if claims := all[0].ID != chat.ContactID(o.Visitor.ID); err != nil || kept.Version > 1 && !claims {
					t.Errorf("written %d times: %v", kept.Version, err)
				}
				s.compare(t)
			})
		})
	}
}

// A page may say a thing with every view. Who passes by must not cost more for it than what is kept of him anyway.
func TestWhoPassesByIsNotWrittenAmongTheContacts(t *testing.T) {
	r := open(t, storetest.Start(t).URL())
	o := r.come(t, acme, wire.Proof{})
	for range 3 {
		r.come(t, acme, wire.Proof{Token: o.Token})
		r.say(t, o, wire.LayerAttributes, `{"plan":"guest"}`)
	}
	for _, kind := range []string{"doc", "ci"} {
		keys, err := r.store.Command(t.Context(), "acme", "EXISTS", r.store.Key("acme", kind, map[string]string{"doc": kindContact, "ci": columnAll}[kind]))
		if err != nil || keys != int64(0) {
			t.Errorf("%s: %v, %v", kind, keys, err)
		}
	}
}

func TestASignupThatIsALeadAgainIsFoundByWhatIsSaidOfIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		signup := r.put(t, Name{ID: "9"}, said{"name": "Ned", "signedUpOn": "2026-01-01"}, nil)
		writes, listens := r.come(t, acme, wire.Proof{ID: "9"}), r.come(t, acme, wire.Proof{ID: "9"})
		r.meet(t, writes) // and is a contact of its own until claims open something
		r.say(t, writes, wire.LayerAttributes, `{"plan":"trial"}`)
		r.say(t, listens, wire.LayerAttributes, `{"color":"red"}`)
		r.put(t, Name{ID: "9"}, said{"signedUpOn": nil}, nil)
		for _, filter := range []string{`{"attribute":"plan","is":"trial"}`, `{"attribute":"color","is":"red"}`} {
			if got, _ := r.list(t, filter, "id", 5); !slices.Equal(got, []string{"9"}) {
				t.Errorf("%s: %q", filter, got)
			}
		}
		for _, o := range []Opened{writes, listens} {
			if c, err := r.Contact(t.Context(), "acme", chat.ContactID(o.Visitor.ID)); err != nil || c.ID != signup.ID {
				t.Errorf("a browser that claims to be it: %+v, %v", c, err)
			}
		}
		r.compare(t)
	})
}

// The team has made somebody of a visitor: what he claims then is no reason to make that one a part of another.
func TestWhomTheTeamMadeSomebodyStaysSoWhateverHeClaims(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		guest := r.come(t, acme, wire.Proof{})
		r.meet(t, guest)
		bea := r.put(t, Name{Email: "bea@x.test"}, said{"name": "Bea"}, nil)
		c := r.merge(t, bea.ID, chat.ContactID(guest.Visitor.ID))
		r.come(t, acme, wire.Proof{Token: guest.Token, Email: "cid@x.test"})
		if got, err := r.Contact(t.Context(), "acme", c.ID); err != nil || got.ID != c.ID || got.Name != "Bea" {
			t.Errorf("%+v, %v", got, err)
		}
		if id, err := r.Named(t.Context(), "acme", Name{Email: "bea@x.test"}); err != nil || id != c.ID {
			t.Errorf("by her e-mail: %s, %v", id, err)
		}
	})
}
