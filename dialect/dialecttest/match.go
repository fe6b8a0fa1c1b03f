package dialecttest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var shapes = map[string]*regexp.Regexp{
	"id":  regexp.MustCompile(`^[0-9A-Za-z]{17}$`),
	"iso": regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`),
	"hex": regexp.MustCompile(`^#[0-9a-f]{6}$`),
}

// match holds what is there against what is wanted, key for key: a key too much is a fault like one too few, unless the key "..."
// is wanted, which lets others be; <none> wants a key not to be there, where others may. Texts that begin
// with $ name what was kept before, or hold it as ${name}; those in <> say only what kind of value stands there: <id>, <iso>, <hex>, <text>, <number>,
// <millis>, <seconds>, <any>.
func match(at string, want, have any, kept map[string]any) (faults []string) {
	if text, ok := want.(string); ok {
		return matchText(at, text, have, kept)
	}
	switch want := want.(type) {
	case map[string]any:
		return matchObject(at, want, have, kept)
	case []any:
		list, ok := have.([]any)
		if !ok || len(list) != len(want) {
			return []string{fmt.Sprintf("%s: %v, want %d elements", at, have, len(want))}
		}
		for i := range want {
			faults = append(faults, match(fmt.Sprintf("%s[%d]", at, i), want[i], list[i], kept)...)
		}
		return faults
	}
	if want != have {
		return []string{fmt.Sprintf("%s: %v (%T), want %v (%T)", at, have, have, want, want)}
	}
	return nil
}

func matchObject(at string, want map[string]any, have any, kept map[string]any) (faults []string) {
	object, ok := have.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %v, want an object", at, have)}
	}
	_, others := want["..."]
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if name == "..." || want[name] == "<none>" && object[name] == nil {
			continue
		}
		value, there := object[name]
		if !there {
			faults = append(faults, at+"."+name+": missing")
			continue
		}
		faults = append(faults, match(at+"."+name, want[name], value, kept)...)
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, wanted := want[name]; !wanted && !others {
			faults = append(faults, fmt.Sprintf("%s.%s: %v, and nothing is wanted there", at, name, object[name]))
		}
	}
	return faults
}

func matchText(at, want string, have any, kept map[string]any) []string {
	if kind, ok := strings.CutPrefix(strings.TrimSuffix(want, ">"), "<"); ok && strings.HasSuffix(want, ">") {
		if !isKind(kind, have) {
			return []string{fmt.Sprintf("%s: %v (%T) is no %s", at, have, have, kind)}
		}
		return nil
	}
	for name, text := range kept {
		want = strings.ReplaceAll(want, "${"+name+"}", fmt.Sprint(text))
	}
	var value any = want
	if strings.HasPrefix(want, "$") {
		var known bool
		if value, known = kept[want[1:]]; !known {
			return []string{at + ": nothing was kept as " + want}
		}
	}
	if value != have {
		return []string{fmt.Sprintf("%s: %v (%T), want %v", at, have, have, value)}
	}
	return nil
}

func isKind(kind string, have any) bool {
	number, isNumber := have.(float64)
	text, isText := have.(string)
	switch kind {
	case "any":
		return true
	case "text":
		return isText
	case "number":
		return isNumber
	case "millis":
		return isNumber && number > 1e12 && number == float64(int64(number))
	case "seconds":
		return isNumber && number > 1e9 && number < 1e11 && number == float64(int64(number))
	}
	shape := shapes[kind]
	return shape != nil && isText && shape.MatchString(text)
}
