package chat

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	maya = Actor{Kind: Visitor, ID: "maya"}
	anna = Actor{Kind: Agent, ID: "anna", Name: "Anna"}
	ben  = Actor{Kind: Agent, ID: "ben", Name: "Ben"}
)

// bench plays rules against a thread and keeps its log.
type bench struct {
	t      *testing.T
	thread Thread
	log    []Entry
	made   int
}

func newBench(t *testing.T) *bench {
	return &bench{t: t, thread: Thread{ID: "thread", Visitor: "maya"}}
}

func (b *bench) fresh() Fresh {
	b.made++
	n := b.made
	eid := 0
	return Fresh{
		Conversation: ConversationID(fmt.Sprintf("c%d", n)), No: int64(n), Episode: EpisodeID(fmt.Sprintf("e%d", n)),
		EID: func() EntryID { eid++; return EntryID(fmt.Sprintf("%d-%d", n, eid)) },
	}
}

func (b *bench) apply(c Change, err error) Change {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	b.log = append(b.log, c.Entries...)
	if c.Next != nil {
		b.thread.Conversation = c.Next
		b.thread.Version = c.Entries[len(c.Entries)-1].EID
	}
	return c
}

func (b *bench) post(a Actor, text string) Change {
	b.t.Helper()
	return b.apply(Post(b.thread, Draft{Author: a, CMID: "cmid-1234", Text: text}, b.fresh(), 1))
}

func kinds(entries []Entry) (out []Kind) {
	for _, e := range entries {
		out = append(out, e.Kind)
	}
	return out
}

func (b *bench) wantLog(want ...Kind) {
	b.t.Helper()
	if got := kinds(b.log); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("log\n got %v\nwant %v", got, want)
	}
}

func (b *bench) wantState(state State, agents ...AgentID) {
	b.t.Helper()
	c := b.thread.Conversation
	if c.State != state || fmt.Sprint(c.Agents) != fmt.Sprint(agents) {
		b.t.Errorf("got %s with %v, want %s with %v", c.State, c.Agents, state, agents)
	}
}

func TestAVisitorsFirstMessageStartsAConversationAndAnEpisode(t *testing.T) {
	b := newBench(t)
	c := b.post(maya, "hello")
	b.wantLog(KindConversationStarted, KindEpisodeStarted, KindMessage)
	b.wantState(Waiting)
	if c.Entries[c.Main].Text != "hello" || c.Entries[c.Main].Conversation != b.thread.Conversation.ID {
		t.Errorf("main entry is %+v", c.Entries[c.Main])
	}
	b.post(maya, "anybody?")
	b.wantLog(KindConversationStarted, KindEpisodeStarted, KindMessage, KindMessage)
}

func TestAnAgentWhoWritesIsInTheConversation(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.post(anna, "hi")
	b.wantState(Active, "anna")
	b.post(ben, "me too")
	b.wantState(Active, "anna", "ben")
	b.wantLog(KindConversationStarted, KindEpisodeStarted, KindMessage,
		KindConversationAccepted, KindMessage, KindConversationJoined, KindMessage)
	if c := b.thread.Conversation; c.AcceptedBy != "anna" || c.Assignee != "anna" {
		t.Errorf("accepted by %s, assigned to %s", c.AcceptedBy, c.Assignee)
	}
}

func TestOfTwoAgentsWhoAcceptOneWins(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.apply(Accept(b.thread, anna, b.fresh(), 2))
	if _, err := Accept(b.thread, ben, b.fresh(), 2); !errors.Is(err, &Refusal{Code: Taken}) {
		t.Errorf("second agent got %v, want taken", err)
	}
	if c := b.apply(Accept(b.thread, anna, b.fresh(), 3)); !c.Empty() {
		t.Errorf("accepting again wrote %v", kinds(c.Entries))
	}
}

func TestTheLastAgentToLeavePutsItBackIntoTheQueue(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.post(anna, "hi")
	b.post(ben, "hi")
	b.apply(Leave(b.thread, anna, b.fresh(), 2))
	b.wantState(Active, "ben")
	b.apply(Leave(b.thread, ben, b.fresh(), 3))
	b.wantState(Waiting)
	if ep := b.thread.Conversation.Episode; ep.Running() || ep.FinishReason != AgentsLeft {
		t.Errorf("episode is %+v", ep)
	}
	b.post(maya, "still there?")
	if b.thread.Conversation.ID != "c1" {
		t.Error("a new conversation was started although one was open")
	}
	if !b.thread.Conversation.Episode.Running() {
		t.Error("no new episode runs")
	}
}

