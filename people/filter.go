package people

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"confab/chat"
	"confab/store"
)

const (
	maxConditions  = 20
	maxFilterDepth = 4
	maxFilterBytes = 16 << 10
	maxOneOf       = 100
	endOfValue     = "\x00" // in a member: what follows is the contact
	afterValue     = "\x01" // the next byte
	beyondAll      = "\xff" // in no text
)

// filter says whom one is looking for: all of its parts hold, any of them, or, if it has none, its condition.
type filter struct {
	all, any []filter
	group    bool // it has parts, or holds for everybody
	test     condition
}

// condition is of one column: the value lies in one of the stretches, or, with not, in none.
type condition struct {
	column    string
	stretches []store.Stretch
	contains  string // if not "", the values that hold it
	not       bool
}

// parseFilter reads a filter. now is what "the last days" end with. Errors: chat.BadField, chat.TooLong with the part at fault.
func (p *People) parseFilter(ctx context.Context, a chat.AccountID, raw []byte, now chat.Millis) (filter, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return filter{group: true}, nil
	}
	if len(raw) > maxFilterBytes {
		return filter{}, &chat.Refusal{Code: chat.TooLong, Message: "A filter has at most 16 KiB.", Field: "filter"}
	}
	r := filterReader{p: p, ctx: ctx, account: a, now: now}
	return r.read("filter", raw, 0)
}

type filterReader struct {
	p       *People
	ctx     context.Context
	account chat.AccountID
	now     chat.Millis
	count   int
}

func (r *filterReader) read(path string, raw json.RawMessage, depth int) (filter, error) {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil || parts == nil {
		return filter{}, badEntry(path, `A filter is an object: {"all": […]}, {"any": […]} or one condition.`)
	}
	if r.count++; r.count > 2*maxConditions || depth > maxFilterDepth {
		return filter{}, &chat.Refusal{Code: chat.TooLong, Message: fmt.Sprintf("A filter has at most %d conditions, %d deep.", maxConditions, maxFilterDepth), Field: path}
	}
	_, all := parts["all"]
	_, some := parts["any"]
	if (all || some) && len(parts) > 1 {
		return filter{}, badEntry(path, "Beside all or any stands nothing else.")
	}
	switch {
	case len(parts) == 0:
		return filter{group: true}, nil
	case all:
		list, err := r.list(path+".all", parts["all"], depth)
		return filter{group: true, all: list}, err
	case some:
		list, err := r.list(path+".any", parts["any"], depth)
		if err == nil && len(list) == 0 {
			err = badEntry(path+".any", "Any of nothing holds for nobody.")
		}
		return filter{group: true, any: list}, err
	}
	test, err := r.condition(path, parts)
	return filter{test: test}, err
}

