package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

// Kinds of documents and names of indexes.
const (
	kindAccount = "account"
	kindAgent   = "agent"

	indexName       = "name" // ids and vanity ids
	indexHost       = "host"
	indexWidget     = "widget"
	indexKey        = "key" // fingerprints of server keys
	indexCredential = "credential-"
	indexEmail      = "email"
)

// accountDoc is an account as kept. Secrets in it are sealed.
type accountDoc struct {
	ID               chat.AccountID  `json:"id"`
	VanityID         string          `json:"vanityId,omitempty"`
	Name             string          `json:"name"`
	Hosts            []string        `json:"hosts"`
	AllowedOrigins   []string        `json:"allowedOrigins"`
	Channels         []Channel       `json:"channels"`
	Groups           []Group         `json:"groups"`
	Webhooks         []webhookDoc    `json:"webhooks"`
	Keys             []keyDoc        `json:"keys"` // newest first
	Credentials      []credentialDoc `json:"credentials"`
	IdleCloseMinutes int64           `json:"idleCloseMinutes,omitempty"`
	ChatLogTo        string          `json:"chatLogTo,omitempty"`
	Privacy          chat.Privacy    `json:"privacy,omitzero"` // what was chosen; "" is the default
	Widget           json.RawMessage `json:"widget,omitempty"`
	CreatedAt        chat.Millis     `json:"createdAt"`
}

type webhookDoc struct {
	ID      string `json:"id"`
	Dialect string `json:"dialect"`
	URL     string `json:"url"`
	Sealed  string `json:"sealed,omitempty"`

	SealedBefore string      `json:"sealedBefore,omitempty"`
	BeforeUntil  chat.Millis `json:"beforeUntil,omitempty"`

	CreatedAt  chat.Millis `json:"createdAt,omitempty"`
	DisabledAt chat.Millis `json:"disabledAt,omitempty"`
	NumericIDs bool        `json:"numericIds,omitempty"`
}

type keyDoc struct {
	Sealed    string      `json:"sealed"`
	Mark      string      `json:"mark"` // fingerprint
	CreatedAt chat.Millis `json:"createdAt"`
	Until     chat.Millis `json:"until,omitempty"`
}

type credentialDoc struct {
	Kind   string `json:"kind"`
	Public string `json:"public"`
	Sealed string `json:"sealed"`
}

// Places bind a sealed text to where it is kept.
func (d *accountDoc) place(what string) string { return string(d.ID) + "/" + what }

// load reads an account's document; the version is what save expects. Errors: chat.NotFound.
func (a *Accounts) load(ctx context.Context, id chat.AccountID) (*accountDoc, int64, error) {
	kept, err := a.store.GetDoc(ctx, id, kindAccount, string(id))
	if isNotFound(err) || err == nil && kept.Version == 0 {
		return nil, 0, noAccount()
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read account %s: %w", id, err)
	}
	var doc accountDoc
	if err := json.Unmarshal(kept.Data, &doc); err != nil {
		return nil, 0, fmt.Errorf("read account %s: %w", id, err)
	}
	return &doc, kept.Version, nil
}

// open turns a document into what others see.
func (a *Accounts) open(d *accountDoc) *Account {
	out := &Account{
		ID: d.ID, VanityID: d.VanityID, Name: d.Name, Hosts: d.Hosts, AllowedOrigins: d.AllowedOrigins,
		Channels: d.Channels, Groups: d.Groups, Webhooks: []Webhook{}, CreatedAt: d.CreatedAt,
		IdleCloseMinutes: d.IdleCloseMinutes, ChatLogTo: d.ChatLogTo, Privacy: d.Privacy.Spelled(), Widget: d.Widget,
	}
	origins, err := auth.ParseOrigins(d.AllowedOrigins)
	if err != nil { // checked before it was kept; nothing is allowed then
		a.log.Error("allowed origins of an account are unreadable", zap.String("account", string(d.ID)), zap.Error(err))
	}
	out.origins = origins
	for _, k := range d.Keys {
		if key, ok := a.unseal(d, "key", k.Sealed); ok {
			out.Keys = append(out.Keys, ServerKey{k.Mark[:min(len(k.Mark), keyIDChars)], key, k.CreatedAt, k.Until})
		}
	}
	for _, c := range d.Credentials {
		if secret, ok := a.unseal(d, c.Kind, c.Sealed); ok {
			out.Credentials = append(out.Credentials, Credential{c.Kind, c.Public, secret})
		}
	}
	for _, w := range d.Webhooks {
		secret, _ := a.unseal(d, w.ID, w.Sealed)
		before, _ := a.unseal(d, w.ID, w.SealedBefore)
		out.Webhooks = append(out.Webhooks, Webhook{
			ID: w.ID, Dialect: w.Dialect, URL: w.URL, Secret: secret, Before: before, BeforeUntil: w.BeforeUntil,
			CreatedAt: w.CreatedAt, DisabledAt: w.DisabledAt, NumericIDs: w.NumericIDs,
		})
	}
	return out
}

