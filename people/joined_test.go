package people

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"confab/chat"
	"confab/store/storetest"
	"confab/wire"
)

// talk opens a conversation in a visitor's thread.
func (r room) talk(t testing.TB, o Opened) {
	t.Helper()
	c := storetest.Note("acme", o.Thread, string(o.Visitor.ID), chat.NewIDs(nil).New(), "hello")
	id := chat.ConversationID(chat.NewIDs(nil).New())
	c.Entries[0].Conversation = id
	c.Next = &chat.Conversation{ID: id, No: 1, Thread: o.Thread, Visitor: o.Visitor.ID, State: chat.Waiting, StartedAt: chat.At(time.Now())}
	storetest.MustAppend(t, r.store, c)
}

func TestWhoWantsNoMailGetsNoneAfterAMergeEither(t *testing.T) {
	patched := func(value string) func(*testing.T, room, string) chat.ContactID {
		return func(t *testing.T, r room, mail string) chat.ContactID {
			id := r.put(t, Name{Email: mail}, nil, nil).ID
			if value != "" {
				r.patch(t, id, `{"attributes":{"emailSubscription":`+value+`}}`)
			}
			return id
		}
	}
	heard := func(t *testing.T, r room, mail string) chat.ContactID {
		id := r.put(t, Name{Email: mail}, nil, nil).ID
		r.say(t, r.come(t, acme, wire.Proof{Email: mail}), wire.LayerAttributes, `{"emailSubscription":0}`)
		return id
	}
	everywhere(t, func(t *testing.T, r room) {
		for i, c := range []struct {
			into, from func(*testing.T, room, string) chat.ContactID
			wants      bool
		}{
			{patched("false"), patched("true"), false}, {patched("true"), patched("false"), false}, {patched("0"), patched("true"), false}, {patched("true"), patched("0"), false},
			{patched(""), patched("false"), false}, {patched("false"), patched(""), false}, {heard, patched("true"), false}, {patched("true"), heard, false},
			{patched("true"), patched("true"), true}, {patched(""), patched("true"), true}, {patched(""), patched(""), true},
		} {
			into, from := c.into(t, r, fmt.Sprintf("into%d@x.test", i)), c.from(t, r, fmt.Sprintf("from%d@x.test", i))
			seen, err := r.PreviewMerge(t.Context(), "acme", from, into)
			must(t, err)
			for name, got := range map[string]Contact{"preview": seen, "merged": r.merge(t, from, into)} {
				if got.WantsMail() != c.wants || got.Subscribed != c.wants {
					t.Errorf("%d: %s: wants mail %t, subscribed %t, want %t", i, name, got.WantsMail(), got.Subscribed, c.wants)
				}
			}
			r.patch(t, into, `{"attributes":{"emailSubscription":true}}`) // he says so anew
			if got, err := r.Contact(t.Context(), "acme", from); err != nil || !got.WantsMail() {
				t.Errorf("%d: subscribed again: %+v, %v", i, got.Attributes, err)
			}
		}
		r.compare(t)
	})
}

