package account

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

const (
	annEmail = "ann@acme.test"
	annID    = chat.AgentID("d9nKoegKSjmCtyK78")
	office   = "192.0.2.7:40000"
)

func annPassword() auth.Secret { return auth.NewSecret("correct horse") }

func (b *bench) logIn(t *testing.T) Session {
	t.Helper()
	s, err := b.LogIn(t.Context(), annEmail, annPassword(), office)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *bench) verified(t *testing.T, s Session, want bool) {
	t.Helper()
	for name, node := range map[string]*Accounts{"own node": b.Accounts, "other node": b.other} {
		who, until, err := node.VerifyAgent(t.Context(), s.Token)
		if want && (err != nil || who.ID != annID || chat.At(until) != s.ExpiresAt) {
			t.Errorf("%s: %+v until %v, %v", name, who, until, err)
		}
		if !want {
			refused(t, name, err, chat.Unauthorized)
		}
	}
}

// age makes the agent's sessions look as if they had been refreshed so long ago.
func (b *bench) age(t *testing.T, by time.Duration) {
	t.Helper()
	_, _, err := b.changeAgent(t.Context(), "acme", annID, func(d *agentDoc) error {
		for id, s := range d.Sessions {
			s.RotatedAt = chat.At(time.Now().Add(-by))
			d.Sessions[id] = s
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAHashOfAnotherCostHoldsAndIsMadeAnewAtTheDefaultCost also keeps what a node's options say by themselves.
func TestAHashOfAnotherCostHoldsAndIsMadeAnewAtTheDefaultCost(t *testing.T) {
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	b := newBench(t, e.URL())
	b.example(t)
	before := b.logIn(t)
	kept := func(want string) string {
		t.Helper()
		d, err := b.loadAgent(t.Context(), "acme", annID)
		if err != nil || !strings.HasPrefix(d.PasswordHash, want) {
			t.Fatalf("kept is %s, not %s (%v)", d.PasswordHash, want, err)
		}
		return d.PasswordHash
	}
	kept("$argon2id$v=19$m=8,t=1,p=1$")
	node := New(Options{Store: b.store, IDs: chat.NewIDs(nil), Log: b.log, Secret: []byte("the signing secret of this test!")})
	var hashes [2]string
	for i := range hashes {
		if _, err := node.LogIn(t.Context(), annEmail, annPassword(), office); err != nil {
			t.Fatal(err)
		}
		hashes[i] = kept("$argon2id$v=19$m=19456,t=2,p=1$")
	}
	if hashes[0] != hashes[1] {
		t.Error("made anew, although the cost was right")
	}
	b.verified(t, before, true)
}

func TestALogInGivesTokensThatEveryNodeKnows(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		s, err := b.LogIn(t.Context(), "ANN@Acme.test", annPassword(), office)
		if err != nil || s.Agent.ID != annID || s.Agent.Role != RoleAdmin || s.Agent.Account != "acme" {
			t.Fatalf("%+v, %v", s.Agent, err)
		}
		b.verified(t, s, true)
	})
}

func TestStrangersWrongPasswordsAndInactiveAgentsGetOneAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		if _, err := b.CreateAgent(ctx, "acme", AgentSpec{Email: ptr("off@acme.test"), Password: ptr(annPassword()), Active: ptr(false)}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.CreateAgent(ctx, "acme", AgentSpec{Email: ptr("bare@acme.test")}); err != nil {
			t.Fatal(err)
		}
		var answers []string
		for email, password := range map[string]string{
			"nobody@acme.test": "correct horse", annEmail: "wrong horse", "off@acme.test": "correct horse",
			"bare@acme.test": "", "not an address": "correct horse", "": "",
		} {
			_, err := b.LogIn(ctx, email, auth.NewSecret(password), office)
			refused(t, email, err, chat.Unauthorized)
			answers = append(answers, fmt.Sprint(err))
		}
		for _, a := range answers {
			if a != answers[0] {
				t.Errorf("%q and %q", a, answers[0])
			}
		}
	})
}

func TestARefreshTokenWorksOnceAndALostAnswerIsGivenAgain(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		first := b.logIn(t)
		second, err := b.Refresh(ctx, first.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.other.Refresh(ctx, first.RefreshToken)
		if err != nil || again.RefreshToken != second.RefreshToken {
			t.Fatalf("the lost answer: %v", err)
		}
		third, err := b.Refresh(ctx, second.RefreshToken)
		if err != nil || third.RefreshToken == second.RefreshToken {
			t.Fatalf("going on: %v", err)
		}
		b.verified(t, third, true)
	})
}

