package loadtest

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"confab/chat"
)

// gcPercent keeps the generator's own collector out of what it measures.
const gcPercent = 800

// Command is `confab loadtest`. It fails when a message was lost, doubled or reordered, or --max-p99 was crossed.
func Command() *cobra.Command {
	o := Options{}
	var jsonFile string
	cmd := &cobra.Command{
		Use:   "loadtest",
		Short: "Measure running nodes, and check that nothing is lost, doubled or reordered",
		Long: `Measure running nodes from outside with an open loop: send times are fixed in advance and latency counts from
the intended moment, so that a slow server cannot hide behind a waiting client. Every run also checks that each
message arrived once and in order, and fails if not.`,
		Example: `  confab loadtest --scenario chat --account demo --agent-email demo@confab.test --agent-password ... --connections 600 --rate 5000
  confab loadtest --scenario rest --server-key demo-server-key --connections 16 --conversations 200 --rate 50
  confab loadtest --scenario webhooks --account demo --server-key demo-server-key --connections 100 --rate 200 # nodes with --webhook-allow-private on
  confab loadtest --scenario idle --account demo --connections 10000 --nodes-pid $(pgrep -d, -f "confab serve")`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Out = cmd.ErrOrStderr()
			o.Terminal = isTerminal(os.Stderr)
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(gcPercent)
			}
			result, err := Run(cmd.Context(), o)
			if err != nil {
				return err
			}
			fmt.Fprint(cmd.OutOrStdout(), result.Table())
			if err := writeJSON(jsonFile, result); err != nil {
				return err
			}
			return result.Verdict()
		},
	}
	addFlags(cmd, &o, &jsonFile)
	return cmd
}

func addFlags(cmd *cobra.Command, o *Options, jsonFile *string) {
	f := cmd.Flags()
	f.StringArrayVar(&o.URLs, "url", []string{"ws://127.0.0.1:8080"}, "address of a node; repeat it for several")
	f.StringVar((*string)(&o.Account), "account", "demo", "public id of the account")
	f.StringVar(&o.AgentEmail, "agent-email", "", "agent to log in as (chat, fanout)")
	f.StringVar(&o.AgentPassword, "agent-password", os.Getenv("CONFAB_AGENT_PASSWORD"), "the agent's password; also CONFAB_AGENT_PASSWORD")
	f.Lookup("agent-password").DefValue = ""
	f.StringVar(&o.Origin, "origin", "", "Origin header of the sockets; none by default")
	f.StringVar((*string)(&o.Scenario), "scenario", string(Chat), "idle, chat, fanout, reconnect, rest, webhooks or neighbour (webhooks beside one that hangs)")
	f.IntVar(&o.Connections, "connections", 100, "sockets; chat has half of them on each side; rest: HTTP connections")
	f.Float64Var(&o.Rate, "rate", 100, "messages per second in all")
	f.BoolVar(&o.BothWays, "both", false, "chat: half of the messages go from agent to visitor")
	f.BoolVar(&o.Persistent, "persistent", false, "chat: complete clients, which come back after a cut and repeat what was not acknowledged; they cost the generator several times as much")
	f.IntVar(&o.History, "history", 5, "reconnect: messages in each thread before the cut")
	f.StringArrayVar(&o.ServerKeys, "server-key", nil, "server key of the account (rest, webhooks, neighbour); rest takes several accounts', for a key may ask 100 times a second")
	f.IntVar(&o.Conversations, "conversations", 200, "rest: conversations that are written into")
	f.DurationVar(&o.Saturate, "saturate", 5*time.Second, "rest: at the end, post for so long as fast as is answered; 0: do not")
	f.IntVar(&o.Endpoints, "endpoints", 1, "webhooks, neighbour: addresses that everything is told to")
	f.IntVar(&o.Queue, "queue", 0, "webhooks: before the measured time, let so many messages wait and see how fast they are told")
	f.IntVar(&o.Rounds, "rounds", 3, "neighbour: rounds with the address that hangs, and as many without, each of --duration")
	f.StringVar(&o.Receive, "receive", "127.0.0.1:0", "webhooks, neighbour: where to listen, as the nodes reach it; they need --webhook-allow-private on")
	f.DurationVar(&o.Duration, "duration", 30*time.Second, "measured time")
	f.DurationVar(&o.Warmup, "warmup", 5*time.Second, "time before it")
	f.DurationVar(&o.Settle, "settle", 15*time.Second, "at the end, wait at most so long for stragglers")
	f.IntVar(&o.Parallel, "parallel", 128, "sockets that connect at the same time")
	f.IntVar(&o.Size, "size", 128, "bytes of a message's text")
	f.DurationVar(&o.MaxP99, "max-p99", 0, "fail if the 99th percentile of latency is above; 0: do not")
	f.StringVar(jsonFile, "json", "", "also write the result to this file")
	f.IntSliceVar(&o.NodePIDs, "nodes-pid", nil, "process ids of the nodes, comma separated, to read their CPU and memory")
	f.IntVar(&o.RedisPID, "redis-pid", 0, "process id of Redis, to read its CPU")
	_ = cmd.MarkFlagFilename("json")
	o.Account = chat.AccountID(f.Lookup("account").DefValue)
}

func writeJSON(path string, r *Result) error {
	if path == "" {
		return nil
	}
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	if err := os.WriteFile(path, append(raw, '\n'), 0o644); err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	return nil
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