func TestOfTwoThreadsTheLivelierGoesOnElseThatOfWhoRemains(t *testing.T) {
	silent := func(*testing.T, room, Opened) {}
	written := func(t *testing.T, r room, o Opened) { r.write(t, o, "hello") }
	talks := func(t *testing.T, r room, o Opened) { r.talk(t, o) }
	everywhere(t, func(t *testing.T, r room) {
		for i, c := range []struct {
			into, from func(*testing.T, room, Opened)
			other      bool // goes on, not that of who remains
		}{
			{silent, silent, false}, {silent, written, true}, {silent, talks, true}, {written, silent, false}, {written, written, false}, {written, talks, true},
			{talks, silent, false}, {talks, written, false}, {talks, talks, false},
		} {
			bound := r.come(t, acme, wire.Proof{ClientID: fmt.Sprint("12345678-", i)})
			id := fmt.Sprint("u", i)
			ann := r.come(t, acme, wire.Proof{ID: id, HMAC: sign(acme, id)})
			into, from := ann, bound
			if i%2 == 0 {
				into, from = bound, ann
			}
			c.into(t, r, into)
			c.from(t, r, from)
			want, past := into.Thread, from.Thread
			if c.other {
				want, past = past, want
			}
			got := r.merge(t, from.Contact, into.Contact)
			if got.Thread != want {
				t.Errorf("%d: %s goes on, want %s", i, got.Thread, want)
			}
			d, _, err := r.load(t.Context(), "acme", got.ID)
			if err != nil || !slices.Equal(d.Past, []chat.ThreadID{past}) || d.Visitors[0] != bound.Visitor.ID {
				t.Errorf("%d: past %v, want %s; visitors %v, %v", i, d.Past, past, d.Visitors, err)
			}
			for _, o := range []Opened{into, from} {
				if v, err := r.Visitor(t.Context(), "acme", o.Visitor.ID); err != nil || v.Thread != want || v.Contact != got.ID {
					t.Errorf("%d: a browser is in %s, %v", i, v.Thread, err)
				}
			}
		}
	})
}

func TestWhatWaitedForALeadIsThePersonsItIsMergedInto(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		lead := r.put(t, Name{Email: "ann@old.test"}, nil, nil)
		waits := r.address(t, lead.ID)
		r.text(t, waits, "for Ann alone")
		ann := r.put(t, Name{ID: "7"}, said{"name": "Ann", "email": "ann@acme.test", "signedUpOn": "2026-02-03"}, nil)
		c := r.merge(t, lead.ID, ann.ID)
		if o := r.come(t, acme, wire.Proof{Email: "ann@old.test"}); o.Thread == waits.Thread || o.Visitor.ID == waits.Visitor {
			t.Errorf("a claim opened %+v", o)
		}
		e, err := r.Export(t.Context(), "acme", c.ID)
		if err != nil || len(e.Threads) != 1 || e.Threads[0].ID != waits.Thread {
			t.Errorf("threads %+v, %v", e.Threads, err)
		}
		o := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		if o.Thread != waits.Thread || o.Visitor.ID != waits.Visitor || o.Contact != ann.ID {
			t.Errorf("who proves it: %+v", o)
		}
		r.compare(t)
	})
}

func TestAnotherOfTheTwoMayBeWhoSignedUpAndWasWrittenTo(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		proof := wire.Proof{ID: "7", HMAC: sign(acme, "7")}
		signup := r.put(t, Name{ID: "7"}, said{"signedUpOn": "2026-02-03", "name": "Ann"}, nil)
		stands := r.address(t, signup.ID)
		lead := r.put(t, Name{Email: "ann@x.test"}, nil, nil)
		c := r.merge(t, signup.ID, lead.ID)
		if c.ExternalID != "7" || c.Universe != UniverseSignup || c.Thread != stands.Thread || c.UpdatedAt < lead.UpdatedAt {
			t.Errorf("%+v", c)
		}
		if o := r.come(t, acme, proof); o.Thread != stands.Thread || o.Visitor.ID != stands.Visitor || o.Contact != lead.ID {
			t.Errorf("who proves it: %+v", o)
		}
		first := r.come(t, acme, wire.Proof{})
		r.write(t, first, "before I said who I am")
		proof.Token = first.Token
		r.text(t, stands, "hello")
		r.come(t, acme, proof) // its thread is history
		last := r.put(t, Name{Email: "ann@y.test"}, nil, nil)
		r.merge(t, lead.ID, last.ID)
		e, err := r.Export(t.Context(), "acme", last.ID)
		if err != nil || len(e.Threads) != 2 {
			t.Errorf("threads %+v, %v", e.Threads, err)
		}
		guest := r.come(t, acme, wire.Proof{})
		r.write(t, guest, "hi")
		nobody := r.put(t, Name{Email: "bob@x.test"}, nil, nil)
		if c := r.merge(t, nobody.ID, chat.ContactID(guest.Visitor.ID)); c.Level != Claimed || c.Universe != UniverseLead || c.ExternalID != "bob@x.test" {
			t.Errorf("a guest who is a lead: %+v", c)
		}
		r.compare(t)
	})
}

