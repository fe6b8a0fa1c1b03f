package people

import (
	"strings"
	"time"
	"unicode/utf8"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/wire"
)

const (
	minClientID     = 8 // characters; the secret of a bound visitor
	maxProofBytes   = 512
	maxEmailBytes   = 254
	maxJWTBytes     = 4096 // not even looked at beyond
	minTokenBytes   = 20
	maxTokenBytes   = 256
	keyOfID         = "id:"
	keyOfEmail      = "email:"
	keyOfClient     = "client:" // followed by a hash: what finds somebody opens nothing
	reasonJWT       = "jwt"
	reasonHMAC      = "hmac"
	reasonNoProof   = "no_proof"
	reasonShortText = "client_id_too_short"
)

// evidence is what a proof comes to. Key names the person apart from all others of the account; with a level that
// is not proven it is only what somebody said.
type evidence struct {
	level string
	key   string
	id    string // the site's id of its user
	email string
	name  string
	said  string    // key of the claim that came along, whatever was proven
	since time.Time // when it was proven, if a ticket proves it
	// binds is the secret clientId that proved it, if one did.
	binds auth.Secret
	// wrong tells why a proof that was tried does not hold; "" if none was tried or it does.
	wrong string
}

func (e evidence) proven() bool { return e.level == Bound || e.level == Verified }

// weigh judges a proof. A JWT outranks an HMAC, that a clientId, that a mere claim.
//
//	in    the account with its keys, what the client showed, the clock
//	out   the level it reaches; one that does not hold reaches Claimed at most
func weigh(a *account.Account, proof wire.Proof, now time.Time) evidence {
	e := claim(proof)
	switch keys := a.ServerKeys(now); {
	case proof.JWT != "":
		e = weighJWT(e, a, keys, proof.JWT, now)
	case proof.HMAC != "":
		e = weighHMAC(e, keys, proof.HMAC)
	}
	if e.level != Verified && proof.ClientID != "" {
		e = weighClientID(e, proof.ClientID)
	}
	return e
}

// claim is what the proof says without proving it.
func claim(proof wire.Proof) evidence {
	e := evidence{level: Anonymous, id: tidy(proof.ID, maxProofBytes), email: tidy(proof.Email, maxEmailBytes)}
	e.name = chat.Clean(proof.Name, chat.Limits.NameRunes)
	switch {
	case e.id != "":
		e.key = keyOfID + e.id
	case e.email != "":
		e.key = keyOfEmail + strings.ToLower(e.email)
	}
	e.said = e.key
	if e.key != "" {
		e.level, e.wrong = Claimed, reasonNoProof
	} else if e.name != "" {
		e.level = Claimed
	}
	return e
}

// tidy returns text if it is fit to be kept as it is, else "": cutting an id would make it another's.
func tidy(text string, most int) string {
	if len(text) > most || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	return text
}

func weighJWT(e evidence, a *account.Account, keys []auth.Secret, token string, now time.Time) evidence {
	e.level, e.wrong = Claimed, reasonJWT
	if len(token) > maxJWTBytes {
		return e
	}
	user, err := auth.VerifyUser(keys, a.ID, token, now)
	if err != nil {
		return e
	}
	proven := evidence{level: Verified, key: keyOfID + user.ID, id: user.ID, email: tidy(user.Email, maxEmailBytes), said: e.said}
	if proven.name = chat.Clean(user.Name, chat.Limits.NameRunes); proven.name == "" {
		proven.name = e.name
	}
	return proven
}

func weighHMAC(e evidence, keys []auth.Secret, proof string) evidence {
	signed := or(e.id, e.email)
	if signed == "" || len(proof) > maxProofBytes || !auth.CheckUser(keys, signed, proof) {
		e.wrong = reasonHMAC // and proves nothing: as if it were not there
		return e
	}
	e.level, e.wrong = Verified, ""
	return e
}

func weighClientID(e evidence, secret string) evidence {
	if utf8.RuneCountInString(secret) < minClientID || len(secret) > maxProofBytes {
		if e.wrong == "" {
			e.wrong = reasonShortText
		}
		return e
	}
	e.level, e.key, e.id, e.binds = Bound, keyOfClient+auth.HashToken(secret), "", auth.NewSecret(secret)
	return e
}
