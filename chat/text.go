package chat

import (
	"strings"
	"unicode/utf8"
)

// CheckText tells whether text may be a message: UTF-8, no NUL, something to read, at most Limits.TextRunes long.
// It changes nothing: what is kept is what was written.
func CheckText(text string) error {
	switch {
	case !utf8.ValidString(text):
		return &Refusal{BadField, "The text is not UTF-8.", "text"}
	case strings.ContainsRune(text, 0):
		return &Refusal{BadField, "The text holds a NUL character.", "text"}
	case strings.TrimSpace(text) == "":
		return &Refusal{MissingField, "The text is empty.", "text"}
	case utf8.RuneCountInString(text) > Limits.TextRunes:
		return Refuse(TooLong, "The text is longer than %d characters.", Limits.TextRunes).in("text")
	}
	return nil
}

// What a message may offer to pick from.
const (
	MaxChoices  = 10
	ChoiceRunes = 80
)

// CheckChoices tells whether these may be offered: at most MaxChoices, each a line of 1 to ChoiceRunes characters.
func CheckChoices(choices []string) error {
	if len(choices) > MaxChoices {
		return Refuse(TooLong, "A message offers at most %d choices.", MaxChoices).in("choices")
	}
	for _, c := range choices {
		switch {
		case utf8.ValidString(c) && utf8.RuneCountInString(c) > ChoiceRunes:
			return Refuse(TooLong, "A choice is longer than %d characters.", ChoiceRunes).in("choices")
		case c == "" || Clean(c, ChoiceRunes) != c:
			return Refuse(BadField, "A choice is one line of text, without white space around it.").in("choices")
		}
	}
	return nil
}

// CheckRequestID tells whether id may name a request: as a client message id.
func CheckRequestID(id RequestID) error {
	if err := CheckCMID(ClientMessageID(id)); err != nil {
		return Refuse(BadField, "A request's id has 8 to %d letters, digits, '-' or '_'.", Limits.CMIDBytes).in("id")
	}
	return nil
}

// CheckCMID tells whether id may name a message: 8 to Limits.CMIDBytes letters, digits, '-' or '_'.
func CheckCMID(id ClientMessageID) error {
	if len(id) < 8 || len(id) > Limits.CMIDBytes {
		return Refuse(BadField, "A client message id has 8 to %d characters.", Limits.CMIDBytes).in("cmid")
	}
	for i := range len(id) {
		c := id[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return &Refusal{BadField, "A client message id holds only letters, digits, '-' and '_'.", "cmid"}
		}
	}
	return nil
}

func (r *Refusal) in(field string) *Refusal { r.Field = field; return r }
