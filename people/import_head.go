package people

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"confab/chat"
)

// open reads the heads.
func (in *importing) open(table io.Reader) (*csv.Reader, error) {
	in.table = &bounded{r: table, left: MaxImportBytes}
	b := bufio.NewReaderSize(in.table, 64<<10)
	if mark, err := b.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		b.Discard(3)
	}
	first, _ := b.Peek(b.Size())
	if i := bytes.IndexByte(first, '\n'); i >= 0 {
		first = first[:i]
	}
	rows := csv.NewReader(b)
	rows.ReuseRecord = true
	if bytes.Count(first, []byte{';'}) > bytes.Count(first, []byte{','}) {
		rows.Comma = ';'
	}
	heads, err := rows.Read()
	if err != nil {
		return nil, badEntry("table", "The table has no line of heads.")
	}
	in.named, in.last, in.table.row = slices.Clone(heads), 1, 0
	return rows, in.head(heads)
}

func (in *importing) head(heads []string) error {
	in.heads, in.key = make([]string, len(heads)), -1
	taken := map[string]bool{}
	for i, head := range heads {
		name := strings.TrimSpace(head)
		if in.o.Columns != nil {
			name = in.o.Columns[name]
		}
		if taken[name] && name != "" {
			return badEntry("columns", "Two columns become %q.", name)
		}
		in.heads[i], taken[name] = name, true
	}
	key := in.o.Key
	if key == "" {
		if key = "email"; taken["id"] {
			key = "id"
		}
	}
	if key != "id" && key != "email" {
		return badEntry("key", "A person is named by id or email.")
	}
	if in.key = slices.Index(in.heads, key); in.key < 0 {
		return &chat.Refusal{Code: chat.MissingField, Message: "The table has no column " + key + ".", Field: "key"}
	}
	for from := range in.o.Columns {
		if !slices.ContainsFunc(in.named, func(head string) bool { return strings.TrimSpace(head) == from }) {
			return badEntry("columns", "The table has no column %q.", chat.Clean(from, maxAttributeName))
		}
	}
	return nil
}

// prepare looks up the attributes of the columns.
func (in *importing) prepare(ctx context.Context) (err error) {
	var custom []string
	for _, name := range in.heads {
		b, known := builtIns[name]
		switch {
		case name == "":
		case known && b.live:
			return badEntry("columns", "%s is of the moment and cannot be imported.", name)
		case known:
		case !attributeName.MatchString(name) || len(name) > maxAttributeName:
			return badEntry("columns", "%q: %s", chat.Clean(name, maxAttributeName), nameRule)
		default:
			custom = append(custom, name)
		}
	}
	if in.types, err = in.p.defined(ctx, in.account, custom); err != nil {
		return err
	}
	for name, typ := range in.o.Types {
		d, known := in.types[name]
		switch {
		case !slices.Contains(custom, name):
			return badEntry("types", "No column becomes %q.", chat.Clean(name, maxAttributeName))
		case typ != TypeText && typ != TypeNumber && typ != TypeDate:
			return badEntry("types", "A type is string, number or date.")
		case dateName.MatchString(name) && typ != TypeDate:
			return badEntry("types", "%s is a date by its name.", name)
		case known && d.Origin == OriginCustom && d.Type != typ:
			return &chat.Refusal{Code: chat.Taken, Message: name + " is of another type.", Field: "types"}
		case !known || d.Origin != OriginCustom:
			if err := in.define(ctx, name, typ); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *importing) define(ctx context.Context, name, typ string) error {
	d := Definition{Name: name, Type: typ, Origin: OriginCustom}
	if !in.o.DryRun {
		var err error
		if d, err = in.p.define(ctx, in.account, name, typ, OriginCustom); err != nil {
			return err
		}
	}
	in.types[name] = d
	in.report.New = append(in.report.New, name)
	return nil
}
