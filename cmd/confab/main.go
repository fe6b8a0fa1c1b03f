// Command confab is the whole program: relay node, load harness, and the tools of an operator.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"confab/loadtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := rootCommand().ExecuteContext(ctx); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(os.Stderr, "confab:", err)
		}
		os.Exit(1)
	}
}

// errSaid ends the program with 1 after everything that is to be said has been said.
var errSaid = errors.New("said")

func rootCommand() *cobra.Command {
	serve := serveCommand()
	root := &cobra.Command{
		Use:           "confab",
		Short:         "Self-hosted live chat: relay, widget, console",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          serve.RunE,
	}
	doctor := doctorCommand()
	for _, c := range []*cobra.Command{root, serve, doctor} {
		addFlags(c.Flags())
	}
	for _, c := range accountCommands() {
		addFlags(c.PersistentFlags(), storeSettings...)
		root.AddCommand(c)
	}
	root.AddCommand(serve, doctor, versionCommand(), loadtest.Command())
	return root
}
