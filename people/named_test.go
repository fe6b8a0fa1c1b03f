package people

import (
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

func TestAnErasedNameLeavesNothing(t *testing.T) {
	server := storetest.Start(t)
	r := open(t, server.URL())
	lead := r.put(t, Name{ID: "canary-lead", Email: "canary@x.test"}, said{"name": "canary"}, said{"note": "canary"})
	waits, guarded := r.address(t, lead.ID), r.guarded(t, lead.ID)
	r.text(t, waits, "canary waits")
	r.text(t, guarded, "canary guarded")
	claims := r.come(t, acme, wire.Proof{ID: "canary-lead"})
	r.come(t, acme, wire.Proof{ID: "canary-lead"})
	if err := r.Record(t.Context(), "acme", lead.ID, []Recorded{{Name: "canary", Data: []byte(`{"a":"canary"}`)}}); err != nil {
		t.Fatal(err)
	}
	signup := r.put(t, Name{Email: "canary@y.test"}, said{"signedUpOn": "2026-02-03"}, nil)
	r.text(t, r.address(t, signup.ID), "canary signup")
	holder := r.register(t, Registration{Token: "canary-token", Name: ptr("canary"), Username: ptr("canary"), Fields: []Field{{"canary", "canary", true}}})
	e, err := r.Export(t.Context(), "acme", lead.ID)
	if err != nil || len(e.Threads) != 3 || len(e.Visitors) != 3 || len(e.Did) != 1 || claims.Thread != waits.Thread {
		t.Errorf("the export lacks something: %+v, %v", e, err)
	}
	for _, id := range []chat.ContactID{lead.ID, signup.ID, chat.ContactID(holder.Visitor)} {
		if err := r.DeleteContact(t.Context(), "acme", id); err != nil {
			t.Fatal(err)
		}
	}
	c := server.Client()
	defer c.Close()
	keys, err := c.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		dump, err := c.Dump(t.Context(), key).Result()
		if all := key + dump; err == nil && (strings.Contains(all, "canary") || strings.Contains(all, string(lead.ID)) || strings.Contains(all, string(holder.Visitor)) || strings.Contains(all, string(claims.Visitor.ID))) {
			t.Errorf("something is left in %s", key)
		}
	}
	if err := r.Record(t.Context(), "acme", lead.ID, []Recorded{{Name: "late"}}); !isCode(err, chat.NotFound) {
		t.Errorf("a late event: %v", err)
	}
	if next := r.put(t, Name{ID: "canary-lead"}, nil, nil); next.ID == lead.ID || next.Name != "" {
		t.Errorf("the same name later: %+v", next)
	}
}

