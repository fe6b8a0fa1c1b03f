package account

import (
	"testing"

	"confab/chat"
)

func TestTheDefaultSenderProfileIsTheMarkedOneElseTheFirst(t *testing.T) {
	first, second := SenderProfile{ID: "a", Name: "A"}, SenderProfile{ID: "b", Name: "B", Default: true}
	for _, c := range []struct {
		of   []SenderProfile
		id   string
		want string
	}{
		{[]SenderProfile{first, second}, "", "b"},
		{[]SenderProfile{first}, "", "a"},
		{[]SenderProfile{first, second}, "a", "a"},
		{[]SenderProfile{first, second}, "c", ""},
		{nil, "", ""},
	} {
		if got, ok := (Agent{SenderProfiles: c.of}).Profile(c.id); got.ID != c.want || ok != (c.want != "") {
			t.Errorf("%q of %v: %+v, %v", c.id, c.of, got, ok)
		}
	}
}

func TestSenderProfilesThatCannotBeToldApartAreRefused(t *testing.T) {
	profiles := func(p ...SenderProfile) *[]SenderProfile { return &p }
	for _, c := range []struct {
		why string
		of  *[]SenderProfile
	}{
		{"no id", profiles(SenderProfile{Name: "Ann"})},
		{"one id twice", profiles(SenderProfile{ID: "a", Name: "A"}, SenderProfile{ID: "a", Name: "B"})},
		{"two defaults", profiles(SenderProfile{ID: "a", Name: "A", Default: true}, SenderProfile{ID: "b", Name: "B", Default: true})},
		{"no e-mail", profiles(SenderProfile{ID: "a", Name: "A", Email: "ann"})},
	} {
		if err := (AgentSpec{ID: "ann", SenderProfiles: c.of}).check(); err == nil || err.(*chat.Refusal).Code != chat.BadField {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}
