package people

import (
	"context"
	"net/url"
	"strings"
	"unicode/utf8"

	"confab/chat"
	"confab/wire"
)

// Note is what the team's own systems know of a visitor.
type Note struct {
	Basic map[string]string // name, email, phone; what is not named, or empty, stays
	// Panel are lines for the agents' panel, in place of those that were noted before; nil: those stay.
	Panel []PanelField
}

// Note writes down what the team's own systems know of a visitor. It is the team's word, and stands apart from what pages
// say: these cannot change it. Texts are cut to their limits, and links that are no web addresses left out.
// Errors: chat.NotFound; chat.TooLong if the lines are more than is kept of one person.
func (p *People) Note(ctx context.Context, a chat.AccountID, visitor chat.VisitorID, n Note) error {
	panel := notedPanel(n.Panel)
	if len(wire.Encode(panel)) > maxFactsBytes {
		return &chat.Refusal{Code: chat.TooLong, Message: "This is more than is kept of one person."}
	}
	var e edit
	for name, into := range map[string]*optional{"name": &e.Name, "email": &e.Email, "phone": &e.Phone} {
		text := CleanBasic(name, n.Basic[name])
		*into = optional{set: text != "", text: text}
	}
	was, err := p.person(ctx, a, chat.ContactID(visitor))
	if err != nil {
		return err
	}
	if err := p.settle(ctx, a, was); err != nil {
		return err
	}
	before := ""
	d, err := p.change(ctx, a, was.ID, func(d *document) error {
		before = d.text()
		if panel != nil {
			d.Noted = panel
		}
		return e.apply(d)
	})
	if err != nil || d.text() == before {
		return err
	}
	return p.spread(ctx, a, d, e.spread(d))
}

// CleanBasic is what Note makes of a text of the layer basic.
func CleanBasic(name, text string) string { return chat.Clean(text, basicRunes[name]) }

// notedPanel is a list as it is kept; nil stays nil.
func notedPanel(fields []PanelField) []PanelField {
	if fields == nil {
		return nil
	}
	kept := []PanelField{}
	for _, f := range fields[:min(len(fields), maxPanelFields)] {
		f = PanelField{Title: cut(f.Title), Content: cut(f.Content), Link: webAddress(f.Link), Key: cut(f.Key)}
		if f != (PanelField{}) {
			kept = append(kept, f)
		}
	}
	return kept
}

// cut makes a text one that is kept; its lines stay.
func cut(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
	if utf8.RuneCountInString(text) <= maxAttributeValue {
		return text
	}
	return string([]rune(text)[:maxAttributeValue])
}

func webAddress(link string) string {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(link) > maxAttributeValue {
		return ""
	}
	return u.String()
}
