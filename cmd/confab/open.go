package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/store"
)

// home is where a node's data lives: a Redis that somebody else runs, a child of ours, or memory.
type home struct {
	url      string
	embedded bool
	close    func() error
}

// openHome decides between the three, and starts what has to be started.
func openHome(ctx context.Context, s Settings, log *zap.Logger) (home, error) {
	switch {
	case s.Redis != "":
		return home{url: s.Redis, close: func() error { return nil }}, nil
	case s.Data != "":
		child, err := store.StartChild(ctx, s.Data, log)
		if err != nil {
			return home{}, fmt.Errorf("start redis-server in %s: %w", s.Data, err)
		}
		return home{url: child.URL(), close: child.Close}, nil
	}
	embedded, err := store.StartEmbedded(log)
	if err != nil {
		return home{}, fmt.Errorf("start the embedded store: %w", err)
	}
	return home{url: embedded.URL(), embedded: true, close: embedded.Close}, nil
}

// opened is a running store with what stands directly on it.
type opened struct {
	store    *store.Store
	accounts *account.Accounts
	secret   []byte
	embedded bool // everything is in memory
	close    func()
}

// openStore connects. Commands work at once; what a node needs besides, its feeds and checks, is started by Run.
func openStore(ctx context.Context, s Settings, node string, log *zap.Logger) (opened, error) {
	h, err := openHome(ctx, s, log)
	if err != nil {
		return opened{}, err
	}
	st, err := store.Open(ctx, store.Options{
		URL: h.url, Node: node, IDs: chat.NewIDs(nil), Log: log.Named("store"),
		RequireDurable: s.RequireDurable, Embedded: h.embedded,
	})
	if err != nil {
		return opened{}, errors.Join(fmt.Errorf("open the store: %w", err), h.close())
	}
	closeAll := func() {
		if err := errors.Join(st.Close(), h.close()); err != nil {
			log.Warn("store not closed cleanly", zap.Error(err))
		}
	}
	secret, err := signingSecret(ctx, s, st)
	if err != nil {
		closeAll()
		return opened{}, err
	}
	accounts := account.New(account.Options{Store: st, IDs: chat.NewIDs(nil), Log: log.Named("account"), Secret: secret, Outbox: mailOn(s)})
	return opened{store: st, accounts: accounts, secret: secret, embedded: h.embedded, close: closeAll}, nil
}

// signingSecret is the operator's, or else one that the store keeps, so that tokens outlive every node.
func signingSecret(ctx context.Context, s Settings, st *store.Store) ([]byte, error) {
	if s.Secret != "" {
		return []byte(s.Secret), nil
	}
	secret, err := st.Secret(ctx, auth.NewSigningSecret)
	if err != nil {
		return nil, fmt.Errorf("signing secret: %w", err)
	}
	return secret, nil
}

// openAccounts serves the commands that change accounts on a store that nodes may be running on.
func openAccounts(cmd *cobra.Command) (*account.Accounts, func(), error) {
	s, err := readSettings(cmd.Flags(), os.LookupEnv)
	if err != nil {
		return nil, nil, err
	}
	if s.Redis == "" {
		return nil, nil, errors.New("name the store with --redis or REDIS_URL: the embedded store lives only in its node; a node started with --data has its Redis at unix://DATA/redis.sock")
	}
	log := newLogger(s, os.Stderr)
	o, err := openStore(cmd.Context(), s, "cli-"+chat.NewIDs(nil).New(), log)
	if err != nil {
		return nil, nil, err
	}
	return o.accounts, o.close, nil
}
