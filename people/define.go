package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"confab/chat"
	"confab/store"
)

const (
	kindAttribute  = "attribute"
	maxDefinitions = 500 // of one account
	maxSaidOnly    = 250 // of those, that nobody but unproven pages has named
)

// Types of attributes. True and false are the numbers 1 and 0.
const (
	TypeText   = "string"
	TypeNumber = "number"
	TypeDate   = "date"
)

// Where a definition comes from.
const (
	OriginBuiltIn = "builtin"
	OriginCustom  = "custom"
	// OriginSaid is of a name that only pages whose visitors have proven nothing have used so far. Its type binds nobody else: the
	// first who is trusted defines it.
	OriginSaid = "said"
)

// Definition is an attribute that contacts of an account may have. Its type stays once it is not OriginSaid.
type Definition struct {
	Name      string      `json:"name"`
	Title     string      `json:"title"` // as people read it
	Type      string      `json:"type"`  // string, number, date; of a built-in one also boolean
	Origin    string      `json:"origin"`
	Live      bool        `json:"live,omitempty"` // of the moment: nobody is found by it
	CreatedAt chat.Millis `json:"createdAt,omitempty"`
}

// Title renders the name of an attribute for people: words are parted by '_' and where a capital follows a small letter or a
// digit, and begin with a capital.
func Title(name string) string {
	var words []string
	for part := range strings.SplitSeq(name, "_") {
		var word strings.Builder
		var last rune
		for _, r := range part {
			if unicode.IsUpper(r) && (unicode.IsLower(last) || unicode.IsDigit(last)) {
				words = append(words, word.String())
				word.Reset()
			}
			if word.Len() == 0 {
				r = unicode.ToUpper(r)
			}
			word.WriteRune(r)
			last = r
		}
		if word.Len() > 0 {
			words = append(words, word.String())
		}
	}
	return strings.Join(words, " ")
}

