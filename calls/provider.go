package calls

import (
	"strings"
	"time"

	"confab/account"
)

// Provider brings an agent and a visitor together on the telephone.
type Provider interface {
	// Next tells what becomes of a call by itself and how long after its last change; ok is false while others say how
	// it goes. A pure function of the call: it is asked again after a node has died.
	Next(c Call) (after time.Duration, then Change, ok bool)
}

// provider of a channel; nil if it offers no calls.
func (c *Calls) provider(kind account.Calls) Provider {
	switch kind {
	case account.CallsManual:
		return manual{}
	case account.CallsTest:
		return rehearsal{c.o.Pace}
	}
	return nil
}

// manual leaves everything to the agents: they have telephones of their own, and tell how it went.
type manual struct{}

func (manual) Next(Call) (time.Duration, Change, bool) { return 0, Change{}, false }

// rehearsal calls nobody and goes through all that a call goes through. Numbers that end in 00 are always busy.
type rehearsal struct{ pace time.Duration }

func (r rehearsal) Next(c Call) (time.Duration, Change, bool) {
	switch c.Status {
	case Begun:
		if strings.HasSuffix(c.Phone, "00") {
			return r.pace, Change{Status: Failed, Reason: "busy"}, true
		}
		return r.pace, Change{Status: AgentConnected}, true
	case AgentConnected:
		return r.pace, Change{Status: ClientConnected}, true
	case ClientConnected:
		return r.pace, Change{Status: Ended}, true
	}
	return 0, Change{}, false
}
