package loadtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"confab/chat"
	"confab/wire"
)

// agent holds the access token that all agent sockets of a run share, and logs in again before it runs out.
type agent struct {
	o *Options

	mu      sync.Mutex
	token   string
	renewAt time.Time
}

// tokenLife is how long a token is used. The server's live ten minutes.
const tokenLife = 4 * time.Minute

func (a *agent) auth(ctx context.Context) (wire.Auth, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token == "" || time.Now().After(a.renewAt) {
		token, err := a.logIn(ctx)
		if err != nil {
			return wire.Auth{}, err
		}
		a.token, a.renewAt = token, time.Now().Add(tokenLife)
	}
	absent := false
	return wire.Auth{Agent: &wire.AgentProof{Token: a.token}, Presence: &absent}, nil
}

func (a *agent) logIn(ctx context.Context) (string, error) {
	body, err := json.Marshal(map[string]string{"email": a.o.AgentEmail, "password": a.o.AgentPassword})
	if err != nil {
		return "", err
	}
	address := "http" + strings.TrimPrefix(a.o.URLs[0], "ws") + "/confab/v1/session"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: socketTimeout}
	if a.o.Dial != nil {
		client.Transport = &http.Transport{DialContext: a.o.Dial, DisableKeepAlives: true}
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", fmt.Errorf("log in: %w", err)
	}
	defer resp.Body.Close()
	var answer struct {
		Token  string `json:"token"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("log in: %s: %w", resp.Status, err)
	}
	if answer.Token == "" {
		return "", fmt.Errorf("log in as %s: %s: %s %s", a.o.AgentEmail, resp.Status, answer.Code, answer.Detail)
	}
	return answer.Token, nil
}

// visitor makes nobody present, so that a measurement of messages does not measure presence.
func visitor(account chat.AccountID, token string) wire.Auth {
	absent := false
	a := wire.Auth{Account: account, Presence: &absent}
	if token != "" {
		a.Visitor = &wire.Proof{Token: token}
	}
	return a
}
