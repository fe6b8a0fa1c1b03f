package chatra

import (
	"encoding/base64"
	"errors"
	"strings"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/dialect/rest"
)

const (
	mostRequests = 60      // of one account, in any minute
	maxKeysBytes = 2 << 10 // longer than any pair
)

var errKeys = chat.Refuse(chat.Unauthorized, "The public and the secret key of an account are needed.")

// admit finds out whose keys were shown and counts the request, whatever becomes of it.
func (a *server) admit(c *rest.Call) (*account.Account, error) {
	public, secret, ok := pairOf(c.R.Header.Values("Authorization"))
	if !ok {
		return nil, errKeys
	}
	owner, err := a.Accounts.ByCredential(c.Ctx, account.DialectChatra, public)
	if err != nil && !isRefused(err, chat.NotFound) {
		return nil, err
	}
	if err != nil || !holds(owner, public, secret) {
		return nil, errKeys
	}
	return owner, c.Ration(a.Store, owner.ID, "chatra", mostRequests)
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

func notFound(what string) error { return chat.Refuse(chat.NotFound, "There is no such %s.", what) }
