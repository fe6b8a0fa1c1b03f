package people

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"confab/chat"
	"confab/store/storetest"
	"confab/wire"
)

func (r room) address(t testing.TB, id chat.ContactID) Address {
	t.Helper()
	a, err := r.Address(t.Context(), "acme", id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (r room) guarded(t testing.TB, id chat.ContactID) Address {
	t.Helper()
	a, err := r.GuardedAddress(t.Context(), "acme", id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (r room) text(t testing.TB, a Address, text string) {
	t.Helper()
	storetest.MustAppend(t, r.store, storetest.Note("acme", a.Thread, string(a.Visitor), chat.NewIDs(nil).New(), text))
}

// Proves PAV-REST-054 PAV-REST-057.
func TestWhoSignedUpIsWrittenToWhereOnlyProofLeads(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		c := r.put(t, Name{ID: "7", Email: "ann@acme.test"}, said{"name": "Ann", "signedUpOn": "2026-02-03"}, nil)
		before := r.come(t, acme, wire.Proof{ID: "7"})
		a := r.address(t, c.ID)
		if again := r.address(t, c.ID); again.Thread != a.Thread || again.Visitor != a.Visitor || a.Thread == "" || r.guarded(t, c.ID).Thread != a.Thread {
			t.Fatalf("%+v, then %+v", a, again)
		}
		r.text(t, a, "for you alone")
		for _, proof := range []wire.Proof{{ID: "7"}, {ID: "7", HMAC: sign(other, "7")}, {Email: "ann@acme.test"}, {ID: "7", Token: before.Token}, {}} {
			if o := r.come(t, acme, proof); o.Thread == a.Thread || o.Visitor.ID == a.Visitor || o.User.Name != "" || o.Visitor.Name == "Ann" {
				t.Errorf("%+v opened %+v", proof, o)
			}
		}
		if a.Contact.ID != c.ID || a.Contact.Thread != a.Thread || !slices.Contains(a.Contact.Visitors, a.Visitor) {
			t.Errorf("whose it is: %+v", a.Contact)
		}
		if v, err := r.Visitor(t.Context(), "acme", a.Visitor); err != nil || v.Name != "Ann" || v.Email != "ann@acme.test" || v.No == 0 || v.Blocked || v.Contact != c.ID {
			t.Errorf("in lists: %+v, %v", v, err)
		}
		o := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		if o.Thread != a.Thread || o.Visitor.ID != a.Visitor || o.Contact != c.ID || o.Token == "" || o.User.Name != "Ann" {
			t.Errorf("who proves it: %+v", o)
		}
		if again := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7"), Token: o.Token}); again.Visitor.ID != o.Visitor.ID {
			t.Errorf("with his token: %+v", again)
		}
		second := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		if second.Visitor.ID == o.Visitor.ID || second.Thread != a.Thread {
			t.Errorf("another device: %+v", second)
		}
	})
}

// Proves PAV-REST-054.
func TestALeadIsWrittenToWhereSomebodyClaimsToBeIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		c := r.put(t, Name{Email: "lead@acme.test"}, said{"name": "Secret Name", "phone": "+4755"}, said{"plan": "pro"})
		waits := r.address(t, c.ID)
		if again := r.address(t, c.ID); again.Thread != waits.Thread {
			t.Fatalf("%+v, then %+v", waits, again)
		}
		r.text(t, waits, "hello lead")
		first := r.come(t, acme, wire.Proof{Email: "Lead@acme.test"})
		if first.Thread != waits.Thread || first.Visitor.ID != waits.Visitor || first.Level != Claimed || first.Contact != "" || first.Token == "" {
			t.Fatalf("the first who claims it: %+v", first)
		}
		if seen := string(wire.Encode(first.User)) + first.Visitor.Name; strings.Contains(seen, "Secret") || strings.Contains(seen, "4755") || strings.Contains(seen, "pro") {
			t.Errorf("he is shown what he did not say: %s", seen)
		}
		second := r.come(t, acme, wire.Proof{Email: "lead@acme.test"})
		if second.Thread == waits.Thread {
			t.Error("a second browser reads along")
		}
		again := r.come(t, acme, wire.Proof{Email: "lead@acme.test", Token: first.Token})
		if again.Thread != first.Thread || again.Visitor.ID != first.Visitor.ID {
			t.Errorf("he comes again: %+v", again)
		}
		for _, o := range []Opened{first, second, first} { // whoever was here last
			storetest.Eventually(t, "he is written to", func() bool {
				r.come(t, acme, wire.Proof{Email: "lead@acme.test", Token: o.Token})
				return r.address(t, c.ID).Thread == o.Thread
			})
		}
		got, err := r.Contact(t.Context(), "acme", chat.ContactID(second.Visitor.ID))
		if err != nil || got.ID != c.ID || got.Name != "Secret Name" || len(got.Visitors) != 2 || got.Level != Claimed {
			t.Errorf("agents see %+v, %v", got, err)
		}
		// Who came before he said who he is gets what waits, if he has written nothing.
		for _, wrote := range []bool{false, true} {
			name := fmt.Sprint("wrote-", wrote)
			a := r.address(t, r.put(t, Name{ID: name}, nil, nil).ID)
			guest := r.come(t, acme, wire.Proof{})
			if wrote {
				r.write(t, guest, "hi")
			}
			o := r.come(t, acme, wire.Proof{Token: guest.Token, ID: name})
			if (o.Thread == a.Thread) == wrote || o.Visitor.ID != guest.Visitor.ID {
				t.Errorf("%s: %+v, waits %+v", name, o, a)
			}
			if next := r.come(t, acme, wire.Proof{ID: name}); !wrote && next.Thread == a.Thread {
				t.Errorf("%s: a second was given the same", name)
			}
		}
	})
}

