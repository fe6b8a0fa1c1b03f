package people

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/wire"
)

func (r room) merge(t testing.TB, from, into chat.ContactID) Contact {
	t.Helper()
	c, err := r.Merge(t.Context(), "acme", from, into)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOfTwoContactsOneRemainsWithAllThatIsKnownOfBoth(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		ann := r.put(t, Name{ID: "7", Email: "ann@acme.test"}, said{"name": "Ann", "createdAt": "2026-02-01"}, said{"plan": "pro"})
		proof := wire.Proof{ID: "7", HMAC: sign(acme, "7")}
		home := r.come(t, acme, proof)
		r.write(t, home, "from home")
		must(t, r.Event(t.Context(), home.speaker(), "e1", "order", nil))
		must(t, r.Consent(t.Context(), home.speaker(), "c1", "terms", true))
		old := r.put(t, Name{Email: "ann@old.test"}, said{"name": "Anna", "phone": "555", "createdAt": "2025-01-01", "emailSubscription": false}, said{"plan": "free", "seats": 3.0})
		lead := r.come(t, acme, wire.Proof{Email: "ann@old.test"})
		r.write(t, lead, "from work")
		r.say(t, lead, wire.LayerForm, `{"company":"Acme"}`)
		must(t, r.Event(t.Context(), lead.speaker(), "e2", "order", nil))
		must(t, r.Consent(t.Context(), lead.speaker(), "c2", "terms", false))
		must(t, r.Consent(t.Context(), lead.speaker(), "c3", "marketing", true))
		must(t, r.Record(t.Context(), "acme", old.ID, []Recorded{{Name: "call"}}))
		r.patch(t, old.ID, `{"blocked":true,"description":"Rings often"}`)

		seen, err := r.PreviewMerge(t.Context(), "acme", old.ID, ann.ID)
		must(t, err)
		if c, err := r.Contact(t.Context(), "acme", old.ID); err != nil || c.ID != old.ID {
			t.Fatalf("a preview has changed something: %+v, %v", c, err)
		}
		c := r.merge(t, old.ID, ann.ID)
		for name, got := range map[string]Contact{"preview": seen, "merged": c} {
			if got.ID != ann.ID || got.ExternalID != "7" || got.Universe != UniverseSignup || got.Level != Verified || got.SignedUpAt == 0 || isoDate(got.CreatedAt)[:10] != "2025-01-01" {
				t.Errorf("%s: who remains: %+v", name, got)
			}
			if got.Name != "Ann" || got.Email != "ann@acme.test" || got.Phone != "555" || got.Description != "Rings often" || got.Attributes["plan"] != "pro" || got.Attributes["seats"] != 3.0 || got.Layers.Form["company"] != "Acme" {
				t.Errorf("%s: which values win: %+v", name, got)
			}
			if got.Sources["form.company"] != sourceSaid || got.Sources["attributes.seats"] != sourceTeam {
				t.Errorf("%s: where they come from: %v", name, got.Sources)
			}
			if !got.Blocked || got.Subscribed {
				t.Errorf("%s: blocked %v, mail %v", name, got.Blocked, got.Subscribed)
			}
			if got.Attributes["order"+endCount] != int64(2) || got.Attributes["call"+endCount] != int64(1) {
				t.Errorf("%s: events: %v", name, got.Attributes)
			}
			if !got.Consents["terms"].Value || !got.Consents["marketing"].Value {
				t.Errorf("%s: consents: %v", name, got.Consents)
			}
			if !slices.Contains(got.Visitors, home.Visitor.ID) || !slices.Contains(got.Visitors, lead.Visitor.ID) || got.Thread != home.Thread {
				t.Errorf("%s: browsers %v, thread %s", name, got.Visitors, got.Thread)
			}
		}
		e, err := r.Export(t.Context(), "acme", ann.ID)
		must(t, err)
		var threads []chat.ThreadID
		for _, th := range e.Threads {
			threads = append(threads, th.ID)
		}
		slices.Sort(threads)
		want := []chat.ThreadID{home.Thread, lead.Thread}
		slices.Sort(want)
		if !slices.Equal(threads, want) || len(e.Did) != 1 || e.Did[0].Event.Name != "call" {
			t.Errorf("threads %v, did %+v", threads, e.Did)
		}

		for name, id := range map[string]chat.ContactID{"the old id": old.ID, "the lead's browser": chat.ContactID(lead.Visitor.ID), "itself": ann.ID} {
			if got, err := r.Contact(t.Context(), "acme", id); err != nil || got.ID != ann.ID {
				t.Errorf("%s leads to %s, %v", name, got.ID, err)
			}
		}
		for _, n := range []Name{{ID: "7"}, {Email: "ann@old.test"}} {
			if id, err := r.Named(t.Context(), "acme", n); err != nil || id != ann.ID {
				t.Errorf("%+v names %s, %v", n, id, err)
			}
		}
		r.compare(t)
		if ids, count := r.list(t, `{"all":[{"attribute":"seats","is":3},{"attribute":"phone","is":"555"},{"attribute":"blocked","is":true}]}`, "id", 10); count != 1 || ids[0] != "7" {
			t.Errorf("found by what the other knew: %v", ids)
		}
		for _, o := range []Opened{home, lead} {
			if v, err := r.Visitor(t.Context(), "acme", o.Visitor.ID); err != nil || !v.Blocked || v.Contact != ann.ID {
				t.Errorf("visitor %s: blocked %v, contact %s, %v", o.Visitor.ID, v.Blocked, v.Contact, err)
			}
		}
		if again := r.merge(t, old.ID, ann.ID); again.Attributes["order"+endCount] != int64(2) {
			t.Errorf("said twice: %+v", again)
		}

		must(t, r.DeleteContact(t.Context(), "acme", ann.ID))
		for _, id := range []chat.ContactID{old.ID, ann.ID, chat.ContactID(lead.Visitor.ID)} {
			if _, err := r.Contact(t.Context(), "acme", id); !isCode(err, chat.NotFound) {
				t.Errorf("erased: %v", err)
			}
		}
		if _, err := r.store.MergedInto(t.Context(), "acme", old.ID); !isCode(err, chat.NotFound) {
			t.Errorf("the old id is kept: %v", err)
		}
	})
}

