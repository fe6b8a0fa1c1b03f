package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"confab/account"
	"confab/auth"
	"confab/chat"
)

func agentCommand() *cobra.Command {
	c := &cobra.Command{Use: "agent", Short: "List, create and change agents", Args: cobra.NoArgs, RunE: help}
	c.AddCommand(agentList(), agentCreate(), agentPasswd(), agentRole(),
		agentActive("deactivate", "Keep an agent out: all sessions end within a second", false),
		agentActive("activate", "Let a deactivated agent log in again", true))
	return c
}

func agentList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the agents of an account", Args: cobra.NoArgs,
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, _ []string) error {
			owner, err := accountNamed(ctx, c, a)
			if err != nil {
				return err
			}
			agents, err := a.Agents(ctx, owner.ID)
			if err != nil {
				return err
			}
			return showAgents(c, agents, agents)
		})}
	addAccountFlag(c)
	addJSONFlag(c)
	return c
}

func agentCreate() *cobra.Command {
	c := &cobra.Command{Use: "create EMAIL", Short: "Create an agent; without --password-stdin a password is made and printed once", Args: cobra.ExactArgs(1),
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error {
			owner, err := accountNamed(ctx, c, a)
			if err != nil {
				return err
			}
			spec, fresh, err := agentSpec(c, args[0])
			if err != nil {
				return err
			}
			made, err := a.CreateAgent(ctx, owner.ID, spec)
			if err != nil {
				return err
			}
			sayPassword(c, fresh)
			return showAgents(c, made, []account.Agent{made})
		})}
	c.Flags().String("name", "", "name that visitors see; by default what stands before the @")
	c.Flags().String("phone", "", "telephone number, told to other systems by webhooks")
	c.Flags().String("role", string(account.RoleAgent), "admin or agent")
	c.Flags().StringSlice("group", nil, "ids of the agent's groups")
	c.Flags().Bool("limited", false, "show only conversations of these groups, the agent's own, and those that are nobody's yet")
	addPasswordFlag(c)
	addAccountFlag(c)
	addJSONFlag(c)
	return c
}

func agentSpec(c *cobra.Command, email string) (spec account.AgentSpec, fresh auth.Secret, err error) {
	spec = account.AgentSpec{Email: &email, Name: given(c, "name"), Phone: given(c, "phone")}
	if role := given(c, "role"); role != nil {
		r := account.Role(*role)
		spec.Role = &r
	}
	if ids := givenList(c, "group"); ids != nil {
		groups := []chat.GroupID{}
		for _, id := range *ids {
			groups = append(groups, chat.GroupID(id))
		}
		spec.Groups = &groups
	}
	if limited, _ := c.Flags().GetBool("limited"); limited {
		spec.Limited = &limited
	}
	password, fresh, err := passwordOf(c)
	spec.Password = &password
	return spec, fresh, err
}

func agentPasswd() *cobra.Command {
	c := &cobra.Command{Use: "passwd EMAIL", Short: "Set a new password; all sessions end within a second", Args: cobra.ExactArgs(1),
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error {
			agent, err := a.AgentByEmail(ctx, args[0])
			if err != nil {
				return err
			}
			password, fresh, err := passwordOf(c)
			if err != nil {
				return err
			}
			if err := a.SetPassword(ctx, agent.Account, agent.ID, password); err != nil {
				return err
			}
			sayPassword(c, fresh)
			return nil
		})}
	addPasswordFlag(c)
	return c
}

func agentRole() *cobra.Command {
	c := &cobra.Command{Use: "role EMAIL admin|agent", Short: "Change an agent's role; all sessions end within a second", Args: cobra.ExactArgs(2),
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error {
			role := account.Role(args[1])
			return changeAgent(ctx, c, a, args[0], account.AgentSpec{Role: &role})
		})}
	addJSONFlag(c)
	return c
}

func agentActive(verb, short string, active bool) *cobra.Command {
	c := &cobra.Command{Use: verb + " EMAIL", Short: short, Args: cobra.ExactArgs(1),
		RunE: onAccounts(func(ctx context.Context, c *cobra.Command, a *account.Accounts, args []string) error {
			return changeAgent(ctx, c, a, args[0], account.AgentSpec{Active: &active})
		})}
	addJSONFlag(c)
	return c
}

func changeAgent(ctx context.Context, c *cobra.Command, a *account.Accounts, email string, spec account.AgentSpec) error {
	agent, err := a.AgentByEmail(ctx, email)
	if err != nil {
		return err
	}
	spec.ID = agent.ID
	changed, err := a.UpdateAgent(ctx, agent.Account, spec)
	if err != nil {
		return err
	}
	return showAgents(c, changed, []account.Agent{changed})
}

func showAgents(c *cobra.Command, value any, agents []account.Agent) error {
	return printOut(c, value, func(w io.Writer) {
		row(w, "NO", "EMAIL", "NAME", "ROLE", "ACTIVE", "GROUPS", "ID")
		for _, one := range agents {
			groups := make([]string, len(one.Groups))
			for i, g := range one.Groups {
				groups[i] = string(g)
			}
			row(w, fmt.Sprint(one.No), one.Email, one.Name, string(one.Role), fmt.Sprint(one.Active), listed(groups), string(one.ID))
		}
	})
}

func addPasswordFlag(c *cobra.Command) {
	c.Flags().Bool("password-stdin", false, "read the password from the first line of standard input")
}

// passwordOf reads the password, or makes one: fresh is it then, to be told. It never comes as an argument, where
// every process could read it.
func passwordOf(c *cobra.Command) (password, fresh auth.Secret, err error) {
	if fromStdin, _ := c.Flags().GetBool("password-stdin"); !fromStdin {
		fresh = auth.NewSecret(chat.NewIDs(nil).New())
		return fresh, fresh, nil
	}
	line, err := bufio.NewReader(io.LimitReader(c.InOrStdin(), auth.MaxPasswordBytes+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return password, fresh, fmt.Errorf("read the password: %w", err)
	}
	password = auth.NewSecret(strings.TrimRight(line, "\r\n"))
	return password, fresh, auth.CheckPassword(password)
}

// sayPassword goes to standard error, so that --json stays JSON.
func sayPassword(c *cobra.Command, fresh auth.Secret) {
	if !fresh.Empty() {
		fmt.Fprintln(c.ErrOrStderr(), "password:", fresh.Reveal())
	}
}
