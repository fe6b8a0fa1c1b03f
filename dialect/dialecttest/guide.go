package dialecttest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"confab/account"
)

// PlayGuide runs the examples of a page of documentation as they are printed: yaml blocks are bootstrap files, sh blocks one curl
// line each, and the next json block is what it is answered with. Ids and moments in an answer may be others of their kind.
func PlayGuide(t *testing.T, w *World, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var answer *httptest.ResponseRecorder
	played := 0
	for _, b := range blocks(string(raw)) {
		switch b.kind {
		case "yaml":
			spec, err := account.ParseBootstrap([]byte(b.text))
			if err == nil {
				err = w.Accounts.Apply(t.Context(), spec)
			}
			if err != nil {
				t.Fatalf("%s: %v in\n%s", file, err, b.text)
			}
		case "sh":
			answer = httptest.NewRecorder()
			w.Handler.ServeHTTP(answer, curl(t, b.text))
		case "json":
			if answer == nil {
				t.Fatalf("%s: an answer to nothing:\n%s", file, b.text)
			}
			var want, have any
			if err := json.Unmarshal([]byte(b.text), &want); err != nil {
				t.Fatalf("%s: %v in\n%s", file, err, b.text)
			}
			if err := json.Unmarshal(answer.Body.Bytes(), &have); err != nil {
				t.Fatalf("%s: %v in %s", file, err, answer.Body)
			}
			if faults := match("answer", kinds(want), have, nil); len(faults) > 0 {
				t.Errorf("%s: %s\nprinted %s\nanswered %s", file, strings.Join(faults, "\n"), b.text, answer.Body)
			}
			answer = nil
			played++
		}
	}
	if answer != nil || played == 0 {
		t.Errorf("%s: a call without an answer, or nothing to play", file)
	}
}

type block struct{ kind, text string }

// blocks are the fenced code blocks of a Markdown text.
func blocks(text string) (all []block) {
	for {
		_, rest, ok := strings.Cut(text, "\n```")
		if !ok {
			return all
		}
		kind, rest, _ := strings.Cut(rest, "\n")
		inner, rest, _ := strings.Cut(rest, "\n```")
		all = append(all, block{kind, inner})
		text = rest
	}
}

// kinds takes texts that are ids or moments for any of their kind.
func kinds(v any) any {
	switch v := v.(type) {
	case string:
		for _, kind := range []string{"id", "iso"} {
			if isKind(kind, v) {
				return "<" + kind + ">"
			}
		}
	case map[string]any:
		for name := range v {
			v[name] = kinds(v[name])
		}
	case []any:
		for i := range v {
			v[i] = kinds(v[i])
		}
	}
	return v
}

// curl is the request that a curl line sends.
func curl(t *testing.T, line string) *http.Request {
	t.Helper()
	words := shellWords(t, line)
	if len(words) == 0 || words[0] != "curl" {
		t.Fatalf("no curl line: %s", line)
	}
	method, url, body := http.MethodGet, "", ""
	headers := http.Header{}
	for i := 1; i < len(words); i++ {
		switch word := words[i]; {
		case word == "-X" || word == "-H" || word == "-d":
			if i++; i == len(words) {
				t.Fatalf("%s says nothing: %s", word, line)
			}
			switch word {
			case "-X":
				method = words[i]
			case "-H":
				name, value, _ := strings.Cut(words[i], ":")
				headers.Set(name, strings.TrimSpace(value))
			default:
				body = words[i]
			}
		case strings.HasPrefix(word, "-") || url != "":
			t.Fatalf("%s is not understood here: %s", word, line)
		default:
			url = word
		}
	}
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Header = headers
	return r
}

// shellWords takes a command apart as a shell does that finds nothing in it but words, quotes and continued lines.
func shellWords(t *testing.T, line string) (words []string) {
	t.Helper()
	var word strings.Builder
	started := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '\'':
			inner, _, ok := strings.Cut(line[i+1:], "'")
			if !ok {
				t.Fatalf("an open quote: %s", line)
			}
			word.WriteString(inner)
			started, i = true, i+len(inner)+1
		case '\\':
			if i++; i < len(line) && line[i] != '\n' {
				word.WriteByte(line[i])
				started = true
			}
		case ' ', '\n', '\t':
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		case '"', '$', '`', '|', ';', '&', '<', '>', '(', ')', '*', '?', '#', '~':
			t.Fatalf("a shell would read %q in its own way: %s", c, line)
		default:
			word.WriteByte(c)
			started = true
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words
}
