package chat

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// secretParts are parts of names whose values nobody else should see, whatever stands around them: access_token,
// resetToken, csrf-token. They are looked for in the name without what is no letter or digit, in lower case.
var secretParts = []struct {
	reason string
	parts  []string
}{
	{"opens something", []string{"token", "secret", "password", "passwd", "passphrase", "passcode", "apikey", "credential", "bearer", "onetime"}},
	{"is a session, which whoever has it goes on with", []string{"session", "sessid", "cookie"}},
	{"proves who wrote the address, so that the address does what it says for anybody", []string{"signature", "hmac", "saml", "ticket"}},
	{"names or reaches a person", []string{
		"email", "phone", "firstname", "lastname", "surname", "fullname", "username", "birth", "passport", "socialsecurity", "iban",
		"creditcard", "cardnumber",
	}},
	{"names one who got a certain mail", []string{"mceid", "mkttok", "hsenc", "recipient"}},
}

// secretWords are too short for that: they count as whole words of a name. code is one that harmless names have too.
var secretWords = []struct {
	reason string
	words  []string
}{
	{"opens something", []string{"key", "keys", "pwd", "pass", "pw", "pin", "otp", "auth", "authorization", "oauth", "jwt", "code", "invite", "magic", "hash", "nonce"}},
	{"is a session", []string{"sid", "sess"}},
	{"proves who wrote the address", []string{"sig", "sign"}},
	{"names or reaches a person", []string{"mail", "mails", "tel", "mobile", "msisdn", "whatsapp", "dob", "ssn", "cvv", "cvc", "ip"}},
}

// harmlessCodes are what a code is of when it is no secret.
var harmlessCodes = []string{
	"country", "currency", "lang", "language", "locale", "region", "product", "item", "color", "colour", "promo", "coupon",
	"discount", "campaign", "status", "error", "reason", "airport",
}

var (
	emailValue = regexp.MustCompile(`^[^@\s/]+@[^@\s/]+\.[A-Za-z]{2,}$`)
	userOf     = regexp.MustCompile(`^((?:[A-Za-z]+:)?//)[^/?#@\s]*@`)
	jwtValue   = regexp.MustCompile(`^eyJ[\w-]+\.[\w-]*\.[\w-]*$`)
)

const maxNested = 3 // addresses within addresses that are looked into

// query is what may be known of a query. What stays keeps its place and its spelling.
func (p Privacy) query(raw string) string {
	switch p.Queries {
	case QueriesKept:
		return raw
	case QueriesRemoved:
		return ""
	}
	return cleanQuery(raw, maxNested)
}

// cleanQuery leaves out what its name, or its look, says to be a secret or personal. & and ; both end a parameter, for
// servers differ.
func cleanQuery(raw string, depth int) string {
	var out strings.Builder
	for raw != "" {
		end := strings.IndexAny(raw, "&;")
		if end < 0 {
			end = len(raw)
		}
		one, rest := raw[:end], raw[end:]
		if kept, ok := cleanParameter(one, depth); ok {
			out.WriteString(kept)
		} else if rest != "" {
			rest = rest[1:] // what parted it from the next one goes with it
			raw = rest
			continue
		}
		if rest != "" {
			out.WriteByte(rest[0])
			rest = rest[1:]
		}
		raw = rest
	}
	return strings.TrimRight(out.String(), "&;")
}

// cleanParameter returns the parameter, with an address in its value cleaned too; false if it is not to be known.
func cleanParameter(raw string, depth int) (string, bool) {
	name, value, has := strings.Cut(raw, "=")
	plain, text := unescaped(name), unescaped(value)
	if isSecret(plain) && has || personal(text) || personal(plain) {
		return "", false
	}
	cleaned, ok := cleanNested(text, depth)
	if !ok || cleaned == text {
		return raw, ok
	}
	return name + "=" + url.QueryEscape(cleaned), true
}

// cleanNested cleans what may be an address, with a query or a fragment. False if it lies too deep to be looked into.
func cleanNested(text string, depth int) (string, bool) {
	text = userOf.ReplaceAllString(text, "$1")
	at := strings.IndexAny(text, "?#")
	if at < 0 {
		return text, true
	}
	if depth == 0 {
		return "", false
	}
	inner := text[at+1:]
	if cleaned := cleanQuery(inner, depth-1); cleaned != inner {
		text = strings.TrimRight(text[:at+1]+cleaned, "?#")
	}
	return text, true
}

// personal tells whether a text is of a form that is never anything else.
func personal(text string) bool { return emailValue.MatchString(text) || jwtValue.MatchString(text) }

func isSecret(name string) bool {
	words := wordsOf(name)
	joined := strings.Join(words, "")
	for _, s := range secretParts {
		if slices.ContainsFunc(s.parts, func(part string) bool { return strings.Contains(joined, part) }) {
			return true
		}
	}
	for _, s := range secretWords {
		for i, word := range words {
			if slices.Contains(s.words, word) && !(word == "code" && i > 0 && slices.Contains(harmlessCodes, words[i-1])) {
				return true
			}
		}
	}
	return false
}

// wordsOf takes a name apart, in lower case: reset_token, resetToken, user[reset-token].
func wordsOf(name string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	before := rune(0)
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(before):
			end()
			fallthrough
		default:
			word.WriteRune(unicode.ToLower(r))
		}
		before = r
	}
	end()
	return words
}

// unescaped undoes escapes, twice if need be: some pages escape what is escaped already.
func unescaped(text string) string {
	for range 2 {
		next, err := url.QueryUnescape(text)
		if err != nil || next == text {
			break
		}
		text = next
	}
	return text
}
