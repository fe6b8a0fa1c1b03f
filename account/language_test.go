package account

import (
	"encoding/json"
	"testing"
)

func TestTheWidgetSpeaksTheAccountsLanguageElseTheBrowsersElseEnglish(t *testing.T) {
	for _, c := range []struct{ widget, browser, want string }{
		{"", "de-CH", "de"}, {"", "pt_BR", "pt"}, {"", "FR", "fr"}, {"", "nb-NO", "en"}, {"", "", "en"},
		{`{"title":"Hi"}`, "it", "it"}, {`{"language":"ru"}`, "de-CH", "ru"},
	} {
		a := &Account{Widget: json.RawMessage(c.widget)}
		if got := a.LanguageOf(c.browser); got != c.want {
			t.Errorf("%s in a browser of %q: %q, want %q", c.widget, c.browser, got, c.want)
		}
	}
}
