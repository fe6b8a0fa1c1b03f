package people

import (
	"crypto/subtle"
	"strings"

	"confab/auth"
	"confab/chat"
)

// A visitor's token is "<visitor's id>.<secret>". Of the secret only a hash is kept.
func newToken(id chat.VisitorID) (token, hash string) {
	secret := auth.NewSecretToken()
	return string(id) + "." + secret, auth.HashToken(secret)
}

// parseToken takes a token apart. False for anything that newToken cannot have made.
func parseToken(token string) (id chat.VisitorID, secret string, ok bool) {
	if len(token) < minTokenBytes || len(token) > maxTokenBytes {
		return "", "", false
	}
	name, secret, ok := strings.Cut(token, ".")
	if !ok || !plain(name) || !plain(secret) {
		return "", "", false
	}
	return chat.VisitorID(name), secret, true
}

// opens tells whether secret belongs to hash, in constant time.
func opens(hash, secret string) bool {
	return hash != "" && subtle.ConstantTimeCompare([]byte(auth.HashToken(secret)), []byte(hash)) == 1
}

// plain tells whether text holds only what ids and secrets are made of.
func plain(text string) bool {
	for i := range len(text) {
		c := text[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return text != ""
}
