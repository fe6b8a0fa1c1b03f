package presence

import (
	"context"
	"fmt"
	"slices"

	"confab/chat"
)

func liveAgent(id chat.AgentID, f fields) LiveAgent {
	a := LiveAgent{ID: id, Name: f["name"], Chosen: f["chosen"], Version: f.number("ver"), Status: Offline}
	if a.Chosen == "" {
		a.Chosen = Online
	}
	if f["online"] == "1" || f["held"] == "1" {
		a.Status = a.Chosen
	}
	return a
}

// SeenBy is the agent as somebody sees him: who chose to be invisible is offline to everybody but himself. viewer is ""
// for whoever is no agent.
func (a LiveAgent) SeenBy(viewer chat.AgentID) LiveAgent {
	if a.Status == Invisible && a.ID != viewer {
		a.Status, a.Chosen = Offline, ""
	}
	return a
}

// SetStatus keeps what an agent chose. With held it holds without a connection until it is set again, unless the
// agent is connected now: then it is seen, like any status of somebody connected, as long as he is.
// Errors: chat.BadField for a status that cannot be chosen.
func (p *Presence) SetStatus(ctx context.Context, account chat.AccountID, agent chat.Actor, status string, held bool) (LiveAgent, error) {
	if !slices.Contains([]string{Online, Busy, Away, Invisible}, status) {
		return LiveAgent{}, &chat.Refusal{Code: chat.BadField, Message: "A status is online, busy, away or invisible.", Field: "status"}
	}
	person := Person{chat.Agent, agent.ID}
	keys := []string{p.personKey(account, person), p.agentsKey(account), p.o.Store.TimersKey(account)}
	name := chat.Clean(agent.Name, chat.Limits.NameRunes)
	reply, err := p.s.status.Run(ctx, account, keys, person.ID, name, status, flag(held), p.awayTimer(person), ms(p.o.VisitorGrace))
	if err == nil {
		err = p.announce(account, person, reply)
	}
	if err != nil {
		return LiveAgent{}, fmt.Errorf("status of %s: %w", person, err)
	}
	f, _, err := parseChange(reply)
	return liveAgent(chat.AgentID(person.ID), f), err
}

// Agent returns one agent's status; of an agent who was never here it is offline.
func (p *Presence) Agent(ctx context.Context, account chat.AccountID, agent chat.AgentID) (LiveAgent, error) {
	read, err := p.read(ctx, account, []Person{{chat.Agent, string(agent)}})
	if err != nil {
		return LiveAgent{}, err
	}
	return liveAgent(agent, read[0]), nil
}

// Agents lists all agents of the account who ever were here or chose a status, by id.
func (p *Presence) Agents(ctx context.Context, account chat.AccountID) ([]LiveAgent, error) {
	reply, err := p.o.Store.Command(ctx, account, "ZRANGE", p.agentsKey(account), 0, -1)
	if err != nil {
		return nil, fmt.Errorf("agents of %s: %w", account, err)
	}
	ids := texts(reply)
	persons := make([]Person, len(ids))
	for i, id := range ids {
		persons[i] = Person{chat.Agent, id}
	}
	read, err := p.read(ctx, account, persons)
	if err != nil {
		return nil, err
	}
	agents := make([]LiveAgent, len(ids))
	for i, f := range read {
		agents[i] = liveAgent(chat.AgentID(ids[i]), f)
	}
	return agents, nil
}
