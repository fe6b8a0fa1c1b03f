package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"confab/account"
	"confab/chat"
)

// accountCommands are the tools that change accounts: the same operations as the bootstrap file's.
func accountCommands() []*cobra.Command {
	return []*cobra.Command{accountCommand(), agentCommand(), keyCommand(), signCommand()}
}

func accountCommand() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "List, create and change accounts", Args: cobra.NoArgs, RunE: help}
	c.AddCommand(accountList(), accountCreate(), accountShow(), accountSet())
	return c
}

func help(c *cobra.Command, _ []string) error { return c.Help() }

// job is what a command does with the accounts of a store.
type job func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error

// onAccounts opens the store for a job and closes it after.
func onAccounts(do job) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		accounts, done, err := openAccounts(c)
		if err != nil {
			return err
		}
		defer done()
		return do(c.Context(), c, accounts, args)
	}
}

func accountList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List all accounts", Args: cobra.NoArgs,
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, _ []string) error {
			list, err := a.List(ctx)
			if err != nil {
				return err
			}
			return printOut(c, list, func(w io.Writer) {
				row(w, "ID", "NAME", "VANITY ID", "HOSTS", "ALLOWED ORIGINS", "CREATED")
				for _, one := range list {
					row(w, string(one.ID), one.Name, one.VanityID, listed(one.Hosts), listed(one.AllowedOrigins), day(one.CreatedAt))
				}
			})
		})}
	addJSONFlag(c)
	return c
}

func accountShow() *cobra.Command {
	c := &cobra.Command{Use: "show ID", Short: "Show one account, by id or vanity id", Args: cobra.ExactArgs(1),
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error {
			one, err := a.Account(ctx, chat.AccountID(args[0]))
			if err != nil {
				return err
			}
			return showAccount(c, one)
		})}
	addJSONFlag(c)
	return c
}

func accountCreate() *cobra.Command {
	c := &cobra.Command{Use: "create ID", Short: "Create an account with a server key of its own", Args: cobra.ExactArgs(1),
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error {
			made, err := a.Create(ctx, accountSpec(c, args[0]))
			if err != nil {
				return err
			}
			return showAccount(c, made)
		})}
	addAccountFlags(c)
	return c
}

func accountSet() *cobra.Command {
	c := &cobra.Command{Use: "set ID", Short: "Change what the flags name, leave the rest", Args: cobra.ExactArgs(1),
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error {
			found, err := a.Account(ctx, chat.AccountID(args[0]))
			if err != nil {
				return err
			}
			changed, err := a.Update(ctx, accountSpec(c, string(found.ID)))
			if err != nil {
				return err
			}
			return showAccount(c, changed)
		})}
	addAccountFlags(c)
	return c
}

func addAccountFlags(c *cobra.Command) {
	c.Flags().String("name", "", "name that people see")
	c.Flags().String("vanity-id", "", `second id, "" for none`)
	c.Flags().StringSlice("host", nil, `host names that mean this account, all of them; "" for none`)
	c.Flags().StringSlice("origin", nil, `pages that may embed the widget, all of them: "*", https://shop.example, https://*.shop.example; "" for none`)
	c.Flags().Int64("idle-close-minutes", 0, "close a conversation in which nobody does anything for so long; 0 never does")
	c.Flags().String("addresses", "", "what is kept of visitors' addresses: shortened or whole")
	c.Flags().String("queries", "", "what is kept of the queries of pages' addresses: kept, cleaned or removed")
	c.Flags().Int64("forget-anonymous-days", 0, "erase visitors who are nobody in particular after so many days without a visit or a conversation; 0 never does")
	addJSONFlag(c)
}

