package people

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"confab/auth"
	"confab/chat"
)

const (
	tokenLife    = 30 * 24 * time.Hour // used after this, a token is replaced
	formerLife   = 30 * 24 * time.Hour // it opens on, until the new one is shown, at most so long
	formerLinger = 10 * time.Minute    // and so long after that, for tabs that have not read the new one
	secretBytes  = 43                  // of a secret: 256 bits in base64url
)

// A visitor's token is "<visitor's id>.<secret>" if it was made here, and a secret alone if his client made it; then
// the visitor's id follows from it, so that whoever comes with it first, once or in ten tabs, is the same visitor.
func tokenOf(id chat.VisitorID, secret string) string { return string(id) + "." + secret }

// visitorOf is the id of the visitor whose client made the secret. It tells nothing of the secret.
func visitorOf(secret string) chat.VisitorID {
	return chat.VisitorID(chat.NewIDs(rand.NewChaCha8(sha256.Sum256([]byte("visitor " + secret)))).New())
}

// parseToken takes a token apart; made tells that the client made it. False for anything that is no token.
func parseToken(token string) (id chat.VisitorID, secret string, made, ok bool) {
	if len(token) < minTokenBytes || len(token) > maxTokenBytes {
		return "", "", false, false
	}
	name, secret, dotted := strings.Cut(token, ".")
	switch {
	case !dotted && len(token) == secretBytes && plain(token):
		return visitorOf(token), token, true, true
	case !dotted || !plain(name) || !plain(secret):
		return "", "", false, false
	}
	return chat.VisitorID(name), secret, false, true
}

// tokens is what is kept of a visitor's tokens. Of their secrets that is a hash; nonce makes, together with the secret
// that it belongs to, the one that follows, so that all tabs that show a token at once are given the same new one, and
// are given it again if the answer was lost. The former token opens as long as it is not known that the client has the new one.
type tokens struct {
	hash   string
	at     chat.Millis // when it was given
	nonce  string
	former struct {
		hash  string // "" if there is none
		nonce string
		until chat.Millis
	}
}

func issue(secret string, now chat.Millis) tokens {
	return tokens{hash: auth.HashToken(secret), at: now, nonce: auth.NewSecretToken()}
}

// parseTokens reads what String has written; anything else opens nothing.
func parseTokens(kept string) (t tokens) {
	f := strings.Fields(kept)
	if len(f) != 3 && len(f) != 6 {
		return tokens{}
	}
	t.hash, t.at, t.nonce = f[0], millis(f[1]), f[2]
	if len(f) == 6 {
		t.former.hash, t.former.nonce, t.former.until = f[3], f[4], millis(f[5])
	}
	return t
}

func millis(text string) chat.Millis {
	n, _ := strconv.ParseInt(text, 10, 64) // written by String
	return chat.Millis(n)
}

func (t tokens) String() string {
	text := t.hash + " " + strconv.FormatInt(int64(t.at), 10) + " " + t.nonce
	if t.former.hash != "" {
		text += " " + t.former.hash + " " + t.former.nonce + " " + strconv.FormatInt(int64(t.former.until), 10)
	}
	return text
}

// opens tells whether the secret is one of the tokens' now, and whether it is the former one's.
func (t tokens) opens(secret string, now chat.Millis) (ok, former bool) {
	if same(t.hash, secret) {
		return true, false
	}
	former = now < t.former.until && same(t.former.hash, secret)
	return former, former
}

// same tells in constant time whether the hash is the secret's.
func same(hash, secret string) bool {
	return hash != "" && subtle.ConstantTimeCompare([]byte(auth.HashToken(secret)), []byte(hash)) == 1
}

// follow replaces the token in force, whose secret it is.
func (t tokens) follow(secret string, now chat.Millis) (next tokens, nextSecret string) {
	nextSecret = following(secret, t.nonce)
	next = issue(nextSecret, now)
	next.former.hash, next.former.nonce, next.former.until = t.hash, t.nonce, now+chat.Millis(formerLife.Milliseconds())
	return next, nextSecret
}

func following(secret, nonce string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(nonce))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
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
