package relay_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"confab/chat"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/wire"
)

// limitedClient is a client of Ben's, who is limited, and what it told: one line for each thing.
type limitedClient struct {
	*relay.Client
	t    *testing.T
	told chan string
}

func newLimitedClient(t *testing.T, n *relaytest.Node) *limitedClient {
	t.Helper()
	token := n.LogIn(relaytest.Ben).Token
	c := &limitedClient{t: t, told: make(chan string, 1<<12)}
	tell := func(format string, args ...any) { c.told <- fmt.Sprintf(format, args...) }
	c.Client = relay.NewClient(relay.ClientOptions{
		URLs: []string{"ws" + n.URL[len("http"):]},
		Auth: func(context.Context) (wire.Auth, error) { return wire.Auth{Agent: &wire.AgentProof{Token: token}}, nil },
		Observer: relay.Observer{
			Entry: func(a relay.Applied) {
				text := a.Entry.Text
				if a.Entry.Kind == chat.KindHidden {
					text = "-"
				}
				tell("%d %s", a.Seq, text)
			},
			CaughtUp: func(f wire.CaughtUp) { tell("caught up with %d", f.Seq) },
			Reset:    func(_ chat.ThreadID, common chat.Cursor) { tell("reset to %d", common.Seq) },
			Gone:     func(chat.ThreadID) { tell("gone") },
			Repair:   func(chat.ThreadID, chat.ClientMessageID) { tell("repair") },
			Ack:      func(a wire.Ack) { tell("ack %d", a.Seq) },
			Refused:  func(n wire.Nack) { tell("refused: %s", n.Code) },
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Run(ctx)
	}()
	t.Cleanup(func() { stop(); <-ended })
	return c
}

// until reads what is told up to a line, without that.
func (c *limitedClient) until(line string) (before []string) {
	c.t.Helper()
	deadline := time.NewTimer(relaytest.Patience)
	defer deadline.Stop()
	for {
		select {
		case got := <-c.told:
			if got == line {
				return before
			}
			before = append(before, got)
		case <-deadline.C:
			c.t.Fatalf("not told %q, but %q", line, before)
		}
	}
}

// The log is the same: what he wrote is in it still, and where it begins is where a first reading does.
func TestAClientReadsAThreadAnewOfWhichItMaySeeSomethingElse(t *testing.T) {
	n := relaytest.New(t).Start(generous)
	ben := limit(t, n)
	visitor := n.Conversation("one")
	give(t, n, visitor, chat.Assignment{Group: salesGroup})
	c := newLimitedClient(t, n)
	c.Subscribe(visitor.Thread)
	c.until("caught up with 4")
	c.Send(visitor.Thread, relay.ClientMessage{Text: "mine"})
	c.until("ack 6") // 5 says that he has joined
	for i := range chat.Limits.HistoryPage {
		visitor.Post("", fmt.Sprint("m", i))
	}
	if _, err := n.Desk.Close(t.Context(), relaytest.Acme, talk(t, n, visitor).ID, ben, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	end := int(visitor.Post("", "two").Seq)
	c.until(fmt.Sprintf("%d two", end))
	give(t, n, visitor, chat.Assignment{Group: supportGroup})
	end++
	if before := c.until("reset to 0"); len(before) > 1 {
		t.Errorf("before: %q", before)
	}
	first := end - chat.Limits.HistoryPage + 1
	again := c.until(fmt.Sprintf("caught up with %d", end))
	if len(again) != chat.Limits.HistoryPage || again[0] != fmt.Sprintf("%d m%d", first, first-7) || again[len(again)-1] != fmt.Sprintf("%d -", end) {
		t.Errorf("read anew: %q", again)
	}
	visitor.Post("", "secret")
	if more := c.until(fmt.Sprintf("%d -", end+1)); len(more) != 0 {
		t.Errorf("then told: %q", more)
	}
	give(t, n, visitor, chat.Assignment{Group: salesGroup})
	c.until("reset to 0")
	if again := c.until(fmt.Sprintf("caught up with %d", end+2)); len(again) != chat.Limits.HistoryPage {
		t.Errorf("given back: %q", again)
	}
}

func TestAClientLetsAThreadGoThatItMayNotReadAnyMore(t *testing.T) {
	n := relaytest.New(t).Start(generous)
	limit(t, n)
	visitor, other := n.Conversation("one"), n.Conversation("other")
	give(t, n, visitor, chat.Assignment{Group: salesGroup})
	c := newLimitedClient(t, n)
	c.Subscribe(visitor.Thread)
	c.until("caught up with 4")
	c.Send(visitor.Thread, relay.ClientMessage{Text: "mine"})
	c.until("ack 6")
	give(t, n, visitor, chat.Assignment{Group: supportGroup})
	c.until("gone")
	visitor.Post("", "secret")
	c.Send(visitor.Thread, relay.ClientMessage{Text: "Me too"})
	if before := c.until("refused: not_found"); len(before) != 0 {
		t.Errorf("of the thread that is gone: %q", before)
	}
	c.Cut() // whoever comes back asks for what it follows
	c.Subscribe(other.Thread)
	if before := c.until("caught up with 3"); len(before) != 3 {
		t.Errorf("of the other thread: %q", before)
	}
	give(t, n, visitor, chat.Assignment{Group: salesGroup})
	other.Post("", "more")
	if before := c.until("4 more"); len(before) != 0 {
		t.Errorf("given back, and not asked for: %q", before)
	}
	c.Subscribe(visitor.Thread)
	if again := c.until("caught up with 9"); len(again) != 9 || again[7] != "8 secret" {
		t.Errorf("asked for again: %q", again)
	}
}
