package api

import (
	"net/url"
	"unicode/utf8"

	"confab/calls"
	"confab/chat"
)

const (
	maxReasonRunes = 200
	maxRecordBytes = 2048
)

func (a *api) listCalls(c *call) (any, error) {
	query, after, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	f := calls.Filter{Status: calls.Status(query.Get("status")), Visitor: chat.VisitorID(query.Get("visitor"))}
	if f.Status != "" && !f.Status.Known() {
		return nil, badCallStatus()
	}
	found, next, err := a.calls.List(c.ctx, c.account, f, after, limit)
	if err != nil {
		return nil, err
	}
	if found, err = a.seenCalls(c, found); err != nil {
		return nil, err
	}
	return listOf(found, next), nil
}

type callStatusBody struct {
	Status    calls.Status `json:"status"`
	Reason    string       `json:"reason"`
	RecordURL string       `json:"recordUrl"`
}

func (a *api) setCallStatus(c *call) (any, error) {
	body, err := decode[callStatusBody](c)
	if err != nil {
		return nil, err
	}
	if err := body.check(); err != nil {
		return nil, err
	}
	set, err := a.calls.Set(c.ctx, c.account, c.id(), calls.Change{
		Status: body.Status, Reason: chat.Clean(body.Reason, maxReasonRunes), RecordURL: body.RecordURL, By: c.actor,
	})
	if err != nil {
		return nil, err
	}
	return set, nil
}

func (b callStatusBody) check() error {
	switch {
	case b.Status == "":
		return missing("status")
	case !b.Status.Known():
		return badCallStatus()
	case b.Reason != "" && b.Status != calls.Failed:
		return bad("reason", "Only a call that fails has a reason.")
	case utf8.RuneCountInString(b.Reason) > maxReasonRunes:
		return &chat.Refusal{Code: chat.TooLong, Message: "This reason is too long.", Field: "reason"}
	case b.RecordURL != "" && !isWebAddress(b.RecordURL):
		return bad("recordUrl", "This is no http or https address of at most %d bytes.", maxRecordBytes)
	}
	return nil
}

func badCallStatus() error {
	return bad("status", "A status is start, agent_connected, client_connected, end or error.")
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= maxRecordBytes && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
