package relay_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"confab/chat"
	"confab/faulttest"
	"confab/relay"
	"confab/wire"
)

// world is a model server on a network in memory, inside a bubble.
type world struct {
	t       *testing.T
	net     *faulttest.Network
	model   *faulttest.Model
	server  *http.Server
	clients []*watched

	// mu is held by observers while they note, and by after between what a test read and what it waits for: a bubble
	// orders what came before synctest.Wait, but nothing after it.
	mu sync.Mutex
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, net: faulttest.NewNetwork(), model: faulttest.NewModel()}
	w.listen()
	return w
}

func (w *world) listen() {
	l, err := w.net.Listen("node:80")
	if err != nil {
		w.t.Fatal(err)
	}
	w.server = &http.Server{Handler: w.model}
	go w.server.Serve(l)
}

func (w *world) close() {
	for _, c := range w.clients {
		c.stop()
		<-c.done
	}
	w.server.Close()
	w.model.Wait()
	synctest.Wait()
}

// watched is a client and all that happened to it.
type watched struct {
	*relay.Client
	name    string
	thread  chat.ThreadID
	entries []string // what it shows: texts by number
	acks    map[chat.ClientMessageID]wire.Ack
	resets  []chat.Cursor
	repairs int
	offers  int
	refused []wire.Nack
	states  []relay.ClientState
	frames  map[wire.Type]int
	stop    context.CancelFunc
	done    chan struct{}
	err     error
}

func (w *world) client(name string, o relay.ClientOptions) *watched {
	c := &watched{name: name, acks: map[chat.ClientMessageID]wire.Ack{}, frames: map[wire.Type]int{}, done: make(chan struct{})}
	if o.URLs == nil {
		o.URLs = []string{"ws://node:80"}
	}
	if o.Auth == nil {
		o.Auth = func(context.Context) (wire.Auth, error) { return wire.Auth{Account: "acme"}, nil }
	}
	o.Dial, o.Rand = w.net.Dialer(name), rand.New(rand.NewPCG(1, 2))
	o.Observer = w.observe(c)
	c.Client = relay.NewClient(o)
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	go func() {
		defer close(c.done)
		err := c.Run(ctx)
		w.mu.Lock()
		c.err = err
		w.mu.Unlock()
	}()
	w.clients = append(w.clients, c)
	return c
}

// observe keeps what happens to a client.
func (w *world) observe(c *watched) relay.Observer {
	noting := func(note func()) {
		w.mu.Lock()
		defer w.mu.Unlock()
		note()
	}
	return relay.Observer{
		State: func(s relay.ClientState, _ error) { noting(func() { c.states = append(c.states, s) }) },
		Hello: func(h wire.Hello) {
			if h.Visitor != nil {
				noting(func() { c.thread = h.Visitor.Thread })
			}
		},
		Frame:   func(t wire.Type, _ []byte) { noting(func() { c.frames[t]++ }) },
		Entry:   func(a relay.Applied) { noting(func() { c.apply(w.t, a) }) },
		Ack:     func(a wire.Ack) { noting(func() { c.acks[a.CMID] = a }) },
		Refused: func(n wire.Nack) { noting(func() { c.refused = append(c.refused, n) }) },
		Offered: func(chat.ThreadID, chat.ClientMessageID) { noting(func() { c.offers++ }) },
		Repair:  func(chat.ThreadID, chat.ClientMessageID) { noting(func() { c.repairs++ }) },
		Reset: func(_ chat.ThreadID, common chat.Cursor) {
			noting(func() { c.resets, c.entries = append(c.resets, common), c.entries[:common.Seq] })
		},
	}
}

func (c *watched) apply(t *testing.T, a relay.Applied) {
	if int(a.Seq) != len(c.entries)+1 {
		t.Errorf("%s applied %d after %d", c.name, a.Seq, len(c.entries))
	}
	c.entries = append(c.entries, a.Entry.Text)
}

func (w *world) agent(name string) *watched {
	return w.client(name, relay.ClientOptions{Auth: func(context.Context) (wire.Auth, error) {
		return wire.Auth{Agent: &wire.AgentProof{Token: "agent"}}, nil
	}})
}

func (c *watched) shows() string { return strings.Join(c.entries, " ") }

func (w *world) wants(what, got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// after lets a time pass in the bubble and everything settle.
func (w *world) after(d time.Duration) {
	w.mu.Lock()
	//lint:ignore SA2001 for the order alone: see mu
	w.mu.Unlock()
	time.Sleep(d) // the bubble's clock
	synctest.Wait()
}

func inBubble(t *testing.T, run func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		run(w)
	})
}

