package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

const (
	// RefreshLife is how long a log-in holds that is not used.
	RefreshLife = 30 * 24 * time.Hour
	// RefreshGrace is how long the previous refresh token is answered again: its first answer may have been lost.
	RefreshGrace = 30 * time.Second

	maxSessions = 50 // of one agent; the one not used for longest goes
	maxPlaces   = 8
)

// sessionDoc is one log-in. Of its refresh tokens only the number of the valid one is kept: they are signed.
type sessionDoc struct {
	Generation int64       `json:"generation"`
	RotatedAt  chat.Millis `json:"rotatedAt"`
}

// LogIn checks e-mail and password. remoteAddr is host:port or an address.
//
// Who tries too often waits, longer and longer, but nobody is ever locked out: a network from which the agent has
// logged in before has its own count, that strangers elsewhere cannot use up.
//
// Errors: chat.Unauthorized, the same after the same time for unknown people, inactive ones and wrong passwords;
// *Limited after too many tries; chat.RateLimited if too many are being checked at this moment; chat.TooLong.
func (a *Accounts) LogIn(ctx context.Context, email string, password auth.Secret, remoteAddr string) (Session, error) {
	if len(password.Reveal()) > auth.MaxPasswordBytes || len(email) > maxEmailBytes {
		return Session{}, chat.Refuse(chat.TooLong, "The e-mail address or the password is too long.")
	}
	d, err := a.agentByEmail(ctx, email)
	if err != nil && !isNotFound(err) {
		return Session{}, err
	}
	if d == nil {
		d = &agentDoc{}
	}
	place := a.box.Fingerprint(auth.NewSecret(addressPrefix(remoteAddr)))
	tries := a.triesOf(email, place, slices.Contains(d.Places, place))
	if err := a.take(ctx, tries); err != nil {
		return Session{}, err
	}
	if err := a.checkPassword(ctx, d, password); err != nil {
		return Session{}, err
	}
	a.giveBack(ctx, tries)
	return a.begin(ctx, d, place, password)
}

func (a *Accounts) checkPassword(ctx context.Context, d *agentDoc, password auth.Secret) error {
	hash := d.PasswordHash
	if !d.Active {
		hash = ""
	}
	right, err := a.passwords.Verify(ctx, hash, password)
	if err != nil {
		return err
	}
	if !right {
		a.log.Info("log-in refused", zap.String("account", string(d.Account)), zap.String("agent", string(d.ID)))
		return chat.Refuse(chat.Unauthorized, "This e-mail address and password do not belong together.")
	}
	return nil
}

// begin opens a session of an agent whose password was right when d was read.
func (a *Accounts) begin(ctx context.Context, d *agentDoc, place string, password auth.Secret) (Session, error) {
	checked, id := d.PasswordHash, a.ids.New()
	if a.passwords.Outdated(checked) {
		fresh, err := a.passwords.Hash(ctx, password)
		if err != nil {
			return Session{}, err
		}
		d.PasswordHash = fresh
	}
	fresh, now := d.PasswordHash, time.Now()
	after, _, err := a.changeAgent(ctx, d.Account, d.ID, func(d *agentDoc) error {
		if d.PasswordHash != checked || !d.Active {
			return unauthorized() // changed since it was checked
		}
		d.PasswordHash = fresh
		d.remember(place)
		d.addSession(id, now)
		return nil
	})
	if err != nil {
		return Session{}, err
	}
	a.agents.drop(d.Account)
	return a.session(after, id, now)
}

// Refresh gives the next Session for a refresh token, which works once; within RefreshGrace again, with the same next
// one. An older one shows that somebody copied it, and ends the session. Errors: chat.Unauthorized.
func (a *Accounts) Refresh(ctx context.Context, refreshToken string) (Session, error) {
	r, err := a.tokens.VerifyRefresh(refreshToken)
	if err != nil {
		return Session{}, unauthorized()
	}
	now, reused := time.Now(), false
	after, changed, err := a.changeAgent(ctx, r.Account, r.Agent, func(d *agentDoc) error {
		s, ok := d.Sessions[r.Session]
		var again bool
		if reused, again = false, false; !ok || !d.Active {
			return unauthorized()
		}
		again = r.Generation == s.Generation-1 && now.Sub(s.RotatedAt.Time()) <= RefreshGrace
		switch {
		case now.Sub(s.RotatedAt.Time()) > RefreshLife:
			delete(d.Sessions, r.Session)
		case again:
		case r.Generation < s.Generation:
			reused = true
			delete(d.Sessions, r.Session)
		default: // newer than kept, if the store lost its last moments: signed all the same
			d.Sessions[r.Session] = sessionDoc{Generation: r.Generation + 1, RotatedAt: chat.At(now)}
		}
		return nil
	})
	if isNotFound(err) {
		return Session{}, unauthorized()
	}
	if err != nil {
		return Session{}, err
	}
	if changed {
		a.agents.drop(r.Account)
	}
	if _, lives := after.Sessions[r.Session]; !lives {
		a.ended(r, reused)
		return Session{}, unauthorized()
	}
	return a.session(after, r.Session, now)
}

