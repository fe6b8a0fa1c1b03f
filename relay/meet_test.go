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
