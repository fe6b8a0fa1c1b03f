package presence

import (
	"encoding/json"

	"confab/chat"
)

const maxDeviceRunes = 64

// shown is a page as it is kept.
type shown struct {
	chat.Page
	encoded string // Page as JSON, "" if there is none
	utm     string // the marks of a campaign as JSON, "" if it has none
}

// shownOf returns a page as it is kept. False if there is none.
func shownOf(v chat.PageView) (shown, bool) {
	page := v.Page()
	if page == nil {
		return shown{}, false
	}
	return shown{*page, encode(page), encodeUTM(v.UTM())}, true
}

// encodeUTM is the marks as they are kept, "" for none.
func encodeUTM(m chat.UTM) string {
	if m == (chat.UTM{}) {
		return ""
	}
	return encode(m)
}

func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("presence: " + err.Error()) // plain texts
	}
	return string(data)
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