func TestClosingEndsTheEpisodeAndTheNextMessageStartsAnew(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.apply(Close(b.thread, anna, AgentClosed, b.fresh(), 2))
	b.wantLog(KindConversationStarted, KindEpisodeStarted, KindMessage, KindEpisodeFinished, KindConversationClosed)
	if c := b.apply(Close(b.thread, ben, AgentClosed, b.fresh(), 3)); !c.Empty() {
		t.Error("closing what is closed wrote something")
	}
	if _, err := Accept(b.thread, anna, b.fresh(), 3); !errors.Is(err, &Refusal{Code: Closed}) {
		t.Errorf("accepting what is closed gave %v", err)
	}
	first := b.thread.Conversation.ID
	b.post(maya, "one more thing")
	if b.thread.Conversation.ID == first || b.thread.Conversation.State != Waiting {
		t.Errorf("conversation is %+v", b.thread.Conversation)
	}
}

func TestAssigningToAnotherHandsItOverAndToOneselfTakesIt(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.post(anna, "hi")
	b.apply(Assign(b.thread, anna, Assignment{Agent: &ben}, b.fresh(), 2))
	b.wantState(Waiting)
	if b.thread.Conversation.Assignee != "ben" {
		t.Errorf("assignee is %q", b.thread.Conversation.Assignee)
	}
	b.apply(Assign(b.thread, anna, Assignment{Agent: &anna}, b.fresh(), 3))
	b.wantState(Active, "anna")
	b.apply(Assign(b.thread, anna, Assignment{Group: "sales"}, b.fresh(), 4))
	b.wantState(Waiting)
	if c := b.thread.Conversation; c.Group != "sales" || c.Assignee != "" {
		t.Errorf("group %q, assignee %q", c.Group, c.Assignee)
	}
	for _, both := range []Assignment{{}, {Agent: &ben, Group: "sales"}} {
		if _, err := Assign(b.thread, anna, both, b.fresh(), 5); !errors.Is(err, &Refusal{Code: BadField}) {
			t.Errorf("assignment %+v gave %v", both, err)
		}
	}
}

func TestNotesAndAutomaticMessagesStartNothing(t *testing.T) {
	b := newBench(t)
	b.apply(Post(b.thread, Draft{Author: anna, Text: "careful", Note: true}, b.fresh(), 1))
	b.apply(Post(b.thread, Draft{Author: anna, Text: "can I help?", Auto: true}, b.fresh(), 1))
	b.wantLog(KindMessage, KindMessage)
	if b.thread.Conversation != nil {
		t.Errorf("conversation is %+v", b.thread.Conversation)
	}
	if _, err := Post(b.thread, Draft{Author: maya, Text: "x", Note: true}, b.fresh(), 1); !errors.Is(err, &Refusal{Code: Forbidden}) {
		t.Errorf("a visitor's note gave %v", err)
	}
}

func TestAVisitorWhoIsGoneEndsTheEpisodeNotTheConversation(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.apply(VisitorGone(b.thread, b.fresh(), 9))
	b.wantState(Waiting)
	if ep := b.thread.Conversation.Episode; ep.FinishedAt != 9 || ep.FinishReason != VisitorLeft {
		t.Errorf("episode is %+v", ep)
	}
	if c := b.apply(VisitorGone(b.thread, b.fresh(), 10)); !c.Empty() {
		t.Error("it ended twice")
	}
}

func TestRulesDoNotTouchTheStateTheyAreGiven(t *testing.T) {
	b := newBench(t)
	b.post(maya, "hello")
	b.post(anna, "hi")
	before := b.thread.Conversation.clone()
	for name, rule := range map[string]func() (Change, error){
		"leave":  func() (Change, error) { return Leave(b.thread, anna, b.fresh(), 2) },
		"close":  func() (Change, error) { return Close(b.thread, anna, AgentClosed, b.fresh(), 2) },
		"assign": func() (Change, error) { return Assign(b.thread, anna, Assignment{Agent: &ben}, b.fresh(), 2) },
		"post":   func() (Change, error) { return Post(b.thread, Draft{Author: ben, Text: "x"}, b.fresh(), 2) },
		"gone":   func() (Change, error) { return VisitorGone(b.thread, b.fresh(), 2) },
	} {
		if _, err := rule(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, b.thread.Conversation); diff != "" {
			t.Errorf("%s changed the state it was given:\n%s", name, diff)
		}
	}
}

func TestCheckTextKeepsOutWhatCannotBeRead(t *testing.T) {
	long := make([]rune, Limits.TextRunes+1)
	for i := range long {
		long[i] = 'ä'
	}
	for text, want := range map[string]Code{
		"hello": "", " \n ": MissingField, "": MissingField, "a\x00b": BadField, "a\xff": BadField,
		string(long): TooLong, string(long[1:]): "",
	} {
		var got Code
		var r *Refusal
		if errors.As(CheckText(text), &r) {
			got = r.Code
		}
		if got != want {
			t.Errorf("%.20q: got %q, want %q", text, got, want)
		}
	}
}

func TestIDsAreSeventeenCharactersAndDiffer(t *testing.T) {
	ids, seen := NewIDs(nil), map[string]bool{}
	for range 10_000 {
		id := ids.New()
		if len(id) != 17 || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}
