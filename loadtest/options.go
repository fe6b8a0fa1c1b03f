// Package loadtest measures running nodes from outside, and checks while it measures: a figure of a run that lost,
// doubled or reordered a message is worth nothing.
package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"confab/chat"
)

// Scenario names what is measured.
type Scenario string

const (
	Idle      Scenario = "idle"      // sockets that do nothing: memory, cost of connecting
	Chat      Scenario = "chat"      // pairs of visitor and agent: latency, CPU of a delivery
	Fanout    Scenario = "fanout"    // one thread, many readers: deliveries per CPU-second
	Reconnect Scenario = "reconnect" // all sockets cut at once: time to be complete again
	Rest      Scenario = "rest"      // messages posted by REST: latency, CPU of a post, how many are taken at most
	Webhooks  Scenario = "webhooks"  // messages told to addresses: latency, CPU of a delivery, how fast a queue empties
	Neighbour Scenario = "neighbour" // the same beside an address that hangs, and without it, in turns
)

// Options of one run.
type Options struct {
	URLs          []string // of nodes, ws:// or wss://
	Account       chat.AccountID
	AgentEmail    string
	AgentPassword string
	Origin        string // header of the handshakes; empty: none

	Scenario    Scenario
	Connections int
	Rate        float64 // messages per second in the whole run
	BothWays    bool    // chat: agents answer at the same rate
	Persistent  bool    // chat: complete clients, which come back after a cut and repeat what was not acknowledged
	History     int     // reconnect: messages in each thread before the cut
	// ServerKeys of accounts: rest spreads its conversations over them, for a key may ask only so often; webhooks are made with the first.
	ServerKeys    []string
	Conversations int           // rest
	Saturate      time.Duration // rest: at the end, every connection posts as soon as it is answered; zero: none does
	Endpoints     int           // webhooks, neighbour: addresses that everything is told to
	Queue         int           // webhooks: messages that wait before the first is taken; zero: none
	Rounds        int           // neighbour: with the address that hangs, and as many without
	Receive       string        // webhooks, neighbour: where to listen, as the nodes reach it
	Duration      time.Duration
	Warmup        time.Duration // at the start, not measured
	Settle        time.Duration // at the end, at most so long for stragglers
	Parallel      int           // sockets that connect at the same time
	Size          int           // bytes of a message's text
	MaxP99        time.Duration // zero: none

	NodePIDs []int // processes of the nodes on this machine, to read their CPU and memory
	RedisPID int   // zero: not read

	Dial     func(ctx context.Context, network, addr string) (net.Conn, error) // nil: net.Dialer
	Out      io.Writer                                                         // progress and table
	Terminal bool                                                              // Out is a terminal: progress stays on one line
}

// Check says what is wrong with the options, naming the flag.
func (o *Options) Check() error {
	switch {
	case len(o.URLs) == 0:
		return fmt.Errorf("--url: at least one node is needed")
	case o.Account == "":
		return fmt.Errorf("--account: the account's public id is needed")
	case o.Connections < 1:
		return fmt.Errorf("--connections: %d is not a number of sockets", o.Connections)
	case o.Size < minPayload || o.Size > chat.Limits.TextRunes:
		return fmt.Errorf("--size: %d is not between %d and %d", o.Size, minPayload, chat.Limits.TextRunes)
	case o.Duration <= 0:
		return fmt.Errorf("--duration: %s is no time", o.Duration)
	case o.Parallel < 1:
		return fmt.Errorf("--parallel: %d is not a number of sockets", o.Parallel)
	}
	for _, raw := range o.URLs {
		if u, err := url.Parse(raw); err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
			return fmt.Errorf("--url: %q is not ws://host:port or wss://host:port", raw)
		}
	}
	return o.checkScenario()
}

func (o *Options) checkScenario() error {
	needsAgent, senders := false, 0
	switch o.Scenario {
	case Idle, Reconnect:
	case Chat:
		needsAgent, senders = true, o.pairs()
		if !o.Persistent && !o.plain() {
			return errors.New("--url: wss:// needs --persistent, for lean clients speak ws:// only")
		}
	case Fanout:
		needsAgent, senders = true, 1
	case Rest:
		return o.checkRest()
	case Webhooks, Neighbour:
		if err := o.checkWebhooks(); err != nil {
			return err
		}
		senders = o.Connections
	default:
		return fmt.Errorf("--scenario: %q is none of idle, chat, fanout, reconnect, rest, webhooks, neighbour", o.Scenario)
	}
	if needsAgent && (o.AgentEmail == "" || o.AgentPassword == "") {
		return fmt.Errorf("--agent-email, --agent-password: %s needs an agent", o.Scenario)
	}
	if senders == 0 {
		return nil
	}
	allowed := float64(senders * chat.Limits.SendsPerSecond)
	if o.Rate <= 0 || o.Rate > allowed {
		return fmt.Errorf("--rate: %g is not between 0 and %g, for %d senders may send %d messages a second each",
			o.Rate, allowed, senders, chat.Limits.SendsPerSecond)
	}
	return nil
}

func (o *Options) checkRest() error {
	switch {
	case len(o.ServerKeys) == 0:
		return errors.New("--server-key: rest needs the server key of an account, or of several")
	case o.Conversations < 1:
		return fmt.Errorf("--conversations: %d is not a number of conversations", o.Conversations)
	case o.Rate <= 0:
		return fmt.Errorf("--rate: %g is no rate", o.Rate)
	case !o.plain():
		return errors.New("--url: rest speaks ws:// and http:// only, to spend nothing on TLS")
	}
	return nil
}

func (o *Options) checkWebhooks() error {
	switch {
	case len(o.ServerKeys) != 1:
		return errors.New("--server-key: the server key of the account is needed, and no other")
	case o.Endpoints < 1:
		return fmt.Errorf("--endpoints: %d is not a number of addresses", o.Endpoints)
	case o.Queue < 0 || float64(o.Queue) > o.fillRate()*fillAtMost.Seconds():
		return fmt.Errorf("--queue: %d is not between 0 and %.0f, what so many sockets write in %s; a delivery waits no longer",
			o.Queue, o.fillRate()*fillAtMost.Seconds(), fillAtMost)
	case o.Scenario == Neighbour && o.Rounds < 1:
		return fmt.Errorf("--rounds: %d is not a number of rounds", o.Rounds)
	case !o.plain():
		return errors.New("--url: this scenario speaks ws:// and http:// only, to spend nothing on TLS")
	}
	return nil
}

func (o *Options) plain() bool {
	return !slices.ContainsFunc(o.URLs, func(u string) bool { return !strings.HasPrefix(u, "ws://") })
}

func (o *Options) pairs() int { return max(1, o.Connections/2) }

// node returns the address of the i-th socket's node.
func (o *Options) node(i int) string { return o.URLs[i%len(o.URLs)] }

// from lists all nodes, the i-th socket's own first, for clients that reconnect.
func (o *Options) from(i int) []string {
	at := i % len(o.URLs)
	return append(append([]string(nil), o.URLs[at:]...), o.URLs[:at]...)
}
