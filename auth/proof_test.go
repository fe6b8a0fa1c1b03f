package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func userToken(t testing.TB, key Secret, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(key.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSignUserIsPlainHMACSHA256OfTheID(t *testing.T) {
	// computed with: printf '%s' 42 | openssl dgst -sha256 -hmac ladygaga
	const want = "b2340a7feb849c2a1b3216ab13e7177fac5ef16ae1250524ba35b22d17ef84c7"
	if got := SignUser(NewSecret("ladygaga"), "42"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestAUsersProofHoldsForItsIDAndKeyOnly(t *testing.T) {
	key, old, other := NewSecret("ladygaga"), NewSecret("old-key-1"), NewSecret("other-key")
	mac := SignUser(key, "42")
	for _, c := range []struct {
		why       string
		keys      []Secret
		id, proof string
		want      bool
	}{
		{"right", []Secret{key}, "42", mac, true},
		{"upper case", []Secret{key}, "42", strings.ToUpper(mac), true},
		{"the older of two keys", []Secret{key, old}, "42", SignUser(old, "42"), true},
		{"another account's key", []Secret{other}, "42", mac, false},
		{"another id", []Secret{key}, "43", mac, false},
		{"no id", []Secret{key}, "", SignUser(key, ""), false},
		{"no proof", []Secret{key}, "42", "", false},
		{"half a proof", []Secret{key}, "42", mac[:32], false},
		{"not hex", []Secret{key}, "42", strings.Repeat("z", 64), false},
		{"no keys", nil, "42", mac, false},
		{"an empty key", []Secret{{}}, "42", SignUser(Secret{}, "42"), false},
	} {
		if got := CheckUser(c.keys, c.id, c.proof); got != c.want {
			t.Errorf("%s: %v", c.why, got)
		}
	}
}

func TestAVisitorsJWTProvesItsSubject(t *testing.T) {
	key := NewSecret("ladygaga")
	token := userToken(t, key, jwt.MapClaims{
		"sub": "42", "exp": noon.Add(time.Hour).Unix(), "name": "Kim", "email": "kim@shop.example", "aud": "acme",
	})
	u, err := VerifyUser([]Secret{NewSecret("a newer key"), key}, "acme", token, noon)
	if err != nil || u.ID != "42" || u.Name != "Kim" || u.Email != "kim@shop.example" {
		t.Fatalf("got %+v, %v", u, err)
	}
}

func TestAVisitorsJWTThatProvesNothingIsRefused(t *testing.T) {
	key := NewSecret("ladygaga")
	soon := noon.Add(time.Hour).Unix()
	for why, token := range map[string]string{
		"another key":        userToken(t, NewSecret("other-key"), jwt.MapClaims{"sub": "42", "exp": soon}),
		"an empty key":       userToken(t, Secret{}, jwt.MapClaims{"sub": "42", "exp": soon}),
		"no sub":             userToken(t, key, jwt.MapClaims{"exp": soon}),
		"a number as sub":    userToken(t, key, jwt.MapClaims{"sub": 42, "exp": soon}),
		"no exp":             userToken(t, key, jwt.MapClaims{"sub": "42"}),
		"expired":            userToken(t, key, jwt.MapClaims{"sub": "42", "exp": noon.Add(-time.Minute).Unix()}),
		"more than a day":    userToken(t, key, jwt.MapClaims{"sub": "42", "exp": noon.Add(25 * time.Hour).Unix()}),
		"another account's":  userToken(t, key, jwt.MapClaims{"sub": "42", "exp": soon, "aud": "other"}),
		"not yet":            userToken(t, key, jwt.MapClaims{"sub": "42", "exp": soon, "nbf": noon.Add(time.Hour).Unix()}),
		"made in the future": userToken(t, key, jwt.MapClaims{"sub": "42", "exp": soon, "iat": noon.Add(time.Hour).Unix()}),
		"a huge one":         userToken(t, key, jwt.MapClaims{"sub": "42", "exp": soon, "x": strings.Repeat("x", maxTokenBytes)}),
		"none":               forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
	} {
		if _, err := VerifyUser([]Secret{key, {}}, "acme", token, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", why, err)
		}
	}
}
