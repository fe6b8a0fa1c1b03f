package people

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"confab/chat"
	"confab/wire"
)

const (
	maxPanelFields      = 100
	maxDescriptionRunes = 1000
	maxFactsBytes       = 64 << 10 // of all layers together, as JSON
)

// saying is a change of one layer, checked.
type saying struct {
	layer   string
	replace bool
	texts   map[string]*string // basic, form and site; nil erases
	values  map[string]any     // integration and attributes; nil erases
	panel   []PanelField
}

// parseSaying checks what a page says of its visitor. A bad entry refuses the whole, and is named in the refusal's field.
func parseSaying(layer string, replace bool, data []byte) (s saying, err error) {
	s = saying{layer: layer, replace: replace}
	switch layer {
	case wire.LayerBasic:
		s.texts, err = parseTexts(data, basicRunes)
	case wire.LayerSite:
		s.texts, err = parseTexts(data, map[string]int{"token": maxAttributeValue})
	case wire.LayerForm:
		s.texts, err = parseTexts(data, nil)
	case wire.LayerIntegration:
		s.values, err = parseValues(data, checkIntegration)
	case wire.LayerAttributes:
		s.values, err = parseValues(data, checkTyped)
	case wire.LayerPanel:
		s.panel, err = parsePanel(data)
	default:
		err = badEntry("layer", "There is no such layer.")
	}
	return s, err
}

var basicRunes = map[string]int{
	"name": chat.Limits.NameRunes, "email": maxEmailBytes, "phone": maxPhoneRunes, "description": maxDescriptionRunes,
}

func badEntry(field, format string, args ...any) error {
	return &chat.Refusal{Code: chat.BadField, Message: fmt.Sprintf(format, args...), Field: field}
}

func tooLong(field string, most int) error {
	return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("This has at most %d characters.", most), Field: field}
}

func dataField(name string) string { return "data." + name }

// entries takes the object apart and checks its names.
func entries(data []byte) (map[string]json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil || all == nil {
		return nil, badEntry("data", "This field is an object.")
	}
	if len(all) > maxAttributes {
		return nil, &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("A layer has at most %d entries.", maxAttributes), Field: "data"}
	}
	for name := range all {
		if n := utf8.RuneCountInString(name); n == 0 || n > maxAttributeName || chat.Clean(name, maxAttributeName) != name {
			return nil, badEntry(dataField(chat.Clean(name, maxAttributeName)), "A name has 1 to %d printable characters.", maxAttributeName)
		}
	}
	return all, nil
}

// parseTexts reads texts, null and the empty one erasing. allowed are the names with their lengths; nil allows all.
func parseTexts(data []byte, allowed map[string]int) (map[string]*string, error) {
	all, err := entries(data)
	if err != nil {
		return nil, err
	}
	texts := make(map[string]*string, len(all))
	for name, raw := range all {
		most := maxAttributeValue
		if allowed != nil {
			var known bool
			if most, known = allowed[name]; !known {
				return nil, badEntry(dataField(name), "This layer has no such entry.")
			}
		}
		text, err := parseText(dataField(name), raw, most)
		if err != nil {
			return nil, err
		}
		texts[name] = text
	}
	return texts, nil
}

func parseText(field string, raw json.RawMessage, most int) (*string, error) {
	var text *string
	if json.Unmarshal(raw, &text) != nil {
		return nil, badEntry(field, "This is text, or null to erase it.")
	}
	if text == nil || *text == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(*text) > most {
		return nil, tooLong(field, most)
	}
	if bytes.IndexByte([]byte(*text), 0) >= 0 {
		return nil, badEntry(field, "This holds a NUL character.")
	}
	return text, nil
}

func parseValues(data []byte, check func(name string, value any) error) (map[string]any, error) {
	all, err := entries(data)
	if err != nil {
		return nil, err
	}
	values := make(map[string]any, len(all))
	for name, raw := range all {
		var value any
		if json.Unmarshal(raw, &value) != nil {
			return nil, badEntry(dataField(name), "This is no finite number.")
		}
		if value != nil {
			if err := check(name, value); err != nil {
				return nil, err
			}
		}
		values[name] = value
	}
	return values, nil
}

// checkFlat tells whether a value is text, a number, true or false.
func checkFlat(field string, value any) error {
	switch v := value.(type) {
	case bool, float64:
		return nil
	case string:
		if utf8.RuneCountInString(v) > maxAttributeValue {
			return tooLong(field, maxAttributeValue)
		}
		return nil
	}
	return badEntry(field, "This is text, a number, true, false, or null to erase it.")
}