func TestWhoIsMergedByHandSeesNoMoreThanBefore(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		proof := wire.Proof{ID: "7", Email: "ann@acme.test", Name: "Ann", HMAC: sign(acme, "7")}
		ann := r.come(t, acme, proof)
		r.write(t, ann, "a secret")
		guest := r.come(t, acme, wire.Proof{})
		r.write(t, guest, "hello")
		r.say(t, guest, wire.LayerAttributes, `{"plan":"trial"}`)
		c := r.merge(t, chat.ContactID(guest.Visitor.ID), ann.Contact)
		if c.ID != ann.Contact || c.Attributes["plan"] != "trial" || c.Sources["attributes.plan"] != sourceSaid {
			t.Errorf("%+v", c)
		}
		again := r.come(t, acme, wire.Proof{Token: guest.Token})
		if again.Visitor.ID != guest.Visitor.ID || again.Thread != guest.Thread || again.Contact != "" || again.User.Name != "" || again.User.Email != "" || again.User.ExternalID != "" ||
			again.Level != Anonymous || again.User.Attributes["plan"] != "trial" {
			t.Errorf("the browser that proves nothing: %+v", again)
		}
		r.say(t, guest, wire.LayerAttributes, `{"seats":5}`)
		if ids, _ := r.list(t, `{"attribute":"seats","is":5}`, "id", 10); len(ids) != 1 || ids[0] != "7" {
			t.Errorf("what it says later: %v", ids)
		}
		proof.Token = guest.Token
		mine := r.come(t, acme, proof)
		if mine.Visitor.ID != guest.Visitor.ID || mine.Contact != ann.Contact || mine.User.Attributes["plan"] != "trial" || mine.Thread != ann.Thread {
			t.Errorf("once it proves it: %+v", mine)
		}
		c, err := r.Contact(t.Context(), "acme", ann.Contact)
		if err != nil || len(c.Visitors) != 2 {
			t.Errorf("%+v, %v", c.Visitors, err)
		}
		r.compare(t)
	})
}

func TestAProofOutranksWhatTheTeamSaidOfABrowser(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		ann := r.put(t, Name{ID: "7"}, said{"name": "Ann", "signedUpOn": "2026-01-01"}, nil)
		guest := r.come(t, acme, wire.Proof{})
		r.write(t, guest, "hello")
		r.merge(t, chat.ContactID(guest.Visitor.ID), ann.ID)
		bob := r.come(t, acme, wire.Proof{Token: guest.Token, ID: "8", HMAC: sign(acme, "8")})
		if bob.Visitor.ID != guest.Visitor.ID || bob.Contact == ann.ID || bob.Thread != guest.Thread {
			t.Errorf("%+v", bob)
		}
		c, err := r.Contact(t.Context(), "acme", ann.ID)
		if err != nil || c.ID != ann.ID || len(c.Visitors) != 0 {
			t.Errorf("the other: %+v, %v", c, err)
		}
		e, err := r.Export(t.Context(), "acme", ann.ID)
		if err != nil || len(e.Threads) != 0 {
			t.Errorf("its threads: %+v, %v", e.Threads, err)
		}
		if c, err := r.Contact(t.Context(), "acme", chat.ContactID(guest.Visitor.ID)); err != nil || c.ID != bob.Contact {
			t.Errorf("whose the browser is: %s, %v", c.ID, err)
		}
		r.compare(t)
	})
}

