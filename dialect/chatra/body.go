package chatra

import (
	"encoding/json"

	"confab/chat"
	"confab/dialect/rest"
)

// body is the fields of a request. A field that is null is there, and is no text.
type body struct{ rest.Object }

func readBody(c *rest.Call) (body, error) {
	if err := c.JSONOnly(); err != nil {
		return body{}, err
	}
	o, err := c.Body()
	return body{o}, err
}

// bad refuses a field.
func bad(field, what string) error {
	return &chat.Refusal{Code: chat.BadField, Message: what, Field: field}
}

func missing(field string) error {
	return &chat.Refusal{Code: chat.MissingField, Message: "This field is missing.", Field: field}
}

// text is a field that may be missing.
func (b body) text(field string) (text string, there bool, err error) {
	raw := b.Raw(field)
	if raw == nil {
		return "", false, nil
	}
	if raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return "", true, bad(field, "This is text.")
	}
	return text, true, nil
}

// texts reads fields that may be missing or empty, into the variables named after them.
func (b body) texts(into map[string]*string) error {
	for _, field := range []string{"clientId", "agentId", "agentEmail", "agentName", "receivedFrom", "groupId"} {
		if into[field] == nil {
			continue
		}
		var err error
		if *into[field], _, err = b.text(field); err != nil {
			return err
		}
	}
	return nil
}

// message is the text of a message, which must be there.
func (b body) message() (string, error) {
	text, there, err := b.text("text")
	switch {
	case err != nil:
		return "", err
	case !there:
		return "", missing("text")
	}
	return text, chat.CheckText(text)
}

// client is the field clientId, which must be there.
func (b body) client() (string, error) {
	id, _, err := b.text("clientId")
	if err == nil && id == "" {
		err = missing("clientId")
	}
	return id, err
}
