package api

import (
	"fmt"
	"math"

	"confab/chat"
)

// Requests per second of one credential, over a minute.
const (
	agentRate = 10
	keyRate   = 100 // another system, which acts for everybody
	window    = 60  // seconds
)

// throttle refuses a credential that calls too often, counted over all nodes.
func (a *api) throttle(c *call) error {
	rate := agentRate
	if c.role == key {
		rate = keyRate
	}
	c.w.Header().Set("RateLimit-Policy", fmt.Sprintf(`"credential";q=%d;w=%d`, rate*window, window))
	ok, after, err := a.store.Limit(c.ctx, c.account, "rest:"+c.actor.Key(), float64(rate), rate*window)
	if err != nil {
		return fmt.Errorf("count the request: %w", err)
	}
	if ok {
		return nil
	}
	c.w.Header().Set("RateLimit", fmt.Sprintf(`"credential";r=0;t=%d`, int(math.Ceil(after.Seconds()))))
	return &later{chat.Refuse(chat.RateLimited, "More than %d requests in a minute.", rate*window), after}
}
