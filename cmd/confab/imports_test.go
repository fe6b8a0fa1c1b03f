package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// rows is the picture of ARCHITECTURE.md: a room imports only from rows below its own.
var rows = map[string]int{
	"chat": 1, "plant": 1, "nowait": 1,
	"wire": 2, "auth": 2, "geo": 2,
	"store":    3,
	"presence": 4, "files": 4,
	"desk": 5, "account": 5,
	"people": 6, "calls": 6, "outbox": 6,
	"relay": 7, "console": 7, "widget": 7, "api": 7, "demo": 7, "share": 7, "webhook": 7, "mail": 7,
	"dialect":   8,
	"loadtest":  9,
	"faulttest": 10,
	"cmd":       11,
}

// fences name who may import a module from elsewhere; testing helpers of the same room included.
var fences = map[string][]string{
	"github.com/redis/go-redis/v9":  {"store"},
	"github.com/coder/websocket":    {"relay", "loadtest", "faulttest"},
	"github.com/alicebob/miniredis": {"store", "faulttest"},
	"github.com/spf13/pflag":        {"cmd"},
	"github.com/minio/minio-go":     {"files"},
	"github.com/oschwald/maxminddb": {"geo"},
	"golang.org/x/image":            {"files"},
	"unsafe":                        {"nowait"},
}

func TestImportsPointDownAndKeepWithinTheirFences(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "tools" || d.Name() == "bin" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		seen++
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		checkFile := filepath.ToSlash(rel)
		room := strings.SplitN(checkFile, "/", 2)[0]
		for _, imported := range importsOf(t, path) {
			checkImport(t, checkFile, room, imported, strings.HasSuffix(path, "_test.go"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Fatalf("only %d Go files were seen: the test looks in the wrong place", seen)
	}
}

func checkImport(t *testing.T, file, room, imported string, test bool) {
	t.Helper()
	if rows[room] == 0 {
		t.Errorf("%s: room %q stands in no row", file, room)
	}
	for module, allowed := range fences {
		if strings.HasPrefix(imported, module) && !test && !contains(allowed, room) {
			t.Errorf("%s imports %s, which only %v may", file, imported, allowed)
		}
	}
	to, ours := strings.CutPrefix(imported, "confab/")
	if !ours {
		return
	}
	to = strings.SplitN(to, "/", 2)[0]
	if to != room && !test && rows[to] >= rows[room] {
		t.Errorf("%s (row %d) imports %s (row %d): imports point down", file, rows[room], imported, rows[to])
	}
}

func importsOf(t *testing.T, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), path, raw, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, imported)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}
