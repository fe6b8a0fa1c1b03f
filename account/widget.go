package account

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"confab/chat"
)

// WidgetOf returns the settings of the widget as they hold in a channel, whose words outrank the account's field by
// field: a JSON object, with what neither says left out. The zero Channel stands for none.
func (a *Account) WidgetOf(c Channel) json.RawMessage {
	var all, own map[string]any
	for _, one := range []struct {
		raw  json.RawMessage
		into *map[string]any
	}{{a.Widget, &all}, {c.Widget, &own}} {
		if len(one.raw) > 0 && json.Unmarshal(one.raw, one.into) != nil {
			*one.into = nil // checked before it was kept
		}
	}
	return encode(overlay(all, own))
}

// overlay lays b over a: objects field by field, everything else as a whole.
func overlay(a, b map[string]any) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	for name, value := range a {
		out[name] = value
	}
	for name, value := range b {
		under, deep := out[name].(map[string]any)
		if over, object := value.(map[string]any); deep && object {
			value = overlay(under, over)
		}
		out[name] = value
	}
	return out
}

// CallsIn tells whether visitors may ask to be called in a channel; the zero Channel stands for any of the account.
func (a *Account) CallsIn(c Channel) bool {
	if c.WidgetID != "" {
		return c.Calls != CallsOff
	}
	return slices.ContainsFunc(a.Channels, func(c Channel) bool { return c.Calls != CallsOff })
}

// widget reads the settings of a widget.
func (f *file) widget(p place) *json.RawMessage {
	value := widgetSchema.read(f, p)
	if f.err != nil {
		return nil
	}
	return ptr(json.RawMessage(encode(value)))
}

// widget checks settings that came otherwise than in a file. JSON is YAML.
func (c *checks) widget(field string, raw *json.RawMessage) {
	if c.err != nil || raw == nil {
		return
	}
	root, err := parseYAML(*raw)
	f := &file{budget: maxBootstrapNodes, seen: map[string]int{}, err: err}
	if root != nil && err == nil {
		widgetSchema.read(f, place{key: field, node: root})
	}
	if f.err != nil {
		c.err = &chat.Refusal{Code: chat.BadField, Message: f.err.Error() + ".", Field: field}
	}
}

// schema reads one value of the file into what encoding/json writes.
type schema interface{ read(*file, place) any }

type (
	textOf   struct{ rule }
	numberOf struct{ from, to int64 }
	yesOrNo  struct{}
	listOf   struct {
		of   schema
		most int
	}
	// object has fields of which some must be there.
	object struct {
		fields map[string]schema
		must   []string
	}
	// dictionary has names that follow a rule.
	dictionary struct {
		names rule
		of    schema
		most  int
	}
	// variant is an object whose other fields depend on its type.
	variant map[string]schema
	// comparison has something to compare with.
	comparison struct {
		object
		with string // what there is
	}
	// scalar is text, a number, true or false.
	scalar struct{}
)

func (t textOf) read(f *file, p place) any { return f.text(p, t.rule) }

func (n numberOf) read(f *file, p place) any {
	if v := f.number(p, n.from, n.to); v != nil {
		return *v
	}
	return nil
}

func (yesOrNo) read(f *file, p place) any { return *f.yes(p) }

// read keeps true and false as such, and whatever else as the text that it is compared by.
func (scalar) read(f *file, p place) any {
	value := f.text(p, textRule(500))
	if p.node.Tag == "!!bool" {
		return value == "true"
	}
	return value
}

func (l listOf) read(f *file, p place) any {
	all := []any{}
	f.each(p, func(p place) { all = append(all, l.of.read(f, p)) })
	if len(all) > l.most {
		f.fail(p, "%d are too many; allowed: at most %d", len(all), l.most)
	}
	return all
}

