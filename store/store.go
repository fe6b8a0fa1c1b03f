// Package store is the one place that knows Redis: it spells the keys, and keeps, numbers, announces and reads.
//
// Whatever the nodes write goes through one committer with one pipeline in flight, and a commit is one script:
// nothing is announced that is not kept, nothing kept that is not announced. What the bus loses is noticed by the
// numbers on the feed and read from the log.
package store

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"confab/chat"
)

// Options say which Redis, and who asks.
type Options struct {
	// URL is redis://, rediss:// or unix://; several hosts, comma separated, or redis+cluster:// are a Cluster,
	// redis+sentinel://host,host?master=name asks Sentinels for the master.
	URL string
	// Dialer opens connections; nil: real ones, which give up 5 s after the other side went silent.
	Dialer         func(ctx context.Context, network, addr string) (net.Conn, error)
	Node           string // id of this node, for its probes
	IDs            chat.IDs
	Log            *zap.Logger
	RequireDurable bool // a store that may lose what it acknowledged makes the node not ready
	Embedded       bool // the store lives in this process: its durability is "memory"
	// Limits replaces chat.Limits; for tests.
	Limits *chat.LimitSet
}

// Store is a connection to Redis. Safe for concurrent use.
type Store struct {
	client  redis.UniversalClient
	cluster *redis.ClusterClient // client, if it is a Cluster
	publish string               // PUBLISH, on a Cluster SPUBLISH
	node    string
	ids     chat.IDs
	log     *zap.Logger
	limits  *chat.LimitSet
	metrics *metrics
	feed    *feed
	queue   *queue
	touches touches
	library *library
	scripts scripts

	embedded       bool
	requireDurable bool
	durability     atomic.Pointer[durabilityReport]
	committedAt    atomic.Int64 // ns, of the last commit probe that was acknowledged; 0: none yet

	closing   chan struct{} // closed by Close
	closeOnce sync.Once
	committer sync.WaitGroup
	later     sync.WaitGroup // calls that after put off
}

type scripts struct {
	append, open, mark, setTimer, claimTimers, finishTimer, lease, limit, putDoc, index, unindex, patchVisitor, openVisitor,
	touchVisitors, erase, limitReturn, sayVisitor, record, lookOut, limitWindow, unset,
	takeUpload, useTicket, keepFile,
	tell, claimDeliveries, keepClaim, settle, sendAgain, expire, dropDelivery,
	recordAll, putContact, mergeContacts, settleContact *Script
}

// Open connects and checks once what the store keeps. From then on everything but the feed works; the feed and the
// probes need Run. Whoever opens closes.
func Open(ctx context.Context, o Options) (*Store, error) {
	library := &library{}
	client, err := connect(o, library.greet)
	if err != nil {
		return nil, err
	}
	s := &Store{
		client: client, publish: "PUBLISH", node: o.Node, ids: o.IDs, log: o.Log, limits: o.Limits, metrics: newMetrics(),
		queue: newQueue(), library: library, embedded: o.Embedded, requireDurable: o.RequireDurable, closing: make(chan struct{}),
	}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	if s.limits == nil {
		s.limits = &chat.Limits
	}
	if cluster, ok := client.(*redis.ClusterClient); ok {
		s.cluster, s.publish = cluster, "SPUBLISH"
	}
	s.feed = newFeed(s)
	s.prepareScripts()
	s.committer.Go(s.commitLoop)
	if _, err := s.ask1(ctx, command("HMGET", s.GlobalKey("probe"), "x")); err != nil {
		s.Close()
		return nil, fmt.Errorf("connect to the store: %w", err)
	}
	s.checkDurability(ctx)
	return s, nil
}

func (s *Store) prepareScripts() {
	s.scripts = scripts{
		append: s.own("append 5", plantedLua(appendLua), lists), mark: s.own("mark 2", plantedLua(markLua), number),
		open:     s.own("open 1", openLua, words),
		setTimer: s.own("set timer 1", setTimerLua, number), claimTimers: s.own("claim timers 1", claimTimersLua, words),
		finishTimer: s.own("finish timer 1", finishTimerLua, number), lease: s.own("lease 1", leaseLua, number),
		limit: s.own("limit 1", limitLua, number), limitReturn: s.own("limit return 1", limitReturnLua, number),
		putDoc: s.own("put document 2", putDocLua, words), index: s.own("index 1", indexLua, word),
		unindex: s.own("unindex 1", unindexLua, number), erase: s.own("erase 2", eraseLua, number),
		patchVisitor: s.own("patch visitor 1", patchVisitorLua, number), openVisitor: s.own("open visitor 3", openVisitorLua, number),
		sayVisitor: s.own("say visitor 3", sayVisitorLua, number), record: s.own("record 1", recordLua, number),
		touchVisitors: s.own("touch visitors 1", touchVisitorsLua, number),
		takeUpload:    s.own("take upload 1", takeUploadLua, words), useTicket: s.own("use ticket 1", useTicketLua, word),
		keepFile: s.own("keep file 1", keepFileLua, number),
		unset:    s.own("unset 1", unsetLua, number), recordAll: s.own("record all 1", recordAllLua, number),
		putContact: s.own("put contact 1", putContactLua, words), mergeContacts: s.own("merge contacts 1", mergeContactsLua, words),
		settleContact: s.own("settle contact 1", settleContactLua, words), keepClaim: s.own("keep claim 1", keepClaimLua, word),
		tell: s.own("tell 1", tellLua, words), claimDeliveries: s.own("claim deliveries 1", claimDeliveriesLua, words),
		settle: s.own("settle 1", settleLua, words), sendAgain: s.own("send again 1", sendAgainLua, word),
		expire: s.own("expire delivery 1", expireLua, number), dropDelivery: s.own("drop delivery 1", dropDeliveryLua, number),
		lookOut: s.own("look out 1", lookOutLua, number), limitWindow: s.own("limit window 1", limitWindowLua, number),
	}
}

// Run keeps the feed and the probes going until ctx ends.
func (s *Store) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.feed.run(ctx) })
	g.Go(func() error { return s.probeLoop(ctx) })
	g.Go(func() error { return s.positionLoop(ctx) })
	g.Go(func() error { return s.durabilityLoop(ctx) })
	return g.Wait()
}

// Close commits what is queued, refuses what comes later, and disconnects. Run must have returned.
func (s *Store) Close() error {
	var err error
	s.closeOnce.Do(func() {
		s.writeTouches()
		close(s.closing)
		s.committer.Wait()
		s.later.Wait()
		err = s.client.Close()
	})
	return err
}

// after calls f once, d from now. Close waits for it.
func (s *Store) after(d time.Duration, f func()) {
	s.later.Add(1)
	time.AfterFunc(d, func() {
		defer s.later.Done()
		f()
	})
}

// subscriber is a client of the one server on which a feed is published.
type subscriber interface {
	Subscribe(ctx context.Context, channels ...string) *redis.PubSub
}

// masterOf returns the address and the client of the master that a channel belongs to; "" where there is but one.
func (s *Store) masterOf(ctx context.Context, channel string) (address string, client subscriber, err error) {
	if s.cluster == nil {
		return "", s.client, nil
	}
	ctx, cancel := context.WithTimeout(ctx, maxFlight)
	defer cancel()
	master, err := s.cluster.MasterForKey(ctx, channel)
	if err != nil {
		return "", nil, fmt.Errorf("master of %s: %w", channel, err)
	}
	return master.Options().Addr, master, nil
}
