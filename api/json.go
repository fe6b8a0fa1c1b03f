package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"confab/chat"
)

const (
	maxDepth = 8  // objects and lists in one another
	maxKeys  = 64 // of one object
)

// checkJSON tells whether raw is one JSON value that means the same to every reader: no name twice in an object, no
// half of a surrogate pair, and neither deep nor wide enough to be costly.
func checkJSON(raw []byte) error {
	if err := checkDepth(raw); err != nil {
		return err
	}
	if err := checkSurrogates(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := checkValue(d); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return chat.Refuse(chat.BadFrame, "Something follows the JSON value.")
	}
	return nil
}

// checkDepth counts brackets outside of strings, before anything is parsed.
func checkDepth(raw []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return chat.Refuse(chat.BadFrame, "The body is nested deeper than %d.", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// checkSurrogates refuses \ud800 to \udfff without a partner: they name no character, and Go would change them silently.
func checkSurrogates(raw []byte) error {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		unit, ok := escape(raw[i:])
		if !ok {
			i++ // another escape; what it escapes is not looked at
			continue
		}
		i += 5
		switch {
		case unit>>10 == 0xd800>>10: // the first half
			if second, ok := escape(raw[i+1:]); !ok || second>>10 != 0xdc00>>10 {
				return chat.Refuse(chat.BadFrame, "A text holds half of a surrogate pair.")
			}
			i += 6
		case unit>>10 == 0xdc00>>10:
			return chat.Refuse(chat.BadFrame, "A text holds half of a surrogate pair.")
		}
	}
	return nil
}

// escape reads \uXXXX at the beginning of raw.
func escape(raw []byte) (unit uint16, ok bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	for _, c := range raw[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		unit = unit<<4 | uint16(c)
	}
	return unit, true
}

func checkValue(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return chat.Refuse(chat.BadFrame, "The body is not JSON.")
	}
	switch token {
	case json.Delim('{'):
		return checkObject(d)
	case json.Delim('['):
		for d.More() {
			if err := checkValue(d); err != nil {
				return err
			}
		}
		return checkEnd(d)
	}
	return nil
}

func checkObject(d *json.Decoder) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, text := token.(string)
		if err != nil || !text {
			return chat.Refuse(chat.BadFrame, "The body is not JSON.")
		}
		if seen[name] {
			return &chat.Refusal{Code: chat.BadField, Message: fmt.Sprintf("The field %q stands there twice.", name), Field: name}
		}
		if seen[name] = true; len(seen) > maxKeys {
			return chat.Refuse(chat.BadFrame, "An object has more than %d fields.", maxKeys)
		}
		if err := checkValue(d); err != nil {
			return err
		}
	}
	return checkEnd(d)
}

func checkEnd(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return chat.Refuse(chat.BadFrame, "The body is not JSON.")
	}
	return nil
}