func (r *filterReader) list(path string, raw json.RawMessage, depth int) ([]filter, error) {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil || parts == nil {
		return nil, badEntry(path, "This is a list.")
	}
	list := make([]filter, len(parts))
	for i, part := range parts {
		var err error
		if list[i], err = r.read(fmt.Sprintf("%s[%d]", path, i), part, depth+1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *filterReader) condition(path string, parts map[string]json.RawMessage) (condition, error) {
	var name string
	if json.Unmarshal(parts["attribute"], &name) != nil || name == "" {
		return condition{}, &chat.Refusal{Code: chat.MissingField, Message: "A condition names an attribute.", Field: path + ".attribute"}
	}
	typ, err := r.p.typeOfName(r.ctx, r.account, name)
	if err != nil {
		return condition{}, at(path+".attribute", err)
	}
	if len(parts) != 2 {
		return condition{}, badEntry(path, "A condition has an attribute and one of its operators.")
	}
	for op, raw := range parts {
		if op == "attribute" {
			continue
		}
		c, err := r.operator(typ, name, op, raw)
		if err != nil {
			return c, at(path+"."+op, err)
		}
		return c, nil
	}
	panic("people: a condition without an operator")
}

// typeOfName is the type of an attribute, or of what else people are found by. Errors: chat.BadField if there is no such, or if it is
// of the moment.
func (p *People) typeOfName(ctx context.Context, a chat.AccountID, name string) (string, error) {
	switch {
	case name == nameUniverse:
		return TypeText, nil
	case name == nameBlocked, strings.HasPrefix(name, nameConsent):
		return typeFlag, nil
	case strings.HasSuffix(name, endCount):
		return TypeNumber, nil
	case generatedName(name):
		return TypeDate, nil
	}
	if b, ok := builtIns[name]; ok && b.live {
		return "", chat.Refuse(chat.BadField, "This is of the moment: nobody is found by it.")
	}
	known, err := p.defined(ctx, a, []string{name})
	if err != nil {
		return "", err
	}
	d, ok := known[name]
	if !ok {
		return "", chat.Refuse(chat.BadField, "There is no such attribute.")
	}
	return d.Type, nil
}

func columnOf(typ, name string) string {
	switch typ {
	case TypeNumber:
		return columnNumber + name
	case TypeDate:
		return columnDate + name
	}
	return columnText + name
}

// operators by type, for people.
var operators = map[string][]string{
	TypeText:   {"is", "isNot", "contains", "startsWith", "known", "unknown"},
	TypeNumber: {"is", "isNot", "above", "below", "between", "known", "unknown"},
	TypeDate:   {"is", "isNot", "after", "before", "between", "inLast", "known", "unknown"},
	typeFlag:   {"is", "isNot", "known", "unknown"},
}

func (r *filterReader) operator(typ, name, op string, raw json.RawMessage) (condition, error) {
	c := condition{column: columnOf(typ, name)}
	if !slices.Contains(operators[typ], op) {
		return c, chat.Refuse(chat.BadField, "For this attribute there are %s.", strings.Join(operators[typ], ", "))
	}
	var err error
	switch op {
	case "known", "unknown":
		if string(bytes.TrimSpace(raw)) != "true" {
			return c, chat.Refuse(chat.BadField, "This is true.")
		}
		c.stretches, c.not = []store.Stretch{{}}, op == "unknown"
	case "is", "isNot":
		c.not = op == "isNot"
		c.stretches, err = r.oneOf(typ, raw)
	case "contains":
		c.contains, err = r.text(raw)
		c.stretches, c.contains = []store.Stretch{{}}, strings.ToLower(c.contains)
	case "startsWith":
		var text string
		text, err = r.text(raw)
		text = cutBytes(strings.ToLower(text), maxIndexBytes)
		c.stretches = []store.Stretch{{From: text, To: text + beyondAll}}
	case "between":
		c.stretches, err = r.between(typ, raw)
	case "inLast":
		var days float64
		if json.Unmarshal(raw, &days) != nil || days <= 0 || days > 36500 {
			return c, chat.Refuse(chat.BadField, "This is a number of days.")
		}
		c.stretches = []store.Stretch{{From: indexNumber(float64(r.now) - days*24*3600*1000), To: indexNumber(float64(r.now)) + afterValue}}
	default: // above, below, after, before
		var value string
		if value, _, err = r.value(typ, raw); op == "above" || op == "after" {
			c.stretches = []store.Stretch{{From: value + afterValue}}
		} else {
			c.stretches = []store.Stretch{{To: value}}
		}
	}
	return c, err
}

func (r *filterReader) text(raw json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(raw, &text) != nil || text == "" || utf8.RuneCountInString(text) > maxAttributeValue || strings.Contains(text, "\x00") {
		return "", chat.Refuse(chat.BadField, "This is text, at most %d characters.", maxAttributeValue)
	}
	return text, nil
}

// value is one value of the type as the index has it, and where what equals it ends: a day is a whole one.
func (r *filterReader) value(typ string, raw json.RawMessage) (from, last string, err error) {
	var value any
	if json.Unmarshal(raw, &value) != nil || value == nil {
		return "", "", chat.Refuse(chat.BadField, "This is a value.")
	}
	switch typ {
	case TypeText:
		text, err := r.text(raw)
		return indexText(text), indexText(text), err
	case typeFlag:
		flag, err := toFlag(value)
		return indexText(fmt.Sprint(flag)), indexText(fmt.Sprint(flag)), err
	case TypeNumber:
		number, err := convert(TypeNumber, value)
		if err != nil {
			return "", "", err
		}
		return indexNumber(number.(float64)), indexNumber(number.(float64)), nil
	}
	if _, err := toDate(value); err != nil {
		return "", "", err
	}
	text := value.(string)
	begin, _ := moment(text)
	end := begin
	if len(text) == len(time.DateOnly) {
		end += 24*3600*1000 - 1
	}
	return indexNumber(float64(begin)), indexNumber(float64(end)), nil
}

// oneOf reads one value or a list of them.
func (r *filterReader) oneOf(typ string, raw json.RawMessage) ([]store.Stretch, error) {
	list := []json.RawMessage{raw}
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '[' {
		if json.Unmarshal(raw, &list) != nil || len(list) == 0 || len(list) > maxOneOf {
			return nil, chat.Refuse(chat.BadField, "This is a value, or a list of 1 to %d.", maxOneOf)
		}
	}
	var all []store.Stretch
	for _, one := range list {
		from, last, err := r.value(typ, one)
		if err != nil {
			return nil, err
		}
		all = append(all, store.Stretch{From: from + endOfValue, To: last + afterValue})
	}
	return all, nil
}

// between reads two ends, which belong to it.
func (r *filterReader) between(typ string, raw json.RawMessage) ([]store.Stretch, error) {
	var ends []json.RawMessage
	if json.Unmarshal(raw, &ends) != nil || len(ends) != 2 {
		return nil, chat.Refuse(chat.BadField, "This is a list of two values.")
	}
	from, _, err := r.value(typ, ends[0])
	if err != nil {
		return nil, err
	}
	_, to, err := r.value(typ, ends[1])
	if err != nil {
		return nil, err
	}
	if to < from {
		return nil, chat.Refuse(chat.BadField, "The first of the two is the smaller one.")
	}
	return []store.Stretch{{From: from, To: to + afterValue}}, nil
}

// holds tells whether a contact, by its columns, is one of those looked for.
func (f *filter) holds(id chat.ContactID, columns map[string]string) bool {
	switch {
	case len(f.any) > 0:
		return slices.ContainsFunc(f.any, func(part filter) bool { return part.holds(id, columns) })
	case f.group:
		return !slices.ContainsFunc(f.all, func(part filter) bool { return !part.holds(id, columns) })
	}
	value, known := columns[f.test.column]
	member := store.Member(value, id)
	within := known && slices.ContainsFunc(f.test.stretches, func(s store.Stretch) bool {
		return member >= s.From && (s.To == "" || member < s.To)
	})
	return f.test.not != (within && f.test.within(value))
}

// within tells whether a value of the stretches is one that is looked for. What follows the beginning of a long text is no text.
func (c *condition) within(value string) bool {
	text, _, _ := strings.Cut(value, afterValue)
	return strings.Contains(text, c.contains)
}