func TestABlockedLeadIsSoInTheThreadThatWaitsForIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		c := r.put(t, Name{Email: "lead@acme.test"}, nil, nil)
		r.patch(t, c.ID, `{"blocked":true}`)
		waits := r.address(t, c.ID)
		if v, err := r.Visitor(t.Context(), "acme", waits.Visitor); err != nil || !v.Blocked || v.Email != "lead@acme.test" {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

// A lead may have been written to twice: where whoever claims it reads, and where only proof leads.
func TestOfWhatWaitedForALeadNothingIsLostWhenItSignsUp(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, written := range []bool{false, true} {
			n := Name{ID: fmt.Sprint("written-", written)}
			c := r.put(t, n, nil, nil)
			waits, stands := r.address(t, c.ID), r.guarded(t, c.ID)
			r.text(t, waits, "for whoever comes")
			if written {
				r.text(t, stands, "for him alone")
			}
			r.put(t, n, said{"signedUpOn": "2026-02-03"}, nil)
			d, _, err := r.load(t.Context(), "acme", c.ID)
			goes, past := waits, stands
			if written {
				goes, past = stands, waits
			}
			if err != nil || d.Thread != goes.Thread || !slices.Equal(d.Past, []chat.ThreadID{past.Thread}) || !slices.Contains(d.Visitors, waits.Visitor) {
				t.Errorf("written %t: goes on in %s, past %v, visitors %v, %v", written, d.Thread, d.Past, d.Visitors, err)
			}
		}
	})
}

// Proves PAV-REST-057.
func TestWhatCountsAsProvenIsReadByWhoProvesIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		c := r.put(t, Name{ID: "7"}, nil, nil)
		claims := r.come(t, acme, wire.Proof{ID: "7"})
		a := r.guarded(t, c.ID)
		if a.Thread == claims.Thread {
			t.Fatal("it is where a browser that only claims to be him reads")
		}
		r.text(t, a, "as if he had written")
		for range 2 {
			if o := r.come(t, acme, wire.Proof{ID: "7"}); o.Thread == a.Thread {
				t.Fatal("a claim opened it")
			}
		}
		if out := r.address(t, c.ID); out.Thread == a.Thread {
			t.Error("what a lead may read goes where only proof leads")
		}
		o := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7"), Token: claims.Token})
		if o.Thread != a.Thread || o.Contact != c.ID {
			t.Errorf("the proof opened %+v", o)
		}
		if _, err := r.GuardedAddress(t.Context(), "acme", chat.ContactID(r.come(t, acme, wire.Proof{}).Visitor.ID)); !isCode(err, chat.NotFound) {
			t.Errorf("of nobody: %v", err)
		}
	})
}