// unseal leaves out what was sealed with another signing secret: such a key works no more until it is set anew.
func (a *Accounts) unseal(d *accountDoc, what, sealed string) (auth.Secret, bool) {
	if sealed == "" {
		return auth.Secret{}, true
	}
	s, err := a.box.Open(sealed, d.place(what))
	if err != nil {
		a.log.Warn("a kept secret cannot be opened: the signing secret is not the one it was kept with; set the key anew",
			zap.String("account", string(d.ID)), zap.String("secret", what))
		return auth.Secret{}, false
	}
	return s, true
}

const saveTries = 16 // each loses to another writer of the same document

// changeDoc reads a document, lets change decide on its new content, and writes it if nobody else has meanwhile;
// else it does so again. change gets nil data if there is none, and returns nil to leave all as it is.
func (a *Accounts) changeDoc(ctx context.Context, account chat.AccountID, kind, id string, change func(data []byte) ([]byte, error)) (changed bool, err error) {
	for range saveTries {
		kept, err := a.store.GetDoc(ctx, account, kind, id)
		if err != nil && !isNotFound(err) {
			return false, fmt.Errorf("read %s %s: %w", kind, id, err)
		}
		next, err := change(kept.Data)
		if err != nil || next == nil || string(next) == string(kept.Data) {
			return false, err
		}
		_, err = a.store.PutDoc(ctx, account, kind, id, next, kept.Version)
		var moved *store.Moved
		if errors.As(err, &moved) {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("write %s %s: %w", kind, id, err)
		}
		return true, nil
	}
	return false, chat.Refuse(chat.Unavailable, "Others change this at the same moment. Try again.")
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("account: " + err.Error()) // our own plain structs
	}
	return raw
}

// claim makes a name stand for owner among all accounts. holds tells whether another owner still bears the name: a
// claim left behind by a crash does not keep it.
//
// Errors: chat.Conflict if another one bears it.
func (a *Accounts) claim(ctx context.Context, index, value, owner string, holds func(ctx context.Context, other string) (bool, error)) error {
	for range saveTries {
		err := a.store.IndexPut(ctx, "", index, value, owner)
		if err == nil || !errors.Is(err, &chat.Refusal{Code: chat.Taken}) {
			return wrap("claim a name", err)
		}
		other, err := a.store.IndexGet(ctx, "", index, value)
		if err != nil && !isNotFound(err) {
			return fmt.Errorf("claim a name: %w", err)
		}
		if other == owner {
			return nil
		}
		held, err := holds(ctx, other)
		if err != nil {
			return err
		}
		if held {
			return taken(index, value)
		}
		if err := a.store.IndexDelete(ctx, "", index, value, other); err != nil && !isNotFound(err) {
			return fmt.Errorf("claim a name: %w", err)
		}
	}
	return taken(index, value)
}

func taken(index, value string) error {
	if index == indexKey {
		value = "***"
	}
	what := map[string]string{
		indexName: "account id", indexHost: "host", indexWidget: "widget id", indexKey: "server key", indexEmail: "e-mail address",
	}[index]
	if what == "" {
		what = "public key"
	}
	return chat.Refuse(chat.Conflict, "The %s %s is in use already.", what, quote(value))
}

func wrap(where string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", where, err)
}
