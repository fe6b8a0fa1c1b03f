package account

import (
	"encoding/json"
	"slices"
	"strings"
)

// Languages are those that people are spoken to in, English first.
func Languages() []string { return slices.Clone(languages) }

// LanguageOf is the language in which the widget speaks to a browser of the given language ("en-US"): the account's choice, else
// the browser's if the widget has it, else English. What the page is written in, and what it or the visitor chose instead, is
// known to the page only.
func (a *Account) LanguageOf(browser string) string {
	var look struct {
		Language string `json:"language"`
	}
	if len(a.Widget) > 0 && json.Unmarshal(a.Widget, &look) == nil && look.Language != "" {
		return look.Language
	}
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(browser, "_", "-")), "-")
	if slices.Contains(languages, base) {
		return base
	}
	return languages[0]
}
