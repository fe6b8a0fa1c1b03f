package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"confab/account"
	"confab/auth"
	"confab/calls"
	"confab/chat"
	"confab/desk"
	"confab/dialect/chatra"
	"confab/dialect/jivo"
	"confab/files"
	"confab/geo"
	"confab/mail"
	"confab/outbox"
	"confab/people"
	"confab/presence"
	"confab/relay"
	"confab/store"
	"confab/webhook"
)

const (
	headerTimeout = 5 * time.Second
	bodyTimeout   = 15 * time.Second
	idleTimeout   = 2 * time.Minute
	headerBytes   = 32 << 10
)

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run one relay node (also what confab does without a command)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings(cmd.Flags(), os.LookupEnv)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), s, newLogger(s, os.Stderr))
		},
	}
}

// serve runs a node until ctx ends, then drains it.
func serve(ctx context.Context, s Settings, log *zap.Logger) error {
	if err := checkMail(s); err != nil {
		return err
	}
	name := "node-" + chat.NewIDs(nil).New()[:8]
	log = log.With(zap.String("node", name))
	o, err := openStore(ctx, s, name, log)
	if err != nil {
		return err
	}
	defer o.close()
	demo, err := bootstrap(ctx, s, o.accounts, log)
	if err != nil {
		return err
	}
	if err := o.accounts.Want(ctx); err != nil {
		return fmt.Errorf("what is kept for accounts: %w", err)
	}
	kept, closeFiles, err := openFiles(s, o.store, log.Named("files"))
	if err != nil {
		return err
	}
	defer closeFiles()
	places, err := geo.Open(s.Geo...)
	if err != nil {
		return fmt.Errorf("geo: %w", err)
	}
	n := assemble(s, o, kept, places, name, log)
	quiet := net.ListenConfig{KeepAlive: -1, Control: whenSpoken} // heartbeats find the dead; four system calls less for each socket
	listener, err := quiet.Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	greet(s, listener.Addr(), o.store.Durability(), demo, log)
	return n.run(ctx, s, listener, n.routes(s, o, demo, name))
}

// node is everything that runs in a relay node.
type node struct {
	store    *store.Store
	presence *presence.Presence
	people   *people.People
	desk     *desk.Desk
	files    *files.Files // nil: there are none
	places   *geo.Places
	calls    *calls.Calls
	relay    *relay.Node
	webhooks *webhook.Webhooks
	outbox   *outbox.Outbox
	mail     *mail.Mail // nil: none is sent
	accounts *account.Accounts
	name     string
	log      *zap.Logger
	address  func(*http.Request) string
}

func assemble(s Settings, o opened, kept *files.Files, places *geo.Places, name string, log *zap.Logger) *node {
	ids := chat.NewIDs(nil)
	n := &node{store: o.store, files: kept, places: places, accounts: o.accounts, name: name, log: log, address: addressOf(s.TrustedProxies)}
	n.presence = presence.New(presence.Options{
		Store: o.store, Node: name, Log: log.Named("presence"), VisitorGrace: s.VisitorGrace,
		LeaseLost: func() { n.relay.LeaseLost() },
	})
	n.people = people.New(people.Options{Store: o.store, Accounts: o.accounts, Files: kept, Presence: n.presence, Places: places, Tickets: auth.NewTickets(o.secret), IDs: ids, Log: log.Named("people")})
	n.desk = desk.New(desk.Options{
		Store: o.store, IDs: ids, Log: log.Named("desk"), IdleAfter: o.accounts.IdleAfter, AllAway: n.presence.AllAway, Expect: n.presence.Expect, Meet: n.people.Meet,
		MayMeet: n.people.MayMeet, Begun: n.presence.Retain,
		Kept: func(a chat.AccountID, t chat.ThreadID) { n.outbox.Wake(a, t) },
		Timers: map[string]func(context.Context, store.Timer) error{
			calls.TimerKind: func(ctx context.Context, t store.Timer) error { return n.calls.Due(ctx, t) },
			mail.TimerKind:  func(ctx context.Context, t store.Timer) error { return mail.Due(ctx, o.store, t) },
		},
	})
	n.calls = calls.New(calls.Options{Store: o.store, Desk: n.desk, Accounts: o.accounts, IDs: ids, Log: log.Named("calls")})
	n.webhooks = webhook.New(webhook.Options{
		Encoders: n.encoders(s), AllowPrivate: s.WebhookAllowPrivate, Accounts: o.accounts, Log: log.Named("webhook"),
	})
	kinds := map[string]outbox.Kind{webhook.Kind: n.webhooks}
	if n.mail = n.openMail(s, o, log.Named("mail")); n.mail != nil {
		kinds[mail.Kind] = n.mail
	}
	n.outbox = outbox.New(outbox.Options{
		Store: o.store, Accounts: o.accounts, Kinds: kinds, IDs: ids,
		Log: log.Named("outbox"), Node: name,
	})
	n.relay = relay.New(relay.Options{
		Store: o.store, Desk: n.desk, Presence: n.presence, Accounts: o.accounts, People: n.people, Files: kept, Calls: n.calls,
		IDs: ids, Log: log.Named("relay"), Node: name, Own: ownOrigin(s.PublicURL), Address: n.address,
		DrainTime: s.Drain,
	})
	return n
}

