package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"confab/chat"
)

const (
	maxBody     = 1 << 20 // bytes, unless the API says otherwise
	bodyTimeout = 10 * time.Second
)

// JSONOnly refuses a request that does not say that its body is JSON.
func (c *Call) JSONOnly() error {
	kind, params, err := mime.ParseMediaType(c.R.Header.Get("Content-Type"))
	if charset := params["charset"]; err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return chat.Refuse(chat.Unsupported, "The Content-Type must be application/json.")
	}
	return nil
}

// Object is a JSON object of a request, whose fields are asked for by their exact names. What is wrong first in it, or in an
// object in it, is Err: nothing is to be done then. A field that is null counts as none.
type Object struct {
	at     string // where it stands, "visitor."
	fields map[string]json.RawMessage
	err    *error
}

// Body reads the request's body; the work has all of its time once it is here. Errors: chat.TooLarge, chat.BadFrame if it is no JSON object, chat.Unsupported.
func (c *Call) Body() (Object, error) {
	if c.R.Header.Get("Content-Encoding") != "" {
		return Object{}, chat.Refuse(chat.Unsupported, "A body with a Content-Encoding is not taken.")
	}
	// A slow sender is cut off. Writers that know no deadlines (in memory) cannot be slow.
	_ = http.NewResponseController(c.W).SetReadDeadline(time.Now().Add(bodyTimeout))
	raw, err := io.ReadAll(http.MaxBytesReader(c.W, c.R.Body, cmp.Or(c.maxBody, maxBody)))
	c.begin()
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return Object{}, chat.Refuse(chat.TooLarge, "The body is longer than %d bytes.", tooBig.Limit)
	}
	if err != nil {
		return Object{}, chat.Refuse(chat.BadFrame, "The body ended early.")
	}
	o := Object{err: new(error)}
	if !utf8.Valid(raw) || json.Unmarshal(raw, &o.fields) != nil || o.fields == nil {
		return Object{}, chat.Refuse(chat.BadFrame, "The body is not a JSON object.")
	}
	return o, nil
}

// Err is what is wrong, nil if nothing is.
func (o Object) Err() error { return *o.err }

func (o Object) wrong(code chat.Code, name, format string) {
	if *o.err == nil {
		field := o.at + name
		*o.err = &chat.Refusal{Code: code, Message: fmt.Sprintf(format, field), Field: field}
	}
}

// Wrong says that a field is not what it must be.
func (o Object) Wrong(name, what string) { o.wrong(chat.BadField, name, "%s is not "+what+".") }

// Names are those of all fields, in no order; those that are null too.
func (o Object) Names() []string {
	names := make([]string, 0, len(o.fields))
	for name := range o.fields {
		names = append(names, name)
	}
	return names
}

// Raw is a field as it came, null too; nil if it is not there.
func (o Object) Raw(name string) json.RawMessage { return o.fields[name] }

func (o Object) given(name string) bool {
	raw, there := o.fields[name]
	return there && !bytes.Equal(raw, []byte("null"))
}

func read[T any](o Object, name, what string) *T {
	if !o.given(name) {
		return nil
	}
	var value T
	if json.Unmarshal(o.fields[name], &value) != nil {
		o.Wrong(name, what)
		return nil
	}
	return &value
}

// Text is a field that holds text; nil if it is not there.
func (o Object) Text(name string) *string { return read[string](o, name, "text") }

// Flag is a field that is true or false; nil if it is not there.
func (o Object) Flag(name string) *bool { return read[bool](o, name, "true or false") }

// Or is the text of a field, "" if it is not there.
func (o Object) Or(name string) string {
	if text := o.Text(name); text != nil {
		return *text
	}
	return ""
}

// Need is the text of a field that must be there and not be blank.
func (o Object) Need(name string) string {
	text := o.Or(name)
	if strings.TrimSpace(text) == "" {
		o.wrong(chat.MissingField, name, "%s is missing.")
	}
	return text
}

// NeedText is the text of a field that must be there, and may be empty.
func (o Object) NeedText(name string) string {
	text := o.Text(name)
	if text == nil {
		o.wrong(chat.MissingField, name, "%s is missing.")
		return ""
	}
	return *text
}

// Object is a field that holds an object; false if it is not there.
func (o Object) Object(name string) (Object, bool) {
	fields := read[map[string]json.RawMessage](o, name, "an object")
	if fields == nil {
		return Object{err: o.err}, false
	}
	return Object{o.at + name + ".", *fields, o.err}, true
}

// NeedObject is a field that must hold an object.
func (o Object) NeedObject(name string) Object {
	inner, ok := o.Object(name)
	if !ok {
		o.wrong(chat.MissingField, name, "%s is missing.")
	}
	return inner
}

// Objects is a field that holds a list of objects; false if it is not there.
func (o Object) Objects(name string) ([]Object, bool) {
	list := read[[]json.RawMessage](o, name, "a list")
	if list == nil {
		return nil, false
	}
	objects := make([]Object, len(*list))
	for i, raw := range *list {
		at := fmt.Sprintf("%s[%d]", name, i)
		objects[i] = Object{at: o.at + at + ".", err: o.err}
		if json.Unmarshal(raw, &objects[i].fields) != nil || objects[i].fields == nil {
			o.Wrong(at, "an object")
		}
	}
	return objects, true
}

// NeedObjects is a field that must hold a list of objects.
func (o Object) NeedObjects(name string) []Object {
	list, ok := o.Objects(name)
	if !ok {
		o.wrong(chat.MissingField, name, "%s is missing.")
	}
	return list
}
