package people

import (
	"encoding/json"
	"maps"
	"strings"
	"time"

	"confab/chat"
	"confab/wire"
)

// facts is what is known of a person, layer by layer: of a contact, or as one browser said it.
type facts struct {
	Name        string             `json:"name,omitempty"`
	Email       string             `json:"email,omitempty"`
	Phone       string             `json:"phone,omitempty"`
	Description string             `json:"description,omitempty"`
	Form        map[string]string  `json:"form,omitempty"`
	Integration map[string]any     `json:"integration,omitempty"`
	Panel       []PanelField       `json:"panel,omitempty"`
	Attributes  map[string]any     `json:"attributes,omitempty"`
	Site        string             `json:"site,omitempty"`   // what the site calls him; for webhooks
	Fields      map[string]string  `json:"fields,omitempty"` // by who knows the token that names him
	Holder      *holder            `json:"holder,omitempty"` // nil unless a token names him
	Consents    map[string]Consent `json:"consents,omitempty"`
	Events      map[string]Tally   `json:"events,omitempty"` // by name
	Recent      []string           `json:"recent,omitempty"` // ids of the events counted last, newest last
}

// PanelField is a line that the page shows in the agents' panel. All but Content may be empty.
type PanelField struct {
	Title   string `json:"title,omitempty"`
	Content string `json:"content,omitempty"`
	Link    string `json:"link,omitempty"`
	Key     string `json:"key,omitempty"`
}

// layerFields is said of a visitor by whoever knows the token that names him; never by a page.
const layerFields = "fields"

// Consent is an answer to a question of the site.
type Consent struct {
	Value bool        `json:"value"`
	At    chat.Millis `json:"at"`
}

// Tally counts an event.
type Tally struct {
	Count int64       `json:"count"`
	First chat.Millis `json:"first"`
	Last  chat.Millis `json:"last"`
}

// parseFacts reads what encode wrote; "" is nothing.
func parseFacts(said string) (f facts, err error) {
	if said != "" {
		err = json.Unmarshal([]byte(said), &f)
	}
	return f, err
}

// encode is the facts as they are kept, "" for nothing.
func (f *facts) encode() string {
	if text := string(wire.Encode(f)); text != "{}" {
		return text
	}
	return ""
}

// basic are the texts of the layer basic, by name.
func (f *facts) basic() map[string]*string {
	return map[string]*string{"name": &f.Name, "email": &f.Email, "phone": &f.Phone, "description": &f.Description}
}

// shown is the one value of a name of the layer basic that people are shown: of several layers that know it, the first.
func (f *facts) shown(name string) string {
	if own := *f.basic()[name]; own != "" {
		return own
	}
	if f.Form[name] != "" {
		return f.Form[name]
	}
	for _, layer := range []map[string]any{f.Attributes, f.Integration} {
		if text, _ := layer[name].(string); text != "" {
			return text
		}
	}
	return f.Fields[name]
}

// fill takes over what f does not know itself, and tells from which paths ("basic.name") that is.
func (f *facts) fill(from facts) (filled []string) {
	for name, into := range f.basic() {
		if value := *from.basic()[name]; *into == "" && value != "" {
			*into = value
			filled = append(filled, wire.LayerBasic+"."+name)
		}
	}
	filled = append(filled, fillMap(&f.Form, from.Form, wire.LayerForm)...)
	filled = append(filled, fillMap(&f.Integration, from.Integration, wire.LayerIntegration)...)
	filled = append(filled, fillMap(&f.Attributes, from.Attributes, wire.LayerAttributes)...)
	filled = append(filled, fillMap(&f.Fields, from.Fields, layerFields)...)
	if len(f.Panel) == 0 && len(from.Panel) > 0 {
		f.Panel = from.Panel
		filled = append(filled, wire.LayerPanel)
	}
	f.Site = or(f.Site, from.Site)
	fillMap(&f.Consents, from.Consents, "")
	return filled
}

// fillMap adds what is missing, up to as much as a layer may have.
func fillMap[V any](into *map[string]V, from map[string]V, layer string) (filled []string) {
	for name, value := range from {
		if _, known := (*into)[name]; known || len(*into) >= maxAttributes {
			continue
		}
		put(into, name, value)
		filled = append(filled, layer+"."+name)
	}
	return filled
}

func put[V any](into *map[string]V, name string, value V) {
	if *into == nil {
		*into = map[string]V{}
	}
	(*into)[name] = value
}

// count adds the events of somebody who turned out to be the same person.
func (f *facts) count(from facts) {
	for name, t := range from.Events {
		mine, known := f.Events[name]
		if known {
			t = Tally{mine.Count + t.Count, min(mine.First, t.First), max(mine.Last, t.Last)}
		}
		if known || len(f.Events) < maxEventNames {
			put(&f.Events, name, t)
		}
	}
}

// Ends of the names of generated attributes. With the space they can be nobody's attribute that follows the rule of names.
const (
	endCount = " count"
	endFirst = " first"
	endLast  = " last"
)

func generatedName(name string) bool {
	return strings.HasSuffix(name, endCount) || strings.HasSuffix(name, endFirst) || strings.HasSuffix(name, endLast)
}

// attributes are all of them, those made of events among them.
func (f *facts) attributes() map[string]any {
	all := make(map[string]any, len(f.Attributes)+3*len(f.Events))
	maps.Copy(all, f.Attributes)
	for name, t := range f.Events {
		all[name+endCount], all[name+endFirst], all[name+endLast] = t.Count, isoDate(t.First), isoDate(t.Last)
	}
	return all
}

func isoDate(at chat.Millis) string {
	return time.UnixMilli(int64(at)).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// layers are the facts as agents see them, in maps that may be empty and are never nil.
func (f *facts) layers() Layers {
	l := Layers{Basic: map[string]string{}, Form: f.Form, Integration: f.Integration, Panel: f.Panel, Attributes: f.Attributes, Fields: f.Fields}
	for name, text := range f.basic() {
		if *text != "" {
			l.Basic[name] = *text
		}
	}
	if l.Form == nil {
		l.Form = map[string]string{}
	}
	if l.Integration == nil {
		l.Integration = map[string]any{}
	}
	if l.Panel == nil {
		l.Panel = []PanelField{}
	}
	if l.Attributes == nil {
		l.Attributes = map[string]any{}
	}
	if l.Fields == nil {
		l.Fields = map[string]string{}
	}
	return l
}

// paths name all that the layers hold.
func (l *Layers) paths() []string {
	var paths []string
	paths = append(paths, pathsOf(wire.LayerBasic, l.Basic)...)
	paths = append(paths, pathsOf(wire.LayerForm, l.Form)...)
	paths = append(paths, pathsOf(wire.LayerIntegration, l.Integration)...)
	paths = append(paths, pathsOf(wire.LayerAttributes, l.Attributes)...)
	paths = append(paths, pathsOf(layerFields, l.Fields)...)
	if len(l.Panel) > 0 {
		paths = append(paths, wire.LayerPanel)
	}
	return paths
}

func pathsOf[V any](layer string, names map[string]V) []string {
	paths := make([]string, 0, len(names))
	for name := range names {
		paths = append(paths, layer+"."+name)
	}
	return paths
}
