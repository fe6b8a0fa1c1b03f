package api

import (
	"strings"

	"confab/account"
	"confab/chat"
)

// maxBearerBytes is longer than any token or key; what is longer is not looked at.
const maxBearerBytes = 4 << 10

// integrationID is the author id of everything done with an account's server key: keys change, and a message sent
// again after that must still be known.
const integrationID = "server"

// caller is who calls: an agent, or another system that holds the account's server key. The account comes from the
// credential and from nowhere else.
type caller struct {
	account chat.AccountID
	role    role // one of agent, admin, key
	actor   chat.Actor
	self    account.Agent // zero for a server key
	scope   *chat.Scope   // which conversations he may see; nil: all
}

// authenticate finds out who calls. Errors: chat.Unauthorized; else the store does not answer.
func (a *api) authenticate(c *call) (caller, error) {
	token, err := bearer(c.r.Header.Values("Authorization"))
	if err != nil {
		return caller{}, err
	}
	if isAccessToken(token) {
		return a.authenticateAgent(c, token)
	}
	return a.authenticateKey(c, token)
}

func bearer(values []string) (string, error) {
	if len(values) != 1 {
		return "", chat.Refuse(chat.Unauthorized, "Sign in, or send the account's server key, as a bearer token.")
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxBearerBytes {
		return "", chat.Refuse(chat.Unauthorized, "The Authorization header is not a bearer token.")
	}
	return token, nil
}

// isAccessToken tells a signed token from a server key, which is any text that the operator chose: a token's first
// part is base64 of a JSON object.
func isAccessToken(token string) bool {
	return strings.HasPrefix(token, "eyJ") && strings.Count(token, ".") == 2
}

func (a *api) authenticateAgent(c *call, token string) (caller, error) {
	self, _, err := a.accounts.VerifyAgent(c.ctx, token)
	if err != nil {
		return caller{}, err
	}
	r := agent
	if self.Role == account.RoleAdmin {
		r = admin
	}
	return caller{account: self.Account, role: r, actor: self.Actor(), self: self, scope: self.Scope()}, nil
}

func (a *api) authenticateKey(c *call, token string) (caller, error) {
	id, err := a.accounts.VerifyKey(c.ctx, token)
	if err != nil {
		return caller{}, err
	}
	owner, err := a.accounts.Account(c.ctx, id)
	if err != nil {
		return caller{}, err
	}
	actor := chat.Actor{Kind: chat.Integration, ID: integrationID, Name: owner.Name}
	return caller{account: owner.ID, role: key, actor: actor}, nil
}

// allowed tells whether the caller's role is among those of the route.
func (c caller) allowed(may role) error {
	switch {
	case may&c.role != 0:
		return nil
	case c.role == key:
		return chat.Refuse(chat.Forbidden, "This needs an agent; a server key is nobody who could do it.")
	}
	return chat.Refuse(chat.Forbidden, "This needs an agent with the role admin.")
}
