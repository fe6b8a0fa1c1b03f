package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"confab/chat"
)

func TestATicketSaysWhatWasSignedForFiveMinutes(t *testing.T) {
	want := Ticket{Account: "acme", Key: "id:7", Level: "verified", ID: "7", Email: "a@b.test", Name: "Ada", Proven: noon}
	token, expires, err := NewTickets(secret).Sign(want, noon)
	if err != nil || expires.Sub(noon) != TicketLife {
		t.Fatalf("ends %s, %v", expires, err)
	}
	got, err := NewTickets(secret).Verify("acme", token, noon.Add(4*time.Minute))
	if want.Proven = noon.Local(); err != nil || !got.Proven.Equal(noon) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got.Proven = want.Proven; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := NewTickets(secret).Verify("acme", token, expires.Add(time.Minute)); !errors.Is(err, ErrInvalid) {
		t.Errorf("after its end: %v", err)
	}
}

func TestAForgedTicketIsRefused(t *testing.T) {
	tickets := NewTickets(secret)
	good, _, err := tickets.Sign(Ticket{Account: "acme", Key: "id:7", Level: "verified", Proven: noon}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tickets.Verify("acme", good, noon); err != nil {
		t.Fatalf("the ticket that all others differ from is refused: %v", err)
	}
	another, _, _ := NewTickets([]byte("another signing secret")).Sign(Ticket{Account: "acme", Key: "id:7", Level: "verified", Proven: noon}, noon)
	agents, _, _ := NewTokens(secret).SignAccess(Access{Account: "acme", Agent: "ann"}, noon)
	long := forge(t, jwt.SigningMethodHS256, tickets.key, func(h, c map[string]any) {
		h["typ"], c["lvl"], c["auth_time"], c["exp"] = ticketType, "verified", noon.Unix(), noon.Add(time.Hour).Unix()
	})
	for why, token := range map[string]string{
		"nothing":           "",
		"no JWT":            "hello",
		"another secret":    another,
		"an agent's token":  agents,
		"holds for an hour": long,
		"payload changed":   strings.Replace(good, ".", ".e", 1),
		"a line break":      good + "\n",
		"of another type": forge(t, jwt.SigningMethodHS256, tickets.key, func(_, c map[string]any) {
			c["lvl"], c["auth_time"], c["exp"] = "verified", noon.Unix(), noon.Add(time.Minute).Unix()
		}),
	} {
		if _, err := tickets.Verify("acme", token, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v", why, err)
		}
	}
	for _, account := range []string{"other", ""} {
		if _, err := tickets.Verify(chat.AccountID(account), good, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("for account %q: %v", account, err)
		}
	}
}

func TestTicketsFollowOneAnotherForTwelveHours(t *testing.T) {
	tickets := NewTickets(secret)
	k := Ticket{Account: "acme", Key: "id:7", Level: "verified", Proven: noon}
	if _, _, err := tickets.Sign(k, noon.Add(MaxTicketChain)); err != nil {
		t.Errorf("after twelve hours: %v", err)
	}
	if _, _, err := tickets.Sign(k, noon.Add(MaxTicketChain+time.Second)); !errors.Is(err, ErrInvalid) {
		t.Errorf("a second later: %v", err)
	}
}
