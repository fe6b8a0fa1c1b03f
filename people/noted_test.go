package people

import (
	"strings"
	"testing"

	"confab/chat"
	"confab/wire"
)

// Proves JIVO-WH-075 JIVO-WH-081 JIVO-WH-089.
func TestWhatTheTeamsSystemsNoteStandsBesideWhatThePageSaysAndIsMarked(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		o := r.come(t, acme, wire.Proof{})
		id := chat.ContactID(o.Visitor.ID)
		r.say(t, o, wire.LayerPanel, `{"fields":[{"content":"of the page"}]}`)
		note := func(n Note) {
			t.Helper()
			if err := r.Note(t.Context(), "acme", o.Visitor.ID, n); err != nil {
				t.Fatal(err)
			}
		}
		note(Note{Basic: map[string]string{"name": "Maya Lund", "phone": ""}, Panel: []PanelField{
			{Title: "Plan", Content: strings.Repeat("é", maxAttributeValue+1), Link: "https://crm.example/7"}, {Content: "x", Link: "javascript:alert(1)"}, {},
		}})
		check := func(want ...PanelField) Contact {
			t.Helper()
			c, err := r.Contact(t.Context(), "acme", id)
			if err != nil || len(c.Layers.Panel) != len(want) {
				t.Fatalf("%+v, %v", c.Layers.Panel, err)
			}
			for i := range want {
				if c.Layers.Panel[i] != want[i] {
					t.Errorf("line %d is %+v", i, c.Layers.Panel[i])
				}
			}
			return c
		}
		plan := PanelField{Title: "Plan", Content: strings.Repeat("é", maxAttributeValue), Link: "https://crm.example/7", Source: sourceTeam}
		c := check(plan, PanelField{Content: "x", Source: sourceTeam}, PanelField{Content: "of the page"})
		if c.Name != "Maya Lund" || c.Sources["basic.name"] != sourceTeam || c.Sources["panel"] != sourceSaid {
			t.Errorf("%+v", c)
		}
		e, err := r.Export(t.Context(), "acme", id)
		if err != nil || e.Contact.Name != "Maya Lund" || e.Contact.Layers.Panel[0] != plan {
			t.Errorf("the export has %+v, %v", e.Contact, err)
		}
		// Neither erases the other.
		r.say(t, o, wire.LayerPanel, `{"fields":[]}`)
		check(plan, PanelField{Content: "x", Source: sourceTeam})
		r.say(t, o, wire.LayerPanel, `{"fields":[{"content":"again"}]}`)
		note(Note{Panel: []PanelField{}})
		if c = check(PanelField{Content: "again"}); c.Name != "Maya Lund" {
			t.Errorf("called %q", c.Name)
		}
		if err := r.Say(t.Context(), o.speaker(), wire.LayerPanel, false, []byte(`{"fields":[{"content":"x","source":"team"}]}`)); !isCode(err, chat.BadField) {
			t.Errorf("a page that calls itself the team: %v", err)
		}
		if err := r.Note(t.Context(), "acme", "nobody", Note{}); !isCode(err, chat.NotFound) {
			t.Errorf("of nobody: %v", err)
		}
	})
}
