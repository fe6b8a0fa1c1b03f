package people

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/store"
	"confab/wire"
)

// wait makes the visitor's tokens as old as if so much time had passed.
func (r room) wait(t *testing.T, id chat.VisitorID, d time.Duration) {
	t.Helper()
	v, err := r.store.GetVisitor(t.Context(), "acme", id)
	if err != nil {
		t.Fatal(err)
	}
	kept := parseTokens(v.Tokens)
	kept.at -= chat.Millis(d.Milliseconds())
	if kept.former.hash != "" {
		kept.former.until -= chat.Millis(d.Milliseconds())
	}
	if err := r.store.PatchVisitor(t.Context(), "acme", id, map[string]string{"token": kept.String()}); err != nil {
		t.Fatal(err)
	}
}

// together lets ten tabs come at once on two nodes.
func together(t *testing.T, nodes []room, proof wire.Proof) (all []Opened) {
	t.Helper()
	var mu sync.Mutex
	var tabs sync.WaitGroup
	for i := range 10 {
		tabs.Go(func() {
			o, err := nodes[i%len(nodes)].Open(context.Background(), acme, proof, wire.Device{}, "", "")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			all = append(all, o)
		})
	}
	tabs.Wait()
	return all
}

func onTwoNodes(t *testing.T, test func(t *testing.T, nodes []room)) {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	test(t, []room{open(t, e.URL()), open(t, e.URL())})
}

func TestWhoeverComesWithATokenOfHisOwnIsOneVisitorHoweverOftenHeComes(t *testing.T) {
	onTwoNodes(t, func(t *testing.T, nodes []room) {
		for _, proof := range []wire.Proof{{}, {Name: "Maya"}, {ID: "7", HMAC: sign(acme, "7")}, {ClientID: "secret-of-seven"}} {
			proof.Token = auth.NewSecretToken()
			all := together(t, nodes, proof)
			for _, o := range all {
				if o.Visitor.ID != all[0].Visitor.ID || o.Thread != all[0].Thread || o.Visitor.No != all[0].Visitor.No || o.Token != "" {
					t.Errorf("%s: %s no %d in %s with %q, and %s no %d in %s", o.Level, o.Visitor.ID, o.Visitor.No, o.Thread, o.Token, all[0].Visitor.ID, all[0].Visitor.No, all[0].Thread)
				}
			}
		}
	})
}

func TestATokenOfTheClientsOwnOpensOnlyWhatItMade(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		proof := wire.Proof{Token: auth.NewSecretToken()}
		a := r.come(t, acme, proof)
		if again := r.come(t, acme, proof); again.Visitor.ID != a.Visitor.ID || again.Token != "" {
			t.Errorf("again: %+v", again)
		}
		for name, bad := range map[string]string{
			"another": auth.NewSecretToken(), "the id": string(a.Visitor.ID), "his id with another secret": tokenOf(a.Visitor.ID, auth.NewSecretToken()),
			"short": proof.Token[1:], "long": proof.Token + "A", "with a blank": proof.Token[1:] + " ",
		} {
			if o := r.come(t, acme, wire.Proof{Token: bad}); o.Visitor.ID == a.Visitor.ID || o.Thread == a.Thread {
				t.Errorf("%s opened the visitor", name)
			}
		}
		if o := r.come(t, other, proof); o.Thread == a.Thread {
			t.Error("another account opened the thread")
		}
		verified := r.come(t, acme, wire.Proof{Token: proof.Token, ID: "7", HMAC: sign(acme, "7")})
		if verified.Visitor.ID != a.Visitor.ID || verified.Token == "" {
			t.Errorf("proven: %+v", verified)
		}
		if o := r.come(t, acme, proof); o.Visitor.ID == a.Visitor.ID || o.Token == "" {
			t.Errorf("the token alone opened who was proven: %+v", o)
		}
	})
}