// accountSpec holds what the flags name.
func accountSpec(c *cobra.Command, id string) account.AccountSpec {
	return account.AccountSpec{
		ID: chat.AccountID(id), Name: given(c, "name"), VanityID: given(c, "vanity-id"),
		Hosts: givenList(c, "host"), AllowedOrigins: givenList(c, "origin"),
		IdleCloseMinutes: givenNumber(c, "idle-close-minutes"),
		Privacy: account.PrivacySpec{
			Addresses: (*chat.Addresses)(given(c, "addresses")), Queries: (*chat.Queries)(given(c, "queries")),
			ForgetAnonymousDays: givenNumber(c, "forget-anonymous-days"),
		},
	}
}

// given is a flag's value, or nil if it was not set.
func given(c *cobra.Command, flag string) *string {
	if !c.Flags().Changed(flag) {
		return nil
	}
	value, _ := c.Flags().GetString(flag) // the flag is declared
	return &value
}

func givenNumber(c *cobra.Command, flag string) *int64 {
	if !c.Flags().Changed(flag) {
		return nil
	}
	value, _ := c.Flags().GetInt64(flag) // the flag is declared
	return &value
}

func givenList(c *cobra.Command, flag string) *[]string {
	if !c.Flags().Changed(flag) {
		return nil
	}
	values, _ := c.Flags().GetStringSlice(flag) // the flag is declared
	if len(values) == 1 && values[0] == "" {
		values = []string{}
	}
	return &values
}

func showAccount(c *cobra.Command, a *account.Account) error {
	return printOut(c, a, func(w io.Writer) {
		row(w, "id", string(a.ID))
		row(w, "vanity id", a.VanityID)
		row(w, "name", a.Name)
		row(w, "hosts", listed(a.Hosts))
		row(w, "allowed origins", listed(a.AllowedOrigins))
		row(w, "idle close", minutes(a.IdleCloseMinutes))
		row(w, "addresses", string(a.Privacy.Addresses))
		row(w, "queries", string(a.Privacy.Queries))
		row(w, "forget anonymous", days(a.Privacy.ForgetAnonymousDays))
		row(w, "created", day(a.CreatedAt))
		row(w, "server keys", fmt.Sprint(len(a.ServerKeys(time.Now()))))
		for _, ch := range a.Channels {
			row(w, "channel", ch.WidgetID, ch.Name, "calls "+string(ch.Calls))
		}
		for _, g := range a.Groups {
			row(w, "group", string(g.ID), g.Name, fmt.Sprintf("no. %d", g.No))
		}
		for _, h := range a.Webhooks {
			row(w, "webhook", h.Dialect, h.URL)
		}
	})
}

func addJSONFlag(c *cobra.Command) { c.Flags().Bool("json", false, "print JSON") }

// printOut prints value as JSON if that is asked for, else as a table.
func printOut(c *cobra.Command, value any, table func(io.Writer)) error {
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		e := json.NewEncoder(c.OutOrStdout())
		e.SetIndent("", "  ")
		return e.Encode(value)
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	table(w)
	return w.Flush()
}

func row(w io.Writer, cells ...string) {
	for i, cell := range cells {
		if cell == "" {
			cells[i] = "-"
		}
	}
	fmt.Fprintln(w, strings.Join(cells, "\t"))
}

func listed(values []string) string { return strings.Join(values, ", ") }

func minutes(n int64) string {
	if n == 0 {
		return "never"
	}
	return fmt.Sprintf("after %d minutes", n)
}

func days(n int64) string {
	if n == 0 {
		return "never"
	}
	return fmt.Sprintf("after %d days", n)
}

func day(m chat.Millis) string { return m.Time().Format(time.DateOnly) }

// accountNamed is the account that --account names; without it, the only one there is.
func accountNamed(ctx context.Context, c *cobra.Command, a *account.Accounts) (*account.Account, error) {
	if name, _ := c.Flags().GetString("account"); name != "" {
		return a.Account(ctx, chat.AccountID(name))
	}
	list, err := a.List(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("there are %d accounts: name one with --account", len(list))
	}
	return list[0], nil
}

func addAccountFlag(c *cobra.Command) {
	c.Flags().String("account", "", "id or vanity id of the account; may be left out if there is only one")
}
