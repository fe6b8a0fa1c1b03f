package presence

import (
	"context"
	"fmt"

	"confab/chat"
)

// awayTimer is the timer that falls due when an agent has stayed away for the grace.
func (p *Presence) awayTimer(agent Person) string {
	return p.o.Store.TimerMember(chat.TimerAgentGone, agent.ID)
}

// AllAway tells whether each of the agents has been without a connection and without a held status for the grace. Who was
// never here is away.
func (p *Presence) AllAway(ctx context.Context, account chat.AccountID, agents []chat.AgentID) (bool, error) {
	keys := make([]string, len(agents))
	for i, id := range agents {
		keys[i] = p.personKey(account, Person{chat.Agent, string(id)})
	}
	reply, err := p.s.away.Run(ctx, account, keys, ms(p.o.VisitorGrace))
	if err != nil {
		return false, fmt.Errorf("who of %d agents is away: %w", len(agents), err)
	}
	return reply == int64(1), nil
}
