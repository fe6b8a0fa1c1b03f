package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes one line of at most runes characters from what a stranger said of himself: valid UTF-8, without
// control characters, without white space around it.
func Clean(text string, runes int) string {
	text = strings.ToValidUTF8(text[:min(len(text), runes*2*utf8.UTFMax)], "")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	for at := range text {
		if runes == 0 {
			return strings.TrimSpace(text[:at])
		}
		runes--
	}
	return text
}
