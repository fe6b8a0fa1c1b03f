package api

import (
	"net/url"
	"strconv"

	"confab/chat"
)

const (
	defaultLimit = 50
	maxLimit     = 200
	maxQuery     = 256 // bytes of one parameter
	maxLongQuery = 16 << 10
)

// longParameters are JSON.
var longParameters = map[string]bool{"filter": true, "columns": true, "types": true}

// query returns the parameters of the address; what a route does not know is ignored.
func (c *call) query() (url.Values, error) {
	values, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return nil, chat.Refuse(chat.BadField, "The query of the address is not well-formed.")
	}
	for name, list := range values {
		if len(list) > 1 {
			return nil, bad(name, "%q stands twice in the query.", name)
		}
		if len(list[0]) > maxQuery && !(longParameters[name] && len(list[0]) <= maxLongQuery) {
			return nil, &chat.Refusal{Code: chat.TooLong, Message: "A parameter of the query is too long.", Field: name}
		}
	}
	return values, nil
}

// window reads ?limit= and ?after= of a list.
func (c *call) window() (values url.Values, after string, limit int, err error) {
	if values, err = c.query(); err != nil {
		return nil, "", 0, err
	}
	if limit, err = limitOf(values.Get("limit")); err != nil {
		return nil, "", 0, err
	}
	return values, values.Get("after"), limit, nil
}

func limitOf(text string) (int, error) {
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLimit {
		return 0, bad("limit", "limit is a number from 1 to %d.", maxLimit)
	}
	return n, nil
}

// seqOf reads a number of an entry.
func seqOf(field, text string) (chat.Seq, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxSeq {
		return 0, bad(field, "%s is the number of an entry.", field)
	}
	return chat.Seq(n), nil
}

// maxSeq is the highest number that a double holds exactly, as clients and the store's scripts do.
const maxSeq = 1<<53 - 1
