package chatra

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"confab/chat"
)

const (
	maxBody     = 256 << 10 // bytes: the longest text with every character escaped
	bodyTimeout = 10 * time.Second
)

// body is the fields of a request, by their exact names. What the dialect does not know is passed over.
type body map[string]json.RawMessage

// readBody reads one JSON object. Errors: faults with 400, 413 and 415.
func readBody(w http.ResponseWriter, r *http.Request) (body, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") || r.Header.Get("Content-Encoding") != "" {
		return nil, &fault{status: http.StatusUnsupportedMediaType, message: "The body's Content-Type is application/json."}
	}
	// A slow sender is cut off. Writers that know no deadlines (in memory) cannot be slow.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return nil, &fault{status: http.StatusRequestEntityTooLarge, message: "The body is longer than 256 KiB."}
	}
	var fields body
	if err != nil || !utf8.Valid(raw) || json.Unmarshal(raw, &fields) != nil || fields == nil {
		return nil, badFormat()
	}
	return fields, nil
}

// text is a field that may be missing. Errors: a fault with 400 if it is no text.
func (b body) text(field string) (text string, there bool, err error) {
	raw, there := b[field]
	if !there {
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
		return "", bad("text", "This field is missing.")
	}
	return text, chat.CheckText(text)
}

// client is the field clientId, which must be there.
func (b body) client() (string, error) {
	id, _, err := b.text("clientId")
	if err == nil && id == "" {
		err = bad("clientId", "This field is missing.")
	}
	return id, err
}
