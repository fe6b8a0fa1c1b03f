package account

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"confab/chat"
)

const indexDummy = "dummy" // of an account: e-mails of those who only are authors

// Author finds the agent of an account with this e-mail, whatever the case of its letters, and makes one who is only an author
// if there is none. Errors: chat.NotFound if there is no such account, chat.BadField if this is no e-mail or no name.
func (a *Accounts) Author(ctx context.Context, account chat.AccountID, email, name string) (Agent, error) {
	switch {
	case !emailRule().ok(email):
		return Agent{}, &chat.Refusal{Code: chat.BadField, Message: "This is no e-mail address.", Field: "email"}
	case chat.Clean(name, chat.Limits.NameRunes) == "":
		return Agent{}, &chat.Refusal{Code: chat.BadField, Message: "An author has a name.", Field: "name"}
	}
	found, err := a.AgentByEmail(ctx, email)
	if err == nil && found.Account == account {
		return found, nil
	}
	if err != nil && !isNotFound(err) {
		return Agent{}, err
	}
	return a.dummy(ctx, account, email, chat.Clean(name, chat.Limits.NameRunes))
}

// dummy finds or makes an author by his e-mail. Who is named first at two nodes at once is one.
func (a *Accounts) dummy(ctx context.Context, account chat.AccountID, email, name string) (Agent, error) {
	if _, _, err := a.load(ctx, account); err != nil {
		return Agent{}, err
	}
	id := a.ids.New()
	err := a.store.IndexPut(ctx, account, indexDummy, foldEmail(email), id)
	if errors.Is(err, &chat.Refusal{Code: chat.Taken}) {
		id, err = a.store.IndexGet(ctx, account, indexDummy, foldEmail(email))
	}
	if err != nil {
		return Agent{}, fmt.Errorf("author: %w", err)
	}
	d, err := a.loadAgent(ctx, account, chat.AgentID(id))
	if err == nil || !isNotFound(err) {
		return d.orNobody(), err
	}
	made := agentDoc{Agent: Agent{
		ID: chat.AgentID(id), Account: account, Email: email, Name: name, Role: RoleAgent,
		Groups: []chat.GroupID{}, Dummy: true, CreatedAt: chat.At(time.Now()),
	}}
	if err := a.settleNo(ctx, &made, AgentSpec{}); err != nil {
		return Agent{}, fmt.Errorf("number an author: %w", err)
	}
	_, err = a.changeDoc(ctx, account, kindAgent, id, func(data []byte) ([]byte, error) {
		if data != nil { // another node was first
			return nil, nil
		}
		return encode(made), nil
	})
	if err != nil {
		return Agent{}, err
	}
	d, err = a.loadAgent(ctx, account, chat.AgentID(id))
	return d.orNobody(), err
}

func (d *agentDoc) orNobody() Agent {
	if d == nil {
		return Agent{}
	}
	return d.Agent
}

// Draw picks one of the agents who can log in to speak for all, each as likely: one who is online before the others. With a
// group, only from it. False if there is nobody.
func Draw(agents []Agent, online func(chat.AgentID) bool, group chat.GroupID) (Agent, bool) {
	var best []Agent
	for _, a := range agents {
		if a.Active && !a.Dummy && (group == "" || slices.Contains(a.Groups, group)) {
			best = append(best, a)
		}
	}
	if here := slices.DeleteFunc(slices.Clone(best), func(a Agent) bool { return !online(a.ID) }); len(here) > 0 {
		best = here
	}
	if len(best) == 0 {
		return Agent{}, false
	}
	return best[rand.IntN(len(best))], true
}