func TestWhoRemainsIsWhoWasChosen(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		guest := r.come(t, acme, wire.Proof{})
		r.write(t, guest, "hello")
		ann := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		r.write(t, ann, "it is me")
		c := r.merge(t, ann.Contact, chat.ContactID(guest.Visitor.ID))
		if c.ID != chat.ContactID(guest.Visitor.ID) || c.ExternalID != "7" || c.Universe != UniverseSignup || c.Thread != ann.Thread || len(c.Visitors) != 2 {
			t.Errorf("a visitor remains: %+v", c)
		}
		if again := r.come(t, acme, wire.Proof{Token: ann.Token, ID: "7", HMAC: sign(acme, "7")}); again.Visitor.ID != ann.Visitor.ID || again.Thread != ann.Thread || again.Contact != c.ID {
			t.Errorf("the person again: %+v", again)
		}
		if again := r.come(t, acme, wire.Proof{Token: guest.Token}); again.Thread != guest.Thread || again.Contact != "" {
			t.Errorf("the browser again: %+v", again)
		}
		if _, err := r.Contact(t.Context(), "acme", ann.Contact); err != nil {
			t.Errorf("the old id: %v", err)
		}
		lead := r.put(t, Name{Email: "ann@x.test"}, nil, nil)
		if c := r.merge(t, c.ID, lead.ID); c.ID != lead.ID || len(c.Visitors) != 2 {
			t.Errorf("once more: %+v", c)
		}
		for _, id := range []chat.ContactID{ann.Contact, c.ID} {
			if got, err := r.Contact(t.Context(), "acme", id); err != nil || got.ID != lead.ID {
				t.Errorf("%s leads to %s, %v", id, got.ID, err)
			}
		}
		r.compare(t)
	})
}

func TestTwoLeadsAreWrittenToWhereTheirLatestBrowserIs(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		one := r.put(t, Name{Email: "a@x.test"}, nil, nil)
		two := r.put(t, Name{Email: "b@x.test"}, nil, nil)
		here := r.come(t, acme, wire.Proof{Email: "b@x.test"})
		r.address(t, one.ID) // who waits there never comes
		c := r.merge(t, two.ID, one.ID)
		if c.Universe != UniverseLead || c.Thread != here.Thread {
			t.Errorf("%+v", c)
		}
		if at := r.address(t, one.ID); at.Visitor != here.Visitor.ID || at.Thread != here.Thread {
			t.Errorf("%+v", at)
		}
		guest := r.come(t, acme, wire.Proof{})
		lone := r.put(t, Name{Email: "c@x.test"}, nil, nil)
		r.merge(t, chat.ContactID(guest.Visitor.ID), lone.ID)
		if at := r.address(t, lone.ID); at.Visitor != guest.Visitor.ID || at.Thread != guest.Thread {
			t.Errorf("a browser that the team joined to a lead: %+v", at)
		}
		r.compare(t)
	})
}

func TestTheConversationThatIsOpenGoesOn(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		bound := r.come(t, acme, wire.Proof{ClientID: "12345678"})
		ann := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		r.write(t, bound, "still here")
		c := r.merge(t, bound.Contact, ann.Contact)
		if c.Thread != bound.Thread {
			t.Errorf("of two threads the one that was written in goes on, not %s", c.Thread)
		}
		if again := r.come(t, acme, wire.Proof{Token: bound.Token, ClientID: "12345678"}); again.Visitor.ID != bound.Visitor.ID || again.Contact != ann.Contact {
			t.Errorf("the secret opens %+v", again)
		}
		if v, err := r.Client(t.Context(), "acme", "12345678"); err != nil || v.ID != bound.Visitor.ID {
			t.Errorf("other systems find %s, %v", v.ID, err)
		}
	})
}

