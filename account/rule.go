package account

import (
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"confab/auth"
	"confab/chat"
)

// rule says which text a field may hold, for the bootstrap file and for calls alike.
type rule struct {
	allowed string // completes "allowed: …"
	ok      func(string) bool
	secret  bool // never shown
}

const (
	maxEmailBytes = 254
	maxURLBytes   = 2048

	maxSignatureRunes = 2000
	maxNo             = 1<<31 - 1
)

func idRule() rule {
	return rule{allowed: "1 to 64 letters, digits, '-' and '_', the first a letter or digit", ok: isID}
}

func nameRule() rule {
	return rule{allowed: "1 to " + strconv.Itoa(chat.Limits.NameRunes) + " printable characters", ok: isName}
}

func hostRule() rule {
	return rule{allowed: "a host name with or without a port, such as shop.example or localhost:8080", ok: isHost}
}

func originRule() rule {
	return rule{allowed: `"*", "https://shop.example" or "https://*.shop.example"`, ok: isOrigin}
}

func emailRule() rule {
	return rule{allowed: "an e-mail address such as ann@shop.example", ok: isEmail}
}

// phoneRule is for numbers as people write them. None is allowed too: it erases.
func phoneRule() rule {
	return rule{allowed: `at most 40 digits, spaces and "+-./()"`, ok: func(s string) bool {
		return len(s) <= 40 && strings.Trim(s, "0123456789 +-./()") == ""
	}}
}

func urlRule() rule {
	return rule{allowed: "an address that begins with https:// or http://, without a user name", ok: isURL}
}

func safeURLRule() rule {
	return rule{allowed: "1 to 2048 bytes of text without spaces", ok: func(s string) bool {
		return s != "" && len(s) <= maxURLBytes && !strings.ContainsFunc(s, unicode.IsSpace)
	}}
}

func passwordRule() rule {
	return rule{allowed: "8 to 1,024 bytes of UTF-8", secret: true, ok: func(s string) bool {
		return auth.CheckPassword(auth.NewSecret(s)) == nil
	}}
}

// keyRule is for keys that travel in headers.
func keyRule() rule {
	return rule{allowed: "8 to 256 visible ASCII characters", secret: true, ok: func(s string) bool {
		return len(s) >= 8 && len(s) <= 256 && isVisible(s)
	}}
}

// pairRule is for what other programs chose: it may be short.
func pairRule(secret bool) rule {
	return rule{allowed: "1 to 256 visible ASCII characters", secret: secret, ok: func(s string) bool {
		return s != "" && len(s) <= 256 && isVisible(s) && !strings.Contains(s, ":")
	}}
}

func signatureRule() rule {
	return rule{allowed: "at most " + strconv.Itoa(maxSignatureRunes) + " characters of text", ok: func(s string) bool {
		return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxSignatureRunes && !strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsControl(r) && r != '\n'
		})
	}}
}

func oneOf(values ...string) rule {
	return rule{allowed: strings.Join(values, ", "), ok: func(s string) bool {
		for _, v := range values {
			if s == v {
				return true
			}
		}
		return false
	}}
}

func callsRule() rule { return oneOf(string(CallsOff), string(CallsManual), string(CallsTest)) }
func addressesRule() rule {
	return oneOf(string(chat.AddressesShortened), string(chat.AddressesWhole))
}
func queriesRule() rule {
	return oneOf(string(chat.QueriesKept), string(chat.QueriesCleaned), string(chat.QueriesRemoved))
}
func roleRule() rule { return oneOf(string(RoleAdmin), string(RoleAgent)) }

func isID(s string) bool {
	return len(s) <= 64 && s != "" && s[0] != '-' && s[0] != '_' && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}

func isName(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= chat.Limits.NameRunes &&
		!strings.ContainsFunc(s, unicode.IsControl)
}

func isVisible(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func isHost(s string) bool {
	_, err := auth.ParseOrigins([]string{"https://" + s})
	return err == nil && !strings.Contains(s, "*")
}

func isOrigin(s string) bool {
	_, err := auth.ParseOrigins([]string{s})
	return err == nil
}

func isEmail(s string) bool {
	if len(s) > maxEmailBytes || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsSpace) {
		return false
	}
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s && parsed.Name == ""
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxURLBytes && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// foldEmail is the form in which an e-mail is compared and looked up.
func foldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// foldHost likewise.
func foldHost(host string) string { return strings.ToLower(host) }
