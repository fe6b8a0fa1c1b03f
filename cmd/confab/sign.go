package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"confab/account"
	"confab/auth"
)

// signCommand prints what a site's server has to send as hmac, to find out why its own does not fit.
func signCommand() *cobra.Command {
	c := &cobra.Command{Use: "sign", Short: "Print the HMAC for a user of a site, by id or by e-mail", Args: cobra.NoArgs,
		Example: "  confab sign --account acme --id 42\n  confab sign --account acme --email ann@shop.example",
		RunE:    onAccounts(sign)}
	c.Flags().String("id", "", "the user's id, exactly as the page gives it")
	c.Flags().String("email", "", "the user's e-mail, if the page gives no id")
	c.MarkFlagsOneRequired("id", "email")
	c.MarkFlagsMutuallyExclusive("id", "email")
	addAccountFlag(c)
	addJSONFlag(c)
	return c
}

func sign(ctx context.Context, c *cobra.Command, a *account.Accounts, _ []string) error {
	owner, err := accountNamed(ctx, c, a)
	if err != nil {
		return err
	}
	id, _ := c.Flags().GetString("id")
	email, _ := c.Flags().GetString("email")
	signed := id + email // exactly one is given
	if signed == "" {
		return errors.New("there is nothing to sign: the id or e-mail is empty")
	}
	keys := owner.ServerKeys(time.Now())
	if len(keys) == 0 {
		return fmt.Errorf("the account %s has no server key", owner.ID)
	}
	mac := auth.SignUser(keys[0], signed)
	return printOut(c, map[string]string{"hmac": mac, "signed": signed}, func(w io.Writer) { fmt.Fprintln(w, mac) })
}