func TestVisitorAndAgentSeeTheSame(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		w.after(time.Second)
		a := w.agent("agent")
		a.Subscribe(v.thread)
		v.Send("", relay.ClientMessage{Text: "one"})
		a.Send(v.thread, relay.ClientMessage{Text: "two"})
		w.after(time.Second)
		v.Send("", relay.ClientMessage{Text: "three"})
		w.after(time.Second)
		log := faulttest.Texts(w.model.Log(v.thread))
		w.wants("visitor", v.shows(), log)
		w.wants("agent", a.shows(), log)
		if len(v.acks) != 2 || len(a.acks) != 1 {
			t.Errorf("acks: visitor %d, agent %d", len(v.acks), len(a.acks))
		}
	})
}

func TestMessagesWrittenOfflineAreSentOnceAndInOrder(t *testing.T) {
	inBubble(t, func(w *world) {
		w.model.Bugs.DropAck = 3 // each third answer is lost with its socket
		v := w.client("visitor", relay.ClientOptions{})
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprint("m", i))
			v.Send("", relay.ClientMessage{Text: want[i]})
		}
		w.after(2 * time.Minute)
		w.wants("log", faulttest.Texts(w.model.Log(v.thread)), strings.Join(want, " "))
		w.wants("visitor", v.shows(), strings.Join(want, " "))
		if v.offers <= 20 {
			t.Errorf("nothing was sent again: %d sendings", v.offers)
		}
	})
}

func TestOneMessageOfAThreadIsInFlight(t *testing.T) {
	inBubble(t, func(w *world) {
		w.net.SetLatency(func(string, string) time.Duration { return 100 * time.Millisecond })
		v := w.client("visitor", relay.ClientOptions{})
		w.after(5 * time.Second)
		v.Send("", relay.ClientMessage{Text: "one"})
		v.Send("", relay.ClientMessage{Text: "two"})
		w.after(150 * time.Millisecond)
		if v.offers != 1 {
			t.Fatalf("%d messages in flight", v.offers)
		}
		w.after(100 * time.Millisecond)
		if v.offers != 2 {
			t.Fatalf("the second was not sent after the answer to the first")
		}
	})
}

func TestLostAndDoubledEntriesAreRepairedByTheReader(t *testing.T) {
	for name, bugs := range map[string]faulttest.ModelBugs{
		"lost": {DropEntry: 2}, "doubled": {DoubleEntry: 2}, "both": {DropEntry: 3, DoubleEntry: 2},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				v := w.client("visitor", relay.ClientOptions{})
				w.after(5 * time.Second)
				w.model.Bugs = bugs
				for i := range 11 {
					w.model.Post(v.thread, fmt.Sprint("m", i))
					w.after(100 * time.Millisecond)
				}
				w.after(5 * time.Second)
				w.wants("visitor", v.shows(), faulttest.Texts(w.model.Log(v.thread)))
			})
		})
	}
}

func TestResumeLosesNothingAndDoublesNothing(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		w.after(5 * time.Second)
		for i := range 30 {
			w.model.Post(v.thread, fmt.Sprint("m", i))
			if i%3 == 0 {
				w.net.CutHost("visitor")
			}
			w.after(300 * time.Millisecond)
		}
		w.after(time.Minute)
		w.wants("visitor", v.shows(), faulttest.Texts(w.model.Log(v.thread)))
		if len(v.resets) != 0 {
			t.Errorf("resets: %v", v.resets)
		}
	})
}

func TestLongCatchUpComesInPages(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		w.after(5 * time.Second)
		w.model.Post(v.thread, "first")
		w.after(time.Second)
		w.net.Freeze("visitor")
		w.net.CutHost("visitor")
		for i := range 1000 {
			w.model.Post(v.thread, fmt.Sprint("m", i))
		}
		w.net.Thaw("visitor")
		w.after(time.Minute)
		w.wants("visitor", v.shows(), faulttest.Texts(w.model.Log(v.thread)))
		if v.frames[wire.TypeEntries] < 5 {
			t.Errorf("%d pages", v.frames[wire.TypeEntries])
		}
	})
}

func TestForkedHistoryIsResetAndRepaired(t *testing.T) {
	for _, told := range []bool{true, false} {
		t.Run(fmt.Sprint("told ", told), func(t *testing.T) {
			inBubble(t, func(w *world) {
				v := w.client("visitor", relay.ClientOptions{})
				for i := range 6 {
					v.Send("", relay.ClientMessage{Text: fmt.Sprint("m", i)})
				}
				w.after(5 * time.Second)
				w.model.Forget(v.thread, 3, told)
				if !told {
					w.model.Post(v.thread, "other") // stands at 4, where the client has m3
				}
				w.after(10 * time.Second)
				if len(v.resets) == 0 || v.repairs != 3 {
					t.Errorf("resets %v, repairs %d", v.resets, v.repairs)
				}
				log := faulttest.Texts(w.model.Log(v.thread))
				w.wants("visitor", v.shows(), log)
				if want := map[bool]string{true: "m0 m1 m2 m3 m4 m5", false: "m0 m1 m2 other m3 m4 m5"}[told]; log != want {
					t.Errorf("log %q, want %q", log, want)
				}
			})
		})
	}
}

