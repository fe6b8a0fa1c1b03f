// Command gen writes the table of limits into docs/protocol.md; with -check it only tells whether it is fresh.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"confab/chat"
)

const (
	open  = "<!-- limits: made by make generate -->\n"
	shut  = "<!-- /limits -->"
	stale = "docs/protocol.md: the table of limits is outdated; run make generate"
)

func main() {
	check := flag.Bool("check", false, "only tell whether the table is fresh")
	root := flag.String("root", ".", "the repository")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	path := filepath.Join(root, "docs", "protocol.md")
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := bytes.Cut(before, []byte(open))
	_, tail, ok2 := bytes.Cut(rest, []byte(shut))
	if !ok || !ok2 {
		return errors.New("docs/protocol.md: the marks of the table of limits are missing")
	}
	table, err := table(filepath.Join(root, "chat", "limits.go"))
	if err != nil {
		return err
	}
	after := bytes.Join([][]byte{head, []byte(open), table, []byte(shut), tail}, nil)
	if bytes.Equal(before, after) {
		return nil
	}
	if check {
		return errors.New(stale)
	}
	return os.WriteFile(path, after, 0o644)
}

// table has a row for each limit: its name on the wire, its value, and the comment behind its field.
func table(source string) ([]byte, error) {
	comments, err := fieldComments(source)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("| limit | value | of what |\n|---|---|---|\n")
	limits := reflect.ValueOf(chat.Limits)
	for i := range limits.NumField() {
		field := limits.Type().Field(i)
		value, err := json.Marshal(limits.Field(i).Interface())
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", field.Tag.Get("json"), value, comments[field.Name])
	}
	return out.Bytes(), nil
}

func fieldComments(source string) (map[string]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Comment != nil && len(f.Names) == 1 {
			out[f.Names[0].Name] = strings.TrimSpace(f.Comment.Text())
		}
		return true
	})
	return out, nil
}
