package api

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
)

const (
	kindServerKey       = "server"
	defaultOverlapHours = 24
	maskShows           = 4  // characters at the end of a masked key
	maskFrom            = 16 // shorter keys show nothing
)

// keyAnswer is a key without its text. Of a pair it is the secret half, and Public the other.
type keyAnswer struct {
	ID        string      `json:"id"`
	Kind      string      `json:"kind"` // kindServerKey, or what the pair is for
	Public    string      `json:"public,omitempty"`
	Masked    string      `json:"masked"`
	CreatedAt chat.Millis `json:"createdAt,omitempty"`
	Until     chat.Millis `json:"until,omitempty"` // void from then on; none: for good
}

type revealedKey struct {
	keyAnswer
	Key string `json:"key"`
}

func serverKeyAnswer(k account.ServerKey) keyAnswer {
	return keyAnswer{ID: k.ID, Kind: kindServerKey, Masked: masked(k.Key), CreatedAt: k.CreatedAt, Until: k.Until}
}

func pairAnswer(p account.Credential) keyAnswer {
	return keyAnswer{ID: p.Kind, Kind: p.Kind, Public: p.Public, Masked: masked(p.Secret)}
}

// masked lets a key be told from others by who has it before him. How long it is stays unknown.
func masked(key auth.Secret) string {
	const dots = "••••••••"
	text := []rune(key.Reveal())
	if len(text) < maskFrom {
		return dots
	}
	return dots + string(text[len(text)-maskShows:])
}

// held are the server keys that hold now, the newest first.
func held(a *account.Account) []account.ServerKey {
	now := chat.At(time.Now())
	return slices.DeleteFunc(slices.Clone(a.Keys), func(k account.ServerKey) bool { return k.Until != 0 && k.Until <= now })
}

func (a *api) keys(c *call) (any, error) {
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	var all []keyAnswer
	for _, k := range held(owner) {
		all = append(all, serverKeyAnswer(k))
	}
	for _, p := range owner.Credentials {
		all = append(all, pairAnswer(p))
	}
	return listOf(all, ""), nil
}

// revealKey tells one key, and the log who asked.
func (a *api) revealKey(c *call) (any, error) {
	body, err := decode[struct {
		ID string `json:"id"`
	}](c)
	if err != nil {
		return nil, err
	}
	if body.ID == "" {
		return nil, missing("id")
	}
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	found, err := findKey(owner, body.ID)
	if err != nil {
		return nil, err
	}
	a.log.Info("key revealed", zap.String("account", string(c.account)), zap.String("agent", string(c.self.ID)), zap.String("kind", found.Kind))
	return found, nil
}

func findKey(a *account.Account, id string) (revealedKey, error) {
	for _, k := range held(a) {
		if k.ID == id {
			return revealedKey{serverKeyAnswer(k), k.Key.Reveal()}, nil
		}
	}
	for _, p := range a.Credentials {
		if p.Kind == id {
			return revealedKey{pairAnswer(p), p.Secret.Reveal()}, nil
		}
	}
	return revealedKey{}, chat.Refuse(chat.NotFound, "There is no such key.")
}

func (a *api) rotateKey(c *call) (any, error) {
	body, err := decode[struct {
		OverlapHours *int64 `json:"overlapHours"`
	}](c)
	if err != nil {
		return nil, err
	}
	hours := int64(defaultOverlapHours)
	if body.OverlapHours != nil {
		hours = *body.OverlapHours
	}
	if hours < 0 || hours > account.MaxKeyOverlapHours {
		return nil, bad("overlapHours", "Old keys hold for 0 to %d hours longer.", account.MaxKeyOverlapHours)
	}
	fresh, err := a.accounts.RotateKey(c.ctx, c.account, time.Duration(hours)*time.Hour)
	if err != nil {
		return nil, err
	}
	owner, err := a.accounts.Account(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	a.log.Info("key rotated by an agent", zap.String("account", string(c.account)), zap.String("agent", string(c.self.ID)))
	for _, k := range owner.Keys {
		if k.Key.Equal(fresh) {
			return revealedKey{serverKeyAnswer(k), fresh.Reveal()}, nil
		}
	}
	return nil, chat.Refuse(chat.Conflict, "Another key was made at the same moment. Look again.")
}
