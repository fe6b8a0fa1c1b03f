package api

import (
	"errors"
	"fmt"

	"confab/account"
	"confab/chat"
	"confab/presence"
)

const maxGroups = 1000 // of one agent

// agentAnswer is an agent as others see him.
type agentAnswer struct {
	ID     chat.AgentID   `json:"id"`
	No     int64          `json:"no"`
	Name   string         `json:"name"`
	Email  string         `json:"email,omitempty"` // to admins and server keys
	Role   account.Role   `json:"role"`
	Groups []chat.GroupID `json:"groups"`
	// Limited is one who sees the conversations of his groups, his own, and what is nobody's yet.
	Limited bool   `json:"limited,omitempty"`
	Status  string `json:"status"`
}

func agentOf(a account.Agent, status string) agentAnswer {
	return agentAnswer{ID: a.ID, No: a.No, Name: a.Name, Role: a.Role, Groups: append([]chat.GroupID{}, a.Groups...), Limited: a.Limited, Status: status}
}

type meAnswer struct {
	Agent   selfAnswer    `json:"agent"`
	Account accountAnswer `json:"account"`
	Status  string        `json:"status"`
}

type accountAnswer struct {
	ID   chat.AccountID `json:"id"`
	Name string         `json:"name"`
}

func (a *api) me(c *call) (any, error) {
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	live, err := a.presence.Agent(c.ctx, c.account, c.self.ID)
	if err != nil {
		return nil, err
	}
	return meAnswer{selfOf(c.self), accountAnswer{owner.ID, owner.Name}, live.Status}, nil
}

func (a *api) setStatus(c *call) (any, error) {
	body, err := decode[struct {
		Status string `json:"status"`
	}](c)
	if err != nil {
		return nil, err
	}
	switch body.Status {
	case presence.Online, presence.Busy, presence.Away, presence.Invisible:
	case "":
		return nil, missing("status")
	default:
		return nil, bad("status", "A status is online, busy, away or invisible.")
	}
	live, err := a.presence.SetStatus(c.ctx, c.account, c.actor, body.Status, true)
	if err != nil {
		return nil, err
	}
	return agentOf(c.self, live.Status), nil
}

// agents lists the agents who can log in, whether they are here or not.
func (a *api) agents(c *call) (any, error) {
	all, err := a.accounts.Agents(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	live, err := a.presence.Agents(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	status := map[chat.AgentID]string{}
	for _, l := range live {
		status[l.ID] = l.SeenBy(c.self.ID).Status
	}
	items := []agentAnswer{}
	for _, one := range all {
		if !one.Active {
			continue
		}
		s, ok := status[one.ID]
		if !ok {
			s = presence.Offline
		}
		answer := agentOf(one, s)
		if staff&c.role != 0 {
			answer.Email = one.Email
		}
		items = append(items, answer)
	}
	return listOf(items, ""), nil
}

// patchAgent changes which conversations an agent sees. His sessions end if it is others than before.
func (a *api) patchAgent(c *call) (any, error) {
	body, err := decode[struct {
		Groups  *[]chat.GroupID `json:"groups"`
		Limited *bool           `json:"limited"`
	}](c)
	if err != nil {
		return nil, err
	}
	if body.Groups != nil && len(*body.Groups) > maxGroups {
		return nil, &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("At most %d groups.", maxGroups), Field: "groups"}
	}
	id := chat.AgentID(c.id())
	if _, err := a.accounts.Agent(c.ctx, c.account, id); err != nil {
		return nil, err
	}
	changed, err := a.accounts.UpdateAgent(c.ctx, c.account, account.AgentSpec{ID: id, Groups: body.Groups, Limited: body.Limited})
	var refusal *chat.Refusal
	if errors.As(err, &refusal) && refusal.Field == "groups" {
		return nil, bad("groups", "%s", refusal.Message)
	}
	if err != nil {
		return nil, err
	}
	live, err := a.presence.Agent(c.ctx, c.account, id)
	if err != nil {
		return nil, err
	}
	answer := agentOf(changed, live.SeenBy(c.self.ID).Status)
	answer.Email = changed.Email
	return answer, nil
}

func (a *api) groups(c *call) (any, error) {
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	return listOf(owner.Groups, ""), nil
}
