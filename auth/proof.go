package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"confab/chat"
)

// MaxProofLife is the longest that a visitor's JWT may hold, from the moment it is shown.
const MaxProofLife = 24 * time.Hour

const (
	maxSubjectBytes = 512
	maxKeys         = 10
)

// SignUser returns the proof that a site's server computes for one of its users: HMAC-SHA256 of the id (or of the
// e-mail if there is no id) with the account's key, both as UTF-8, in 64 hex digits.
func SignUser(key Secret, idOrEmail string) string {
	m := hmac.New(sha256.New, []byte(key.Reveal()))
	m.Write([]byte(idOrEmail))
	return hex.EncodeToString(m.Sum(nil))
}

// CheckUser tells whether proof is SignUser's for one of the keys. Hex digits of either case; constant time.
// An empty key proves nothing.
func CheckUser(keys []Secret, idOrEmail, proof string) bool {
	given, err := hex.DecodeString(proof)
	if err != nil || len(given) != sha256.Size || idOrEmail == "" {
		return false
	}
	right := false
	for _, key := range keys[:min(len(keys), maxKeys)] {
		want, _ := hex.DecodeString(SignUser(key, idOrEmail))
		if hmac.Equal(given, want) && !key.Empty() {
			right = true
		}
	}
	return right
}

// User is what a visitor's JWT proves.
type User struct {
	ID      string // claim sub, never empty
	Name    string // claim name, may be empty
	Email   string // claim email, may be empty
	Expires time.Time
}

type userClaims struct {
	jwt.RegisteredClaims
	Name  string `json:"name"`
	Email string `json:"email"`
}

// VerifyUser checks a visitor's JWT: HS256 with one of the account's keys, sub, exp within MaxProofLife, aud the
// account if it is there at all. Errors: ErrInvalid, whatever is wrong.
func VerifyUser(keys []Secret, account chat.AccountID, token string, now time.Time) (User, error) {
	for _, key := range keys[:min(len(keys), maxKeys)] {
		var c userClaims
		if key.Empty() || !parse(token, &c, []byte(key.Reveal()), now, "JWT|") {
			continue
		}
		return c.user(account, now)
	}
	return User{}, ErrInvalid
}

func (c *userClaims) user(account chat.AccountID, now time.Time) (User, error) {
	elsewhere := len(c.Audience) > 0 && !slices.Contains(c.Audience, string(account))
	tooLong := c.ExpiresAt.Sub(now) > MaxProofLife+clockLeeway
	noName := c.Subject == "" || len(c.Subject) > maxSubjectBytes || !utf8.ValidString(c.Subject)
	if elsewhere || tooLong || noName {
		return User{}, ErrInvalid
	}
	return User{ID: c.Subject, Name: c.Name, Email: c.Email, Expires: c.ExpiresAt.Time}, nil
}
