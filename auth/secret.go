// Package auth knows passwords, tokens, proofs of identity and origins. It is pure: it keeps nothing, asks no store
// and reads no clock that is not handed to it.
package auth

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// Secret is text that must not be seen: however it is printed, logged or encoded it shows as "***". Only Reveal
// gives it away. The zero value is "no secret".
type Secret struct {
	text *string // behind a pointer: fmt looks through unexported fields without asking, but not through pointers
}

const hidden = "***"

// NewSecret wraps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty tells that there is no secret.
func (s Secret) Empty() bool { return s.text == nil }

// Equal compares in constant time.
func (s Secret) Equal(other Secret) bool {
	a, b := sha256.Sum256([]byte(s.Reveal())), sha256.Sum256([]byte(other.Reveal()))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

func (s Secret) String() string { return hidden }

// Format covers every verb: without it %d or %#v would print the text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText serves JSON, YAML and loggers alike.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// UnmarshalText reads a secret from a request or a file.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

const tokenBytes = 32 // 256 bits: nobody guesses one

// NewSecretToken returns a fresh 256-bit token in base64url, 43 characters.
func NewSecretToken() string {
	var raw [tokenBytes]byte
	_, _ = rand.Read(raw[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// HashToken is what is kept of a token: SHA-256 in hex. Fast on purpose, for tokens are not guessable.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewSigningSecret returns 256 random bits for a deployment whose operator names no secret.
func NewSigningSecret() []byte {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails
	return secret
}

// derive makes the key of one purpose from the signing secret, so that no two purposes share a key.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "confab "+purpose, sha256.Size)
	if err != nil {
		panic("auth: hkdf: " + err.Error()) // only for absurd lengths
	}
	return key
}

// ErrInvalid stands for every token, proof or sealed text that does not hold. It says nothing more on purpose.
var ErrInvalid = errors.New("not valid")
