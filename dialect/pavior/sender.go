package pavior

import (
	"context"
	"errors"
	"strings"

	"confab/account"
	"confab/chat"
)

// member is one who answers: an agent, or else a group.
type member struct {
	agent *account.Agent
	group account.Group
}

// member finds an agent by his id or e-mail, or a group by its id. Field is the one that named him.
// Errors: chat.BadField if there is none who could answer.
func (a *server) member(ctx context.Context, of *account.Account, field, name string) (member, error) {
	found, err := a.agent(ctx, of, name)
	if err == nil && found.Active && !found.Dummy {
		return member{agent: &found}, nil
	}
	if err != nil && !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		return member{}, err
	}
	if g, ok := of.Group(chat.GroupID(name)); ok {
		return member{group: g}, nil
	}
	return member{}, &chat.Refusal{Code: chat.BadField, Message: field + " names nobody of the team, and no team inbox.", Field: field}
}

func (a *server) agent(ctx context.Context, of *account.Account, name string) (account.Agent, error) {
	if !strings.Contains(name, "@") {
		return a.Accounts.Agent(ctx, of.ID, chat.AgentID(name))
	}
	found, err := a.Accounts.AgentByEmail(ctx, name)
	if err == nil && found.Account != of.ID {
		return account.Agent{}, chat.Refuse(chat.NotFound, "There is no such agent.")
	}
	return found, err
}

// author is a member as people see him: an agent under the name of his profile, the default one if none is named. It returns the
// profile's id too, "" if there is none.
func (m member) author(profile string) (chat.Actor, string, error) {
	unknown := &chat.Refusal{Code: chat.BadField, Message: "senderProfileId names no profile of the sender.", Field: "senderProfileId"}
	if m.agent == nil {
		if profile != "" {
			return chat.Actor{}, "", unknown
		}
		return chat.Actor{Kind: chat.Integration, ID: string(m.group.ID), Name: m.group.Name}, "", nil
	}
	author := m.agent.Actor()
	p, ok := m.agent.Profile(profile)
	switch {
	case ok:
		author.Name = p.Name
	case profile != "":
		return chat.Actor{}, "", unknown
	}
	return author, p.ID, nil
}

// assignment is a member as the one to whom a conversation is given.
func (m member) assignment() chat.Assignment {
	if m.agent == nil {
		return chat.Assignment{Group: m.group.ID}
	}
	actor := m.agent.Actor()
	return chat.Assignment{Agent: &actor}
}
