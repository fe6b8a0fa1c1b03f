package relay_test

import (
	"testing"
	"time"

	"confab/relay/relaytest"
	"confab/wire"
)

func TestAnAgentStaysAsLongAsHisTokenHolds(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(generous)
		token := n.ShortToken(relaytest.Anna, 3*time.Second)
		connect := func() *relaytest.Socket {
			s := n.MustDial()
			s.Send(wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: token}})
			s.Next(wire.TypeHello)
			return s
		}
		renewed, other, left := connect(), connect(), connect() // looked at in this order
		renewed.Send(wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: n.LogIn(relaytest.Anna).Token}})
		other.Send(wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: n.LogIn(relaytest.Ben).Token}})
		if code := other.Closed(); code != 4001 {
			t.Errorf("with another agent's token: closed with %d", code)
		}
		if code := left.Closed(); code != 4001 {
			t.Errorf("closed with %d", code)
		}
		renewed.Ping()
	})
}
