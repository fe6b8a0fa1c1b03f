package account

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"confab/auth"
)

const (
	maxBootstrapBytes = 4 << 20
	maxBootstrapNodes = 200_000 // counted as read, so that aliases of aliases come to an end
)

// FileError says what is wrong in a bootstrap file, and where. It never shows a secret.
type FileError struct {
	Line    int
	Key     string // such as accounts[0].agents[2].role
	Problem string
}

func (e *FileError) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
	}
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Key, e.Problem)
}

// ParseBootstrap reads a bootstrap file: YAML or JSON, one document. Every key must be known, every value allowed,
// nothing named twice. Errors: *FileError with the first thing that is wrong.
func ParseBootstrap(raw []byte) (Bootstrap, error) {
	if len(raw) > maxBootstrapBytes {
		return Bootstrap{}, &FileError{Line: 1, Problem: "the file is larger than 4 MiB"}
	}
	root, err := parseYAML(raw)
	if err != nil || root == nil {
		return Bootstrap{}, err
	}
	f := &file{budget: maxBootstrapNodes, seen: map[string]int{}}
	return f.bootstrap(place{node: root}), f.err
}

// parseYAML returns nil for an empty file.
func parseYAML(raw []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, syntaxError(err, raw)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, &FileError{Line: max(second.Line, 1), Problem: "a second document begins; one is allowed"}
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return nil, nil
	}
	return doc.Content[0], nil
}

// syntaxError keeps the parser's line and words, but not what it quotes: that might be a password that looks like an
// alias.
func syntaxError(err error, raw []byte) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if n, _ := fmt.Sscanf(text, "line %d:", &line); n == 1 {
		_, text, _ = strings.Cut(text, ": ")
	}
	if before, rest, found := strings.Cut(text, "'"); found {
		name, after, _ := strings.Cut(rest, "'")
		text = before + "***" + after
		if i := bytes.Index(raw, []byte("*"+name)); i >= 0 && line == 0 {
			line = 1 + bytes.Count(raw[:i], []byte("\n"))
		}
	}
	return &FileError{Line: max(line, 1), Problem: "not YAML: " + text + " (texts with special characters stand in quotes)"}
}

// file is one reading. The first fault stays.
type file struct {
	err    error
	budget int
	seen   map[string]int // what must be unique, and the line where it stands
}

// place is a node and its name.
type place struct {
	key  string
	node *yaml.Node
}

func (f *file) fail(p place, format string, args ...any) {
	if f.err == nil {
		f.err = &FileError{Line: p.node.Line, Key: p.key, Problem: fmt.Sprintf(format, args...)}
	}
}

// resolve follows an alias and counts.
func (f *file) resolve(p place) (place, bool) {
	f.budget--
	if f.budget < 0 {
		f.fail(p, "the file says too much: more than %d values", maxBootstrapNodes)
	}
	if p.node.Kind == yaml.AliasNode && p.node.Alias != nil {
		p.node = p.node.Alias
	}
	return p, f.err == nil
}

// keys reads a mapping. read has an entry for every key that is allowed.
func (f *file) keys(p place, allowed string, read map[string]func(place)) (found map[string]bool) {
	found = map[string]bool{}
	p, ok := f.resolve(p)
	if !ok {
		return found
	}
	if p.node.Kind != yaml.MappingNode {
		f.fail(p, "%s is not allowed here; allowed: a mapping with %s", kindOf(p.node), allowed)
		return found
	}
	for i := 0; i+1 < len(p.node.Content) && f.err == nil; i += 2 {
		name := p.node.Content[i].Value
		at := place{join(p.key, name), p.node.Content[i]}
		switch reader := read[name]; {
		case p.node.Content[i].Kind != yaml.ScalarNode || reader == nil:
			f.fail(place{p.key, p.node.Content[i]}, "unknown key %s; allowed: %s", shown(name, rule{}), allowed)
		case found[name]:
			f.fail(at, "is given twice")
		default:
			found[name] = true
			reader(place{at.key, p.node.Content[i+1]})
		}
	}
	return found
}

func (f *file) need(p place, found map[string]bool, names ...string) {
	for _, name := range names {
		if !found[name] {
			f.fail(p, "%s is missing", name)
		}
	}
}

func (f *file) each(p place, read func(place)) {
	p, ok := f.resolve(p)
	if !ok {
		return
	}
	if p.node.Kind != yaml.SequenceNode {
		f.fail(p, "%s is not allowed here; allowed: a list", kindOf(p.node))
		return
	}
	for i, n := range p.node.Content {
		if f.err != nil {
			return
		}
		read(place{fmt.Sprintf("%s[%d]", p.key, i), n})
	}
}

func (f *file) text(p place, r rule) string {
	p, ok := f.resolve(p)
	if !ok {
		return ""
	}
	if p.node.Kind != yaml.ScalarNode || p.node.Tag == "!!null" || p.node.Tag == "!!binary" {
		f.fail(p, "%s is not allowed; allowed: %s", kindOf(p.node), r.allowed)
		return ""
	}
	if !r.ok(p.node.Value) {
		f.fail(p, "%s is not allowed; allowed: %s", shown(p.node.Value, r), r.allowed)
		return ""
	}
	return p.node.Value
}

func (f *file) texts(p place, r rule) *[]string {
	list := []string{}
	f.each(p, func(p place) { list = append(list, f.text(p, r)) })
	return &list
}

func (f *file) no(p place) *int64 { return f.number(p, 1, maxNo) }

func (f *file) number(p place, from, to int64) *int64 {
	p, ok := f.resolve(p)
	if !ok {
		return nil
	}
	var n int64
	if p.node.Kind != yaml.ScalarNode || p.node.Tag != "!!int" || p.node.Decode(&n) != nil || n < from || n > to {
		f.fail(p, "%s is not allowed; allowed: %s", kindOf(p.node), numberAllowed(from, to))
		return nil
	}
	return &n
}

func (f *file) yes(p place) *bool {
	text := f.text(p, oneOf("true", "false"))
	yes := text == "true"
	return &yes
}

func (f *file) secret(p place, r rule) *auth.Secret {
	s := auth.NewSecret(f.text(p, r))
	return &s
}

// once fails if the value of this kind stands twice in the file.
func (f *file) once(p place, what, value string) { f.onceShown(p, what, value, quote(value)) }

// onceInAccount fails if it stands twice in one account.
func (f *file) onceInAccount(p place, what, value string) {
	account, _, _ := strings.Cut(p.key, "]")
	f.onceShown(p, what, value, quote(value), account)
}

func (f *file) onceSecret(p place, what string, value auth.Secret) {
	f.onceShown(p, what, value.Reveal(), value.String())
}

func (f *file) onceShown(p place, what, value, shown string, within ...string) {
	if f.err != nil || value == "" {
		return
	}
	key := strings.Join(append(within, what, value), "\x00")
	if line, twice := f.seen[key]; twice {
		f.fail(p, "%s is already given on line %d; %s is unique", shown, line, what)
		return
	}
	f.seen[key] = p.node.Line
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	return shown(n.Value, rule{})
}

func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// ptr is for optional fields.
func ptr[T any](v T) *T { return &v }
