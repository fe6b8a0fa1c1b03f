package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

// Options of New. Secret is the signing secret of the deployment, the same on all nodes.
type Options struct {
	Store  *store.Store
	IDs    chat.IDs
	Log    *zap.Logger
	Secret []byte

	HashCost auth.Cost // of new passwords; zero: auth.DefaultCost
	// Outbox is set if the outbox has work in accounts without webhooks too: mail.
	Outbox bool
}

// Accounts is the only door to accounts and agents. Safe for concurrent use.
type Accounts struct {
	store     *store.Store
	ids       chat.IDs
	log       *zap.Logger
	box       *auth.Box
	tokens    *auth.Tokens
	passwords *auth.Passwords
	outbox    bool

	byName *cache[*Account]  // by every name of Named
	agents *cache[agentRead] // by account and id
}

const (
	accountLife = 30 * time.Second // a lost bell 'S' is healed after this
	agentLife   = 2 * time.Second  // a lost bell 'R' likewise, for tokens shown anew
)

// New returns the accounts of a store.
func New(o Options) *Accounts {
	if o.HashCost == (auth.Cost{}) {
		o.HashCost = auth.DefaultCost()
	}
	return &Accounts{
		store: o.Store, ids: o.IDs, log: o.Log, outbox: o.Outbox,
		box: auth.NewBox(o.Secret), tokens: auth.NewTokens(o.Secret), passwords: auth.NewPasswords(o.HashCost),
		byName: newCache[*Account](accountLife), agents: newCache[agentRead](agentLife),
	}
}

// Invalidate drops what is cached of the account and its agents: on the bells 'S' and 'R'.
func (a *Accounts) Invalidate(account chat.AccountID) {
	a.byName.drop(account)
	a.agents.drop(account)
}

// Account returns an account by its id or vanity id, as it was at most 30 s ago. Errors: chat.NotFound.
func (a *Accounts) Account(ctx context.Context, idOrVanity chat.AccountID) (*Account, error) {
	name := string(idOrVanity)
	if !isID(name) {
		return nil, noAccount()
	}
	return a.byName.get(ctx, name, func(ctx context.Context) (*Account, chat.AccountID, error) {
		found, err := a.read(ctx, idOrVanity)
		if errors.Is(err, noAccount()) {
			found, err = a.readNamed(ctx, indexName, name)
		}
		if err != nil {
			return nil, "", err
		}
		return found, found.ID, nil
	})
}

// Named returns the account that a page names, and the channel if the name is one's, both as they were at most 30 s ago.
// A name is an id or vanity id; "channel:" and a widget id; or the kind of a credential, ":" and its public name.
// Errors: chat.NotFound.
func (a *Accounts) Named(ctx context.Context, name string) (*Account, Channel, error) {
	kind, value, split := strings.Cut(name, ":")
	if !split {
		found, err := a.Account(ctx, chat.AccountID(name))
		return found, Channel{}, err
	}
	index := indexCredential + kind
	if kind == kindChannel {
		index = indexWidget
	}
	if !isID(kind) || !pairRule(false).ok(value) {
		return nil, Channel{}, noAccount()
	}
	found, err := a.byName.get(ctx, name, func(ctx context.Context) (*Account, chat.AccountID, error) {
		found, err := a.readNamed(ctx, index, value)
		if err != nil {
			return nil, "", err
		}
		return found, found.ID, nil
	})
	if err != nil || kind != kindChannel {
		return found, Channel{}, err
	}
	channel, ok := found.Channel(value)
	if !ok {
		return nil, Channel{}, noAccount()
	}
	return found, channel, nil
}

const kindChannel = "channel" // in names of accounts

// ByHost returns the account that a host name stands for. Errors: chat.NotFound.
func (a *Accounts) ByHost(ctx context.Context, host string) (*Account, error) {
	return a.readNamed(ctx, indexHost, foldHost(host))
}

// Only returns the account of a deployment that has no other. Errors: chat.NotFound if there is none, or more than one.
func (a *Accounts) Only(ctx context.Context) (*Account, error) {
	ids, err := a.store.AccountIDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for the only account: %w", err)
	}
	if len(ids) != 1 {
		return nil, noAccount()
	}
	return a.Account(ctx, ids[0])
}

// ByWidget returns the account that has a channel with this widget id. Errors: chat.NotFound.
func (a *Accounts) ByWidget(ctx context.Context, widgetID string) (*Account, error) {
	return a.readNamed(ctx, indexWidget, widgetID)
}

// ByCredential returns the account with this public name. The secret is the caller's to compare. Errors: chat.NotFound.
func (a *Accounts) ByCredential(ctx context.Context, kind, public string) (*Account, error) {
	return a.readNamed(ctx, indexCredential+kind, public)
}

// List returns all accounts by id.
func (a *Accounts) List(ctx context.Context) ([]*Account, error) {
	ids, err := a.store.AccountIDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	list := make([]*Account, 0, len(ids))
	for _, id := range ids {
		found, err := a.read(ctx, id)
		if errors.Is(err, noAccount()) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, found)
	}
	slices.SortFunc(list, func(x, y *Account) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return list, nil
}

// VerifyKey tells whose server key bearer is. Errors: chat.Unauthorized.
func (a *Accounts) VerifyKey(ctx context.Context, bearer string) (chat.AccountID, error) {
	given := auth.NewSecret(bearer)
	if !keyRule().ok(bearer) {
		return "", unauthorized()
	}
	owner, err := a.store.IndexGet(ctx, "", indexKey, a.box.Fingerprint(given))
	if err != nil && !isNotFound(err) {
		return "", fmt.Errorf("look up a key: %w", err)
	}
	if owner == "" {
		return "", unauthorized()
	}
	found, err := a.Account(ctx, chat.AccountID(owner))
	if isNotFound(err) {
		return "", unauthorized()
	}
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(found.ServerKeys(time.Now()), given.Equal) {
		return "", unauthorized()
	}
	return found.ID, nil
}

func (a *Accounts) readNamed(ctx context.Context, index, value string) (*Account, error) {
	id, err := a.store.IndexGet(ctx, "", index, value)
	if err != nil && !isNotFound(err) {
		return nil, fmt.Errorf("look up an account: %w", err)
	}
	if id == "" {
		return nil, noAccount()
	}
	return a.read(ctx, chat.AccountID(id))
}

// read goes to the store.
func (a *Accounts) read(ctx context.Context, id chat.AccountID) (*Account, error) {
	doc, _, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.open(doc), nil
}

func noAccount() *chat.Refusal { return chat.Refuse(chat.NotFound, "There is no such account.") }
func noAgent() *chat.Refusal   { return chat.Refuse(chat.NotFound, "There is no such agent.") }
func unauthorized() *chat.Refusal {
	return chat.Refuse(chat.Unauthorized, "These credentials are not valid.")
}

func isNotFound(err error) bool { return errors.Is(err, &chat.Refusal{Code: chat.NotFound}) }
