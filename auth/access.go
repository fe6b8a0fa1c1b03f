package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"confab/chat"
)

const (
	// AccessLife is how long an access token holds.
	AccessLife = 10 * time.Minute

	maxTokenBytes = 4 << 10 // over it nothing is parsed
	accessType    = "confab-agent+jwt"
	issuer        = "confab"
	clockLeeway   = 5 * time.Second // nodes' clocks may differ so much
	lineBreaks    = "\r\n"          // encoding/base64 skips them, strict or not: a token would have many spellings
)

// Access is what an access token says: which agent, by which log-in, at which revision of the agent's rights.
type Access struct {
	Account  chat.AccountID
	Agent    chat.AgentID
	Session  string
	Revision int64
	Expires  time.Time // second precision
}

// Tokens signs and verifies the tokens of agents with keys derived from the signing secret. Safe for concurrent use.
type Tokens struct {
	access  []byte
	refresh []byte
}

// NewTokens derives the keys. All nodes of a deployment need the same secret.
func NewTokens(secret []byte) *Tokens {
	return &Tokens{access: derive(secret, "access token"), refresh: derive(secret, "refresh token")}
}

type accessClaims struct {
	jwt.RegisteredClaims
	Session  string `json:"sid"`
	Revision int64  `json:"ver"`
}

// SignAccess returns a JWT that holds for AccessLife from now, and when it ends. a.Expires is not read.
func (t *Tokens) SignAccess(a Access, now time.Time) (token string, expires time.Time, err error) {
	expires = now.Add(AccessLife).Truncate(time.Second)
	j := jwt.NewWithClaims(jwt.SigningMethodHS256, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Subject: string(a.Agent), Audience: jwt.ClaimStrings{string(a.Account)},
			ExpiresAt: jwt.NewNumericDate(expires), IssuedAt: jwt.NewNumericDate(now),
		},
		Session: a.Session, Revision: a.Revision,
	})
	j.Header["typ"] = accessType
	token, err = j.SignedString(t.access)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign access token: %w", err)
	}
	return token, expires, nil
}

// VerifyAccess returns what a token says if this deployment signed it and it has not ended. Whether the agent still
// may is the caller's to check. Errors: ErrInvalid, whatever is wrong.
func (t *Tokens) VerifyAccess(token string, now time.Time) (Access, error) {
	var c accessClaims
	if !parse(token, &c, t.access, now, accessType, jwt.WithIssuer(issuer)) {
		return Access{}, ErrInvalid
	}
	tooLong := c.ExpiresAt.Sub(now) > AccessLife+clockLeeway
	if tooLong || c.Subject == "" || len(c.Audience) != 1 || c.Audience[0] == "" {
		return Access{}, ErrInvalid
	}
	return Access{
		Account: chat.AccountID(c.Audience[0]), Agent: chat.AgentID(c.Subject),
		Session: c.Session, Revision: c.Revision, Expires: c.ExpiresAt.Time,
	}, nil
}

// parse checks form, header, signature and times of a JWT; typ must be one of the given ones ("" is an absent typ).
func parse(token string, into jwt.Claims, key []byte, now time.Time, typ string, more ...jwt.ParserOption) bool {
	if len(token) > maxTokenBytes || strings.ContainsAny(token, lineBreaks) {
		return false
	}
	options := append([]jwt.ParserOption{
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(clockLeeway), jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithStrictDecoding(),
	}, more...)
	parsed, err := jwt.ParseWithClaims(token, into, func(j *jwt.Token) (any, error) {
		if !plainHeader(j.Header, strings.Split(typ, "|")) {
			return nil, ErrInvalid
		}
		return key, nil
	}, options...)
	return err == nil && parsed.Valid
}

// plainHeader refuses every header that names a key to use or asks for extensions: the key is ours to choose.
func plainHeader(header map[string]any, types []string) bool {
	for name := range header {
		if name != "alg" && name != "typ" && name != "kid" && name != "cty" {
			return false
		}
	}
	typ, isText := header["typ"].(string)
	if _, given := header["typ"]; given && !isText {
		return false
	}
	return slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, typ) })
}

// Refresh names one generation of one log-in. Each use of a refresh token makes the next generation.
type Refresh struct {
	Account    chat.AccountID
	Agent      chat.AgentID
	Session    string
	Generation int64
}

// SignRefresh returns the token of a generation: always the same one, so that a client whose answer got lost can be
// given it again, and the store needs to keep nothing of it but the number.
func (t *Tokens) SignRefresh(r Refresh) string {
	b64 := base64.RawURLEncoding
	head := strings.Join([]string{b64.EncodeToString([]byte(r.Account)), b64.EncodeToString([]byte(r.Agent)),
		b64.EncodeToString([]byte(r.Session)), strconv.FormatInt(r.Generation, 36)}, ".")
	return head + "." + b64.EncodeToString(t.refreshMAC(head))
}

// VerifyRefresh returns what a refresh token names if it is one of ours, of whatever generation.
func (t *Tokens) VerifyRefresh(token string) (Refresh, error) {
	if len(token) > maxTokenBytes || strings.ContainsAny(token, lineBreaks) {
		return Refresh{}, ErrInvalid
	}
	cut := strings.LastIndexByte(token, '.')
	if cut < 0 {
		return Refresh{}, ErrInvalid
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(token[cut+1:])
	if err != nil || !hmac.Equal(mac, t.refreshMAC(token[:cut])) {
		return Refresh{}, ErrInvalid
	}
	return parseRefreshHead(token[:cut])
}

func parseRefreshHead(head string) (Refresh, error) {
	parts := strings.Split(head, ".")
	if len(parts) != 4 {
		return Refresh{}, ErrInvalid
	}
	var names [3]string
	for i := range names {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[i])
		if err != nil {
			return Refresh{}, ErrInvalid
		}
		names[i] = string(raw)
	}
	generation, err := strconv.ParseInt(parts[3], 36, 64)
	if err != nil {
		return Refresh{}, ErrInvalid
	}
	return Refresh{chat.AccountID(names[0]), chat.AgentID(names[1]), names[2], generation}, nil
}

func (t *Tokens) refreshMAC(head string) []byte {
	m := hmac.New(sha256.New, t.refresh)
	m.Write([]byte(head))
	return m.Sum(nil)
}