// Definitions are an account's attributes by name: those that every account has, then its own.
func (p *People) Definitions(ctx context.Context, a chat.AccountID) ([]Definition, error) {
	var all []Definition
	for _, name := range slices.Sorted(maps.Keys(builtIns)) {
		all = append(all, builtIns[name].definition(name))
	}
	docs, _, err := p.o.Store.ListDocs(ctx, a, kindAttribute, "", maxDefinitions)
	if err != nil {
		return nil, err
	}
	for _, doc := range docs {
		d, err := parseDefinition(doc)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func parseDefinition(doc store.Doc) (d Definition, err error) {
	if err = json.Unmarshal(doc.Data, &d); err != nil {
		return d, fmt.Errorf("attribute %s: %w", doc.ID, err)
	}
	d.Title = or(d.Title, Title(d.Name))
	return d, nil
}

// Define makes an attribute of the type, "" for the one that its name asks for, or for text. What is there already stays as it is and
// comes back if it has that type. Errors: chat.BadField with the field at fault; chat.Taken if it is of another type; chat.TooLong if
// the account has too many.
func (p *People) Define(ctx context.Context, a chat.AccountID, name, typ string) (Definition, error) {
	dated := dateName.MatchString(name)
	switch {
	case !attributeName.MatchString(name) || len(name) > maxAttributeName:
		return Definition{}, badEntry("name", "%s", nameRule)
	case dated && typ != "" && typ != TypeDate:
		return Definition{}, badEntry("type", "An attribute of such a name is a date.")
	case typ != "" && typ != TypeText && typ != TypeNumber && typ != TypeDate:
		return Definition{}, badEntry("type", "A type is string, number or date.")
	}
	if _, builtIn := builtIns[name]; builtIn {
		return Definition{}, chat.Refuse(chat.Taken, "Every account has an attribute of this name.")
	}
	if typ = or(typ, TypeText); dated {
		typ = TypeDate
	}
	d, err := p.define(ctx, a, name, typ, OriginCustom)
	if err == nil && d.Type != typ {
		err = chat.Refuse(chat.Taken, "There is an attribute of this name already, of another type.")
	}
	return d, err
}

// Entitle changes how people read an attribute's name; "" is as the name says. Errors: chat.NotFound, chat.TooLong.
func (p *People) Entitle(ctx context.Context, a chat.AccountID, name, title string) (Definition, error) {
	if clean := chat.Clean(title, maxAttributeName); clean != title {
		return Definition{}, badEntry("title", "A title has at most %d printable characters.", maxAttributeName)
	}
	for range maxTries {
		doc, err := p.o.Store.GetDoc(ctx, a, kindAttribute, name)
		if err != nil {
			return Definition{}, err
		}
		d, err := parseDefinition(doc)
		if err != nil {
			return Definition{}, err
		}
		d.Title = title
		if err = p.keepDefinition(ctx, a, d, doc.Version); err == nil {
			d.Title = or(d.Title, Title(name))
			return d, nil
		}
		if moved := (*store.Moved)(nil); !errors.As(err, &moved) {
			return Definition{}, err
		}
	}
	return Definition{}, chat.Refuse(chat.Unavailable, "Too many change this attribute at once.")
}

func (p *People) keepDefinition(ctx context.Context, a chat.AccountID, d Definition, expect int64) error {
	if d.Title == Title(d.Name) {
		d.Title = ""
	}
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = p.o.Store.PutDoc(ctx, a, kindAttribute, d.Name, data, expect)
	return err
}

// define returns the attribute of the name, made if need be. Of several who define it at once all get the first one's.
func (p *People) define(ctx context.Context, a chat.AccountID, name, typ, origin string) (Definition, error) {
	d := Definition{Name: name, Title: Title(name), Type: typ, Origin: origin, CreatedAt: chat.At(time.Now())}
	for range maxTries {
		doc, err := p.o.Store.GetDoc(ctx, a, kindAttribute, name)
		switch {
		case isCode(err, chat.NotFound):
			if err := p.roomForOneMore(ctx, a, origin); err != nil {
				return Definition{}, err
			}
		case err != nil:
			return Definition{}, err
		default:
			was, err := parseDefinition(doc)
			if err != nil || was.Origin != OriginSaid || origin == OriginSaid {
				return was, err
			}
		}
		err = p.keepDefinition(ctx, a, d, doc.Version)
		if err == nil {
			return d, nil
		}
		if moved := (*store.Moved)(nil); !errors.As(err, &moved) {
			return Definition{}, fmt.Errorf("define %s: %w", name, err)
		}
	}
	return Definition{}, chat.Refuse(chat.Unavailable, "Too many define this attribute at once.")
}

func (p *People) roomForOneMore(ctx context.Context, a chat.AccountID, origin string) error {
	n, err := p.o.Store.CountDocs(ctx, a, kindAttribute)
	if err != nil {
		return err
	}
	if n >= maxDefinitions || origin == OriginSaid && n >= maxSaidOnly {
		return chat.Refuse(chat.TooLong, "An account has at most %d attributes.", maxDefinitions)
	}
	return nil
}

// defined are the definitions of names, without those that nobody has made. What is bound to stay is remembered.
func (p *People) defined(ctx context.Context, a chat.AccountID, names []string) (map[string]Definition, error) {
	found := map[string]Definition{}
	var ask []string
	for _, name := range names {
		if b, ok := builtIns[name]; ok {
			found[name] = b.definition(name)
		} else if known, ok := p.definitions.Get(definitionKey{a, name}); ok {
			found[name] = known.(Definition)
		} else {
			ask = append(ask, name)
		}
	}
	docs, err := p.o.Store.GetDocs(ctx, a, kindAttribute, ask)
	if err != nil {
		return nil, err
	}
	for _, doc := range docs {
		d, err := parseDefinition(doc)
		if err != nil {
			return nil, err
		}
		p.remember(a, d)
		found[d.Name] = d
	}
	return found, nil
}

type definitionKey struct {
	account chat.AccountID
	name    string
}

func (p *People) remember(a chat.AccountID, d Definition) {
	if d.Origin == OriginCustom {
		p.definitions.Add(definitionKey{a, d.Name}, d)
	}
}

// settleTypes makes values, whose names follow the rule, what their attributes are defined as, and defines those that are not. Nothing is
// defined if one does not fit and all are wanted. faults are by name; null fits every type.
func (p *People) settleTypes(ctx context.Context, a chat.AccountID, origin string, values map[string]any, all bool) (kept map[string]any, faults map[string]error, err error) {
	names := slices.Sorted(maps.Keys(values))
	known, err := p.defined(ctx, a, names)
	if err != nil {
		return nil, nil, err
	}
	kept, faults = map[string]any{}, map[string]error{}
	var fresh []string
	for _, name := range names {
		typ := known[name].Type
		if d, there := known[name]; values[name] != nil && (!there || d.Origin == OriginSaid && origin != OriginSaid) {
			fresh, typ = append(fresh, name), typeOf(name, values[name])
		}
		fit(name, typ, values[name], kept, faults)
	}
	if all && len(faults) > 0 {
		return nil, faults, nil
	}
	for _, name := range fresh {
		if faults[name] != nil {
			continue
		}
		d, err := p.define(ctx, a, name, typeOf(name, values[name]), origin)
		if isCode(err, chat.TooLong) {
			delete(kept, name)
			faults[name] = err
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		p.remember(a, d)
		fit(name, d.Type, values[name], kept, faults)
	}
	return kept, faults, nil
}

func fit(name, typ string, value any, kept map[string]any, faults map[string]error) {
	fits, err := convert(typ, value)
	if err != nil {
		delete(kept, name)
		faults[name] = err
		return
	}
	kept[name] = fits
}
