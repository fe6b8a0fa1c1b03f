package auth

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"confab/chat"
)

const (
	// TicketLife is how long a ticket opens a session.
	TicketLife = 5 * time.Minute
	// MaxTicketChain is how long tickets may follow one another before their person is proven anew.
	MaxTicketChain = 12 * time.Hour

	ticketType = "confab-ticket+jwt"
)

// Ticket is what a proven session hands on, so that another page of the same site opens as the same person.
type Ticket struct {
	Account chat.AccountID
	Key     string    // names the person within the account
	Level   string    // how well the person was proven
	ID      string    // the site's id of its user, may be empty
	Email   string    // may be empty
	Name    string    // may be empty
	Proven  time.Time // by something else than a ticket; second precision
}

// Tickets signs and verifies tickets with a key derived from the signing secret. Safe for concurrent use.
type Tickets struct{ key []byte }

// NewTickets derives the key. All nodes of a deployment need the same secret.
func NewTickets(secret []byte) *Tickets { return &Tickets{derive(secret, "session ticket")} }

type ticketClaims struct {
	jwt.RegisteredClaims
	Level  string `json:"lvl"`
	ID     string `json:"uid,omitempty"`
	Email  string `json:"email,omitempty"`
	Name   string `json:"name,omitempty"`
	Proven int64  `json:"auth_time"` // seconds since 1970
}

// Sign returns a ticket that opens sessions for TicketLife from now, and when it ends. Errors: ErrInvalid if its person
// was proven longer ago than MaxTicketChain.
func (t *Tickets) Sign(k Ticket, now time.Time) (token string, expires time.Time, err error) {
	if now.Sub(k.Proven) > MaxTicketChain {
		return "", time.Time{}, ErrInvalid
	}
	expires = now.Add(TicketLife).Truncate(time.Second)
	j := jwt.NewWithClaims(jwt.SigningMethodHS256, ticketClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Subject: k.Key, Audience: jwt.ClaimStrings{string(k.Account)},
			ExpiresAt: jwt.NewNumericDate(expires), IssuedAt: jwt.NewNumericDate(now),
		},
		Level: k.Level, ID: k.ID, Email: k.Email, Name: k.Name, Proven: k.Proven.Unix(),
	})
	j.Header["typ"] = ticketType
	token, err = j.SignedString(t.key)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign ticket: %w", err)
	}
	return token, expires, nil
}

// Verify returns what a ticket says if this deployment signed it for the account and it has not ended. Errors:
// ErrInvalid, whatever is wrong.
func (t *Tickets) Verify(account chat.AccountID, token string, now time.Time) (Ticket, error) {
	var c ticketClaims
	if !parse(token, &c, t.key, now, ticketType, jwt.WithIssuer(issuer), jwt.WithAudience(string(account))) {
		return Ticket{}, ErrInvalid
	}
	proven := time.Unix(c.Proven, 0)
	tooLong := c.ExpiresAt.Sub(now) > TicketLife+clockLeeway || now.Sub(proven) > MaxTicketChain+TicketLife
	if tooLong || account == "" || c.Subject == "" || c.Level == "" {
		return Ticket{}, ErrInvalid
	}
	return Ticket{Account: account, Key: c.Subject, Level: c.Level, ID: c.ID, Email: c.Email, Name: c.Name, Proven: proven}, nil
}
