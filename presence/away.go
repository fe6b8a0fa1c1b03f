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

// Expect has the thread's episode end after the grace if none of its visitors is here: nobody will leave who could end it. Whoever
// comes meanwhile ends it by leaving.
func (p *Presence) Expect(ctx context.Context, account chat.AccountID, thread chat.ThreadID) error {
	keys := []string{p.threadsKey(account), p.o.Store.TimersKey(account)}
	timer := p.o.Store.TimerMember(chat.TimerVisitorGone, string(thread))
	if _, err := p.s.expect.Run(ctx, account, keys, string(thread), timer, ms(p.o.VisitorGrace)); err != nil {
		return fmt.Errorf("expect the visitor of %s: %w", thread, err)
	}
	return nil
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
