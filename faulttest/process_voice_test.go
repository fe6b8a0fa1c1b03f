//go:build processes

package faulttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"sync"
	"time"

	"confab/chat"
	"confab/relay"
	"confab/wire"
)

// answerWithin is the promise of how long a send stays without ack or nack on a connection that lives.
const answerWithin = 2 * time.Second

// voice is a person on a real network. Besides what a person writes down it measures.
type voice struct {
	*diary
	name   string
	client *relay.Client
	cancel context.CancelFunc
	done   chan struct{} // closed when the client's Run has returned
	crowd  *crowd
	count  int // of messages, on the goroutine that sends

	at       sync.Mutex
	dialed   string // address of the last node that was tried
	node     string // address of the node that greeted; "" while there is no connection
	sent     map[chat.ClientMessageID]time.Time
	offered  map[chat.ClientMessageID]time.Time
	stays    []span // with a connection, from greeting to loss
	greeted  int
	losses   map[string]int // of connections, by reason
	slowest  time.Duration  // from offering to a nack
	nacks    int
	improper []wire.Nack // other than unavailable or draining, or not retryable
}

// newVoice returns somebody who connects to urls, the first of them first, and to the next after each loss.
func (c *crowd) newVoice(name string, urls []string, auth func(context.Context) (wire.Auth, error)) *voice {
	v := &voice{
		crowd: c, losses: map[string]int{}, sent: map[chat.ClientMessageID]time.Time{}, offered: map[chat.ClientMessageID]time.Time{},
		name: name, diary: newDiary(name), done: make(chan struct{}),
	}
	v.equip(urls, auth, v.watchful(v.observer()))
	c.voices = append(c.voices, v)
	return v
}

// equip gives the person a client.
func (v *voice) equip(urls []string, auth func(context.Context) (wire.Auth, error), o relay.Observer) {
	dial := v.crowd.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	v.client = relay.NewClient(relay.ClientOptions{
		URLs: urls, Auth: auth, Observer: o,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			v.at.Lock()
			v.dialed = addr
			v.at.Unlock()
			return dial(ctx, network, addr)
		},
		Rand: rand.New(rand.NewPCG(*killSeed, 500+uint64(len(v.crowd.voices)))),
	})
}

// addresses differ from connection to connection, and say nothing of why it was lost.
var addresses = regexp.MustCompile(`[0-9.]+:\d+(->[0-9.]+:\d+)?`)

// onEntry says now and then that an entry was shown.
func (v *voice) onEntry(a relay.Applied) {
	const each = 4
	if a.Seq%each == 0 {
		v.client.Seen(a.Thread, a.Seq)
	}
}

// watchful adds the measuring to what a person observes.
func (v *voice) watchful(o relay.Observer) relay.Observer {
	hello, ack, entry := o.Hello, o.Ack, o.Entry
	o.Hello = func(h wire.Hello) { hello(h); v.onGreeting() }
	o.Ack = func(a wire.Ack) { ack(a); v.onAck(a.CMID) }
	o.Entry = func(a relay.Applied) { entry(a); v.onEntry(a) }
	o.Nack = v.onNack
	o.Offered = func(_ chat.ThreadID, id chat.ClientMessageID) {
		v.at.Lock()
		defer v.at.Unlock()
		v.offered[id] = time.Now()
	}
	o.State = func(s relay.ClientState, err error) {
		if s != relay.Connected {
			v.onLoss(err)
		}
	}
	return o
}

func (v *voice) onGreeting() {
	v.at.Lock()
	defer v.at.Unlock()
	v.node = v.dialed
	v.greeted++
	v.stays = append(v.stays, span{from: time.Now()})
}

func (v *voice) onLoss(why error) {
	v.at.Lock()
	defer v.at.Unlock()
	if n := len(v.stays); n > 0 && v.stays[n-1].to.IsZero() {
		v.stays[n-1].to = time.Now()
	}
	if v.node != "" && why != nil {
		v.losses[addresses.ReplaceAllString(why.Error(), "…")]++
	}
	v.node = ""
	clear(v.offered)
}

func (v *voice) onAck(id chat.ClientMessageID) {
	v.at.Lock()
	defer v.at.Unlock()
	if sent, mine := v.sent[id]; mine {
		v.crowd.acknowledged(time.Since(sent))
		delete(v.sent, id)
	}
	delete(v.offered, id)
}

func (v *voice) onNack(n wire.Nack) {
	v.at.Lock()
	defer v.at.Unlock()
	v.nacks++
	if offered, known := v.offered[n.CMID]; known {
		v.slowest = max(v.slowest, time.Since(offered))
	}
	if !n.Retryable || n.Code != chat.Unavailable && n.Code != chat.Draining {
		v.improper = append(v.improper, n)
	}
}

// arriveAlive runs the client until leave, and waits for the first greeting.
func (v *voice) arriveAlive() {
	t := v.crowd.house.t
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	v.cancel = cancel
	if thread := v.about(); thread != "" {
		v.note(Event{What: Followed, Thread: thread})
		v.client.Subscribe(thread)
	}
	go func() {
		defer close(v.done)
		if err := v.client.Run(ctx); err != nil {
			t.Errorf("%s was sent away: %v", v.name, err)
		}
	}()
	t.Cleanup(v.leave)
	await(t, v.name+" is greeted", 20*time.Second, func() bool { return v.greetings() > 0 })
}

// leave ends the client; more than once does no harm.
func (v *voice) leave() {
	v.cancel()
	<-v.done
}

// depart leaves for good, so that presence has to say so.
func (v *voice) depart() {
	v.leave()
	v.onLoss(nil)
}

func (v *voice) greetings() int {
	v.at.Lock()
	defer v.at.Unlock()
	return v.greeted
}

// where is the address of the node of the connection, "" without one.
func (v *voice) where() string {
	v.at.Lock()
	defer v.at.Unlock()
	return v.node
}

// say sends one message.
func (v *voice) say() {
	v.count++
	thread := v.about()
	id := chat.ClientMessageID(fmt.Sprintf("%s-message-%d", v.name, v.count))
	text := fmt.Sprintf("%s says %d", v.name, v.count)
	v.at.Lock()
	v.sent[id] = time.Now()
	v.at.Unlock()
	v.note(Event{What: Sent, Thread: thread, CMID: id, Text: text})
	v.client.SendAs(thread, id, relay.ClientMessage{Text: text})
}

// talk sends a message at random moments, every pace on the average, until ctx ends. Who has many unanswered ones
// waits, as people do.
func (v *voice) talk(ctx context.Context, random *rand.Rand, pace time.Duration) {
	const patience = 30
	for {
		select {
		case <-time.After(time.Duration(random.Int64N(int64(2 * pace)))):
		case <-ctx.Done():
			return
		}
		if v.unanswered() < patience {
			v.say()
		}
	}
}

// lives are the times that the person had a connection. A client that fails again and again waits for up to half a minute, and is
// away meanwhile.
func (v *voice) lives() []Life {
	who := v.who()
	v.at.Lock()
	defer v.at.Unlock()
	var all []Life
	for _, s := range v.stays {
		all = append(all, Life{Who: who, From: s.from, To: s.to})
	}
	return all
}
