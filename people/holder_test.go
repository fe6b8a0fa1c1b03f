package people

import (
	"context"
	"strings"
	"sync"
	"testing"

	"confab/account"
	"confab/chat"
	"confab/wire"
)

func ptr[T any](v T) *T { return &v }

func (r room) register(t testing.TB, reg Registration) TokenHolder {
	t.Helper()
	h, err := r.Register(t.Context(), grouped, reg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var grouped = &account.Account{ID: "acme", Groups: []account.Group{{ID: "sales"}}}

// Proves LC-REST-019 LC-REST-020 LC-REST-021 LC-REST-023 LC-REST-024 LC-REST-025 LC-REST-028 LC-REST-029 LC-REST-030 LC-REST-031 LC-REST-032.
func TestATokenNamesAVisitorForWhoKnowsIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		h := r.register(t, Registration{Token: "iNKE8a6k6cjbqWhWd", Name: ptr("Florian"), Email: ptr("f@x.test"), Phone: ptr("55 51 5555"), Group: ptr(chat.GroupID("sales")),
			Fields: []Field{{"address", "Street", true}, {"any key at all", "x", false}}})
		if h.Username != "guest-1" || h.Name != "Florian" || h.Email != "f@x.test" || h.Phone != "55 51 5555" || h.Fields["address"] != "Street" ||
			h.Fields["any key at all"] != "x" || h.UpdatedAt == 0 || len(h.Visitor) != 17 || h.Token != "iNKE8a6k6cjbqWhWd" {
			t.Fatalf("%+v", h)
		}
		got, err := r.TokenHolder(t.Context(), "acme", h.Token)
		if err != nil || got.UpdatedAt != h.UpdatedAt || got.Visitor != h.Visitor {
			t.Errorf("read: %+v, %v", got, err)
		}
		next := r.register(t, Registration{Token: h.Token, Username: ptr("late"), Fields: []Field{{"address", "kept", false}, {"any key at all", "y", true}, {"new", "z", false}}})
		if next.Visitor != h.Visitor || next.Username != h.Username || next.UpdatedAt <= h.UpdatedAt || next.Name != "Florian" || next.Email != "f@x.test" ||
			next.Fields["address"] != "Street" || next.Fields["any key at all"] != "y" || next.Fields["new"] != "z" {
			t.Errorf("%+v", next)
		}
		twin := r.register(t, Registration{Token: "another token", Email: ptr("f@x.test"), Username: ptr("flo")})
		if twin.Visitor == h.Visitor || twin.Username != "flo" || twin.Name != "" || twin.Fields != nil {
			t.Errorf("the same e-mail: %+v", twin)
		}
		if third := r.register(t, Registration{Token: "third"}); third.Username != "guest-3" {
			t.Errorf("%+v", third)
		}
		for _, token := range []string{"nobody", "", h.Token + " ", strings.Repeat("x", 9999)} {
			if _, err := r.TokenHolder(t.Context(), "acme", token); !isCode(err, chat.NotFound) {
				t.Errorf("%.20q: %v", token, err)
			}
		}
		if _, err := r.TokenHolder(t.Context(), "other", h.Token); !isCode(err, chat.NotFound) {
			t.Errorf("another account: %v", err)
		}
		c, err := r.Contact(t.Context(), "acme", chat.ContactID(h.Visitor))
		if err != nil || c.Name != "Florian" || c.Layers.Fields["address"] != "Street" || c.Level != Claimed || c.Sources["fields.address"] != sourceSaid {
			t.Errorf("agents see %+v, %v", c, err)
		}
		if v, err := r.Visitor(t.Context(), "acme", h.Visitor); err != nil || v.Name != "Florian" || v.Thread == "" {
			t.Errorf("in lists: %+v, %v", v, err)
		}
		if o := r.come(t, acme, wire.Proof{Token: h.Token}); o.Visitor.ID == h.Visitor {
			t.Error("the token opened a session")
		}
	})
}

// Proves LC-REST-018 LC-REST-027.
func TestOfARefusedRegistrationNothingIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r.register(t, Registration{Token: "t", Name: ptr("Ann")})
		for field, bad := range map[string]Registration{
			"token": {Token: " "}, "name": {Token: "t", Name: ptr(strings.Repeat("x", 500))}, "fields[1].key": {Token: "t", Name: ptr("B"), Fields: []Field{{"a", "b", true}, {"", "b", true}}},
			"fields[0].value": {Token: "t", Name: ptr("B"), Fields: []Field{{"a", strings.Repeat("x", maxAttributeValue+1), true}}}, "group": {Token: "t", Name: ptr("B"), Group: ptr(chat.GroupID("none"))},
			"email": {Token: "new", Email: ptr("a\x00b")}, "fields": {Token: "t", Name: ptr("B"), Fields: make([]Field, maxAttributes+1)},
		} {
			_, err := r.Register(t.Context(), grouped, bad)
			if refusal, ok := err.(*chat.Refusal); !ok || refusal.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if h, err := r.TokenHolder(t.Context(), "acme", "t"); err != nil || h.Name != "Ann" || h.Fields != nil {
			t.Errorf("%+v, %v", h, err)
		}
		if _, err := r.TokenHolder(t.Context(), "acme", "new"); !isCode(err, chat.NotFound) {
			t.Errorf("the new one: %v", err)
		}
	})
}

func TestWhoRegisterOneTokenAtOnceMakeOneVisitor(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		nodes := []*People{r.People, New(r.o), New(r.o)}
		var all sync.WaitGroup
		for i := range 9 {
			all.Go(func() {
				if _, err := nodes[i%3].Register(context.Background(), grouped, Registration{Token: "t", Fields: []Field{{string(rune('a' + i)), "x", true}}}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if h, err := r.TokenHolder(t.Context(), "acme", "t"); err != nil || len(h.Fields) != 9 {
			t.Errorf("%+v, %v", h, err)
		}
	})
}
