package api

import (
	"encoding/json"
	"fmt"

	"confab/account"
	"confab/chat"
)

const maxOrigins = 100

// settingsAnswer is what may be read of an account, and all but its id changed.
type settingsAnswer struct {
	accountAnswer
	IdleCloseMinutes int64           `json:"idleCloseMinutes"`
	ChatLogTo        string          `json:"chatLogTo,omitempty"`
	Privacy          chat.Privacy    `json:"privacy"`
	AllowedOrigins   []string        `json:"allowedOrigins"`
	Widget           json.RawMessage `json:"widget,omitempty"` // cannot be changed here, nor can
	Channels         []channelAnswer `json:"channels"`
	Mail             mailAnswer      `json:"mail"`
}

// mailAnswer tells whether the deployment sends mail, which no account chooses.
type mailAnswer struct {
	On   bool   `json:"on"`
	From string `json:"from,omitempty"` // an address
}

// channelAnswer is what whoever shows a visitor must know of a channel.
type channelAnswer struct {
	WidgetID string   `json:"widgetId"`
	Name     string   `json:"name"`
	SafeURLs []string `json:"safeUrls"`
}

func (a *api) settingsOf(of *account.Account) settingsAnswer {
	return settingsAnswer{
		accountAnswer: accountAnswer{of.ID, of.Name}, IdleCloseMinutes: of.IdleCloseMinutes, ChatLogTo: of.ChatLogTo, Privacy: of.Privacy,
		AllowedOrigins: append([]string{}, of.AllowedOrigins...), Widget: of.Widget, Channels: channelsOf(of),
		Mail: mailAnswer{a.mailFrom != "", a.mailFrom},
	}
}

func channelsOf(a *account.Account) []channelAnswer {
	all := make([]channelAnswer, 0, len(a.Channels))
	for _, c := range a.Channels {
		all = append(all, channelAnswer{c.WidgetID, c.Name, append([]string{}, c.SafeURLs...)})
	}
	return all
}

func (a *api) account(c *call) (any, error) {
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	return a.settingsOf(owner), nil
}

func (a *api) patchAccount(c *call) (any, error) {
	body, err := decode[struct {
		Name             *string   `json:"name"`
		IdleCloseMinutes *int64    `json:"idleCloseMinutes"`
		AllowedOrigins   *[]string `json:"allowedOrigins"`
		ChatLogTo        *string   `json:"chatLogTo"`
		Privacy          struct {
			Addresses *chat.Addresses `json:"addresses"`
			Queries   *chat.Queries   `json:"queries"`

			ForgetAnonymousDays *int64 `json:"forgetAnonymousDays"`
		} `json:"privacy"`
	}](c)
	if err != nil {
		return nil, err
	}
	if body.AllowedOrigins != nil && len(*body.AllowedOrigins) > maxOrigins {
		return nil, &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("At most %d origins.", maxOrigins), Field: "allowedOrigins"}
	}
	owner, err := a.accounts.Update(c.ctx, account.AccountSpec{
		ID: c.account, Name: body.Name, IdleCloseMinutes: body.IdleCloseMinutes, AllowedOrigins: body.AllowedOrigins,
		ChatLogTo: body.ChatLogTo, Privacy: account.PrivacySpec(body.Privacy),
	})
	if err != nil {
		return nil, err
	}
	return a.settingsOf(owner), nil
}