func TestWhomTheSiteTellsApartIsNotMerged(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		ann := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		bob := r.put(t, Name{ID: "8"}, said{"signedUpOn": "2026-01-01"}, nil)
		_, err := r.Merge(t.Context(), "acme", bob.ID, ann.Contact)
		var refusal *chat.Refusal
		if !errors.As(err, &refusal) || refusal.Code != chat.Conflict || !strings.Contains(refusal.Message, "7") || !strings.Contains(refusal.Message, "8") {
			t.Errorf("two signups: %v", err)
		}
		x, y := r.come(t, acme, wire.Proof{ClientID: "12345678"}), r.come(t, acme, wire.Proof{ClientID: "87654321"})
		if _, err := r.Merge(t.Context(), "acme", x.Contact, y.Contact); !isCode(err, chat.Conflict) {
			t.Errorf("two who are bound: %v", err)
		}
		if _, err := r.Merge(t.Context(), "acme", ann.Contact, ann.Contact); !isCode(err, chat.BadField) {
			t.Errorf("one and the same: %v", err)
		}
		if _, err := r.Merge(t.Context(), "acme", "nobody", ann.Contact); !isCode(err, chat.NotFound) {
			t.Errorf("nobody: %v", err)
		}
		mail := r.come(t, acme, wire.Proof{Email: "ann@x.test", HMAC: sign(acme, "ann@x.test")})
		r.patch(t, ann.Contact, `{"email":"Ann@x.test"}`)
		if c := r.merge(t, mail.Contact, ann.Contact); c.ExternalID != "7" {
			t.Errorf("an e-mail for want of an id: %+v", c)
		}
		bea := r.come(t, acme, wire.Proof{ID: "9", HMAC: sign(acme, "9")})
		mail = r.come(t, acme, wire.Proof{Email: "bea@x.test", HMAC: sign(acme, "bea@x.test")})
		r.patch(t, bea.Contact, `{"email":"Bea@x.test"}`)
		if c := r.merge(t, bea.Contact, mail.Contact); c.ID != mail.Contact {
			t.Errorf("the other way round: %+v", c)
		}
	})
}

// A contact may be told a thousand things at once while it is merged: all of them are kept.
func TestWhatIsSaidDuringAMergeIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		ann := r.put(t, Name{ID: "7"}, nil, nil)
		bob := r.put(t, Name{ID: "8"}, nil, nil)
		done := make(chan error, 1)
		go func() {
			for range 20 {
				if err := r.Record(t.Context(), "acme", bob.ID, []Recorded{{Name: "order"}}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		r.merge(t, bob.ID, ann.ID)
		must(t, <-done)
		c, err := r.Contact(t.Context(), "acme", ann.ID)
		if err != nil || c.Attributes["order"+endCount] != int64(20) {
			t.Errorf("%v, %v", c.Attributes, err)
		}
		if items, _, err := r.History(t.Context(), "acme", ann.ID, "", 100); err != nil || len(items) != 20 {
			t.Errorf("%d lines, %v", len(items), err)
		}
		r.compare(t)
	})
}

func TestVisitsOfBothAreCountedForTheOneWhoRemains(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		bound := s.come(wire.Proof{ClientID: "12345678"}, fromBerlin, "https://acme.test/1")
		time.Sleep(10 * time.Minute)
		s.view(bound, "https://acme.test/2")
		time.Sleep(31 * time.Minute)
		guest := s.come(wire.Proof{}, fromBerlin, "https://acme.test/3")
		time.Sleep(31 * time.Minute)
		ann := s.come(wire.Proof{ID: "7", HMAC: sign(acme, "7")}, fromOslo, "https://acme.test/4")
		for _, from := range []chat.ContactID{bound.Contact, chat.ContactID(guest.Visitor.ID)} {
			if _, err := s.Merge(t.Context(), acme.ID, from, ann.Contact); err != nil {
				t.Fatal(err)
			}
		}
		s.expect("merged", ann.Contact, map[string]any{"totalVisits": 3.0, "totalTimeSpent": 600.0, "city": "Oslo"})
		lines, _, err := s.History(t.Context(), acme.ID, ann.Contact, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		pages := 0
		for _, l := range lines {
			if l.Kind == HappenedPage {
				pages++
			}
		}
		if pages != 4 {
			t.Errorf("%d pages in the history", pages)
		}
		time.Sleep(31 * time.Minute)
		s.view(bound, "https://acme.test/5") // by a tab that does not know it yet
		s.expect("a visit after that", ann.Contact, map[string]any{"totalVisits": 4.0})
		if again := s.come(wire.Proof{Token: guest.Token}, fromBerlin, "https://acme.test/6"); again.User.TotalVisits != 2 {
			t.Errorf("of its visits the browser that proves nothing is told %+v", again.User)
		}
		s.expect("with that browser's next", ann.Contact, map[string]any{"totalVisits": 5.0})
	})
}
