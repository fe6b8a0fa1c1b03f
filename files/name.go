package files

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"confab/chat"
)

const (
	nameRunes = 120
	nameBytes = 200
	extRunes  = 12 // of an ending that is kept when a name is cut
	noName    = "file"
)

// cleanName makes a name that is safe to save under, wherever it came from: no folders, nothing that is not seen, nothing
// that turns the direction of reading, not hidden, and short. Its ending stays.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = strings.Map(seen, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return noName
	}
	return shorten(name)
}

// seen drops what a person does not see in a name, and what the file systems of some would not take.
func seen(r rune) rune {
	switch {
	case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return -1
	case unicode.IsSpace(r):
		return ' '
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

func shorten(name string) string {
	ext := path.Ext(name)
	if utf8.RuneCountInString(ext) > extRunes || ext == name {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	for utf8.RuneCountInString(stem)+utf8.RuneCountInString(ext) > nameRunes || len(stem)+len(ext) > nameBytes {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	return strings.TrimRight(stem, " .") + ext
}

// endings of what is shown, the first of which a name is given that has none of them.
var endings = map[string][]string{
	typePNG: {".png"}, typeJPEG: {".jpg", ".jpeg"}, typeGIF: {".gif"},
}

// endAs makes the name's ending fit the type of an image that was drawn anew.
func endAs(name, kind string) string {
	ext := path.Ext(name)
	for _, e := range endings[kind] {
		if strings.EqualFold(ext, e) {
			return name
		}
	}
	if len(endings[kind]) == 0 {
		return name
	}
	if strings.EqualFold(ext, ".webp") {
		name = strings.TrimSuffix(name, ext)
	}
	return shorten(name + endings[kind][0])
}

const (
	filesPath  = "/confab/files/"
	uploadPath = filesPath + "upload/"
)

func addressOf(id chat.FileID, name string) string {
	return filesPath + string(id) + "/" + url.PathEscape(name)
}

// disposition is a Content-Disposition (RFC 6266) that names the file to old and to new clients.
func disposition(how, name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return how + `; filename="` + plain + `"; filename*=UTF-8''` + extended(name)
}

// extended encodes everything but attr-char (RFC 8187).
func extended(name string) string {
	const hex, plain = "0123456789ABCDEF", "!#$&+-.^_`|~"
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
