package relaytest_test

import (
	"sync"
	"testing"
	"time"

	"confab/relay/relaytest"
	"confab/store/storetest"
	"confab/wire"
)

// TestEverySocketOfARevokedAgentClosesWithinASecond has the agent at two nodes, and another beside.
func TestEverySocketOfARevokedAgentClosesWithinASecond(t *testing.T) {
	w := relaytest.New(t)
	nodes := []*relaytest.Node{w.Start(), w.Start()}
	token := nodes[0].LogIn(relaytest.Anna)
	var sockets []*relaytest.Socket
	for i := range 200 {
		s := nodes[i%2].MustDial()
		s.Send(wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: token.Token}})
		s.Next(wire.TypeHello)
		sockets = append(sockets, s)
	}
	ben := nodes[1].Agent(relaytest.Ben, false)
	watch := storetest.Watch()
	if err := nodes[0].Accounts.SetActive(t.Context(), relaytest.Acme, token.Agent.ID, false); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, s := range sockets {
		all.Go(func() {
			code := s.Closed()
			if int(code) != wire.Revoked.Code {
				t.Errorf("closed with %d", code)
			}
		})
	}
	all.Wait()
	if took := watch(); took > time.Second {
		t.Errorf("the last of 200 sockets closed after %v", took)
	}
	ben.Ping() // is still here
}

// TestARevocationThatANodeCouldNotHearOfHolds has a token looked at by a node that follows no feed of its account yet.
func TestARevocationThatANodeCouldNotHearOfHolds(t *testing.T) {
	w := relaytest.New(t)
	a, b := w.Start(), w.Start()
	session := a.LogIn(relaytest.Anna)
	if _, _, err := b.Accounts.VerifyAgent(t.Context(), session.Token); err != nil { // and b keeps what it has read
		t.Fatal(err)
	}
	if err := a.Accounts.SetActive(t.Context(), relaytest.Acme, session.Agent.ID, false); err != nil {
		t.Fatal(err)
	}
	s := b.MustDial()
	s.Send(wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: session.Token}})
	if code := int(s.Closed()); code != wire.AuthFailed.Code && code != wire.Revoked.Code {
		t.Errorf("closed with %d", code)
	}
}
