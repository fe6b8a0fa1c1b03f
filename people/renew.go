package people

import (
	"confab/auth"
	"confab/chat"
	"confab/store"
)

// shown is the token that a client has shown.
type shown struct {
	secret string
	former bool           // it is the one before the one in force
	first  chat.VisitorID // it is the client's own, and nobody came with it before: the visitor is given this id
}

// renew looks after the tokens of v, and returns the one that his client shall keep from now on; "" if that is the one
// it has shown. A token is replaced when somebody is proven for the first time with it, and when it has become old.
func (o *opening) renew(v *store.Visitor, anew bool) (token string) {
	t, secret := parseTokens(v.Tokens), ""
	switch linger := o.now + chat.Millis(formerLinger.Milliseconds()); {
	case o.current == nil || o.current.ID != v.ID: // he came by other means than a token of his
		secret = auth.NewSecretToken()
		t = issue(secret, o.now)
	case o.shown.former: // the new one was lost on its way, or another tab was given it
		secret = following(o.shown.secret, t.former.nonce)
	case anew || t.at < o.now-chat.Millis(tokenLife.Milliseconds()):
		t, secret = t.follow(o.shown.secret, o.now)
	case t.former.until > linger: // now it is known that he has it
		t.former.until = linger
	default:
		return ""
	}
	v.Tokens = t.String()
	if secret == "" {
		return ""
	}
	return tokenOf(v.ID, secret)
}
