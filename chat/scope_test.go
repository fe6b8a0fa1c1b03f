package chat

import "testing"

func TestWhoIsLimitedSeesHisGroupsHisOwnAndWhatIsNobodys(t *testing.T) {
	anna := &Scope{Agent: "anna", Groups: []GroupID{"sales", "billing"}}
	lone := &Scope{Agent: "anna"}
	for _, c := range []struct {
		name string
		conv Conversation
		anna bool
		lone bool // the same, but in no group
	}{
		{name: "nobody's", anna: true, lone: true},
		{name: "of one of his groups", conv: Conversation{Group: "billing"}, anna: true},
		{name: "of his group, another agent has it", conv: Conversation{Group: "sales", Assignee: "ben", Agents: []AgentID{"ben"}}, anna: true},
		{name: "of another group", conv: Conversation{Group: "support"}},
		{name: "of another group, given to him", conv: Conversation{Group: "support", Assignee: "anna"}, anna: true, lone: true},
		{name: "of another group, he takes part", conv: Conversation{Group: "support", Assignee: "ben", Agents: []AgentID{"ben", "anna"}}, anna: true, lone: true},
		{name: "of another group, another agent has it", conv: Conversation{Group: "support", Assignee: "ben", Agents: []AgentID{"ben"}}},
		{name: "of no group, another agent's", conv: Conversation{Assignee: "ben"}},
		{name: "of no group, given to him", conv: Conversation{Assignee: "anna"}, anna: true, lone: true},
		{name: "of no group, he takes part", conv: Conversation{Assignee: "ben", Agents: []AgentID{"anna", "ben"}}, anna: true, lone: true},
		{name: "of no group, whoever had it has left", conv: Conversation{AcceptedBy: "ben"}, anna: true, lone: true},
		{name: "of his group, closed", conv: Conversation{Group: "sales", Assignee: "ben", State: Over}, anna: true},
		{name: "of another group, closed", conv: Conversation{Group: "support", State: Over}},
		{name: "of another group, he has left", conv: Conversation{Group: "support", AcceptedBy: "anna"}},
	} {
		if got := anna.Sees(&c.conv); got != c.anna {
			t.Errorf("%s: he sees it: %v", c.name, got)
		}
		if got := lone.Sees(&c.conv); got != c.lone {
			t.Errorf("%s: who is in no group sees it: %v", c.name, got)
		}
		if all := (*Scope)(nil); !all.Sees(&c.conv) {
			t.Errorf("%s: who is not limited does not see it", c.name)
		}
	}
}

func TestWhoIsLimitedKnowsWhomHeSeesAConversationOf(t *testing.T) {
	anna := &Scope{Agent: "anna", Groups: []GroupID{"sales"}}
	his, open, over := Conversation{Group: "sales", State: Over}, Conversation{Group: "support", State: Waiting}, Conversation{Group: "support", State: Over}
	for _, c := range []struct {
		name         string
		all          []Conversation
		knows, meets bool
	}{
		{name: "who never wrote", meets: true},
		{name: "others spoke to him before", all: []Conversation{over}, meets: true},
		{name: "others speak to him", all: []Conversation{over, open}},
		{name: "his group spoke to him", all: []Conversation{over, his}, knows: true, meets: true},
		{name: "his group spoke to him, others do", all: []Conversation{open, his}, knows: true, meets: true},
	} {
		if knows, meets := anna.Knows(c.all), anna.Meets(c.all); knows != c.knows || meets != c.meets {
			t.Errorf("%s: knows %v, meets %v", c.name, knows, meets)
		}
		if all := (*Scope)(nil); !all.Knows(c.all) || !all.Meets(c.all) {
			t.Errorf("%s: who is not limited does not know him", c.name)
		}
	}
}

func TestScopesAreTheSameWhateverTheOrder(t *testing.T) {
	a := &Scope{Agent: "anna", Groups: []GroupID{"sales", "billing"}}
	for _, c := range []struct {
		other *Scope
		same  bool
	}{
		{&Scope{Agent: "anna", Groups: []GroupID{"billing", "sales"}}, true},
		{&Scope{Agent: "anna", Groups: []GroupID{"sales"}}, false},
		{&Scope{Agent: "anna", Groups: []GroupID{"billing", "sales", "support"}}, false},
		{&Scope{Agent: "ben", Groups: []GroupID{"billing", "sales"}}, false},
		{nil, false},
	} {
		if a.Same(c.other) != c.same || c.other.Same(a) != c.same {
			t.Errorf("%v and %v: %v", a, c.other, !c.same)
		}
	}
	if !(*Scope)(nil).Same(nil) {
		t.Error("all is not all")
	}
}