func TestAMergeIsShownInListsAndWhatIsSaidKeepsItsSource(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		ann := r.come(t, acme, wire.Proof{ID: "7", Name: "Ann", HMAC: sign(acme, "7")})
		r.say(t, ann, wire.LayerAttributes, `{"plan":"pro"}`)
		bob := r.put(t, Name{Email: "bob@x.test"}, nil, nil)
		lead := r.come(t, acme, wire.Proof{Email: "bob@x.test", Name: "Robert"})
		r.patch(t, ann.Contact, `{"email":"ann@acme.test"}`)
		c := r.merge(t, ann.Contact, bob.ID)
		if c.Sources["attributes.plan"] != sourceProven || c.Email != "bob@x.test" || c.Name != "Ann" {
			t.Errorf("%+v", c)
		}
		for _, id := range []chat.VisitorID{ann.Visitor.ID, lead.Visitor.ID} {
			if v, err := r.Visitor(t.Context(), "acme", id); err != nil || v.Name != "Ann" || v.Email != "bob@x.test" {
				t.Errorf("in lists: %+v, %v", v, err)
			}
		}
	})
}

func TestTwoOfManyThreadsAreNotMerged(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		fill := func(mail string, many int) chat.ContactID {
			id := r.put(t, Name{Email: mail}, nil, nil).ID
			_, err := r.change(t.Context(), "acme", id, func(d *document) error {
				for i := range many {
					d.addPast(chat.ThreadID(fmt.Sprint(mail, i)))
				}
				return nil
			})
			must(t, err)
			return id
		}
		one, two, three := fill("a@x.test", maxPastThreads/2), fill("b@x.test", maxPastThreads/2), fill("c@x.test", 1)
		r.merge(t, two, one)
		if _, err := r.Merge(t.Context(), "acme", three, one); !isCode(err, chat.TooLong) {
			t.Errorf("one thread more: %v", err)
		}
		if c, err := r.Contact(t.Context(), "acme", three); err != nil || c.ID != three {
			t.Errorf("what was refused has changed: %+v, %v", c, err)
		}
	})
}

// What browsers say that only claim to be a lead is forgotten of it once it signs up. What those say stays which the team joined to it.
func TestWhoSignsUpIsFoundByWhatHisOwnBrowsersSaidAndNotByClaims(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, joins := range []bool{false, true} {
			n := Name{ID: fmt.Sprint("joins-", joins)}
			lead := r.put(t, n, nil, nil)
			claims, guest := r.come(t, acme, wire.Proof{ID: n.ID}), r.come(t, acme, wire.Proof{})
			r.say(t, claims, wire.LayerAttributes, `{"color":"red"}`)
			r.say(t, guest, wire.LayerAttributes, `{"plan":"trial"}`)
			if joins {
				r.merge(t, chat.ContactID(guest.Visitor.ID), lead.ID)
			}
			if got, _ := r.list(t, `{"attribute":"plan","is":"trial"}`, "id", 5); slices.Contains(got, n.ID) != joins {
				t.Errorf("at once: %v", got)
			}
			red, trial := `{"attribute":"color","is":"red"}`, `{"attribute":"plan","is":"trial"}`
			if got, _ := r.list(t, red, "id", 5); !slices.Equal(got, []string{n.ID}) {
				t.Errorf("as a lead: %v", got)
			}
			r.put(t, n, said{"signedUpOn": "2026-02-03"}, nil)
			if got, _ := r.list(t, red, "id", 5); len(got) != 0 {
				t.Errorf("by what a claim says: %v", got)
			}
			if got, _ := r.list(t, trial, "id", 5); slices.Contains(got, n.ID) != joins {
				t.Errorf("by what a joined browser says: %v", got)
			}
			r.compare(t)
		}
	})
}
