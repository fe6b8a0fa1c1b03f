package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"confab/chat"
)

const (
	subscribeBatch = 256
	routeIdle      = time.Minute
)

// line is one subscriber connection: there is one per node, on a Cluster one for each master that has followed
// accounts. It lives until its connection breaks; then the router starts another. go-redis holds the lock of a PubSub
// while it dials and shakes hands, so the first dial is over before a second goroutine touches it, and it never dials again.
type line struct {
	feed    *feed
	address string
	id      string // of its probes
	probe   string // its own channel
	started time.Time
	pubsub  *redis.PubSub      // run's and its helpers'
	giveUp  context.CancelFunc // ends the line; safe at any time
	wake    chan struct{}      // capacity 1: there is something to subscribe

	// Owned by feed.mu.
	wanted map[string]bool // channels to subscribe (true) or leave (false), not yet told to Redis
	serial int64           // of the last probe
}

func (l *line) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// want needs feed.mu.
func (l *line) want(channel string, on bool) { l.wanted[channel] = on }

// route gives every account without a line one, and keeps the node's own line up. It returns when to look again.
func (f *feed) route(ctx context.Context, lines *sync.WaitGroup) time.Duration {
	f.mu.Lock()
	homeless := make([]chat.AccountID, 0, len(f.unrouted))
	for account := range f.unrouted {
		homeless = append(homeless, account)
	}
	f.mu.Unlock()
	if err := f.ensureHome(ctx, lines); err != nil {
		return retryIn()
	}
	for _, account := range homeless {
		address, client, err := f.store.masterOf(ctx, f.store.feedChannel(account))
		if err != nil {
			f.store.log.Debug("no master for a feed", zap.String("account", string(account)), zap.Error(err))
			return retryIn()
		}
		f.join(ctx, lines, account, address, client)
	}
	return routeIdle
}

func retryIn() time.Duration { return 50*time.Millisecond + rand.N(200*time.Millisecond) }

func (f *feed) ensureHome(ctx context.Context, lines *sync.WaitGroup) error {
	f.mu.Lock()
	up := len(f.lines) > 0
	f.mu.Unlock()
	if up {
		return nil
	}
	tag := chat.AccountID("node-" + f.store.node)
	address, client, err := f.store.masterOf(ctx, f.store.feedChannel(tag))
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.open(ctx, lines, tag, address, client)
	f.mu.Unlock()
	return nil
}

// join puts an account on the line to address.
func (f *feed) join(ctx context.Context, lines *sync.WaitGroup, account chat.AccountID, address string, client subscriber) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.accounts[account]
	if a == nil || !f.unrouted[account] {
		return
	}
	l := f.lines[address]
	if l == nil {
		l = f.open(ctx, lines, account, address, client)
	}
	delete(f.unrouted, account)
	a.line, a.heard, a.live = l, false, false
	l.want(f.store.feedChannel(account), true)
	l.nudge()
}

// open starts a line. Needs mu.
func (f *feed) open(ctx context.Context, lines *sync.WaitGroup, tag chat.AccountID, address string, client subscriber) *line {
	s := f.store
	if _, before := f.heard[address]; !before {
		f.heard[address] = time.Time{} // never yet
	}
	ctx, giveUp := context.WithCancel(ctx)
	l := &line{
		feed: f, address: address, id: s.ids.New(), probe: s.Key(tag, "probe", s.node), started: time.Now(),
		pubsub: client.Subscribe(ctx), giveUp: giveUp, wake: make(chan struct{}, 1), wanted: map[string]bool{},
	}
	f.lines[address] = l
	l.nudge()
	lines.Go(func() { l.run(ctx) })
	return l
}

// run receives until the connection breaks or the line is given up, then hands the accounts back to the router.
func (l *line) run(ctx context.Context) {
	defer l.giveUp()
	err := l.tellRedis(ctx, true, []string{l.probe}) // connects
	if err == nil {
		err = l.serve(context.WithValue(ctx, connectedKey{}, true))
	}
	l.pubsub.Close() // an error says that it is closed already
	l.feed.lost(l, err)
}