func TestForkWhileAwayIsRepaired(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		for i := range 6 {
			v.Send("", relay.ClientMessage{Text: fmt.Sprint("m", i)})
		}
		w.after(5 * time.Second)
		w.net.CutHost("visitor")
		w.model.Forget(v.thread, 2, false)
		w.model.Post(v.thread, "a")
		w.model.Post(v.thread, "b")
		v.Send("", relay.ClientMessage{Text: "new"})
		w.after(30 * time.Second)
		w.wants("log", faulttest.Texts(w.model.Log(v.thread)), "m0 m1 a b m2 m3 m4 m5 new")
		w.wants("visitor", v.shows(), "m0 m1 a b m2 m3 m4 m5 new")
	})
}

func TestRetryableNackIsTriedAgain(t *testing.T) {
	inBubble(t, func(w *world) {
		w.model.Bugs.Refuse = 2
		v := w.client("visitor", relay.ClientOptions{})
		for i := range 5 {
			v.Send("", relay.ClientMessage{Text: fmt.Sprint("m", i)})
		}
		w.after(30 * time.Second)
		w.wants("log", faulttest.Texts(w.model.Log(v.thread)), "m0 m1 m2 m3 m4")
	})
}

func TestConflictLeavesTheOutbox(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		v.SendAs("", "aaaaaaaa", relay.ClientMessage{Text: "one"})
		v.SendAs("", "aaaaaaaa", relay.ClientMessage{Text: "another"})
		v.Send("", relay.ClientMessage{Text: "two"})
		w.after(5 * time.Second)
		if len(v.refused) != 1 || v.refused[0].Code != chat.Conflict {
			t.Errorf("refused: %v", v.refused)
		}
		w.wants("log", faulttest.Texts(w.model.Log(v.thread)), "one two")
	})
}

func TestSilentServerIsLeftAfterTwoMissedAnswers(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		w.after(time.Minute)
		w.net.Freeze("node")
		w.after(3*25*time.Second + 10*time.Second)
		if last := v.states[len(v.states)-1]; last == relay.Connected {
			t.Fatal("still believes in the connection")
		}
		w.net.Thaw("node")
		w.after(time.Minute)
		if last := v.states[len(v.states)-1]; last != relay.Connected {
			t.Fatalf("is %s after the server came back", last)
		}
	})
}

func TestIdleClientIsHeardEveryHeartbeat(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		w.after(10*25*time.Second + time.Second)
		if pongs := v.frames[wire.TypePong]; pongs < 9 || pongs > 11 {
			t.Errorf("%d pings in ten heartbeats", pongs)
		}
	})
}

func TestCloseCodesDecideAboutComingBack(t *testing.T) {
	for _, code := range wire.Codes {
		t.Run(code.Name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				w.server.Handler = closing(code.Code)
				v := w.client("visitor", relay.ClientOptions{})
				w.after(4 * time.Second)
				var closed *relay.ClosedError
				stopped := errors.As(v.err, &closed)
				if stopped != (code.Reconnect == wire.Never) {
					t.Fatalf("stopped: %v, %v", stopped, v.err)
				}
				tries := count(v.states, relay.Connecting)
				if code.Reconnect == wire.Later && tries != 1 {
					t.Errorf("came back %d times within 4 s", tries-1)
				}
				w.after(20 * time.Second)
				if tries := count(v.states, relay.Connecting); code.Reconnect != wire.Never && tries < 2 {
					t.Errorf("did not come back")
				}
			})
		})
	}
}

func count(states []relay.ClientState, s relay.ClientState) int {
	n := 0
	for _, state := range states {
		if state == s {
			n++
		}
	}
	return n
}

func TestReconnectTakesTheNextNode(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{URLs: []string{"ws://gone:80", "ws://node:80"}})
		w.after(5 * time.Second)
		if w.model.Sessions() != 1 {
			t.Fatalf("states: %v", v.states)
		}
	})
}

func TestReconnectFrameLeavesWithinTheWindow(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{})
		w.after(5 * time.Second)
		w.model.Broadcast(wire.ReconnectFrame{T: wire.TypeReconnect, WindowMillis: 20000})
		w.after(20*time.Second + time.Second)
		if n := count(v.states, relay.Connected); n != 2 {
			t.Errorf("connected %d times: %v", n, v.states)
		}
	})
}

func TestBackoffGrowsToItsLimit(t *testing.T) {
	inBubble(t, func(w *world) {
		v := w.client("visitor", relay.ClientOptions{URLs: []string{"ws://gone:80"}})
		w.after(10 * time.Minute)
		tries := count(v.states, relay.Connecting)
		if tries < 25 || tries > 120 { // 15 s on the average at last
			t.Errorf("%d tries in 10 minutes", tries)
		}
	})
}