func (o object) read(f *file, p place) any {
	out, names := map[string]any{}, make([]string, 0, len(o.fields))
	readers := make(map[string]func(place), len(o.fields))
	for name, field := range o.fields {
		names = append(names, name)
		readers[name] = func(p place) { out[name] = field.read(f, p) }
	}
	slices.Sort(names)
	f.need(p, f.keys(p, strings.Join(names, ", "), readers), o.must...)
	return out
}

func (d dictionary) read(f *file, p place) any {
	p, ok := f.resolve(p)
	if !ok {
		return nil
	}
	readers, out := map[string]func(place){}, map[string]any{}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		if name := p.node.Content[i].Value; d.names.ok(name) {
			readers[name] = func(p place) { out[name] = d.of.read(f, p) }
		}
	}
	f.keys(p, d.names.allowed, readers)
	if len(out) > d.most {
		f.fail(p, "%d are too many; allowed: at most %d", len(out), d.most)
	}
	return out
}

func (v variant) read(f *file, p place) any {
	resolved, ok := f.resolve(p)
	if !ok {
		return nil
	}
	kind, at := "", resolved
	for i := 0; i+1 < len(resolved.node.Content); i += 2 {
		if resolved.node.Content[i].Value == "type" {
			kind, at = resolved.node.Content[i+1].Value, place{join(p.key, "type"), resolved.node.Content[i+1]}
		}
	}
	chosen, known := v[kind]
	if !known {
		kinds := make([]string, 0, len(v))
		for name := range v {
			kinds = append(kinds, name)
		}
		slices.Sort(kinds)
		f.fail(at, "the type is %s; allowed: %s", shown(kind, rule{}), strings.Join(kinds, ", "))
		return nil
	}
	return chosen.read(f, p)
}

func (c comparison) read(f *file, p place) any {
	value := c.object.read(f, p)
	if len(value.(map[string]any)) <= len(c.must) {
		f.fail(p, "nothing to compare with; allowed: %s", c.with)
	}
	return value
}

func textRule(most int) rule {
	return rule{allowed: fmt.Sprintf("1 to %d characters", most), ok: func(s string) bool {
		return strings.TrimSpace(s) != "" && utf8.ValidString(s) && !strings.ContainsRune(s, 0) && utf8.RuneCountInString(s) <= most
	}}
}

func matching(allowed, pattern string) rule {
	return rule{allowed: allowed, ok: regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString}
}

func text(most int) schema { return textOf{textRule(most)} }

func choice(values ...string) schema { return textOf{oneOf(values...)} }

func objectOf(fields map[string]schema, must ...string) object { return object{fields, must} }

// Words and bounds of the widget's settings, as widget/src/config.ts describes them.
const (
	maxWord     = 120
	maxSentence = 1000
)