// serve receives and subscribes on the connection that there is.
func (l *line) serve(ctx context.Context) error {
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer l.giveUp()
	helpers.Go(func() { l.subscribeLoop(ctx) })
	helpers.Go(func() {
		<-ctx.Done()
		l.pubsub.Close() // ends the receiving
	})
	return l.receiveLoop(ctx)
}

// connectedKey marks the context of a line that has its connection: if that breaks, none takes its place unseen.
type connectedKey struct{}

var errConnectedOnce = errors.New("a subscriber connects once")

// dialOnce refuses what go-redis dials for a line behind its back.
func dialOnce(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if ctx.Value(connectedKey{}) != nil {
			return nil, errConnectedOnce
		}
		return dial(ctx, network, addr)
	}
}

func (l *line) receiveLoop(ctx context.Context) error {
	for {
		msg, err := receive(ctx, l.pubsub)
		if err != nil {
			return err
		}
		switch m := msg.(type) {
		case *redis.Message:
			l.message(m)
		case *redis.Subscription:
			l.subscription(m)
		}
	}
}

func (l *line) message(m *redis.Message) {
	if m.Channel == l.probe {
		l.feed.hear(l, m.Payload)
		return
	}
	if account, ok := accountOf(m.Channel); ok {
		l.feed.ring(account, m.Payload)
	}
}

func (l *line) subscription(m *redis.Subscription) {
	account, ok := accountOf(m.Channel)
	switch m.Kind {
	case "subscribe", "ssubscribe":
		if ok {
			l.feed.subscribed(account)
		}
	case "sunsubscribe":
		if ok && l.feed.wants(l, account) { // the slot went to another master
			l.giveUp()
		}
	}
}

func (f *feed) wants(l *line, account chat.AccountID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.accounts[account]
	return a != nil && a.line == l
}

// subscribeLoop tells Redis which channels are wanted, many at once. Its own goroutine, so that the replies are read
// while it writes.
func (l *line) subscribeLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for on, channels := l.takeWanted(); len(channels) > 0; on, channels = l.takeWanted() {
			if err := l.tellRedis(ctx, on, channels); err != nil {
				l.giveUp() // the receiver ends, and the router starts anew
				return
			}
		}
	}
}

// takeWanted returns channels to subscribe, or if there are none, to leave.
func (l *line) takeWanted() (on bool, channels []string) {
	l.feed.mu.Lock()
	defer l.feed.mu.Unlock()
	for _, on := range []bool{true, false} {
		for channel, want := range l.wanted {
			if want == on && len(channels) < subscribeBatch {
				channels = append(channels, channel)
				delete(l.wanted, channel)
			}
		}
		if len(channels) > 0 {
			return on, channels
		}
	}
	return false, nil
}

func (l *line) tellRedis(ctx context.Context, on bool, channels []string) error {
	ctx, cancel := context.WithTimeout(ctx, maxFlight)
	defer cancel()
	if l.feed.store.cluster == nil {
		if on {
			return l.pubsub.Subscribe(ctx, channels...)
		}
		return l.pubsub.Unsubscribe(ctx, channels...)
	}
	for _, channel := range channels { // one command must stay within one slot
		tell := l.pubsub.SUnsubscribe
		if on {
			tell = l.pubsub.SSubscribe
		}
		if err := tell(ctx, channel); err != nil {
			return err
		}
	}
	return nil
}

// lost gives the accounts of a broken line back to the router.
func (f *feed) lost(l *line, err error) {
	f.mu.Lock()
	if f.lines[l.address] == l {
		delete(f.lines, l.address)
	}
	for account, a := range f.accounts {
		if a.line == l {
			a.line, a.heard, a.live = nil, false, false
			f.unrouted[account] = true
		}
	}
	f.mu.Unlock()
	f.store.metrics.resubscribes.Inc()
	f.store.log.Info("subscriber connection lost", zap.String("redis", l.address), zap.Error(err))
	f.store.after(retryIn(), f.nudge)
}