func checkIntegration(name string, value any) error { return checkFlat(dataField(name), value) }

var (
	attributeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	dateName      = regexp.MustCompile(`(At|_at|On|_on)$`)
)

// checkTyped tells whether a page may set the attribute.
func checkTyped(name string, value any) error {
	field := dataField(name)
	if !attributeName.MatchString(name) {
		return badEntry(field, "%s", nameRule)
	}
	if _, flag := value.(bool); flag {
		return badEntry(field, "An attribute is text, a number, or a date as ISO 8601 text.")
	}
	if text, isText := value.(string); dateName.MatchString(name) && (!isText || !isDate(text)) {
		return badEntry(field, "An attribute of such a name is a date as ISO 8601 text.")
	}
	return checkFlat(field, value)
}

// isDate tells whether text is a day or a moment of ISO 8601, in its extended form.
func isDate(text string) bool {
	_, ok := moment(text)
	return ok
}

var dateLayouts = []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04"}

func parsePanel(data []byte) ([]PanelField, error) {
	all, err := entries(data)
	if err != nil {
		return nil, err
	}
	for name := range all {
		if name != "fields" {
			return nil, badEntry(dataField(name), "This layer has no such entry.")
		}
	}
	var list []map[string]json.RawMessage
	if raw := all["fields"]; raw == nil || json.Unmarshal(raw, &list) != nil {
		return nil, badEntry("data.fields", "This is a list of objects.")
	}
	if len(list) > maxPanelFields {
		return nil, &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("There are at most %d fields.", maxPanelFields), Field: "data.fields"}
	}
	fields := make([]PanelField, len(list))
	for i, one := range list {
		if err := fields[i].read(fmt.Sprintf("data.fields[%d]", i), one); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

func (p *PanelField) read(path string, from map[string]json.RawMessage) error {
	parts := map[string]*string{"title": &p.Title, "content": &p.Content, "link": &p.Link, "key": &p.Key}
	for name, raw := range from {
		into := parts[name]
		if into == nil {
			return badEntry(path, "A field has title, content, link and key, nothing else.")
		}
		text, err := parseText(path+"."+name, raw, maxAttributeValue)
		if err != nil {
			return err
		}
		if text != nil {
			*into = *text
		}
	}
	return nil
}

// apply makes the change. Errors: chat.TooLong if it becomes too much, and then f is not to be kept.
func (s *saying) apply(f *facts) error {
	switch s.layer {
	case wire.LayerBasic:
		for name, into := range f.basic() {
			s.text(name, into)
		}
	case wire.LayerSite:
		s.text("token", &f.Site)
	case wire.LayerForm:
		replaceIf(s.replace, &f.Form)
		for name, text := range s.texts {
			if text == nil {
				delete(f.Form, name)
			} else {
				put(&f.Form, name, *text)
			}
		}
	case wire.LayerIntegration:
		s.flat(&f.Integration)
	case wire.LayerAttributes:
		s.flat(&f.Attributes)
	case wire.LayerPanel:
		f.Panel = s.panel
	}
	for _, n := range []int{len(f.Form), len(f.Integration), len(f.Attributes)} {
		if n > maxAttributes {
			return &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("A layer has at most %d entries.", maxAttributes), Field: "data"}
		}
	}
	if len(f.encode()) > maxFactsBytes {
		return &chat.Refusal{Code: chat.TooLong, Message: "This is more than is kept of one person.", Field: "data"}
	}
	return nil
}

func (s *saying) text(name string, into *string) {
	text, said := s.texts[name]
	switch {
	case text != nil:
		*into = *text
	case said || s.replace:
		*into = ""
	}
}

func (s *saying) flat(into *map[string]any) {
	replaceIf(s.replace, into)
	for name, value := range s.values {
		if value == nil {
			delete(*into, name)
		} else {
			put(into, name, value)
		}
	}
}

func replaceIf[V any](replace bool, into *map[string]V) {
	if replace {
		*into = nil
	}
}

// paths are what the change speaks of.
func (s *saying) paths() []string {
	if s.layer == wire.LayerPanel {
		return []string{wire.LayerPanel}
	}
	var paths []string
	for name := range s.texts {
		paths = append(paths, s.layer+"."+name)
	}
	for name := range s.values {
		paths = append(paths, s.layer+"."+name)
	}
	return paths
}
