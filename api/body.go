package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"confab/chat"
)

const (
	maxBody     = 64 << 10 // bytes
	bodyTimeout = 10 * time.Second
)

// decode reads the request's body into a T, a struct with a "json" tag on every field. A missing body counts as {}.
//
// Errors: a *chat.Refusal that names the field where one is at fault: too_large, unsupported, bad_frame, bad_field,
// missing_field. What T does not list is refused, so a caller never writes a field that was not meant to be written.
func decode[T any](c *call) (T, error) {
	var into T
	raw, err := readObject(c)
	if err != nil {
		return into, err
	}
	err = parse(raw, &into)
	return into, err
}

// decodeRaw is decode for bodies in which a missing field means something else than an empty one: it returns the
// bytes, checked.
func decodeRaw[T any](c *call) ([]byte, error) {
	raw, err := readObject(c)
	if err != nil {
		return nil, err
	}
	return raw, parse(raw, new(T))
}

func readObject(c *call) ([]byte, error) {
	raw, err := readBody(c.w, c.r)
	switch {
	case err != nil:
		return nil, err
	case len(raw) == 0:
		return []byte("{}"), nil
	}
	return raw, contentType(c.r)
}

func contentType(r *http.Request) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset := params["charset"]; err != nil || kind != "application/json" || (charset != "" && !strings.EqualFold(charset, "utf-8")) {
		return chat.Refuse(chat.Unsupported, "The body's Content-Type must be application/json.")
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "" {
		return nil, chat.Refuse(chat.Unsupported, "A body with a Content-Encoding is not taken.")
	}
	// A slow sender is cut off. Writers that know no deadlines (in memory) cannot be slow.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return nil, chat.Refuse(chat.TooLarge, "The body is longer than %d bytes.", maxBody)
	case err != nil:
		return nil, chat.Refuse(chat.BadFrame, "The body ended early.")
	}
	return raw, nil
}

// parse decodes one JSON object into a struct.
func parse(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return chat.Refuse(chat.BadFrame, "The body is not UTF-8.")
	}
	if err := checkJSON(raw); err != nil {
		return err
	}
	if err := checkFields(raw, reflect.TypeOf(into).Elem()); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return fieldError(d.Decode(into))
}

// checkFields refuses what the struct does not name letter for letter; encoding/json by itself would take "Text" for "text".
func checkFields(raw []byte, t reflect.Type) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return chat.Refuse(chat.BadFrame, "The body is not a JSON object.")
	}
	known := map[string]bool{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		known[name] = true
	}
	for name := range fields {
		if !known[name] {
			return &chat.Refusal{Code: chat.BadField, Message: fmt.Sprintf("There is no field %q here.", name), Field: name}
		}
	}
	return nil
}

// fieldError turns what encoding/json says into a refusal with the field's name.
func fieldError(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		return &chat.Refusal{Code: chat.BadField, Message: fmt.Sprintf("%s cannot be %s.", kind.Field, article(kind.Value)), Field: kind.Field}
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return &chat.Refusal{Code: chat.BadField, Message: fmt.Sprintf("There is no field %q here.", name), Field: name}
	}
	return chat.Refuse(chat.BadFrame, "The body does not fit what is expected here.")
}

// article names a JSON kind as encoding/json does ("number 1.5", "string", "object") in a sentence.
func article(kind string) string {
	switch kind, _, _ = strings.Cut(kind, " "); kind {
	case "string":
		return "text"
	case "array":
		return "a list"
	case "bool":
		return "true or false"
	case "number":
		return "that number"
	}
	return "an " + kind
}

func missing(field string) error {
	return &chat.Refusal{Code: chat.MissingField, Message: fmt.Sprintf("The field %q is missing.", field), Field: field}
}

func bad(field, format string, args ...any) error {
	return &chat.Refusal{Code: chat.BadField, Message: fmt.Sprintf(format, args...), Field: field}
}
