package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

const sealedPrefix = "v1." // says how a sealed text was made

// Box keeps secrets that must be readable again, such as a key that also signs. Safe for concurrent use.
type Box struct {
	aead  cipher.AEAD
	marks []byte
}

// NewBox derives its keys from the signing secret. What one secret sealed no other opens.
func NewBox(secret []byte) *Box {
	block, err := aes.NewCipher(derive(secret, "box"))
	if err != nil {
		panic("auth: aes: " + err.Error()) // the key's length is ours
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("auth: gcm: " + err.Error())
	}
	return &Box{aead: aead, marks: derive(secret, "fingerprint")}
}

// Seal encrypts with AES-256-GCM. place says where the text will be kept; elsewhere it does not open.
func (b *Box) Seal(s Secret, place string) string {
	return sealedPrefix + base64.RawURLEncoding.EncodeToString(b.aead.Seal(nil, nil, []byte(s.Reveal()), []byte(place)))
}

// Open is the way back. Errors: ErrInvalid if it was changed, moved, or sealed with another signing secret.
func (b *Box) Open(sealed, place string) (Secret, error) {
	if len(sealed) < len(sealedPrefix) || sealed[:len(sealedPrefix)] != sealedPrefix {
		return Secret{}, ErrInvalid
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed[len(sealedPrefix):])
	if err != nil {
		return Secret{}, ErrInvalid
	}
	plain, err := b.aead.Open(nil, nil, raw, []byte(place))
	if err != nil {
		return Secret{}, ErrInvalid
	}
	return NewSecret(string(plain)), nil
}

// Fingerprint finds a secret again without keeping it: a keyed hash, for people choose guessable keys. 64 hex digits.
func (b *Box) Fingerprint(s Secret) string {
	m := hmac.New(sha256.New, b.marks)
	m.Write([]byte(s.Reveal()))
	return hex.EncodeToString(m.Sum(nil))
}
