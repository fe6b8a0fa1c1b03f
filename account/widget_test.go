package account

import (
	"encoding/json"
	"errors"
	"testing"

	"confab/chat"
)

func TestAPagesNamesLeadToTheAccountAndItsChannel(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		for name, channel := range map[string]string{"acme": "", "channel:3677": "3677", "chatra:PUB": ""} {
			for range 2 { // read, then held
				a, c, err := b.Named(t.Context(), name)
				if err != nil || a.ID != "acme" || c.WidgetID != channel {
					t.Errorf("%q leads to %v, channel %q, %v", name, a, c.WidgetID, err)
				}
			}
		}
		for _, name := range []string{"", "nobody", "channel:", "channel:1", "channel:acme", "chatra:", "chatra:pub", "chatra:SEC", "jivo:PUB", ":PUB", "channel:3677:x", "a b:c", "key:ladygaga"} {
			if a, _, err := b.Named(t.Context(), name); !isNotFound(err) {
				t.Errorf("%q leads to %v, %v", name, a, err)
			}
		}
		if _, err := b.Update(t.Context(), AccountSpec{ID: "acme", Channels: []ChannelSpec{{WidgetID: "3677", Name: new("Renamed")}}}); err != nil {
			t.Fatal(err)
		}
		if _, c, err := b.Named(t.Context(), "channel:3677"); err != nil || c.Name != "Renamed" {
			t.Errorf("after a change: %+v, %v", c, err)
		}
	})
}

func TestAChannelsWidgetOutranksTheAccountsFieldByField(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		a, c, err := b.Named(t.Context(), "channel:3677")
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Title, Theme string
			Button       struct {
				Style string
				Size  int
			}
			Rules []any
		}
		if err := json.Unmarshal(a.WidgetOf(c), &got); err != nil {
			t.Fatal(err)
		}
		if got.Title != "Ask Acme" || got.Theme != "dark" || got.Button.Style != "tab" || got.Button.Size != 64 || len(got.Rules) != 1 {
			t.Errorf("in the channel: %s", a.WidgetOf(c))
		}
		if err := json.Unmarshal(a.WidgetOf(Channel{}), &got); err != nil || got.Button.Size != 60 {
			t.Errorf("of the account: %s", a.WidgetOf(Channel{}))
		}
		if empty := (&Account{}).WidgetOf(Channel{}); string(empty) != "{}" {
			t.Errorf("of an account that says nothing: %s", empty)
		}
	})
}

func TestAWidgetThatIsNotAllowedChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		for _, bad := range []string{`{"zIndex":0}`, `{"x":1}`, `[]`, `{"colors":{"buttonBg":"red"}}`, `{`} {
			_, err := b.Update(t.Context(), AccountSpec{ID: "acme", Name: new("Other"), Widget: new(json.RawMessage(bad))})
			if !errors.Is(err, &chat.Refusal{Code: chat.BadField}) {
				t.Errorf("%s: %v", bad, err)
			}
		}
		if a, err := b.Account(t.Context(), "acme"); err != nil || a.Name != "Acme" {
			t.Errorf("%+v, %v", a, err)
		}
		if a, err := b.Update(t.Context(), AccountSpec{ID: "acme", Widget: new(json.RawMessage(`{"title":"New"}`))}); err != nil || string(a.Widget) != `{"title":"New"}` {
			t.Errorf("%+v, %v", a, err)
		}
	})
}
