package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"confab/account"
	"confab/chat"
)

func keyCommand() *cobra.Command {
	c := &cobra.Command{Use: "key", Short: "Show and rotate an account's server keys", Args: cobra.NoArgs, RunE: help}
	c.AddCommand(keyShow(), keyRotate())
	return c
}

// shownKey is a key as this command prints it: the one place that does.
type shownKey struct {
	Key       string      `json:"key"`
	CreatedAt chat.Millis `json:"createdAt"`
	Until     chat.Millis `json:"until,omitempty"`
}

func keyShow() *cobra.Command {
	c := &cobra.Command{Use: "show", Short: "Print the server keys that hold, the newest first", Args: cobra.NoArgs,
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, _ []string) error {
			owner, err := accountNamed(ctx, c, a)
			if err != nil {
				return err
			}
			return showKeys(c, owner)
		})}
	addAccountFlag(c)
	addJSONFlag(c)
	return c
}

func keyRotate() *cobra.Command {
	c := &cobra.Command{Use: "rotate", Short: "Make a new server key; the old ones hold a while longer", Args: cobra.NoArgs,
		Long: "Make a new server key; the old ones hold a while longer.\n\n" +
			"If a bootstrap file names the account's server key, change it there instead: the file is applied at every start.",
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, _ []string) error {
			owner, err := accountNamed(ctx, c, a)
			if err != nil {
				return err
			}
			overlap, err := c.Flags().GetDuration("overlap")
			if err != nil {
				return err
			}
			if _, err := a.RotateKey(ctx, owner.ID, overlap); err != nil {
				return err
			}
			if owner, err = a.Account(ctx, owner.ID); err != nil {
				return err
			}
			return showKeys(c, owner)
		})}
	c.Flags().Duration("overlap", 24*time.Hour, "how long the old keys hold, 0 to 2160h")
	addAccountFlag(c)
	addJSONFlag(c)
	return c
}

func showKeys(c *cobra.Command, owner *account.Account) error {
	now, keys := chat.At(time.Now()), []shownKey{}
	for _, k := range owner.Keys {
		if k.Until == 0 || k.Until > now {
			keys = append(keys, shownKey{k.Key.Reveal(), k.CreatedAt, k.Until})
		}
	}
	return printOut(c, keys, func(w io.Writer) {
		row(w, "KEY", "CREATED", "HOLDS UNTIL")
		for _, k := range keys {
			until := "no end"
			if k.Until != 0 {
				until = k.Until.Time().Format(time.RFC3339)
			}
			row(w, k.Key, day(k.CreatedAt), until)
		}
		if len(keys) == 0 {
			fmt.Fprintln(w, "none: the account has no key that can be opened")
		}
	})
}
