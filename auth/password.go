package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"confab/chat"
)

// Lengths of passwords in bytes. Checked before anything is hashed.
const (
	MinPasswordBytes = 8
	MaxPasswordBytes = 1024
)

const (
	hashingSlots = 2  // each costs 19 MiB and a core for some 40 ms
	hashingQueue = 32 // waiting at most; over it the caller is told to come back
)

// Cost is what argon2id is asked to spend on one hash.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost follows OWASP's least: 19 MiB, two passes, one lane.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 << 10, Passes: 2, Lanes: 1} }

// Bounds of what a kept hash may ask for, so that a forged one cannot take the machine.
const (
	maxMemoryKiB = 256 << 10
	maxPasses    = 16
	saltBytes    = 16
	hashBytes    = 32
)

// Passwords hashes and checks passwords with argon2id, two at a time. Safe for concurrent use.
type Passwords struct {
	cost  Cost          // of new hashes; a kept one says its own
	slots chan struct{} // holds a token per running hash
	queue chan struct{} // holds a token per running or waiting hash
}

// NewPasswords returns a hasher with its own slots. A process has one, of DefaultCost.
func NewPasswords(c Cost) *Passwords {
	return &Passwords{
		cost:  c,
		slots: make(chan struct{}, hashingSlots),
		queue: make(chan struct{}, hashingSlots+hashingQueue),
	}
}

// CheckPassword tells whether text may become a password: 8 to 1,024 bytes of UTF-8.
func CheckPassword(password Secret) error {
	switch n := len(password.Reveal()); {
	case n < MinPasswordBytes:
		return &chat.Refusal{Code: chat.BadField, Field: "password", Message: "A password has at least 8 characters."}
	case n > MaxPasswordBytes:
		return &chat.Refusal{Code: chat.TooLong, Field: "password", Message: "A password has at most 1,024 bytes."}
	case !utf8.ValidString(password.Reveal()):
		return &chat.Refusal{Code: chat.BadField, Field: "password", Message: "A password is UTF-8 text."}
	}
	return nil
}

// Hash returns a PHC string ($argon2id$v=19$…) with a fresh salt.
//
// Errors: chat.BadField or chat.TooLong by CheckPassword; chat.RateLimited if the queue is full; ctx's own.
func (p *Passwords) Hash(ctx context.Context, password Secret) (string, error) {
	if err := CheckPassword(password); err != nil {
		return "", err
	}
	release, err := p.enter(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt)
	return phc(p.cost, salt, p.cost.key(password, salt, hashBytes)), nil
}

// Verify tells whether password belongs to the kept hash. An empty or unreadable hash costs the same time as a
// right one and is never verified, so that nobody learns from the clock who exists.
//
// Errors: chat.TooLong before hashing; chat.RateLimited if the queue is full; ctx's own.
func (p *Passwords) Verify(ctx context.Context, hash string, password Secret) (bool, error) {
	if len(password.Reveal()) > MaxPasswordBytes {
		return false, CheckPassword(password)
	}
	release, err := p.enter(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	c, salt, want, ok := p.asked(hash)
	same := subtle.ConstantTimeCompare(c.key(password, salt, len(want)), want) == 1
	return same && ok, nil
}

// asked is what a kept hash asks to be spent, and compared with; of an unreadable one, what a new one would.
func (p *Passwords) asked(hash string) (c Cost, salt, want []byte, ok bool) {
	if c, salt, want, ok = parsePHC(hash); !ok {
		c, salt, want = p.cost, make([]byte, saltBytes), make([]byte, hashBytes)
	}
	return c, salt, want, ok
}

// Outdated tells that a hash was made with other costs than a new one would be.
func (p *Passwords) Outdated(hash string) bool {
	c, _, _, ok := parsePHC(hash)
	return !ok || c != p.cost
}

// enter waits for a slot; the returned function gives it back.
func (p *Passwords) enter(ctx context.Context) (release func(), err error) {
	select {
	case p.queue <- struct{}{}:
	default:
		return nil, chat.Refuse(chat.RateLimited, "Too many people are logging in at this moment. Try again shortly.")
	}
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots; <-p.queue }, nil
	case <-ctx.Done():
		<-p.queue
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (c Cost) key(password Secret, salt []byte, length int) []byte {
	return argon2.IDKey([]byte(password.Reveal()), salt, c.Passes, c.MemoryKiB, c.Lanes, uint32(length))
}

func phc(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Lanes,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

func parsePHC(text string) (c Cost, salt, key []byte, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return Cost{}, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Lanes); err != nil || !c.sane() {
		return Cost{}, nil, nil, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return Cost{}, nil, nil, false
	}
	key, err = base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(key) < 16 || len(key) > 64 {
		return Cost{}, nil, nil, false
	}
	return c, salt, key, true
}

func (c Cost) sane() bool {
	return c.MemoryKiB >= 8*uint32(c.Lanes) && c.MemoryKiB <= maxMemoryKiB &&
		c.Passes >= 1 && c.Passes <= maxPasses && c.Lanes >= 1 && c.Lanes <= 4
}
