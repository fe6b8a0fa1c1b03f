package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"go.uber.org/zap"

	"confab/account"
	"confab/demo"
)

// bootstrap applies the operator's file; the embedded store without a file gets the demo account.
func bootstrap(ctx context.Context, s Settings, accounts *account.Accounts, log *zap.Logger) (demo.Options, error) {
	var b account.Bootstrap
	var shown demo.Options
	switch {
	case s.Bootstrap != "":
		raw, err := os.ReadFile(s.Bootstrap)
		if err != nil {
			return shown, fmt.Errorf("bootstrap file: %w", err)
		}
		if b, err = account.ParseBootstrap(raw); err != nil {
			return shown, fmt.Errorf("bootstrap file %s: %w", s.Bootstrap, err)
		}
	case s.Redis == "" && s.Data == "":
		b = account.DemoBootstrap()
	default:
		return shown, nil
	}
	if err := accounts.Apply(ctx, b); err != nil {
		return shown, fmt.Errorf("apply bootstrap: %w", err)
	}
	log.Info("bootstrap applied", zap.Int("accounts", len(b.Accounts)))
	if s.Bootstrap == "" {
		shown = demo.Options{Account: account.DemoAccount, Email: account.DemoEmail, Password: account.DemoPassword}
	}
	return shown, nil
}

// greet says where to go and what an acknowledgement is worth.
func greet(s Settings, at net.Addr, durability string, d demo.Options, log *zap.Logger) {
	base := s.PublicURL
	if base == "" {
		base = "http://" + at.String()
	}
	log.Info("confab is up", zap.String("version", version), zap.String("site", base+"/"),
		zap.String("console", base+"/console"), zap.String("durability", durability))
	if d.Account != "" {
		log.Info("demo account; everything is kept in memory and gone at the end", zap.String("agent", d.Email), zap.String("password", d.Password))
	}
	if durability == "weak" || durability == "unknown" {
		log.Warn("Redis may lose what was acknowledged; confab doctor tells the remedy", zap.String("durability", durability))
	}
}
