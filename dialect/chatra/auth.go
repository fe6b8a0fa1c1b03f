package chatra

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"confab/account"
	"confab/auth"
	"confab/chat"
)

const (
	mostRequests = 60 // of one account, in any stretch of
	requestsTime = time.Minute

	maxKeysBytes = 2 << 10 // longer than any pair
)

// admit finds out whose keys were shown and counts the request, whatever becomes of it.
// Errors: a fault with 401 or 429; else the store does not answer.
func (a *rest) admit(c *call) error {
	public, secret, ok := pairOf(c.r.Header.Values("Authorization"))
	if !ok {
		return wrongKeys()
	}
	owner, err := a.Accounts.ByCredential(c.ctx, account.DialectChatra, public)
	if err != nil && !isRefused(err, chat.NotFound) {
		return err
	}
	if err != nil || !holds(owner, public, secret) {
		return wrongKeys()
	}
	c.account = owner
	free, after, err := a.Store.LimitWindow(c.ctx, owner.ID, "chatra", mostRequests, requestsTime)
	if err != nil {
		return err
	}
	if !free {
		return &fault{status: http.StatusTooManyRequests, message: "More than 60 requests in a minute.", retry: after}
	}
	return nil
}

func wrongKeys() error {
	return &fault{status: http.StatusUnauthorized, message: "The public and the secret key of an account are needed."}
}

// holds tells whether the account has this pair.
func holds(a *account.Account, public string, secret auth.Secret) bool {
	for _, c := range a.Credentials {
		if c.Kind == account.DialectChatra && c.Public == public && !c.Secret.Empty() && c.Secret.Equal(secret) {
			return true
		}
	}
	return false
}

// pairOf reads the two forms of the header: "Chatra.Simple public:secret", and HTTP's Basic with the same.
func pairOf(values []string) (public string, secret auth.Secret, ok bool) {
	if len(values) != 1 || len(values[0]) > maxKeysBytes {
		return "", auth.Secret{}, false
	}
	scheme, pair, _ := strings.Cut(values[0], " ")
	pair = strings.TrimSpace(pair)
	switch {
	case strings.EqualFold(scheme, "Chatra.Simple"):
	case strings.EqualFold(scheme, "Basic"):
		raw, err := base64.StdEncoding.DecodeString(pair)
		if err != nil {
			return "", auth.Secret{}, false
		}
		pair = string(raw)
	default:
		return "", auth.Secret{}, false
	}
	public, private, _ := strings.Cut(pair, ":")
	return public, auth.NewSecret(private), public != "" && private != ""
}

func isRefused(err error, code chat.Code) bool { return errors.Is(err, &chat.Refusal{Code: code}) }
