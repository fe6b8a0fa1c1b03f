package wire

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"confab/chat"
)

// maxKeys bounds one object of a frame. What a page says of its visitor may have as many; it keeps the search for doubled keys
// cheap whatever a client sends.
const maxKeys = 100

// field is a key of an object and its value's bytes, both as parts of the frame (a key with escapes is a copy).
type field struct{ key, raw []byte }

// scanner goes once through JSON text and checks it: syntax, depth, keys that stand twice. It allocates only for
// keys with escapes, and when fields has no room.
type scanner struct {
	raw    []byte
	at     int
	fields []field // of the objects that are open, the innermost last
}

var errSyntax = &chat.Refusal{Code: chat.BadFrame, Message: "The frame is not a JSON object."}

func badFrame(message string) error { return &chat.Refusal{Code: chat.BadFrame, Message: message} }

func (s *scanner) space() {
	for s.at < len(s.raw) {
		switch s.raw[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// next returns the next byte that is not space, without taking it; 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.at == len(s.raw) {
		return 0
	}
	return s.raw[s.at]
}

func (s *scanner) take(c byte) bool {
	if s.next() != c {
		return false
	}
	s.at++
	return true
}

// object reads an object that stands depth levels deep and returns its fields, which lie at the end of s.fields.
func (s *scanner) object(depth int) ([]field, error) {
	if depth > chat.Limits.FrameDepth {
		return nil, badFrame("The frame is nested too deep.")
	}
	if !s.take('{') {
		return nil, errSyntax
	}
	from := len(s.fields)
	if s.take('}') {
		return s.fields[from:], nil
	}
	for {
		f, err := s.field(depth)
		if err != nil {
			return nil, err
		}
		for _, other := range s.fields[from:] {
			if bytes.Equal(other.key, f.key) {
				return nil, badFrame("The frame has a key twice in one object.")
			}
		}
		if len(s.fields)-from == maxKeys {
			return nil, badFrame("The frame has an object with too many keys.")
		}
		s.fields = append(s.fields, f)
		if s.take(',') {
			continue
		}
		if s.take('}') {
			return s.fields[from:], nil
		}
		return nil, errSyntax
	}
}

func (s *scanner) field(depth int) (field, error) {
	if s.next() != '"' {
		return field{}, errSyntax
	}
	raw, escaped, err := s.text()
	if err != nil {
		return field{}, err
	}
	key := raw[1 : len(raw)-1]
	if escaped {
		key = []byte(unescape(key))
	}
	if !s.take(':') {
		return field{}, errSyntax
	}
	value, err := s.value(depth)
	return field{key, value}, err
}

// value passes over one value and returns its bytes.
func (s *scanner) value(depth int) ([]byte, error) {
	c := s.next()
	from := s.at
	var err error
	switch {
	case c == '"':
		_, _, err = s.text()
	case c == '{':
		outer := len(s.fields)
		_, err = s.object(depth + 1)
		s.fields = s.fields[:outer]
	case c == '[':
		err = s.list(depth+1, func([]byte) error { return nil })
	case c == 't':
		err = s.word("true")
	case c == 'f':
		err = s.word("false")
	case c == 'n':
		err = s.word("null")
	default:
		err = s.number()
	}
	return s.raw[from:s.at], err
}

// list reads an array and gives each element's bytes to each.
func (s *scanner) list(depth int, each func([]byte) error) error {
	if depth > chat.Limits.FrameDepth {
		return badFrame("The frame is nested too deep.")
	}
	if !s.take('[') {
		return errSyntax
	}
	if s.take(']') {
		return nil
	}
	for {
		raw, err := s.value(depth)
		if err != nil {
			return err
		}
		if err := each(raw); err != nil {
			return err
		}
		if s.take(',') {
			continue
		}
		if s.take(']') {
			return nil
		}
		return errSyntax
	}
}

func (s *scanner) word(w string) error {
	if !bytes.HasPrefix(s.raw[s.at:], []byte(w)) {
		return errSyntax
	}
	s.at += len(w)
	return nil
}

func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.raw) && s.raw[s.at] >= '0' && s.raw[s.at] <= '9' {
		s.at++
	}
	return s.at > from
}

func (s *scanner) has(set string) bool {
	if s.at < len(s.raw) && bytes.IndexByte([]byte(set), s.raw[s.at]) >= 0 {
		s.at++
		return true
	}
	return false
}

func (s *scanner) number() error {
	s.has("-")
	if !s.has("0") && !s.digits() {
		return errSyntax
	}
	if s.has(".") && !s.digits() {
		return errSyntax
	}
	if s.has("eE") {
		s.has("+-")
		if !s.digits() {
			return errSyntax
		}
	}
	return nil
}

// text passes over a string and returns it with its quotes.
func (s *scanner) text() (raw []byte, escaped bool, err error) {
	from := s.at
	for s.at++; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; {
		case c == '"':
			s.at++
			return s.raw[from:s.at], escaped, nil
		case c < ' ':
			return nil, false, errSyntax
		case c == '\\':
			escaped = true
			if !s.escape() {
				return nil, false, errSyntax
			}
		}
	}
	return nil, false, errSyntax
}

// escape checks the escape at the backslash and stops at its last character.
func (s *scanner) escape() bool {
	s.at++
	if s.at == len(s.raw) {
		return false
	}
	switch s.raw[s.at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		if _, ok := hex4(s.raw[s.at+1:]); ok {
			s.at += 4
			return true
		}
	}
	return false
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape resolves the escapes of a checked string without its quotes. Half of a surrogate pair becomes U+FFFD, as
// in every JSON reader that keeps text as UTF-8.
func unescape(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		if raw[i] != 'u' {
			out = append(out, plain(raw[i]))
			continue
		}
		r, _ := hex4(raw[i+1:])
		i += 4
		if utf16.IsSurrogate(r) {
			var low rune
			if i+2 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
				low, _ = hex4(raw[i+3:])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 6
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

func plain(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
