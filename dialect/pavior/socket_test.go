package pavior

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/people"
	"confab/relay/relaytest"
	"confab/wire"
)

const subject = "A subject that no visitor sees"

// node is a relay node with the API beside it.
type node struct {
	*relaytest.Node
	t      *testing.T
	router *httprouter.Router
}

func startNode(t *testing.T) *node {
	t.Helper()
	n := &node{relaytest.New(t).Start(), t, httprouter.New()}
	Register(n.router, Options{Store: n.Store, Desk: n.Desk, Accounts: n.Accounts, People: n.People, IDs: chat.NewIDs(nil), Log: zap.NewNop()})
	return n
}

// call has the site's server call, and fails the test if it is refused.
func (n *node) call(path, body string) {
	n.t.Helper()
	if res := post(n.t, n.router, http.MethodPost, root+path, body, "Authorization", "Bearer "+relaytest.AcmeKey); res.Code != 200 {
		n.t.Fatalf("%s: %d %s", path, res.Code, res.Body)
	}
}

// guest is a visitor's socket with all that it was sent.
type guest struct {
	*relaytest.Socket
	frames strings.Builder
}

// come connects a visitor, who has caught up then.
func (n *node) come(proof wire.Proof) *guest {
	n.t.Helper()
	g := &guest{Socket: n.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &proof})}
	g.frames.WriteString(g.Hello.Raw)
	g.note(g.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeCaughtUp }))
	return g
}

func (g *guest) note(frames []relaytest.Frame) {
	for _, f := range frames {
		g.frames.WriteString(f.Raw + "\n")
	}
}

// hear waits for a frame with this text.
func (g *guest) hear(text string) {
	if !strings.Contains(g.frames.String(), text) {
		g.note(g.Until(func(f relaytest.Frame) bool { return strings.Contains(f.Raw, text) }))
	}
}

func proven(id string) wire.Proof {
	return wire.Proof{ID: id, HMAC: auth.SignUser(auth.NewSecret(relaytest.AcmeKey), id)}
}

// saw is all that a guest was sent up to now. Nothing of it holds the subject.
func (n *node) saw(g *guest) string {
	n.t.Helper()
	g.note(g.Ping())
	if strings.Contains(g.frames.String(), subject) {
		n.t.Errorf("a visitor was told the subject: %s", g.frames.String())
	}
	return g.frames.String()
}

func body(t *testing.T, fields map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Proves PAV-REST-046 PAV-REST-054 PAV-REST-057 PAV-REST-062.
func TestWhatIsWrittenOfASignupIsSeenByTheAuthenticatedOnlyAndItsSubjectByNobody(t *testing.T) {
	n := startNode(t)
	n.call("/user", `{"id":"42","email":"kim@example.com","signedUpOn":"2017-03-01"}`)
	known, claimed, byMail, nobody := n.come(proven("42")), n.come(wire.Proof{ID: "42"}), n.come(wire.Proof{Email: "kim@example.com"}), n.come(wire.Proof{})
	n.call("/outbound_message", body(t, map[string]any{"id": "42", "subject": subject, "message": "From the team", "senderId": relaytest.Anna}))
	n.call("/inbound_message", body(t, map[string]any{"id": "42", "subject": subject, "message": "From Kim"}))
	for _, g := range []*guest{known, n.come(proven("42"))} {
		g.hear("From the team")
		g.hear("From Kim")
		n.saw(g)
	}
	for who, s := range map[string]*guest{"by id": claimed, "by e-mail": byMail, "anonymous": nobody, "late, by id": n.come(wire.Proof{ID: "42"})} {
		if seen := n.saw(s); strings.Contains(seen, "From the team") || strings.Contains(seen, "From Kim") {
			t.Errorf("%s: somebody unproven sees %s", who, seen)
		}
	}
}

// Proves PAV-REST-045 PAV-REST-054 PAV-REST-057 PAV-REST-061.
func TestWhatTheTeamWritesToALeadIsSeenWhereHeIsNamedAndWhatIsWrittenForHimIsNot(t *testing.T) {
	n := startNode(t)
	n.call("/user", `{"id":"42"}`)
	lead, other := n.come(wire.Proof{ID: "42"}), n.come(wire.Proof{ID: "43"})
	n.call("/outbound_message", body(t, map[string]any{"id": "42", "subject": subject, "message": "From the team", "senderId": relaytest.Anna}))
	n.call("/inbound_message", body(t, map[string]any{"id": "42", "subject": subject, "message": "From Kim"}))
	kim := n.come(proven("42"))
	kim.hear("From Kim")
	n.saw(kim)
	lead.hear("From the team")
	if seen := n.saw(lead); strings.Contains(seen, "From Kim") {
		t.Errorf("the lead sees %s", seen)
	}
	if seen := n.saw(other); strings.Contains(seen, "From the team") || strings.Contains(seen, "From Kim") {
		t.Errorf("another lead sees %s", seen)
	}
}

// Proves PAV-REST-039 PAV-JS-078 ATTR-046.
func TestPagesOfAUserAreToldWhenHisSiteSaysSomethingOfHim(t *testing.T) {
	n := startNode(t)
	n.call("/user", `{"id":"42","name":"Kim"}`)
	kim, other := n.come(proven("42")), n.come(proven("43"))
	told := func() (u people.User) {
		if err := json.Unmarshal(kim.Next(wire.TypeUser).User, &u); err != nil {
			t.Fatal(err)
		}
		return u
	}
	n.call("/user", `{"id":"42","name":"Kim Berg","customAttributes":{"plan":"gold"}}`)
	if u := told(); u.Name != "Kim Berg" || u.Attributes["plan"] != "gold" {
		t.Errorf("the page was told %+v", u)
	}
	n.call("/events", `{"id":"42","events":[{"eventType":"order","createdAt":"2017-03-01T00:00:00Z"}]}`)
	if u := told(); u.Attributes["order count"] != 1.0 || u.Attributes["order first"] != "2017-03-01T00:00:00.000Z" {
		t.Errorf("the page was told %+v", u)
	}
	if seen := n.saw(other); strings.Contains(seen, "Kim Berg") || strings.Contains(seen, `"t":"user"`) {
		t.Errorf("another user's page was told %s", seen)
	}
}

// Proves PAV-REST-042: the log of a conversation that the server starts is that of one that the agent starts by hand.
func TestTheLogIsThatOfAConversationThatTheAgentStartsByHand(t *testing.T) {
	n := startNode(t)
	n.call("/user", `{"id":"42"}`)
	kim := n.come(proven("42"))
	n.call("/outbound_message", body(t, map[string]any{"id": "42", "subject": subject, "message": "Hello", "senderId": relaytest.Anna}))
	agent, err := n.Accounts.AgentByEmail(t.Context(), relaytest.Anna)
	if err != nil {
		t.Fatal(err)
	}
	numbered, _, err := n.Desk.Messages(t.Context(), relaytest.Acme, kim.Thread, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []chat.Kind
	for _, e := range numbered {
		var entry chat.Entry
		if err := json.Unmarshal(e.Raw, &entry); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, entry.Kind)
		if entry.Author != agent.Actor() || strings.Contains(string(e.Raw), subject) {
			t.Errorf("entry %s", e.Raw)
		}
	}
	want := []chat.Kind{chat.KindConversationStarted, chat.KindEpisodeStarted, chat.KindConversationAccepted, chat.KindMessage}
	if len(kinds) != len(want) || kinds[0] != want[0] || kinds[1] != want[1] || kinds[2] != want[2] || kinds[3] != want[3] {
		t.Errorf("the log is %v, want %v", kinds, want)
	}
}
