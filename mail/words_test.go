package mail

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"confab/account"
	"confab/wire"
)

var place = regexp.MustCompile(`\{[^}]*\}`)

// every calls with each text of a language, by its name.
func every(w *words, call func(name, text string)) {
	v := reflect.ValueOf(w).Elem()
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			call(f.Name, v.Field(i).String())
		}
	}
}

func TestEveryLanguageHasEveryTextWithItsPlaces(t *testing.T) {
	english, others := map[string]string{}, map[string]string{}
	every(languages["en"], func(name, text string) { english[name] = text })
	for _, lang := range account.Languages() {
		w := languages[lang]
		every(w, func(name, text string) {
			if strings.TrimSpace(text) == "" || text != strings.TrimSpace(text) {
				t.Errorf("%s: %s is %q", lang, name, text)
			}
			got, want := place.FindAllString(text, -1), place.FindAllString(english[name], -1)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has %q, want %q", lang, name, got, want)
			}
			if rest := place.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
				t.Errorf("%s: %s has a place that is none: %q", lang, name, text)
			}
			if lang != "en" && strings.Count(text, " ") > 3 && text == english[name] && name != "At" {
				t.Errorf("%s: %s is English", lang, name)
			}
			if strings.Count(text, " ") > 3 && name != "At" {
				if others[text] != "" {
					t.Errorf("%s: %s is as in %s", lang, name, others[text])
				}
				others[text] = lang + ": " + name
			}
		})
		at := time.Date(2026, 5, 4, 9, 7, 0, 0, time.UTC)
		if back, err := time.Parse(w.At, w.at(at)); err != nil || !back.Equal(at) {
			t.Errorf("%s: a time is %q: %v", lang, w.at(at), err)
		}
	}
	files, err := catalogues.ReadDir("text")
	if err != nil || len(files) != len(account.Languages()) {
		t.Errorf("%v, %d catalogues of %d languages", err, len(files), len(account.Languages()))
	}
}

func TestSizesAreSaidInTheLanguage(t *testing.T) {
	for _, c := range []struct {
		lang  string
		bytes int64
		want  string
	}{
		{"en", 0, "0 bytes"}, {"en", 1023, "1023 bytes"}, {"en", 1024, "1 KB"}, {"en", 1<<20 - 1, "1023 KB"}, {"en", 3 << 19, "1.5 MB"},
		{"de", 3 << 19, "1,5 MB"}, {"fr", 3 << 19, "1,5 Mo"}, {"fr", 2048, "2 Ko"}, {"ru", 12, "12 байт"},
	} {
		if got := languages[c.lang].size(c.bytes); got != c.want {
			t.Errorf("%s, %d: %q, want %q", c.lang, c.bytes, got, c.want)
		}
	}
}

func TestANameIsNotReadAsAPlace(t *testing.T) {
	if got := with("Mail of {account}", "{visitor} {account}"); got != "Mail of {visitor} {account}" {
		t.Error(got)
	}
}

func TestMailSpeaksThePersonsLanguageElseAsTheWidgetDoes(t *testing.T) {
	russian := account.AccountSpec{Widget: raw(`{"language":"ru"}`)}
	for why, c := range map[string]struct {
		browser    string
		attributes string
		account    account.AccountSpec
		want       string
	}{
		"his browser's":                {"nl-BE", `{}`, account.AccountSpec{}, "nl"},
		"one that nobody speaks here":  {"nb-NO", `{}`, account.AccountSpec{}, "en"},
		"the account's":                {"nl-BE", `{}`, russian, "ru"},
		"his own before all":           {"nl-BE", `{"language":"pt_BR"}`, russian, "pt"},
		"a locale":                     {"nl-BE", `{"locale":"it-CH"}`, russian, "it"},
		"a language before a locale":   {"nl-BE", `{"language":"fr","locale":"it"}`, russian, "fr"},
		"his own that is none of ours": {"nl-BE", `{"language":"tlh","locale":"DE"}`, russian, "de"},
		"an attribute that is no text": {"nl-BE", `{"language":5}`, account.AccountSpec{}, "nl"},
	} {
		w := newWorld(t)
		if c.account.Widget != nil {
			w.bring(c.account)
		}
		proof := verified("7", "kim@example.org")
		opened := w.guest("kim", proof)
		proof.Token = opened.Token
		if _, err := w.People.Open(t.Context(), w.Account(), proof, wire.Device{Language: c.browser}, "", "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		w.patch("kim", `{"attributes":`+c.attributes+`}`)
		w.answers("kim", "Hello")
		w.send(w.later("kim"))
		got, want := w.smtp.one(), languages[c.want]
		if got.subject() != with(want.Conversation, "The acme company") || !strings.Contains(got.text, want.NoReplies) || !strings.Contains(got.html, `<html lang="`+c.want+`"`) {
			t.Errorf("%s: %s\n%s", why, got.subject(), got.text)
		}
		page := w.follow(http.MethodPost, linkIn(t, got), "do=off")
		if body := page.Body.String(); !strings.Contains(body, want.LeftTitle) || !strings.Contains(body, want.Again) || !strings.Contains(body, `<html lang="`+c.want+`"`) || !strings.Contains(body, "?l="+c.want+"&amp;t=") {
			t.Errorf("%s: the page is not in the language of the mail:\n%s", why, body)
		}
	}
}

func TestALinkWithoutALanguageOrWithOneThatIsNoneSpeaksEnglish(t *testing.T) {
	w := newWorld(t)
	link := linkIn(t, w.mailed("kim"))
	for _, address := range []string{strings.Replace(link, "l=en&", "", 1), strings.Replace(link, "l=en", "l=%3Cb%3E", 1)} {
		if r := w.follow(http.MethodGet, address, ""); status(r) != http.StatusOK || !strings.Contains(r.Body.String(), "Unsubscribe?") {
			t.Errorf("%s: %d\n%s", address, status(r), r.Body)
		}
	}
}

func raw(text string) *json.RawMessage {
	r := json.RawMessage(text)
	return &r
}
