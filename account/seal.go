package account

import (
	"confab/auth"
	"confab/chat"
)

// Seal makes text of a secret that is kept for the account and must be readable again. It opens only as the same what of the
// same account.
func (a *Accounts) Seal(account chat.AccountID, what string, s auth.Secret) string {
	return a.box.Seal(s, string(account)+"/"+what)
}

// Unseal is the way back; false if it was changed, moved, or sealed with another signing secret.
func (a *Accounts) Unseal(account chat.AccountID, what, sealed string) (auth.Secret, bool) {
	s, err := a.box.Open(sealed, string(account)+"/"+what)
	return s, err == nil
}

// Mark stands for a text, such as an address that is counted, where the text itself must not: a keyed hash of 64 hex digits,
// the same at every node.
func (a *Accounts) Mark(text string) string { return a.box.Fingerprint(auth.NewSecret(text)) }
