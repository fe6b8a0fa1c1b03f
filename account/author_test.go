package account

import (
	"errors"
	"sync"
	"testing"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

func TestAnAuthorIsMadeOnceAndNeverLogsIn(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		must(t, b.Apply(t.Context(), Bootstrap{Accounts: []AccountSpec{
			{ID: "acme", Agents: []AgentSpec{{Email: ptr("ann@acme.test"), Password: ptr(auth.NewSecret("correct horse"))}}}, {ID: "rival"},
		}}))
		var made [8]Agent
		var all sync.WaitGroup
		for i := range made {
			all.Go(func() {
				var err error
				made[i], err = []*Accounts{b.Accounts, b.other}[i%2].Author(t.Context(), "acme", "Desk@help.test", "Help desk")
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, a := range made {
			if a.ID != made[0].ID || !a.Dummy || a.Active || a.Name != "Help desk" || a.No == 0 {
				t.Errorf("made %+v beside %+v", a, made[0])
			}
		}
		if again, err := b.Author(t.Context(), "acme", "desk@HELP.test", "Another name"); err != nil || again.ID != made[0].ID {
			t.Errorf("named again: %+v, %v", again, err)
		}
		if real, err := b.Author(t.Context(), "acme", "ANN@acme.test", "x"); err != nil || real.Dummy || real.Email != "ann@acme.test" {
			t.Errorf("an agent's e-mail made %+v, %v", real, err)
		}
		if other, err := b.Author(t.Context(), "rival", "ann@acme.test", "Ann"); err != nil || !other.Dummy || other.Account != "rival" {
			t.Errorf("an e-mail of another account made %+v, %v", other, err)
		}
		if _, err := b.LogIn(t.Context(), "desk@help.test", auth.NewSecret(""), "192.0.2.1"); !errors.Is(err, &chat.Refusal{Code: chat.Unauthorized}) {
			t.Errorf("logged in: %v", err)
		}
		for _, wrong := range [][2]string{{"no e-mail", "x"}, {"a@b.test", " "}} {
			if _, err := b.Author(t.Context(), "acme", wrong[0], wrong[1]); !errors.Is(err, &chat.Refusal{Code: chat.BadField}) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
	})
}

func TestOneIsDrawnOfThoseWhoAreHere(t *testing.T) {
	agents := []Agent{
		{ID: "ann", Active: true, Groups: []chat.GroupID{"sales"}}, {ID: "ben", Active: true}, {ID: "cleo", Active: true},
		{ID: "dora", Groups: []chat.GroupID{"sales"}}, {ID: "desk", Dummy: true, Active: true, Groups: []chat.GroupID{"sales"}},
	}
	nobody := func(chat.AgentID) bool { return false }
	for _, c := range []struct {
		here  func(chat.AgentID) bool
		group chat.GroupID
		want  map[chat.AgentID]bool
	}{
		{func(id chat.AgentID) bool { return id == "ben" || id == "cleo" || id == "desk" }, "", map[chat.AgentID]bool{"ben": true, "cleo": true}},
		{nobody, "", map[chat.AgentID]bool{"ann": true, "ben": true, "cleo": true}},
		{nobody, "sales", map[chat.AgentID]bool{"ann": true}},
		{nobody, "nobody", nil},
	} {
		drawn := map[chat.AgentID]bool{}
		for range 200 {
			if a, ok := Draw(agents, c.here, c.group); ok {
				drawn[a.ID] = true
			}
		}
		if len(drawn) != len(c.want) {
			t.Errorf("of %q: %v, want %v", c.group, drawn, c.want)
		}
		for id := range c.want {
			if !drawn[id] {
				t.Errorf("of %q: %s was never drawn in 200", c.group, id)
			}
		}
	}
}

func TestAnAccountWantsTheOutboxAsSoonAsItHasAWebhook(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		wants := func() string {
			val, err := b.store.Command(t.Context(), "acme", "HGET", b.store.Key("acme", "f"), "wants")
			must(t, err)
			text, _ := val.(string)
			return text
		}
		must(t, b.Apply(t.Context(), Bootstrap{Accounts: []AccountSpec{{ID: "acme"}}}))
		if got := wants(); got != "" {
			t.Errorf("without one it wants %q", got)
		}
		must(t, b.Apply(t.Context(), Bootstrap{Accounts: []AccountSpec{{ID: "acme", Webhooks: []WebhookSpec{{Dialect: "confab", URL: "https://a.test/"}}}}}))
		if got := wants(); got != (store.Want{Outbox: true}).String() {
			t.Errorf("with one it wants %q", got)
		}
		hook := b.mustRead(t, "acme").Webhooks[0]
		if hook.CreatedAt == 0 || hook.DisabledAt != 0 {
			t.Errorf("kept as %+v", hook)
		}
		must(t, b.SetWebhookDisabled(t.Context(), "acme", hook.ID, 5))
		if got := b.mustRead(t, "acme").Webhooks[0]; got.DisabledAt != 5 {
			t.Errorf("disabled, it is %+v", got)
		}
		if err := b.SetWebhookDisabled(t.Context(), "acme", "none", 5); !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			t.Errorf("one that is none: %v", err)
		}
	})
}

func (b *bench) mustRead(t *testing.T, id chat.AccountID) *Account {
	t.Helper()
	a, err := b.read(t.Context(), id)
	must(t, err)
	return a
}

func TestAWebhookWantsNumbersAsIdsOnlyIfItSaysSo(t *testing.T) {
	spec := func(dialect string, numeric *bool) WebhookSpec {
		return WebhookSpec{Dialect: dialect, URL: "https://" + dialect + ".test/", NumericIDs: numeric}
	}
	onEach(t, func(t *testing.T, b *bench) {
		hooks := func(specs ...WebhookSpec) []Webhook {
			t.Helper()
			must(t, b.Apply(t.Context(), Bootstrap{Accounts: []AccountSpec{{ID: "acme", Webhooks: specs}}}))
			return b.mustRead(t, "acme").Webhooks
		}
		for i, c := range []struct {
			said *bool
			want bool
		}{{nil, false}, {new(true), true}, {nil, true}, {new(false), false}} {
			if got := hooks(spec(DialectJivo, c.said)); len(got) != 1 || got[0].NumericIDs != c.want {
				t.Errorf("%d: %+v", i, got)
			}
		}
		for _, w := range hooks(spec(DialectNative, new(false))) {
			err := b.SetWebhookNumericIDs(t.Context(), "acme", w.ID, true)
			if refused := (*chat.Refusal)(nil); HasNumericIDs(w.Dialect) != (err == nil) || err != nil && (!errors.As(err, &refused) || refused.Field != "numericIds") {
				t.Errorf("%s: %v", w.Dialect, err)
			}
		}
		if _, err := b.AddWebhook(t.Context(), "acme", spec(DialectChatra, new(true))); !errors.Is(err, &chat.Refusal{Code: chat.BadField}) {
			t.Errorf("in a dialect that has none: %v", err)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