// encoders are the dialects that webhooks are told in.
func (n *node) encoders(s Settings) map[string]webhook.Encoder {
	return map[string]webhook.Encoder{
		account.DialectNative: webhook.Native{},
		account.DialectChatra: chatra.NewEncoder(chatra.EncoderOptions{
			Store: n.store, Desk: n.desk, Accounts: n.accounts, People: n.people, PublicURL: s.PublicURL,
		}),
		"jivo": jivo.NewEncoder(jivo.EncoderOptions{
			Store: n.store, Desk: n.desk, Accounts: n.accounts, People: n.people, PublicURL: s.PublicURL,
		}),
	}
}

// run serves until ctx ends; then it stops accepting, lets the sockets go, and ends the rest.
func (n *node) run(ctx context.Context, s Settings, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headerBytes, ErrorLog: zap.NewStdLog(n.log.Named("http")),
	}
	// The parts outlive ctx: draining needs them.
	parts, stopParts := context.WithCancel(context.WithoutCancel(ctx))
	defer stopParts()
	group, groupCtx := errgroup.WithContext(parts)
	group.Go(func() error { return n.store.Run(groupCtx) })
	group.Go(func() error { return n.presence.Run(groupCtx) })
	group.Go(func() error { return n.desk.Run(groupCtx, n.name) })
	group.Go(func() error { return n.people.Run(groupCtx, n.name) })
	group.Go(func() error { return n.relay.Run(groupCtx) })
	group.Go(func() error { return n.places.Run(groupCtx, n.log.Named("geo")) })
	group.Go(func() error { defer n.webhooks.Close(); return n.outbox.Run(groupCtx) })
	if n.files != nil {
		group.Go(func() error { return n.files.Run(groupCtx) })
	}
	memory := &collector{}
	memory.start()
	group.Go(func() error { return memory.giveBack(groupCtx) })
	front := relay.NewFront(listener, relay.FrontOptions{Sockets: n.relay, HeaderTime: headerTimeout, HeaderBytes: headerBytes})
	group.Go(func() error {
		if err := server.Serve(front); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	select {
	case <-ctx.Done():
	case <-groupCtx.Done(): // a part failed
	}
	n.drain(server, s.Drain)
	stopParts()
	return group.Wait()
}

// drain turns readiness red, sends the sockets away over the given time, and closes the listener.
func (n *node) drain(server *http.Server, over time.Duration) {
	n.log.Info("draining", zap.Duration("over", over))
	ctx, cancel := context.WithTimeout(context.Background(), over+8*time.Second)
	defer cancel()
	if err := n.relay.Drain(ctx); err != nil {
		n.log.Warn("not everybody could be sent away", zap.Error(err))
	}
	if err := n.presence.Drain(ctx); err != nil {
		n.log.Warn("lease not given back", zap.Error(err))
	}
	if err := server.Shutdown(ctx); err != nil {
		n.log.Warn("http not shut down", zap.Error(err))
	}
	n.log.Info("drained")
}
