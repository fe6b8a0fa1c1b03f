package people

import (
	"errors"
	"testing"
	"time"

	"confab/auth"
	"confab/chat"
	"confab/wire"
)

var tickets = auth.NewTickets([]byte("a signing secret of the tests 123"))

func sharing(r room) room {
	r.o.Tickets = tickets
	return r
}

// Proves PAV-JS-039: the session of another domain is the same person's.
func TestATicketOpensTheSamePersonOnAnotherDomain(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r = sharing(r)
		home := r.come(t, acme, wire.Proof{ID: "7", Email: "a@b.test", HMAC: sign(acme, "7")})
		ticket, until, err := r.Ticket(acme, wire.Proof{ID: "7", Email: "a@b.test", HMAC: sign(acme, "7")})
		if err != nil || until <= chat.At(time.Now()) || until > chat.At(time.Now().Add(auth.TicketLife)) {
			t.Fatalf("until %d: %v", until, err)
		}
		away := r.come(t, acme, wire.Proof{Ticket: ticket})
		if away.Level != Verified || away.Thread != home.Thread || away.Visitor.Contact != home.Visitor.Contact {
			t.Errorf("level %s in thread %s, want the verified one of %s", away.Level, away.Thread, home.Thread)
		}
		if away.Visitor.ID == home.Visitor.ID {
			t.Error("two browsers are one visitor")
		}
	})
}

func TestATicketIsGivenAgainForATicketUntilThePersonWasProvenTooLongAgo(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r = sharing(r)
		signed := func(ago time.Duration) wire.Proof {
			k := auth.Ticket{Account: "acme", Key: "id:7", Level: Verified, ID: "7", Proven: time.Now().Add(-ago)}
			ticket, _, err := tickets.Sign(k, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return wire.Proof{Ticket: ticket}
		}
		first := signed(auth.MaxTicketChain - time.Second)
		again, _, err := r.Ticket(acme, first)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tickets.Verify("acme", again, time.Now())
		if err != nil || time.Since(got.Proven) < auth.MaxTicketChain-time.Minute {
			t.Errorf("proven at %s, %v: a new ticket makes the login no younger", got.Proven, err)
		}
	})
}

// Proves PAV-JS-041: what is no ticket makes nobody of a visitor but himself.
func TestWhatIsNoTicketOpensAnonymous(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r = sharing(r)
		k := auth.Ticket{Account: "acme", Key: "id:7", Level: Verified, ID: "7", Proven: time.Now()}
		old, _, _ := tickets.Sign(k, time.Now().Add(-time.Hour))
		claimed := k
		claimed.Level = Claimed
		unproven, _, _ := tickets.Sign(claimed, time.Now())
		k.Account = "other"
		elsewhere, _, _ := tickets.Sign(k, time.Now())
		for why, ticket := range map[string]string{"nonsense": "x.y.z", "ended": old, "another account's": elsewhere, "of a claim": unproven} {
			if o := r.come(t, acme, wire.Proof{Ticket: ticket}); o.Level != Anonymous {
				t.Errorf("%s: level %s", why, o.Level)
			}
			if _, _, err := r.Ticket(acme, wire.Proof{Ticket: ticket}); !errors.Is(err, &chat.Refusal{Code: chat.Forbidden}) {
				t.Errorf("%s: a ticket for it: %v", why, err)
			}
		}
	})
}

// Proves PAV-JS-040: who names himself is not made another by a ticket.
func TestTheOwnIdentityOutranksATicket(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r = sharing(r)
		ticket, _, err := r.Ticket(acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		if err != nil {
			t.Fatal(err)
		}
		if o := r.come(t, acme, wire.Proof{ID: "8", Ticket: ticket}); o.Level != Claimed {
			t.Errorf("said to be 8, with a ticket of 7: %s", o.Level)
		}
		if _, _, err := r.Ticket(acme, wire.Proof{ID: "8"}); !errors.Is(err, &chat.Refusal{Code: chat.Forbidden}) {
			t.Errorf("a ticket for a claim: %v", err)
		}
	})
}
