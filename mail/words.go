package mail

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"confab/account"
)

//go:embed text/*.json
var catalogues embed.FS

// words are all that mails and their pages say in one language. Of {account} and {visitor} stand the names in it, of {n} a number.
type words struct {
	lang string

	At        string // a time, as package time lays it out
	Decimal   string // between a number's whole part and the rest
	SizeBytes string
	SizeKB    string
	SizeMB    string

	You             string // who is written to
	Visitor         string // one without a name
	Earlier         string
	UnsubscribeLink string
	Unsubscribe     string
	Conversation    string
	AnswerHere      string
	NoReplies       string
	Why             string

	Yours          string
	ConfirmPreview string
	ConfirmWho     string
	ConfirmHow     string
	Confirm        string
	ConfirmElse    string

	LogSubject      string
	FactName        string
	FactEmail       string
	FactPhone       string
	FactDescription string
	FactPage        string
	LogFoot         string

	GoneTitle, GoneText           string // another address
	LeaveTitle, LeaveText         string // before unsubscribing
	BackTitle, BackText           string // subscribed again
	LeftTitle, LeftText           string // unsubscribed
	Again                         string
	NothingTitle, NothingText     string
	ConfirmText                   string
	ConfirmedTitle, ConfirmedText string
	BrokenTitle, BrokenText       string
	FailedTitle, FailedText       string
}

var languages = mustRead()

// mustRead panics if a catalogue is not whole: they are compiled in, and a test reads them all.
func mustRead() map[string]*words {
	all := map[string]*words{}
	for _, lang := range account.Languages() {
		raw, err := catalogues.ReadFile("text/" + lang + ".json")
		if err == nil {
			all[lang] = &words{lang: lang}
			reader := json.NewDecoder(bytes.NewReader(raw))
			reader.DisallowUnknownFields()
			err = reader.Decode(all[lang])
		}
		if err != nil {
			panic(fmt.Sprintf("mail: text/%s.json: %v", lang, err))
		}
	}
	return all
}

// speaking finds a language by its name, "de" or "de-CH"; nil if there is no such catalogue.
func speaking(name string) *words {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(name, "_", "-")), "-")
	return languages[base]
}

// wordsOf are those of the account's own language.
func wordsOf(a *account.Account) *words { return languages[a.LanguageOf("")] }

// Attributes of a contact that say in which language he is written to.
var languageAttributes = []string{"language", "locale"}

// wordsFor are those for a person: in the language that his attributes name, else in that which the widget speaks to his browser.
func wordsFor(a *account.Account, attributes map[string]any, browser string) *words {
	for _, name := range languageAttributes {
		if said, ok := attributes[name].(string); ok {
			if w := speaking(said); w != nil {
				return w
			}
		}
	}
	return languages[a.LanguageOf(browser)]
}

// with fills in a name. What the name holds is not filled in turn.
func with(text, name string) string {
	return strings.NewReplacer("{account}", name, "{visitor}", name).Replace(text)
}

func (w *words) at(t time.Time) string { return t.Format(w.At) }

func (w *words) size(bytes int64) string {
	text, n := w.SizeBytes, strconv.FormatInt(bytes, 10)
	switch {
	case bytes >= 1<<20:
		text, n = w.SizeMB, strings.Replace(fmt.Sprintf("%.1f", float64(bytes)/(1<<20)), ".", w.Decimal, 1)
	case bytes >= 1<<10:
		text, n = w.SizeKB, strconv.FormatInt(bytes>>10, 10)
	}
	return strings.Replace(text, "{n}", n, 1)
}
