package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func TestASecretShowsNowhere(t *testing.T) {
	const canary = "canary-7f3a"
	s := NewSecret(canary)
	nested := struct {
		A Secret
		B *Secret
		C map[string]Secret
		d Secret
	}{s, &s, map[string]Secret{"k": s}, s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T %v", "%p", "%5s"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", nested)
	}
	raw, err := json.Marshal(nested)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(raw)
	fmt.Fprint(&out, fmt.Errorf("with %w and %v", errors.New("x"), s), s)
	for _, encoder := range []zapcore.Encoder{
		zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig()),
	} {
		log := zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&out), zap.DebugLevel))
		log.Info("m", zap.Any("any", s), zap.Stringer("stringer", s), zap.Any("nested", nested), zap.Reflect("reflect", nested))
		log.Sugar().Infow("m", "s", s, "n", nested)
	}
	if hex := fmt.Sprintf("%x", canary); strings.Contains(out.String(), canary) || strings.Contains(strings.ToLower(out.String()), hex) {
		t.Errorf("the secret shows:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "***") {
		t.Error("nothing was printed at all")
	}
}

func TestASecretIsReadFromJSON(t *testing.T) {
	var body struct{ Password Secret }
	if err := json.Unmarshal([]byte(`{"password":"correct horse"}`), &body); err != nil || body.Password.Reveal() != "correct horse" {
		t.Errorf("%q, %v", body.Password.Reveal(), err)
	}
}

func TestTokensAre256RandomBits(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token := NewSecretToken()
		if len(token) != 43 || seen[token] {
			t.Fatalf("token %q", token)
		}
		seen[token] = true
	}
	if HashToken("abc") != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error("HashToken is not SHA-256 in hex")
	}
}

func TestABoxOpensOnlyItsOwnSealInItsPlace(t *testing.T) {
	box, s := NewBox(secret), NewSecret("ladygaga")
	sealed := box.Seal(s, "acme/key")
	if got, err := NewBox(secret).Open(sealed, "acme/key"); err != nil || !got.Equal(s) {
		t.Fatalf("%v", err)
	}
	if strings.Contains(sealed, "ladygaga") || box.Seal(s, "acme/key") == sealed {
		t.Error("the seal shows what is in it")
	}
	flipped := sealed[:len(sealed)-3] + "AAA"
	for why, open := range map[string]func() (Secret, error){
		"another place":  func() (Secret, error) { return box.Open(sealed, "other/key") },
		"another secret": func() (Secret, error) { return NewBox([]byte("another secret")).Open(sealed, "acme/key") },
		"changed":        func() (Secret, error) { return box.Open(flipped, "acme/key") },
		"empty":          func() (Secret, error) { return box.Open("", "acme/key") },
		"short":          func() (Secret, error) { return box.Open("v1.AAAA", "acme/key") },
		"no version":     func() (Secret, error) { return box.Open(sealed[3:], "acme/key") },
	} {
		if got, err := open(); !errors.Is(err, ErrInvalid) || !got.Empty() {
			t.Errorf("%s: %v", why, err)
		}
	}
	if box.Fingerprint(s) != NewBox(secret).Fingerprint(s) || box.Fingerprint(s) == NewBox([]byte("x")).Fingerprint(s) {
		t.Error("a fingerprint depends on the secret and the signing secret, and on nothing else")
	}
}
