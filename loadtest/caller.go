package loadtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"confab/chat"
)

// caller speaks the REST API of one node over one connection that it keeps.
type caller struct {
	base   string // http://host:port/confab/v1
	client http.Client
}

func newCaller(o *Options, node string) *caller {
	transport := &http.Transport{MaxConnsPerHost: 1, MaxIdleConnsPerHost: 1, DisableCompression: true}
	if o.Dial != nil {
		transport.DialContext = o.Dial
	}
	return &caller{"http" + strings.TrimPrefix(node, "ws") + "/confab/v1", http.Client{Timeout: socketTimeout, Transport: transport}}
}

func (c *caller) close() { c.client.CloseIdleConnections() }

// problem is a refusal.
type problem struct {
	Status int       `json:"status"`
	Code   chat.Code `json:"code"`
	Detail string    `json:"detail"`
	after  time.Duration
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

// call asks once. id, if there is one, is the message's: what is asked twice under it is done once. Errors: *problem.
func (c *caller) call(ctx context.Context, key, method, path, id string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if id != "" {
		req.Header.Set("Idempotency-Key", id)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", method, path, err)
	case resp.StatusCode > 299:
		p := &problem{Status: resp.StatusCode}
		_ = json.Unmarshal(raw, p) // whatever it is, the status says enough
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		p.after = time.Duration(seconds) * time.Second
		return p
	case into == nil || len(raw) == 0:
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// ask is call for what is not measured: it waits as it is told to when the key has asked too often.
func (c *caller) ask(ctx context.Context, key, method, path string, body, into any) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	for {
		err := c.call(ctx, key, method, path, "", raw, into)
		var p *problem
		if !errors.As(err, &p) || p.Status != http.StatusTooManyRequests {
			return err
		}
		select {
		case <-time.After(max(p.after, time.Second)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
