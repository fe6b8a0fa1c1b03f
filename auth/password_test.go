package auth

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"confab/chat"
)

func TestAPasswordVerifiesAgainstItsOwnHashOnly(t *testing.T) {
	p, ctx := NewPasswords(DefaultCost()), t.Context()
	hash, err := p.Hash(ctx, NewSecret("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash does not say how it was made: %s", hash)
	}
	for password, want := range map[string]bool{"correct horse": true, "Correct horse": false, "": false} {
		if got, err := p.Verify(ctx, hash, NewSecret(password)); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	if again, _ := p.Hash(ctx, NewSecret("correct horse")); again == hash {
		t.Error("two hashes of one password are the same: no salt")
	}
}

func TestLengthsAreCheckedBeforeHashing(t *testing.T) {
	p := NewPasswords(DefaultCost())
	p.slots <- struct{}{}
	p.slots <- struct{}{} // a hash would wait for ever
	for password, code := range map[string]chat.Code{
		"seven77": chat.BadField, strings.Repeat("x", 1025): chat.TooLong, "\xff\xff\xff\xff\xff\xff\xff\xff": chat.BadField,
	} {
		if _, err := p.Hash(t.Context(), NewSecret(password)); !errors.Is(err, &chat.Refusal{Code: code}) {
			t.Errorf("hash of %d bytes: %v", len(password), err)
		}
	}
	if _, err := p.Verify(t.Context(), "", NewSecret(strings.Repeat("x", 5<<20))); !errors.Is(err, &chat.Refusal{Code: chat.TooLong}) {
		t.Errorf("verify of 5 MB: %v", err)
	}
}

func TestAFullQueueTurnsAwayAtOnceAndAWaiterMayGiveUp(t *testing.T) {
	p := NewPasswords(DefaultCost())
	for range cap(p.queue) {
		p.queue <- struct{}{}
	}
	if _, err := p.Verify(t.Context(), "", NewSecret("correct horse")); !errors.Is(err, &chat.Refusal{Code: chat.RateLimited}) {
		t.Errorf("full: %v", err)
	}
	<-p.queue
	p.slots <- struct{}{}
	p.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Verify(ctx, "", NewSecret("correct horse")); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if len(p.queue) != cap(p.queue)-1 {
		t.Error("who gave up still stands in the queue")
	}
}

// TestNoHashCostsAsMuchAsAHash counts what is spent, for a clock tells less of it than of what else the machine does: the
// passes, lanes and lengths that are asked for, and the memory that hashing takes.
func TestNoHashCostsAsMuchAsAHash(t *testing.T) {
	p := NewPasswords(DefaultCost())
	hash, err := p.Hash(t.Context(), NewSecret("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	spent := func(hash string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if ok, err := p.Verify(t.Context(), hash, NewSecret("wrong horse")); ok || err != nil {
			t.Fatal(ok, err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	least := uint64(DefaultCost().MemoryKiB) << 10
	if got := spent(hash); got < least {
		t.Fatalf("with a hash %d bytes were taken: this test measures nothing", got)
	}
	c, salt, want, _ := p.asked(hash)
	for _, absent := range []string{"", "garbage", "$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA"} {
		if got := spent(absent); got < least {
			t.Errorf("without a right hash (%q) %d bytes are taken, with one %d", absent, got, least)
		}
		if ac, as, aw, ok := p.asked(absent); ok || ac != c || len(as) != len(salt) || len(aw) != len(want) {
			t.Errorf("without a right hash (%q) %+v is asked for, with one %+v", absent, ac, c)
		}
	}
}

func TestAForgedHashCannotAskForTheMachine(t *testing.T) {
	for _, hash := range []string{
		"$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=19456,t=1000000,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	} {
		if _, _, _, ok := parsePHC(hash); ok {
			t.Errorf("%s was accepted", hash)
		}
	}
}
