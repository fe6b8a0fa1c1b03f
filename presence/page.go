package presence

import (
	"encoding/json"
	"net/url"
	"strings"

	"confab/chat"
)

const maxDeviceRunes = 64

// cleaned is a page as it is kept.
type cleaned struct {
	chat.Page
	encoded string // Page as JSON, "" if there is none
	utm     string // the marks of a campaign as JSON, "" if it has none
}

// cleanPage cuts a page to its limits. False if it has no address that is kept.
func cleanPage(page *chat.Page) (cleaned, bool) {
	if page == nil {
		return cleaned{}, false
	}
	c := chat.Page{
		URL:      cleanURL(page.URL),
		Title:    chat.Clean(page.Title, chat.Limits.PageTitleRunes),
		Referrer: cleanURL(page.Referrer),
	}
	if c.URL == "" {
		return cleaned{}, false
	}
	encoded, err := json.Marshal(c)
	return cleaned{c, string(encoded), utmOf(page.URL).encode()}, err == nil
}

// cleanURL returns an address of the web without credentials and without its fragment, unless that is a route of the
// page's own (isRoute), cut to its limit; "" for anything else.
func cleanURL(text string) string {
	if len(text) > 16*chat.Limits.PageURLBytes {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	u.User = nil
	if !isRoute(u.Fragment) {
		u.Fragment, u.RawFragment = "", ""
	}
	return cutURL(u.String(), chat.Limits.PageURLBytes)
}

// isRoute tells whether a fragment names a page of a site that keeps its routes there, as "#/cart" and "#!/cart" do.
// Others are places within a page, or what a log-in leaves for scripts alone.
func isRoute(fragment string) bool { return strings.HasPrefix(strings.TrimPrefix(fragment, "!"), "/") }

// cutURL cuts before a character, never within one or within its escape.
func cutURL(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = strings.ToValidUTF8(text[:most], "")
	if i := strings.LastIndexByte(text, '%'); i >= 0 && i > len(text)-3 {
		text = text[:i]
	}
	return text
}

// kept is what is kept of what a connection said of its visitor.
type kept struct {
	Name   string        `json:"name,omitempty"`
	Email  string        `json:"email,omitempty"`
	Level  string        `json:"level,omitempty"`
	Thread chat.ThreadID `json:"thread,omitempty"`
	Device Device        `json:"device"`
}

func (v *VisitorInfo) kept() kept {
	short := func(s string) string { return chat.Clean(s, maxDeviceRunes) }
	d := v.Device
	return kept{
		Name: chat.Clean(v.Name, chat.Limits.NameRunes), Email: chat.Clean(v.Email, chat.Limits.NameRunes),
		Level: v.Level, Thread: v.Thread,
		Device: Device{short(d.Language), short(d.Timezone), short(d.Screen), short(d.Browser), short(d.OS)},
	}
}
