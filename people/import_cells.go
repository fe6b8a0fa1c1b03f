package people

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"confab/chat"
)

// line makes of cells what is said of whom. False if it was refused.
func (in *importing) line(ctx context.Context, no int, cells []string) (line, bool, error) {
	key := strings.TrimSpace(cells[in.key])
	l := line{no: no, said: Attributes{BuiltIn: map[string]any{}, Custom: map[string]any{}}}
	if key == "" {
		in.refuse(no, in.named[in.key], "Nobody is named.")
		return l, false, nil
	}
	unique := key
	if in.heads[in.key] == "email" {
		unique = strings.ToLower(key)
	}
	if first, twice := in.seen[unique]; twice {
		in.refuse(no, in.named[in.key], fmt.Sprintf("The same is named in line %d.", first))
		return l, false, nil
	}
	in.seen[unique] = no
	for i, cell := range cells {
		name := in.heads[i]
		cell = strings.TrimSpace(cell)
		if cell == "" || name == "" {
			continue
		}
		switch b, builtIn := builtIns[name]; {
		case name == "id":
			l.name.ID = cell
		case name == "email":
			l.name.Email = cell
		case builtIn:
			l.said.BuiltIn[name] = cellOf(b.typ, cell)
		default:
			if _, known := in.types[name]; !known {
				if err := in.define(ctx, name, guess(name, cell)); isCode(err, chat.TooLong) {
					in.refuse(no, in.named[i], err.Error())
					return l, false, nil
				} else if err != nil {
					return l, false, err
				}
			}
			value, err := convert(in.types[name].Type, cellOf(in.types[name].Type, cell))
			if err != nil {
				in.refuse(no, in.named[i], sentence(err))
				return l, false, nil
			}
			l.said.Custom[name] = value
		}
	}
	return l, true, nil
}

// guess is the type of an attribute whose first value is this one.
func guess(name, cell string) string {
	if dateName.MatchString(name) {
		return TypeDate
	}
	if _, err := toNumber(cell); err == nil {
		return TypeNumber
	}
	if _, ok := moment(cell); ok {
		return TypeDate
	}
	return TypeText
}

// cellOf is a cell as JSON would have it.
func cellOf(typ, cell string) any {
	switch typ {
	case TypeNumber:
		if number, err := toNumber(cell); err == nil {
			return number
		}
	case typeFlag, "":
		switch strings.ToLower(cell) {
		case "true", "yes", "1":
			return true
		case "false", "no", "0":
			return false
		}
	}
	return cell
}

func sentence(err error) string {
	if r := (*chat.Refusal)(nil); errors.As(err, &r) {
		return r.Message
	}
	return "Something went wrong."
}
