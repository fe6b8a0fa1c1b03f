package pavior

import (
	"strings"
	"time"

	"confab/chat"
	"confab/dialect/rest"
	"confab/people"
)

// counted is the answer of events.
type counted struct {
	Success   string `json:"success"`
	NumEvents int    `json:"num_events"`
}

// events answers POST /v1/events: what somebody did is added to his history, all of it or nothing.
func (a *server) events(c *rest.Call) (any, error) {
	body, err := c.Body()
	if err != nil {
		return nil, err
	}
	name, happened := named(body), []people.Recorded{}
	for _, one := range body.NeedObjects("events") {
		happened = append(happened, readEvent(one))
	}
	if err := body.Err(); err != nil {
		return nil, err
	}
	who, err := a.People.Named(c.Ctx, c.Account.ID, name)
	if err != nil {
		return nil, err
	}
	if len(happened) > 0 {
		if err := a.People.Record(c.Ctx, c.Account.ID, who, happened); err != nil {
			return nil, renamed(err, ".name", ".eventType", ".at", ".createdAt", ".data", ".metaJson")
		}
	}
	return counted{"success", len(happened)}, nil
}

func readEvent(o rest.Object) people.Recorded {
	r := people.Recorded{Name: o.Need("eventType")}
	if text := o.Text("createdAt"); text != nil {
		at, ok := parseDate(*text)
		if !ok {
			o.Wrong("createdAt", "a date of ISO 8601 with an offset")
		}
		r.At = at
	}
	if _, ok := o.Object("metaJson"); ok {
		r.Data = o.Raw("metaJson")
	}
	return r
}

// parseDate reads a moment of ISO 8601 with an offset, with or without fractions of seconds, or a day of UTC.
func parseDate(text string) (chat.Millis, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", time.DateOnly} {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil { // fractions of seconds are taken too
			return chat.At(at), true
		}
	}
	return 0, false
}
