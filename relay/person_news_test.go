package relay

import (
	"testing"

	"confab/chat"
	"confab/people"
	"confab/wire"
)

// TestAChangeBetweenOpeningAndJoiningIsNotMissed: the record was read before the bell, and the socket joined after it.
func TestAChangeBetweenOpeningAndJoiningIsNotMissed(t *testing.T) {
	f := &feed{hub: &hub{node: &Node{tally: newTally()}}}
	visitor := func(id string, contact chat.ContactID) *session {
		s := &session{actor: chat.Actor{Kind: chat.Visitor, ID: id}, contact: contact}
		s.news.Store(newsTold) // being told: what comes now is told after it
		return s
	}
	began := nowMillis()
	f.personMoved(wire.Encode(people.Changed{Visitors: []chat.VisitorID{"v1"}}))
	f.personMoved(wire.Encode(people.Changed{Contact: "c2", Visitors: []chat.VisitorID{"v2"}}))
	f.personMoved([]byte("nonsense"))
	for _, c := range []struct {
		who   *session
		since int64
		told  bool
	}{
		{visitor("v1", ""), began, true}, {visitor("v3", "c2"), began, true}, {visitor("v3", "c1"), began, false}, {visitor("v3", ""), began, false},
		{visitor("v1", ""), nowMillis() + 1, false}, {&session{actor: chat.Actor{Kind: chat.Agent, ID: "v1"}}, began, false},
	} {
		f.missed(c.who, c.since)
		if told := c.who.news.Load() == newsMore; told != c.told {
			t.Errorf("%+v of the contact %q since %d: told is %v", c.who.actor, c.who.contact, c.since, told)
		}
	}
	for i := range 3 * maxLately {
		f.remember(lateChange{at: int64(i)})
	}
	if len(f.changes) > maxLately+2 {
		t.Errorf("%d are remembered", len(f.changes))
	}
	f.remember(lateChange{at: nowMillis() + lately + 1})
	if len(f.changes) > 3 {
		t.Errorf("%d are remembered after a while", len(f.changes))
	}
}