func TestTheOutboxIsToldOfWhoseThreadsSomethingNewIsKnown(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		if err := r.store.SetWant(t.Context(), "acme", store.Want{Outbox: true}); err != nil {
			t.Fatal(err)
		}
		noted := func() map[chat.ThreadID]bool {
			all, err := r.store.ClaimOutgoing(t.Context(), "acme", 100, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			threads := map[chat.ThreadID]bool{}
			for _, o := range all {
				threads[o.Thread] = true
				if err := r.store.FinishOutgoing(t.Context(), o); err != nil {
					t.Fatal(err)
				}
			}
			return threads
		}
		signup := r.put(t, Name{ID: "7"}, said{"signedUpOn": "2026-02-03"}, nil)
		thread := r.address(t, signup.ID).Thread
		r.put(t, Name{ID: "8"}, nil, nil)
		lead := r.come(t, acme, wire.Proof{ID: "8"})
		holder := r.register(t, Registration{Token: "t"})
		hv, err := r.Visitor(t.Context(), "acme", holder.Visitor)
		if err != nil {
			t.Fatal(err)
		}
		r.put(t, Name{ID: "9"}, nil, nil)
		nine := r.come(t, acme, wire.Proof{ID: "9"})
		noted()
		for name, step := range map[string]struct {
			does   func()
			thread chat.ThreadID
		}{
			"a name":          {func() { r.put(t, Name{ID: "7"}, said{"name": "Ann"}, nil) }, thread},
			"an attribute":    {func() { r.put(t, Name{ID: "7"}, nil, said{"plan": "pro"}) }, thread},
			"a lead's":        {func() { r.put(t, Name{ID: "8"}, said{"phone": "1"}, nil) }, lead.Thread},
			"a registration":  {func() { r.register(t, Registration{Token: "t", Name: ptr("Flo")}) }, hv.Thread},
			"an agent's":      {func() { r.patch(t, signup.ID, `{"description":"x"}`) }, thread},
			"an agent's lead": {func() { r.patch(t, chat.ContactID(lead.Visitor.ID), `{"description":"x"}`) }, lead.Thread},
		} {
			step.does()
			if got := noted(); !got[step.thread] || len(got) != 1 {
				t.Errorf("%s: %v, want %s", name, got, step.thread)
			}
		}
		r.merge(t, r.put(t, Name{Email: "nine@x.test"}, nil, nil).ID, chat.ContactID(nine.Visitor.ID))
		if got := noted(); !got[nine.Thread] {
			t.Errorf("a merge: %v, want %s", got, nine.Thread)
		}
		r.put(t, Name{ID: "7"}, said{"name": "Ann"}, nil)
		r.put(t, Name{ID: "7"}, said{"lastVisitedAt": nil}, nil)
		if got := noted(); len(got) != 0 {
			t.Errorf("nothing new: %v", got)
		}
	})
}

func (r room) patch(t testing.TB, id chat.ContactID, patch string) Contact {
	t.Helper()
	c, err := r.PatchContact(t.Context(), "acme", id, []byte(patch))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Proves PAV-REST-039.
func TestPagesAndAgentsAreRungOfWhatAServerSays(t *testing.T) {
	server := storetest.Start(t)
	r, ear := open(t, server.URL()), &storetest.Ear{}
	following := make(chan error, 1)
	storetest.Open(t, server.URL(), ear).Follow("acme", func(err error) { following <- err })
	if err := <-following; err != nil {
		t.Fatal(err)
	}
	proven := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
	lead := r.come(t, acme, wire.Proof{ID: "8"})
	holder := r.register(t, Registration{Token: "t"})
	gone := r.put(t, Name{Email: "gone@x.test"}, nil, nil)
	for name, step := range map[string]struct {
		does    func()
		visitor chat.VisitorID
		contact chat.ContactID
	}{
		"a signup":       {func() { r.put(t, Name{ID: "7"}, said{"name": "Ann"}, nil) }, "", proven.Contact},
		"a lead":         {func() { r.put(t, Name{ID: "8"}, said{"name": "Lea"}, nil) }, lead.Visitor.ID, ""},
		"a registration": {func() { r.register(t, Registration{Token: "t", Name: ptr("Flo")}) }, holder.Visitor, ""},
		"a merge":        {func() { r.merge(t, gone.ID, proven.Contact) }, "", gone.ID}, // of the one that is gone
		"an event": {func() {
			if err := r.Record(t.Context(), "acme", proven.Contact, []Recorded{{Name: "order"}}); err != nil {
				t.Error(err)
			}
		}, "", proven.Contact},
	} {
		rung := func() (n int) {
			for _, b := range ear.Bells(store.BellPerson) {
				if c, ok := ParseChanged(b.Data); ok && c.Concerns(step.visitor, step.contact) {
					n++
				}
			}
			return n
		}
		r.store.Ring("acme", store.BellPerson, "", "", wire.Encode(Changed{"mark-" + chat.ContactID(name), nil})) // what rang before has come when this has
		storetest.Eventually(t, "the mark", func() bool {
			for _, b := range ear.Bells(store.BellPerson) {
				if c, _ := ParseChanged(b.Data); c.Contact == "mark-"+chat.ContactID(name) {
					return true
				}
			}
			return false
		})
		before := rung()
		step.does()
		storetest.Eventually(t, name, func() bool { return rung() > before })
	}
}
