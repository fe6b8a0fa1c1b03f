package livechat

import (
	"context"
	"encoding/json"
	"strconv"

	"confab/chat"
	"confab/dialect/rest"
	"confab/people"
)

const (
	changeOfURL      = "url" // the only change that is kept
	maxConversations = 200   // of a visitor, the newest ones, that rid may name
)

type (
	navigated struct {
		Page    page `json:"page"`
		Success bool `json:"success"`
	}
	page struct {
		Msg        string     `json:"msg"`
		Navigation navigation `json:"navigation"`
	}
	navigation struct {
		Page  json.RawMessage `json:"page"` // as it came
		Token string          `json:"token"`
	}
	accepted struct {
		Success bool `json:"success"`
	}
)

// visited answers POST page.visited: the visitor looks at another page.
func (a *server) visited(c *rest.Call) (any, error) {
	body, err := c.Body()
	if err != nil {
		return nil, err
	}
	token, rid, info := body.Need("token"), body.Or("rid"), body.NeedObject("pageInfo")
	change, title := info.Need("change"), info.NeedText("title")
	href := info.NeedObject("location").Need("href")
	if err := body.Err(); err != nil {
		return nil, err
	}
	holder, err := a.holder(c, token)
	if err != nil {
		return nil, err
	}
	if change != changeOfURL {
		return accepted{true}, nil
	}
	if err := a.view(c, holder, rid, chat.Page{URL: href, Title: title}); err != nil {
		return nil, err
	}
	return navigated{page{title + " - " + href, navigation{body.Raw("pageInfo"), token}}, true}, nil
}

// view counts the page for the visit, and notes with it the conversation that rid names if it is one of this visitor's.
func (a *server) view(c *rest.Call, h people.TokenHolder, rid string, p chat.Page) error {
	conversation, err := a.conversation(c.Ctx, c.Account.ID, h.Visitor, rid)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	a.Presence.ViewIn(c.Account.ID, h.Visitor, c.Account.Privacy.View(p), conversation, func(err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-c.Ctx.Done():
		return c.Ctx.Err()
	}
}

// conversation finds a visitor's conversation by its id or number; "" if it is none of his.
func (a *server) conversation(ctx context.Context, account chat.AccountID, visitor chat.VisitorID, rid string) (chat.ConversationID, error) {
	if rid == "" {
		return "", nil
	}
	his, err := a.Store.VisitorConversations(ctx, account, visitor, maxConversations)
	if err != nil {
		return "", err
	}
	for _, c := range his {
		if string(c.ID) == rid || strconv.FormatInt(c.No, 10) == rid {
			return c.ID, nil
		}
	}
	return "", nil
}