var (
	colour    = textOf{matching("a colour such as #fff or #ffffff", "#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}")}
	languages = []string{"en", "de", "fr", "es", "nl", "pt", "it", "ru"}
	pattern   = text(500)

	fieldSchema = objectOf(map[string]schema{
		"name":     textOf{matching("1 to 64 letters, digits, spaces, '_' and '-', the first a letter", `[\p{L}][\p{L}\p{N} _-]{0,63}`)},
		"label":    text(maxWord),
		"type":     choice("text", "email", "phone", "textarea", "select", "checkbox"),
		"required": yesOrNo{},
		"options":  listOf{text(maxWord), 50},
	}, "name")
	fieldsSchema = listOf{fieldSchema, 20}

	botSchema = objectOf(map[string]schema{
		"text":    text(maxSentence),
		"options": listOf{objectOf(map[string]schema{"text": text(maxWord), "answer": text(maxSentence)}, "text"), 20},
	}, "text", "options")

	counted   = objectOf(map[string]schema{"type": text(32), "atLeast": numberOf{0, maxNo}}, "type", "atLeast")
	compared  = comparison{objectOf(map[string]schema{"type": text(32), "is": pattern, "contains": pattern, "matches": pattern}, "type"), "is, contains, matches"}
	date      = textOf{matching("a date such as 2026-05-01 or 2026-05-01T10:00:00Z", `\d{4}-\d\d-\d\d([T ][0-9:.]+(Z|[+-]\d\d:\d\d)?)?`)}
	attribute = comparison{objectOf(map[string]schema{
		"type": text(32), "name": text(maxWord), "is": scalar{}, "isNot": scalar{}, "contains": pattern,
		"atLeast": numberOf{-maxNo, maxNo}, "below": numberOf{-maxNo, maxNo}, "after": date, "before": date, "known": yesOrNo{},
	}, "type", "name"), "is, isNot, contains, atLeast, below, after, before, known"}
	conditionKind = variant{
		"seconds_on_page": counted, "seconds_on_site": counted, "pages_viewed": counted, "visits": counted,
		"url": compared, "title": compared, "referrer": compared,
		"attribute": attribute,
		"scrolled":  objectOf(map[string]schema{"type": text(32), "percent": numberOf{1, 100}}, "type", "percent"),
		"leaving":   objectOf(map[string]schema{"type": text(32)}, "type"),
	}
	ruleSchema = objectOf(map[string]schema{
		"id":         textOf{idRule()},
		"when":       choice("online", "offline", "any"),
		"conditions": listOf{conditionKind, 20},
		"invite":     objectOf(map[string]schema{"text": text(maxSentence), "group": textOf{idRule()}}, "text"),
		"once":       choice("page", "visit", "ever"),
	}, "id", "conditions", "invite")

	widgetSchema = objectOf(map[string]schema{
		"title":     text(maxWord),
		"greeting":  text(maxSentence),
		"replyTime": text(maxWord),
		"language":  choice(languages...),
		"strings": dictionary{oneOf(append([]string{"all"}, languages...)...),
			dictionary{matching("names of 1 to 64 letters, digits, '_' and '.'", `[A-Za-z][A-Za-z0-9_.]{0,63}`), text(maxSentence), 300}, 9},
		"theme": choice("auto", "light", "dark"),
		"button": objectOf(map[string]schema{
			"style": choice("round", "tab", "text"), "place": choice("bl", "bc", "br", "lt", "lm", "lb", "rt", "rm", "rb"),
			"size": numberOf{32, 120}, "text": text(maxWord), "hideWhenAway": yesOrNo{},
		}),
		"size": objectOf(map[string]schema{"width": numberOf{280, 1000}, "height": numberOf{320, 2000}}),
		"colors": objectOf(map[string]schema{
			"buttonBg": colour, "buttonText": colour, "clientBubbleBg": colour, "agentBubbleBg": colour,
		}),
		"zIndex":  numberOf{1, maxNo},
		"devices": choice("all", "mobile", "desktop"),
		"sound":   yesOrNo{},
		"form": objectOf(map[string]schema{
			"when": choice("after", "before", "never"), "text": text(maxSentence), "fields": fieldsSchema,
		}),
		"offline": objectOf(map[string]schema{"text": text(maxSentence), "fields": fieldsSchema}),
		"consent": objectOf(map[string]schema{"text": text(maxSentence), "link": textOf{urlRule()}}, "text"),
		"rating":  choice("score", "thumbs", "off"),
		"queue":   yesOrNo{},
		"files":   yesOrNo{},
		"bot":     objectOf(map[string]schema{"online": botSchema, "offline": botSchema}),
		"rules":   listOf{uniqueRule{}, 100},
	})
)

// uniqueRule is a rule whose id stands once in its list.
type uniqueRule struct{}

func (uniqueRule) read(f *file, p place) any {
	value := ruleSchema.read(f, p)
	if rule, ok := value.(map[string]any); ok && f.err == nil {
		id, _ := rule["id"].(string)
		list, _, _ := cutLast(p.key, "[")
		f.onceShown(p, "a rule's id", id, strconv.Quote(id), list)
	}
	return value
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