func TestAnOldTokenIsReplacedAndLosesNobodyOnTheWay(t *testing.T) {
	onTwoNodes(t, func(t *testing.T, nodes []room) {
		r := nodes[0]
		first := r.come(t, acme, wire.Proof{})
		r.wait(t, first.Visitor.ID, tokenLife-time.Hour)
		if o := r.come(t, acme, wire.Proof{Token: first.Token}); o.Token != "" {
			t.Fatal("it was replaced too early")
		}
		r.wait(t, first.Visitor.ID, 2*time.Hour)
		all := together(t, nodes, wire.Proof{Token: first.Token})
		second := all[0].Token
		for _, o := range all {
			if o.Visitor.ID != first.Visitor.ID || o.Token != second || second == "" || second == first.Token {
				t.Errorf("the tabs were given %q and %q for %s", second, o.Token, o.Visitor.ID)
			}
		}
		r.wait(t, first.Visitor.ID, formerLife-time.Hour) // nobody has heard any of the answers
		if o := r.come(t, acme, wire.Proof{Token: first.Token}); o.Visitor.ID != first.Visitor.ID || o.Token != second {
			t.Errorf("the lost answer was given again as %+v", o)
		}
		if o := r.come(t, acme, wire.Proof{Token: second}); o.Visitor.ID != first.Visitor.ID || o.Token != "" {
			t.Errorf("the new token opened %+v", o)
		}
		if o := r.come(t, acme, wire.Proof{Token: first.Token}); o.Visitor.ID != first.Visitor.ID || o.Token != second {
			t.Errorf("a tab that was late: %+v", o)
		}
		r.wait(t, first.Visitor.ID, formerLinger+time.Minute)
		if o := r.come(t, acme, wire.Proof{Token: first.Token}); o.Visitor.ID == first.Visitor.ID {
			t.Error("the old token still opens after the new one was shown")
		}
		if o := r.come(t, acme, wire.Proof{Token: second}); o.Visitor.ID != first.Visitor.ID {
			t.Error("the new token opens nothing any more")
		}
	})
}

func TestAnOldTokenOpensNothingForEverIfTheNewOneIsNeverShown(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		first := r.come(t, acme, wire.Proof{})
		r.wait(t, first.Visitor.ID, tokenLife+time.Hour)
		if o := r.come(t, acme, wire.Proof{Token: first.Token}); o.Token == "" {
			t.Fatal("it was not replaced")
		}
		r.wait(t, first.Visitor.ID, formerLife+time.Hour)
		if o := r.come(t, acme, wire.Proof{Token: first.Token}); o.Visitor.ID == first.Visitor.ID {
			t.Error("it still opens")
		}
	})
}

func TestWhoIsIdentifiedGetsAnotherTokenInEveryTabTheSame(t *testing.T) {
	onTwoNodes(t, func(t *testing.T, nodes []room) {
		r := nodes[0]
		for _, proof := range []wire.Proof{{ID: "8", HMAC: sign(acme, "8")}, {ClientID: "secret-of-eight"}} {
			proof.Token = auth.NewSecretToken()
			before := r.come(t, acme, wire.Proof{Token: proof.Token})
			all := together(t, nodes, proof)
			for _, o := range all {
				if o.Visitor.ID != before.Visitor.ID || o.Token == "" || o.Token == proof.Token || o.Token != all[0].Token {
					t.Errorf("%s with %q, and with %q", o.Visitor.ID, o.Token, all[0].Token)
				}
			}
			proof.Token = all[0].Token
			if o := r.come(t, acme, proof); o.Visitor.ID != before.Visitor.ID || o.Token != "" {
				t.Errorf("with the new one: %+v", o)
			}
		}
	})
}

func TestTheStoreHoldsNoTokenThatOpens(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		secret := auth.NewSecretToken()
		v := r.come(t, acme, wire.Proof{Token: secret}).Visitor
		r.wait(t, v.ID, tokenLife+time.Hour)
		v = r.come(t, acme, wire.Proof{Token: secret}).Visitor
		kept := parseTokens(v.Tokens)
		for _, text := range []string{kept.hash, kept.nonce, kept.former.hash, kept.former.nonce, v.Tokens} {
			for _, token := range []string{text, tokenOf(v.ID, text), tokenOf(v.ID, following(text, kept.former.nonce))} {
				if o := r.come(t, acme, wire.Proof{Token: token}); o.Visitor.ID == v.ID {
					t.Errorf("%q opens the visitor", token)
				}
			}
		}
	})
}
