package account

import (
	"testing"

	"confab/chat"
)

func TestAnAdminIsNeverLimited(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		_, err := b.UpdateAgent(ctx, "acme", AgentSpec{ID: annID, Limited: ptr(true)})
		refused(t, "an admin", err, chat.BadField)
		bo := AgentSpec{Email: ptr("bo@acme.test"), Limited: ptr(true)}
		limited, err := b.CreateAgent(ctx, "acme", bo)
		if err != nil || !limited.Limited || limited.Scope() == nil {
			t.Fatalf("%+v, %v", limited, err)
		}
		raised, err := b.UpdateAgent(ctx, "acme", AgentSpec{ID: limited.ID, Role: ptr(RoleAdmin)})
		if err != nil || raised.Limited || raised.Scope() != nil {
			t.Errorf("made an admin: %+v, %v", raised, err)
		}
		_, err = b.UpdateAgent(ctx, "acme", AgentSpec{ID: limited.ID, Role: ptr(RoleAdmin), Limited: ptr(true)})
		refused(t, "an admin from now on", err, chat.BadField)
	})
}

func TestSessionsEndWhenOtherConversationsMayBeSeen(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		sales := &[]chat.GroupID{"z2o3F8GDkNpKD4BYt"}
		change := func(s AgentSpec) {
			t.Helper()
			s.ID = annID
			if _, err := b.UpdateAgent(t.Context(), "acme", s); err != nil {
				t.Fatal(err)
			}
			b.other.Invalidate("acme") // what its hub does on the bell
		}
		change(AgentSpec{Role: ptr(RoleAgent)})
		for _, step := range []struct {
			why  string
			spec AgentSpec
			ends bool
		}{
			{"groups of one who sees everything", AgentSpec{Groups: &[]chat.GroupID{}}, false},
			{"limited", AgentSpec{Limited: ptr(true)}, true},
			{"limited again", AgentSpec{Limited: ptr(true)}, false},
			{"a name", AgentSpec{Name: ptr("Anna")}, false},
			{"a group more", AgentSpec{Groups: sales}, true},
			{"the same groups", AgentSpec{Groups: sales}, false},
			{"a group less", AgentSpec{Groups: &[]chat.GroupID{}}, true},
			{"limited no more", AgentSpec{Limited: ptr(false)}, true},
		} {
			t.Run(step.why, func(t *testing.T) {
				s := b.logIn(t)
				b.other.Invalidate("acme") // it has read the agent before he logged in
				b.verified(t, s, true)
				change(step.spec)
				b.verified(t, s, !step.ends)
			})
		}
	})
}

func TestAFileLimitsAnAgent(t *testing.T) {
	b, err := ParseBootstrap([]byte("accounts:\n  - id: acme\n    agents:\n      - {email: bo@acme.test, limited: true}\n      - {email: cy@acme.test}\n"))
	if err != nil {
		t.Fatal(err)
	}
	bo, cy := b.Accounts[0].Agents[0], b.Accounts[0].Agents[1]
	if bo.Limited == nil || !*bo.Limited || cy.Limited != nil {
		t.Errorf("%+v, %+v", bo, cy)
	}
}
