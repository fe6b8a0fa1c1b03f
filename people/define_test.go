package people

import (
	"strings"
	"testing"

	"confab/account"
	"confab/chat"
	"confab/wire"
)

func TestAnAttributeIsDefinedAsItsNameAndTypeAllow(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, c := range []struct {
			name, typ, want string
			code            chat.Code
		}{
			{"plan", "", TypeText, ""}, {"plan", TypeText, TypeText, ""}, {"plan", TypeNumber, "", chat.Taken},
			{"paid_on", "", TypeDate, ""}, {"paidAt", TypeDate, TypeDate, ""}, {"sent_on", TypeText, "", chat.BadField},
			{"flag", typeFlag, "", chat.BadField}, {"2nd", "", "", chat.BadField}, {"email", "", "", chat.Taken}, {"city", TypeText, "", chat.Taken},
			{strings.Repeat("x", maxAttributeName), "", TypeText, ""}, {strings.Repeat("x", maxAttributeName+1), "", "", chat.BadField},
		} {
			d, err := r.Define(t.Context(), "acme", c.name, c.typ)
			if c.code != "" && !isCode(err, c.code) || c.code == "" && (err != nil || d.Type != c.want || d.Name != c.name || d.Origin != OriginCustom || d.Title != Title(c.name)) {
				t.Errorf("%s as %q: %+v, %v", c.name, c.typ, d, err)
			}
		}
	})
}

func TestATitleIsWhatItWasGivenOrWhatTheNameSays(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		if _, err := r.Define(t.Context(), "acme", "paidOn", ""); err != nil {
			t.Fatal(err)
		}
		for _, title := range []string{"Paid by", "", "Bezahlt am", strings.Repeat("x", maxAttributeName)} {
			want := or(title, "Paid On")
			d, err := r.Entitle(t.Context(), "acme", "paidOn", title)
			if err != nil || d.Title != want || d.Type != TypeDate {
				t.Errorf("%q: %+v, %v", title, d, err)
			}
			all, err := r.Definitions(t.Context(), "acme")
			if err != nil || all[len(all)-1].Title != want {
				t.Errorf("%q is kept as %+v, %v", title, all[len(all)-1], err)
			}
		}
		for _, bad := range []string{strings.Repeat("x", maxAttributeName+1), "a\nb"} {
			if _, err := r.Entitle(t.Context(), "acme", "paidOn", bad); !isCode(err, chat.BadField) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := r.Entitle(t.Context(), "acme", "nobody", "x"); !isCode(err, chat.NotFound) {
			t.Errorf("of no attribute: %v", err)
		}
	})
}

func TestAnAccountsTypesBindNoOtherAccount(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, c := range []struct {
			a     *account.Account
			value any
		}{{acme, 5.0}, {other, "many"}, {acme, 6.0}, {other, "few"}} {
			got, err := r.Put(t.Context(), c.a, Name{ID: "7"}, Attributes{Custom: said{"seats": c.value}})
			if err != nil || got.Attributes["seats"] != c.value {
				t.Errorf("%s: %+v, %v", c.a.ID, got.Attributes, err)
			}
		}
	})
}

// What pages of visitors who have proven nothing say binds only each other, and nobody for longer than it is said.
func TestWhatStrangersSayDefinesTypesForStrangersOnly(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		guest, node := r.come(t, acme, wire.Proof{}), New(r.o)
		at := func(data string) error {
			return node.Say(t.Context(), guest.speaker(), wire.LayerAttributes, false, []byte(data))
		}
		r.say(t, guest, wire.LayerAttributes, `{"seats":5}`)
		if err := at(`{"seats":6}`); err != nil {
			t.Errorf("at another node: %v", err)
		}
		err := r.Say(t.Context(), guest.speaker(), wire.LayerAttributes, false, []byte(`{"seats":"many"}`))
		if !isCode(err, chat.BadField) {
			t.Errorf("another type by a page: %v", err)
		}
		if c := r.put(t, Name{ID: "7"}, nil, said{"seats": "many", "gone": nil}); c.Attributes["seats"] != "many" {
			t.Errorf("by the server: %+v", c.Attributes)
		}
		r.say(t, guest, wire.LayerAttributes, `{"seats":"few"}`)
		if err := at(`{"seats":"some"}`); err != nil {
			t.Errorf("at a node that knew the type of before: %v", err)
		}
		all, err := r.Definitions(t.Context(), "acme")
		if last := all[len(all)-1]; err != nil || len(all) != len(builtIns)+1 || last.Name != "seats" || last.Origin != OriginCustom || last.Type != TypeText {
			t.Errorf("%+v, %v", last, err)
		}
	})
}
