package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"confab/chat"
)

// Link is what the link in a mail stands for. Only who reads the mailbox can follow it.
type Link struct {
	Purpose string // what it may be used for, and nothing else
	Account chat.AccountID
	Contact chat.ContactID
	Address string    // Links.Mark of the address that it was sent to
	Expires time.Time // second precision; zero: never
}

// Links signs and verifies links with a key derived from the signing secret. Safe for concurrent use.
type Links struct{ key, marks []byte }

// NewLinks derives the keys. All nodes of a deployment need the same secret.
func NewLinks(secret []byte) *Links {
	return &Links{key: derive(secret, "mail link"), marks: derive(secret, "mail address")}
}

const (
	linkParts = 5  // besides the signature
	markBytes = 16 // of an address: no two meet by chance, and nobody can make one without the key
)

// Mark stands for an address where the address itself must not: a keyed hash, 22 characters of base64url. Letters of either
// case are the same.
func (l *Links) Mark(address string) string {
	m := hmac.New(sha256.New, l.marks)
	m.Write([]byte(strings.ToLower(address)))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:markBytes])
}

// Sign returns the token of a link, which is the same for the same link.
func (l *Links) Sign(k Link) string {
	until := int64(0)
	if !k.Expires.IsZero() {
		until = k.Expires.Unix()
	}
	parts := []string{k.Purpose, string(k.Account), string(k.Contact), k.Address, strconv.FormatInt(until, 36)}
	for i, p := range parts {
		parts[i] = base64.RawURLEncoding.EncodeToString([]byte(p))
	}
	head := strings.Join(parts, ".")
	return head + "." + base64.RawURLEncoding.EncodeToString(l.mac(head))
}

// Verify returns what a token of that purpose stands for. Errors: ErrInvalid if this deployment did not sign it, if it is for
// something else, or if it has expired.
func (l *Links) Verify(purpose, token string, now time.Time) (Link, error) {
	if len(token) > maxTokenBytes || strings.ContainsAny(token, lineBreaks) {
		return Link{}, ErrInvalid
	}
	cut := strings.LastIndexByte(token, '.')
	if cut < 0 {
		return Link{}, ErrInvalid
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(token[cut+1:])
	if err != nil || !hmac.Equal(mac, l.mac(token[:cut])) {
		return Link{}, ErrInvalid
	}
	k, err := parseLink(token[:cut])
	if err != nil || k.Purpose != purpose || !k.Expires.IsZero() && now.After(k.Expires) {
		return Link{}, ErrInvalid
	}
	return k, nil
}

func parseLink(head string) (Link, error) {
	parts := strings.Split(head, ".")
	if len(parts) != linkParts {
		return Link{}, ErrInvalid
	}
	for i, p := range parts {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(p)
		if err != nil {
			return Link{}, ErrInvalid
		}
		parts[i] = string(raw)
	}
	until, err := strconv.ParseInt(parts[4], 36, 64)
	if err != nil {
		return Link{}, ErrInvalid
	}
	k := Link{Purpose: parts[0], Account: chat.AccountID(parts[1]), Contact: chat.ContactID(parts[2]), Address: parts[3]}
	if until != 0 {
		k.Expires = time.Unix(until, 0)
	}
	return k, nil
}

func (l *Links) mac(head string) []byte {
	m := hmac.New(sha256.New, l.key)
	m.Write([]byte(head))
	return m.Sum(nil)
}
