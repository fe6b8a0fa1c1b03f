package auth

import (
	"strings"
	"testing"
	"time"
)

func TestALinkSaysWhatWasSignedUntilItExpires(t *testing.T) {
	links := NewLinks([]byte(strings.Repeat("s", 32)))
	now := time.Unix(1_800_000_000, 0)
	forGood := Link{Purpose: "unsubscribe", Account: "acme", Contact: "c1", Address: links.Mark("Ann@Example.com")}
	if got, err := links.Verify("unsubscribe", links.Sign(forGood), now.AddDate(50, 0, 0)); err != nil || got != forGood {
		t.Errorf("after 50 years: %+v, %v", got, err)
	}
	week := forGood
	week.Expires = now.Add(7 * 24 * time.Hour)
	if got, err := links.Verify("unsubscribe", links.Sign(week), week.Expires); err != nil || got != week {
		t.Errorf("in its last second: %+v, %v", got, err)
	}
	if _, err := links.Verify("unsubscribe", links.Sign(week), week.Expires.Add(time.Second)); err == nil {
		t.Error("an expired link holds")
	}
}

func TestALinkThatWasMadeUpOrMovedDoesNotHold(t *testing.T) {
	links, now := NewLinks([]byte(strings.Repeat("s", 32))), time.Unix(1_800_000_000, 0)
	token := links.Sign(Link{Purpose: "confirm", Account: "acme", Contact: "c1", Address: links.Mark("ann@example.com")})
	for why, bad := range map[string]string{
		"nothing":                 "",
		"no signature":            token[:strings.LastIndexByte(token, '.')],
		"another deployment's":    NewLinks([]byte(strings.Repeat("t", 32))).Sign(Link{Purpose: "confirm", Account: "acme"}),
		"a changed part":          "A" + token,
		"a changed signature":     token[:len(token)-1] + "!",
		"a line break within":     token[:10] + "\n" + token[10:],
		"far too much":            strings.Repeat("x", 1<<20),
		"a part too much":         "eA." + token,
		"another's, cut together": token[strings.IndexByte(token, '.')+1:],
	} {
		if _, err := links.Verify("confirm", bad, now); err == nil {
			t.Errorf("%s: holds", why)
		}
	}
	if _, err := links.Verify("unsubscribe", token, now); err == nil {
		t.Error("a link for one purpose holds for another")
	}
}

func TestAMarkKnowsItsAddressAndHidesIt(t *testing.T) {
	links := NewLinks([]byte(strings.Repeat("s", 32)))
	if links.Mark("Ann@Example.com") != links.Mark("ann@example.COM") || links.Mark("ann@example.com") == links.Mark("ben@example.com") {
		t.Error("marks do not tell addresses apart")
	}
	if other := NewLinks([]byte(strings.Repeat("t", 32))); other.Mark("ann@example.com") == links.Mark("ann@example.com") {
		t.Error("another deployment makes the same mark: it could be guessed")
	}
}