func TestWhatWaitedForALeadIsThePersonsOnceHeIsProvenOrSignsUp(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, by := range []string{"proof", "server"} {
			c := r.put(t, Name{ID: by}, said{"name": "Ann"}, nil)
			a := r.address(t, c.ID)
			r.text(t, a, "hello")
			if by == "server" {
				r.put(t, Name{ID: by}, said{"signedUpOn": "2026-02-03"}, nil)
				if o := r.come(t, acme, wire.Proof{ID: by}); o.Thread == a.Thread {
					t.Error("a claim opened what a signup has")
				}
				if next := r.address(t, c.ID); next.Thread != a.Thread {
					t.Errorf("written to at %+v", next)
				}
			}
			o := r.come(t, acme, wire.Proof{ID: by, HMAC: sign(acme, by)})
			if o.Thread != a.Thread || o.User.Name != "Ann" || o.Level != Verified {
				t.Errorf("%s: %+v", by, o)
			}
		}
	})
}

// A server, browsers and whoever claims whatever, in any order: what was written for a signup, or counts as proven, is in no thread
// that was opened without proof, and what a server says of somebody is shown to nobody who has not proven to be him.
func TestNothingGuardedIsEverOpenedByAClaim(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			guarded, opened := map[chat.ThreadID]string{}, map[chat.ThreadID]bool{}
			tokens := []string{""}
			for range rapid.IntRange(3, 14).Draw(t, "steps") {
				who := fmt.Sprintf("p%d-%d", run, rapid.IntRange(0, 1).Draw(t, "who"))
				mail, canary := who+"@x.test", "canary-"+who
				n := rapid.SampledFrom([]Name{{ID: who}, {Email: mail}, {ID: who, Email: mail}}).Draw(t, "name")
				proof := wire.Proof{Token: rapid.SampledFrom(tokens).Draw(t, "token")}
				proven := false
				switch kind := rapid.SampledFrom([]string{"put", "signup", "lead", "address", "guarded", "none", "claim", "mail", "both", "hmac", "mail-hmac"}).Draw(t, "kind"); kind {
				case "put", "signup", "lead":
					say := Attributes{BuiltIn: said{"name": canary}}
					if kind != "put" {
						say.BuiltIn["signedUpOn"] = map[string]any{"signup": "2026-02-03", "lead": nil}[kind]
					}
					if _, err := r.Put(t.Context(), acme, n, say); err != nil {
						t.Fatal(err)
					}
					continue
				case "address", "guarded":
					id, err := r.Named(t.Context(), "acme", n)
					if isCode(err, chat.NotFound) {
						continue
					}
					c, err := r.Contact(t.Context(), "acme", id)
					if err != nil {
						t.Fatal(err)
					}
					ask := r.Address
					if kind == "guarded" {
						ask = r.GuardedAddress
					}
					a, err := ask(t.Context(), "acme", id)
					if err != nil {
						t.Fatal(err)
					}
					if kind == "guarded" || c.Universe == UniverseSignup {
						if opened[a.Thread] {
							t.Fatalf("%s: what is guarded went where it was read without proof", who)
						}
						guarded[a.Thread] = who
					}
					continue
				case "claim":
					proof.ID = who
				case "mail":
					proof.Email = mail
				case "both":
					proof.ID, proof.Email = who, mail
				case "hmac":
					proof.ID, proof.HMAC, proven = who, sign(acme, who), true
				case "mail-hmac":
					proof.Email, proof.HMAC, proven = mail, sign(acme, mail), true
				}
				o := r.come(t, acme, proof)
				if o.Token != "" {
					tokens = append(tokens, o.Token)
				}
				if proven {
					delete(opened, o.Thread) // it came along, and its former token is void
					if whose, is := guarded[o.Thread]; is && whose != who {
						t.Fatalf("%s opened the thread of %s", who, whose)
					}
					continue
				}
				opened[o.Thread] = true
				if guarded[o.Thread] != "" {
					t.Fatalf("%+v opened the thread of %s", proof, guarded[o.Thread])
				}
				if seen := string(wire.Encode(o.User)) + o.Visitor.Name + o.Visitor.Email; strings.Contains(seen, "canary") {
					t.Fatalf("%+v is shown %s", proof, seen)
				}
			}
		})
	})
}
