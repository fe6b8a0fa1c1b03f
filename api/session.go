package api

import (
	"errors"

	"confab/account"
	"confab/auth"
	"confab/chat"
)

// sessionAnswer is an agent's pair of tokens.
type sessionAnswer struct {
	Token        string      `json:"token"`
	ExpiresAt    chat.Millis `json:"expiresAt"`
	RefreshToken string      `json:"refreshToken"`
	Agent        selfAnswer  `json:"agent"`
}

// selfAnswer is an agent as he sees himself.
type selfAnswer struct {
	ID      chat.AgentID   `json:"id"`
	No      int64          `json:"no"`
	Account chat.AccountID `json:"account"`
	Name    string         `json:"name"`
	Email   string         `json:"email"`
	Phone   string         `json:"phone,omitempty"`
	Role    account.Role   `json:"role"`
	Groups  []chat.GroupID `json:"groups"`
	Limited bool           `json:"limited,omitempty"` // sees the conversations of his groups, his own, and what is nobody's yet
}

func selfOf(a account.Agent) selfAnswer {
	return selfAnswer{a.ID, a.No, a.Account, a.Name, a.Email, a.Phone, a.Role, append([]chat.GroupID{}, a.Groups...), a.Limited}
}

func sessionOf(s account.Session) sessionAnswer {
	return sessionAnswer{s.Token, s.ExpiresAt, s.RefreshToken, selfOf(s.Agent)}
}

func (a *api) signIn(c *call) (any, error) {
	body, err := decode[struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}](c)
	switch {
	case err != nil:
		return nil, err
	case body.Email == "":
		return nil, missing("email")
	case body.Password == "":
		return nil, missing("password")
	}
	s, err := a.accounts.LogIn(c.ctx, body.Email, auth.NewSecret(body.Password), a.address(c.r))
	if err != nil {
		return nil, limited(err)
	}
	return sessionOf(s), nil
}

// limited passes on when a log-in will be heard again.
func limited(err error) error {
	var l *account.Limited
	if errors.As(err, &l) {
		return &later{l.Refusal, l.After}
	}
	return err
}

type refreshBody struct {
	RefreshToken string `json:"refreshToken"`
}

func (a *api) refresh(c *call) (any, error) {
	body, err := decode[refreshBody](c)
	switch {
	case err != nil:
		return nil, err
	case body.RefreshToken == "":
		return nil, missing("refreshToken")
	}
	s, err := a.accounts.Refresh(c.ctx, body.RefreshToken)
	if err != nil {
		return nil, limited(err)
	}
	return sessionOf(s), nil
}

// signOut ends the session that the refresh token belongs to. It asks for no access token, which may have run out.
func (a *api) signOut(c *call) (any, error) {
	body, err := decode[refreshBody](c)
	switch {
	case err != nil:
		return nil, err
	case body.RefreshToken == "":
		return nil, missing("refreshToken")
	}
	return nil, a.accounts.LogOut(c.ctx, body.RefreshToken)
}
