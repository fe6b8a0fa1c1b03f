package account

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
)

const (
	keyPrefix  = "cfk_" // so that a leaked key is recognised for what it is
	keyIDChars = 17     // of its fingerprint
)

// MaxKeyOverlapHours is for how long keys may hold beside the one that replaced them: 90 days.
const MaxKeyOverlapHours = 90 * 24

// RotateKey makes a new server key the account's first. Those before it hold for overlap longer, so that sites can
// change theirs meanwhile. Errors: chat.NotFound, chat.BadField.
func (a *Accounts) RotateKey(ctx context.Context, account chat.AccountID, overlap time.Duration) (auth.Secret, error) {
	if overlap < 0 || overlap > MaxKeyOverlapHours*time.Hour {
		return auth.Secret{}, chat.Refuse(chat.BadField, "Old keys hold for 0 to 90 days longer.")
	}
	found, err := a.Account(ctx, account)
	if err != nil {
		return auth.Secret{}, err
	}
	fresh, now := newServerKey(), time.Now()
	err = a.changeAccount(ctx, found.ID, mustExist, func(d *accountDoc) error {
		d.retire(chat.At(now), chat.At(now.Add(overlap)))
		a.addKey(d, fresh, now)
		return nil
	})
	if err != nil {
		return auth.Secret{}, err
	}
	a.log.Info("server key rotated", zap.String("account", string(found.ID)), zap.Duration("overlap", overlap))
	return fresh, nil
}

func newServerKey() auth.Secret { return auth.NewSecret(keyPrefix + auth.NewSecretToken()) }

func mustExist(exists bool) error {
	if !exists {
		return noAccount()
	}
	return nil
}

// retire drops the keys whose time is over and ends the others at until, if they do not end before.
func (d *accountDoc) retire(now, until chat.Millis) {
	kept := []keyDoc{}
	for _, k := range d.Keys {
		if k.Until == 0 || k.Until > until {
			k.Until = until
		}
		if k.Until > now {
			kept = append(kept, k)
		}
	}
	d.Keys = kept
}

func (a *Accounts) addKey(d *accountDoc, key auth.Secret, now time.Time) {
	k := keyDoc{Sealed: a.box.Seal(key, d.place("key")), Mark: a.box.Fingerprint(key), CreatedAt: chat.At(now)}
	d.Keys = slices.Insert(d.Keys, 0, k)
	d.Keys = d.Keys[:min(len(d.Keys), maxServerKeys)]
}

// bringKeys makes the spec's server key the only one, unless it is the newest already. An account without any gets one.
func (a *Accounts) bringKeys(d *accountDoc, s AccountSpec) {
	switch {
	case s.ServerKey != nil && !a.newestIs(d, *s.ServerKey):
		d.Keys = []keyDoc{}
		a.addKey(d, *s.ServerKey, time.Now())
	case s.ServerKey == nil && len(d.Keys) == 0:
		a.addKey(d, newServerKey(), time.Now())
	}
	for _, c := range s.Credentials {
		a.bringCredential(d, c)
	}
}

func (a *Accounts) newestIs(d *accountDoc, key auth.Secret) bool {
	if len(d.Keys) == 0 {
		return false
	}
	held, err := a.box.Open(d.Keys[0].Sealed, d.place("key"))
	return err == nil && held.Equal(key) && d.Keys[0].Mark == a.box.Fingerprint(key)
}

func (a *Accounts) bringCredential(d *accountDoc, c Credential) {
	i := slices.IndexFunc(d.Credentials, func(k credentialDoc) bool { return k.Kind == c.Kind })
	if i < 0 {
		i = len(d.Credentials)
		d.Credentials = append(d.Credentials, credentialDoc{Kind: c.Kind})
	}
	if c.Public != "" {
		d.Credentials[i].Public = c.Public
	}
	if !c.Secret.Empty() {
		d.Credentials[i].Sealed = a.reseal(d, c.Kind, d.Credentials[i].Sealed, c.Secret)
	}
}