func TestAUsedRefreshTokenThatComesBackEndsTheSession(t *testing.T) {
	for why, late := range map[string]func(t *testing.T, b *bench, first, second Session) string{
		"the previous one after the grace time": func(t *testing.T, b *bench, first, _ Session) string {
			b.age(t, RefreshGrace+time.Second)
			return first.RefreshToken
		},
		"an older one at once": func(t *testing.T, b *bench, first, second Session) string {
			if _, err := b.Refresh(t.Context(), second.RefreshToken); err != nil {
				t.Fatal(err)
			}
			return first.RefreshToken
		},
	} {
		t.Run(why, func(t *testing.T) {
			onEach(t, func(t *testing.T, b *bench) {
				b.example(t)
				first, other := b.logIn(t), b.logIn(t)
				second, err := b.Refresh(t.Context(), first.RefreshToken)
				if err != nil {
					t.Fatal(err)
				}
				_, err = b.Refresh(t.Context(), late(t, b, first, second))
				refused(t, "reuse", err, chat.Unauthorized)
				_, err = b.Refresh(t.Context(), second.RefreshToken)
				refused(t, "the newest of the family", err, chat.Unauthorized)
				b.verified(t, second, false)
				b.verified(t, other, true)
			})
		})
	}
}

func TestAnUnusedLogInEnds(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		s := b.logIn(t)
		b.age(t, RefreshLife+time.Minute)
		_, err := b.Refresh(t.Context(), s.RefreshToken)
		refused(t, "after a month", err, chat.Unauthorized)
		_, err = b.Refresh(t.Context(), "rubbish")
		refused(t, "rubbish", err, chat.Unauthorized)
	})
}

func TestRevocationsRingAndVoidEveryTokenOnEveryNode(t *testing.T) {
	for why, revoke := range map[string]func(t *testing.T, b *bench, s Session) error{
		"password": func(t *testing.T, b *bench, _ Session) error {
			return b.SetPassword(t.Context(), "acme", annID, auth.NewSecret("another horse"))
		},
		"role": func(t *testing.T, b *bench, _ Session) error {
			return b.SetRole(t.Context(), "acme", annID, RoleAgent)
		},
		"deactivation": func(t *testing.T, b *bench, _ Session) error {
			return b.SetActive(t.Context(), "acme", annID, false)
		},
		"log-out": func(t *testing.T, b *bench, s Session) error { return b.LogOut(t.Context(), s.RefreshToken) },
	} {
		t.Run(why, func(t *testing.T) {
			onEach(t, func(t *testing.T, b *bench) {
				b.example(t)
				storetest.Follow(t, b.store, "acme")
				s := b.logIn(t)
				b.verified(t, s, true)
				if err := revoke(t, b, s); err != nil {
					t.Fatal(err)
				}
				storetest.Eventually(t, "the bell rings with the agent's id", func() bool {
					bells := b.ear.Bells(store.BellRevoked)
					return len(bells) > 0 && string(bells[0].Data) == string(annID)
				})
				b.other.Invalidate("acme") // what its hub does on the bell
				b.verified(t, s, false)
				_, err := b.Refresh(t.Context(), s.RefreshToken)
				refused(t, "refresh", err, chat.Unauthorized)
			})
		})
	}
}

func TestLoggingOutLeavesTheOtherSessionsOfTheAgent(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		phone, desk := b.logIn(t), b.logIn(t)
		if err := b.LogOut(t.Context(), phone.RefreshToken); err != nil {
			t.Fatal(err)
		}
		b.other.Invalidate("acme")
		b.verified(t, phone, false)
		b.verified(t, desk, true)
		if err := b.LogOut(t.Context(), "rubbish"); err != nil {
			t.Error(err)
		}
	})
}

func TestGuessingIsSlowedButTheAgentsOwnNetworkIsNot(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		b.logIn(t) // the office is known from now on
		var limited *Limited
		for range 12 {
			if _, err := b.LogIn(ctx, annEmail, auth.NewSecret("guess guess"), "203.0.113.9:1"); errors.As(err, &limited) {
				break
			}
		}
		if limited == nil || limited.After <= 0 {
			t.Fatal("twelve guesses were heard at once")
		}
		if _, err := b.LogIn(ctx, annEmail, annPassword(), "198.51.100.4:1"); !errors.Is(err, &chat.Refusal{Code: chat.RateLimited}) {
			t.Errorf("another stranger's network has a count of its own: %v", err)
		}
		if _, err := b.LogIn(ctx, annEmail, annPassword(), "192.0.2.200:9"); err != nil {
			t.Errorf("a stranger has locked the agent out of the office: %v", err)
		}
	})
}

func TestRightPasswordsCostNoTries(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		b.example(t)
		for range 15 {
			b.logIn(t)
		}
	})
}

func TestAddressesOfOneNetworkCountTogether(t *testing.T) {
	for _, c := range [][2]string{
		{"192.0.2.7:1234", "192.0.2.0/24"}, {"192.0.2.7", "192.0.2.0/24"}, {"[2001:db8:1:2:3::4]:5", "2001:db8:1:2::/64"},
		{"2001:db8:1:2::9", "2001:db8:1:2::/64"}, {"::ffff:192.0.2.9", "192.0.2.0/24"}, {"fe80::1%eth0", "fe80::/64"}, {"", "unknown"}, {"pipe", "unknown"},
	} {
		if got := addressPrefix(c[0]); got != c[1] {
			t.Errorf("%q: %s, want %s", c[0], got, c[1])
		}
	}
}