func (a *Accounts) ended(r auth.Refresh, reused bool) {
	if reused {
		a.log.Warn("a used refresh token came again: the session is ended", zap.String("account", string(r.Account)),
			zap.String("agent", string(r.Agent)), zap.String("session", r.Session))
	}
	a.revoked(r.Account, r.Agent)
}

// LogOut ends the session of a refresh token, of whatever generation: its tokens are void and its sockets close
// within a second. The agent's other sessions go on. A token that is not one of ours ends nothing.
func (a *Accounts) LogOut(ctx context.Context, refreshToken string) error {
	r, err := a.tokens.VerifyRefresh(refreshToken)
	if err != nil {
		return nil
	}
	_, changed, err := a.changeAgent(ctx, r.Account, r.Agent, func(d *agentDoc) error {
		delete(d.Sessions, r.Session)
		return nil
	})
	if err != nil && !isNotFound(err) {
		return err
	}
	if changed {
		a.revoked(r.Account, r.Agent)
	}
	return nil
}

// VerifyAgent tells who bears the access token and until when it holds. A token of an ended session or of an agent
// whose rights have changed does not hold, at the latest 2 s after. Each revocation rings the bell 'R' with the
// agent's id as Data: Invalidate then, and verify that agent's tokens again.
//
// Errors: chat.Unauthorized.
func (a *Accounts) VerifyAgent(ctx context.Context, accessToken string) (Agent, time.Time, error) {
	t, err := a.tokens.VerifyAccess(accessToken, time.Now())
	if err != nil {
		return Agent{}, time.Time{}, unauthorized()
	}
	read, err := a.cachedAgent(ctx, t.Account, t.Agent)
	if err != nil && !isNotFound(err) {
		return Agent{}, time.Time{}, err
	}
	if _, lives := read.sessions[t.Session]; !lives || !read.Active || read.revision != t.Revision {
		return Agent{}, time.Time{}, unauthorized()
	}
	return read.Agent, t.Expires, nil
}

// revoked makes every node look again at the agent's tokens.
func (a *Accounts) revoked(account chat.AccountID, id chat.AgentID) {
	a.Invalidate(account)
	a.store.Ring(account, store.BellRevoked, "", "", []byte(id))
}

func (a *Accounts) session(d *agentDoc, id string, now time.Time) (Session, error) {
	token, expires, err := a.tokens.SignAccess(auth.Access{
		Account: d.Account, Agent: d.ID, Session: id, Revision: d.Revision,
	}, now)
	if err != nil {
		return Session{}, err
	}
	refresh := a.tokens.SignRefresh(auth.Refresh{
		Account: d.Account, Agent: d.ID, Session: id, Generation: d.Sessions[id].Generation,
	})
	return Session{Token: token, ExpiresAt: chat.At(expires), RefreshToken: refresh, Agent: d.Agent}, nil
}

// changeAgent changes an agent who is there. after is the agent as kept. Errors: chat.NotFound, those of change.
func (a *Accounts) changeAgent(ctx context.Context, account chat.AccountID, id chat.AgentID, change func(*agentDoc) error) (after *agentDoc, changed bool, err error) {
	changed, err = a.changeDoc(ctx, account, kindAgent, string(id), func(data []byte) ([]byte, error) {
		if data == nil {
			return nil, noAgent()
		}
		after = &agentDoc{}
		if err := json.Unmarshal(data, after); err != nil {
			return nil, fmt.Errorf("read agent %s: %w", id, err)
		}
		if err := change(after); err != nil {
			return nil, err
		}
		return encode(after), nil
	})
	return after, changed, err
}

func (d *agentDoc) addSession(id string, now time.Time) {
	if d.Sessions == nil {
		d.Sessions = map[string]sessionDoc{}
	}
	for len(d.Sessions) >= maxSessions {
		delete(d.Sessions, d.oldestSession())
	}
	d.Sessions[id] = sessionDoc{Generation: 1, RotatedAt: chat.At(now)}
}

func (d *agentDoc) oldestSession() (oldest string) {
	for id, s := range d.Sessions {
		if oldest == "" || s.RotatedAt < d.Sessions[oldest].RotatedAt {
			oldest = id
		}
	}
	return oldest
}

func (d *agentDoc) remember(place string) {
	d.Places = slices.DeleteFunc(d.Places, func(p string) bool { return p == place })
	d.Places = slices.Insert(d.Places, 0, place)
	d.Places = d.Places[:min(len(d.Places), maxPlaces)]
}
