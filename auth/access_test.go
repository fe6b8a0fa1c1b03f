package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var (
	noon   = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	secret = []byte("a signing secret of the tests 123")
)

// forge signs a token as VerifyAccess accepts it, changed by the case.
func forge(t testing.TB, method jwt.SigningMethod, key any, change func(header, claims map[string]any)) string {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": issuer, "sub": "ann", "aud": "acme", "sid": "s1", "ver": 3,
		"iat": noon.Unix(), "exp": noon.Add(AccessLife).Unix(),
	}
	j := jwt.NewWithClaims(method, claims)
	j.Header["typ"] = accessType
	if change != nil {
		change(j.Header, claims)
	}
	token, err := j.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAnAccessTokenSaysWhatWasSigned(t *testing.T) {
	tokens := NewTokens(secret)
	want := Access{Account: "acme", Agent: "ann", Session: "s1", Revision: 3}
	token, expires, err := tokens.SignAccess(want, noon)
	if err != nil {
		t.Fatal(err)
	}
	got, err := NewTokens(secret).VerifyAccess(token, noon.Add(9*time.Minute))
	want.Expires = expires
	if err != nil || got.Account != want.Account || got.Agent != want.Agent || got.Session != want.Session ||
		got.Revision != want.Revision || !got.Expires.Equal(expires) {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestForgedAndOutdatedAccessTokensAreRefused(t *testing.T) {
	tokens := NewTokens(secret)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(h, c map[string]any)) string {
		return forge(t, jwt.SigningMethodHS256, tokens.access, change)
	}
	claim := func(name string, value any) string {
		return with(func(_, c map[string]any) { c[name] = value })
	}
	without := func(name string) string {
		return with(func(h, c map[string]any) { maps.DeleteFunc(c, func(k string, _ any) bool { return k == name }) })
	}
	header := func(name string, value any) string { return with(func(h, _ map[string]any) { h[name] = value }) }
	good := with(nil)
	if _, err := tokens.VerifyAccess(good, noon); err != nil {
		t.Fatalf("the token that all others differ from is refused: %v", err)
	}
	parts := strings.Split(good, ".")
	for why, token := range map[string]string{
		"nothing":            "",
		"no JWT":             "hello",
		"alg none":           forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
		"signature cut off":  parts[0] + "." + parts[1] + ".",
		"RS256":              forge(t, jwt.SigningMethodRS256, rsaKey, nil),
		"HS384":              forge(t, jwt.SigningMethodHS384, tokens.access, nil),
		"another key":        forge(t, jwt.SigningMethodHS256, []byte("another"), nil),
		"the refresh key":    forge(t, jwt.SigningMethodHS256, tokens.refresh, nil),
		"the secret itself":  forge(t, jwt.SigningMethodHS256, secret, nil),
		"typ JWT":            header("typ", "JWT"),
		"no typ":             with(func(h, _ map[string]any) { delete(h, "typ") }),
		"typ no text":        header("typ", 7),
		"jku":                header("jku", "https://evil.example/keys"),
		"x5u":                header("x5u", "https://evil.example/cert"),
		"jwk":                header("jwk", map[string]any{"kty": "oct", "k": "AA"}),
		"crit":               header("crit", []string{"exp"}),
		"wrong iss":          claim("iss", "confab2"),
		"no iss":             without("iss"),
		"no aud":             without("aud"),
		"two aud":            claim("aud", []string{"acme", "other"}),
		"empty aud":          claim("aud", ""),
		"no sub":             without("sub"),
		"no exp":             without("exp"),
		"expired":            claim("exp", noon.Add(-time.Minute).Unix()),
		"holds for a year":   claim("exp", noon.Add(365*24*time.Hour).Unix()),
		"not yet":            claim("nbf", noon.Add(time.Hour).Unix()),
		"made in the future": claim("iat", noon.Add(time.Hour).Unix()),
		"huge":               claim("filler", strings.Repeat("x", maxTokenBytes)),
		"padding":            good + "=",
		"a line break":       good[:len(good)-3] + "\n" + good[len(good)-3:],
		"a part more":        good + ".x",
		"payload changed":    parts[0] + "." + parts[1][:len(parts[1])-2] + "xx." + parts[2],
	} {
		if _, err := tokens.VerifyAccess(token, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", why, err)
		}
	}
}

func TestAVisitorsTokenIsNoAgentsToken(t *testing.T) {
	tokens := NewTokens(secret)
	key := NewSecret(string(tokens.access)) // even with the very same key
	agents, _, err := tokens.SignAccess(Access{Account: "acme", Agent: "ann"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyUser([]Secret{key}, "acme", agents, noon); !errors.Is(err, ErrInvalid) {
		t.Errorf("an agent's token proves a visitor: %v", err)
	}
	visitors := forge(t, jwt.SigningMethodHS256, tokens.access, func(h, _ map[string]any) { h["typ"] = "JWT" })
	if _, err := VerifyUser([]Secret{key}, "acme", visitors, noon); err != nil {
		t.Errorf("a visitor's token is refused: %v", err)
	}
}

func TestARefreshTokenIsTheSameEachTimeAndNobodyElseMakesIt(t *testing.T) {
	tokens := NewTokens(secret)
	r := Refresh{Account: "acme", Agent: "ann", Session: "s1", Generation: 7}
	token := tokens.SignRefresh(r)
	if token != NewTokens(secret).SignRefresh(r) {
		t.Error("two nodes make different tokens of one generation")
	}
	if got, err := tokens.VerifyRefresh(token); err != nil || got != r {
		t.Errorf("got %+v, %v", got, err)
	}
	next := r
	next.Generation++
	for why, bad := range map[string]string{
		"empty":          "",
		"no parts":       "abc",
		"another secret": NewTokens([]byte("another signing secret")).SignRefresh(r),
		"generation":     strings.Replace(token, ".7.", ".8.", 1),
		"mac of another": token[:strings.LastIndex(token, ".")] + tokens.SignRefresh(next)[strings.LastIndex(token, "."):],
		"a part more":    token + ".x",
		"a line break":   token[:len(token)-3] + "\r" + token[len(token)-3:],
		"huge":           strings.Repeat(token, 100),
	} {
		if _, err := tokens.VerifyRefresh(bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", why, err)
		}
	}
}

// FuzzTokens: nothing panics, and nothing is valid that was not signed here.
func FuzzTokens(f *testing.F) {
	tokens := NewTokens(secret)
	access, _, err := tokens.SignAccess(Access{Account: "acme", Agent: "ann", Session: "s1", Revision: 3}, noon)
	if err != nil {
		f.Fatal(err)
	}
	refresh := tokens.SignRefresh(Refresh{"acme", "ann", "s1", 7})
	key := NewSecret("ladygaga")
	user := userToken(f, key, jwt.MapClaims{"sub": "42", "exp": noon.Add(time.Hour).Unix()})
	for _, seed := range []string{access, refresh, user, "", "a.b.c", "....", SignUser(key, "42")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := tokens.VerifyAccess(text, noon); err == nil && text != access {
			t.Errorf("valid access token %q: %+v", text, got)
		}
		if got, err := tokens.VerifyRefresh(text); err == nil && tokens.SignRefresh(got) != text {
			t.Errorf("valid refresh token %q: %+v", text, got)
		}
		if got, err := VerifyUser([]Secret{key}, "acme", text, noon); err == nil && text != user {
			t.Errorf("valid visitor's token %q: %+v", text, got)
		}
		if CheckUser([]Secret{key}, "42", text) && !strings.EqualFold(text, SignUser(key, "42")) {
			t.Errorf("valid hmac %q", text)
		}
	})
}
