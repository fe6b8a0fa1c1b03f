package store

import (
	"strings"
	"testing"
)

func TestASealIsCheckedAsItWasMade(t *testing.T) {
	for _, class := range []string{classPublic, classPrivate, classVisitor, "", strings.Repeat("class", 40)} {
		for _, number := range []string{"1", "9007199254740991", "", strings.Repeat("9", 80)} {
			raw := []byte(`{"eid":"abc","text":"` + number + class + `"}`)
			sum := checksum(number, contentHash(class, raw))
			if !sealed(number, class, raw, sum) {
				t.Errorf("%q %q: the seal does not hold", number, class)
			}
			other := append([]byte(nil), raw...)
			other[len(other)-1] ^= 1
			if sealed(number, class, other, sum) || sealed(number+"0", class, raw, sum) || sealed(number, class+"0", raw, sum) || sealed(number, class, raw, "") {
				t.Errorf("%q %q: a broken seal holds", number, class)
			}
		}
	}
	for raw, want := range map[string]bool{`{"eid":"abc"}`: true, `{"eid":"abcd"}`: false, `{"eid":"ab"}`: false, `{"eid":"abc`: false, ``: false} {
		if begins([]byte(raw), "abc") != want {
			t.Errorf("%s begins with abc: %v", raw, !want)
		}
	}
}
