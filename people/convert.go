package people

import (
	"math"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"confab/chat"
)

const (
	nameRule      = "An attribute's name is letters, digits and '_', the first a letter."
	maxExactWhole = 1 << 53   // beyond it whole numbers are not kept apart
	typeFlag      = "boolean" // of built-in attributes only
)

// typeOf is the type of an attribute that begins with the value.
func typeOf(name string, value any) string {
	if dateName.MatchString(name) {
		return TypeDate
	}
	switch value.(type) {
	case bool, float64:
		return TypeNumber
	}
	return TypeText
}

// convert makes a value the type's if that loses nothing; nil stays nil. Errors: chat.BadField, chat.TooLong.
func convert(typ string, value any) (any, error) {
	if flag, ok := value.(bool); ok && typ != typeFlag {
		value = 0.0
		if flag {
			value = 1.0
		}
	}
	if number, ok := value.(float64); ok && (math.IsInf(number, 0) || math.IsNaN(number)) {
		return nil, chat.Refuse(chat.BadField, "This is no finite number.")
	}
	if text, ok := value.(string); ok && utf8.RuneCountInString(text) > maxAttributeValue {
		return nil, chat.Refuse(chat.TooLong, "An attribute has at most %d characters.", maxAttributeValue)
	}
	if value == nil {
		return nil, nil
	}
	switch typ {
	case TypeText:
		return toText(value)
	case TypeNumber:
		return toNumber(value)
	case TypeDate:
		return toDate(value)
	case typeFlag:
		return toFlag(value)
	}
	return nil, chat.Refuse(chat.BadField, "This is text, a number, a date, or null to erase it.")
}

func toText(value any) (any, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return nil, chat.Refuse(chat.BadField, "This attribute is text.")
}

var numberText = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

func toNumber(value any) (any, error) {
	switch v := value.(type) {
	case float64:
		return v, nil
	case string:
		number, err := strconv.ParseFloat(v, 64)
		if err == nil && numberText.MatchString(v) && math.Abs(number) < maxExactWhole {
			return number, nil
		}
	}
	return nil, chat.Refuse(chat.BadField, "This attribute is a number.")
}

func toDate(value any) (any, error) {
	if text, ok := value.(string); ok {
		if _, ok := moment(text); ok {
			return text, nil
		}
	}
	return nil, chat.Refuse(chat.BadField, "This attribute is a date as ISO 8601 text: a day, or a moment with its offset.")
}

func toFlag(value any) (any, error) {
	switch value {
	case true, 1.0:
		return true, nil
	case false, 0.0:
		return false, nil
	}
	return nil, chat.Refuse(chat.BadField, "This attribute is true or false.")
}

// moment reads a day, which begins at midnight UTC, or a moment of ISO 8601. One without an offset is taken as UTC.
func moment(text string) (chat.Millis, bool) {
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, text); err == nil { // fractions of seconds are taken too
			return chat.At(at), true
		}
	}
	return 0, false
}
