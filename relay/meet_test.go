package relay_test

import (
	"encoding/json"
	"testing"

	"confab/people"
	"confab/relay/relaytest"
	"confab/wire"
)

// Proves ATTR-049.
func TestAnAnonymousVisitorIsAmongTheContactsFromHisFirstMessageOn(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n, other := w.Start(), w.Start()
		passer := n.Visitor()
		tell(t, passer, wire.LayerAttributes, `{"plan":"guest"}`)
		writes := n.Visitor()
		tell(t, writes, wire.LayerAttributes, `{"plan":"trial"}`)
		writes.Post(writes.Thread, "hello")
		found, err := other.People.List(t.Context(), relaytest.Acme, people.Query{Filter: json.RawMessage(`{"attribute":"universe","is":"anonymous"}`)})
		if err != nil || found.Count != 1 {
			t.Fatalf("%+v, %v", found, err)
		}
		if c := found.Contacts[0]; c.Thread != writes.Thread || c.Attributes["plan"] != "trial" || c.Name == "" {
			t.Errorf("%+v", c)
		}
	})
}

// Whatever makes him a contact on his first visit, and however soon.
func TestTheFirstVisitOfWhoBecomesAContactIsCounted(t *testing.T) {
	acts := map[string]func(t *testing.T, n *relaytest.Node){
		"his page says his name":   func(_ *testing.T, n *relaytest.Node) { n.VisitorAs(as(wire.Proof{Name: "Ann"})) },
		"his page says his e-mail": func(_ *testing.T, n *relaytest.Node) { n.VisitorAs(as(wire.Proof{Email: "ann@x.test"})) },
		"he writes": func(_ *testing.T, n *relaytest.Node) {
			s := n.Visitor()
			s.Post(s.Thread, "hello")
		},
		"he fills in a form": func(t *testing.T, n *relaytest.Node) { tell(t, n.Visitor(), wire.LayerBasic, `{"name":"Ann"}`) },
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, w *relaytest.World) {
				n := w.Start()
				act(t, n)
				found, err := n.People.List(t.Context(), relaytest.Acme, people.Query{})
				if err != nil || len(found.Contacts) != 1 {
					t.Fatalf("%+v, %v", found, err)
				}
				if c := found.Contacts[0]; c.TotalVisits != 1 || c.LastVisitedAt == 0 {
					t.Errorf("%d visits, the last at %d", c.TotalVisits, c.LastVisitedAt)
				}
			})
		})
	}
}
