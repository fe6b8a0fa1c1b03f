package outbox

import (
	"context"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/store"
)

// Bounds. What is waited for, kept and asked is limited everywhere; what lies beyond is parked or forgotten, and counted.
const (
	// MostWaiting is how many deliveries may wait for one target; what comes on top is parked at once.
	MostWaiting = 100_000
	// WaitAtMost is how long a delivery may wait for its turn and its tries; then it is parked.
	WaitAtMost = 7 * 24 * time.Hour
	// KeepDeliveries is how many deliveries of an account that are over stay in the log, and KeepFor how long.
	KeepDeliveries = 5_000
	KeepFor        = 30 * 24 * time.Hour

	// restAfter is how many failures in a row, each in another thread than the one before, make a target rest; restFor how
	// long it is left alone before one delivery is tried.
	restAfter = 10
	restFor   = 30 * time.Second

	claimFor      = 8 * time.Second  // a thread under way, as long as a node's lease; kept up while a try lasts
	tryAtMost     = 45 * time.Second // whatever its kind says
	encodeClaim   = 30 * time.Second // a thread that is looked at
	encodeAtOnce  = 8                // threads of an account at once at one node
	targetsAtOnce = 8                // targets of one of them
	encodeBatch   = 64               // threads taken at once
	knownCursors  = 8                // earlier positions that are kept
	maxLost       = 16               // races for one thread; after them its claim runs out
	inARow        = 20               // deliveries of a thread before others have their turn
	goOnFor       = 3 * time.Second  // tries under way may go on so long when the node stops
	pollEvery     = 2 * time.Second
	pollLease     = "outbox"
	pollHeld      = 6 * time.Second // another node takes the polling over after this
	sweepEvery    = 10 * time.Second
	sweepBatch    = 200
	soonest       = 5 * time.Millisecond
	latest        = time.Minute // what falls due later is left to the poll
	againAfter    = time.Second // when the store did not answer
	maxErrorRunes = 300
)

// Options of New. All but Pace are required.
type Options struct {
	Store    *store.Store
	Accounts *account.Accounts
	Kinds    map[string]Kind
	IDs      chat.IDs
	Log      *zap.Logger
	Node     string // id of this node, for the lease of the poll
	// Pace replaces, where it is not zero, how long things may be under way and when targets rest. AtOnce is the kind's. For tests.
	Pace store.Pace
}

func (o *Outbox) pace(k Kind) store.Pace {
	p := o.o.Pace
	p.AtOnce = max(k.AtOnce(), 1)
	if p.Claim == 0 {
		p.Claim = claimFor
	}
	if p.Fails == 0 {
		p.Fails = restAfter
	}
	if p.Rest == 0 {
		p.Rest = restFor
	}
	return p
}

func (o *Outbox) encodeClaim() time.Duration {
	if o.o.Pace.Claim > 0 {
		return o.o.Pace.Claim
	}
	return encodeClaim
}

// Outbox tells. Safe for concurrent use.
type Outbox struct {
	o       Options
	metrics *metrics
	looks   *looks // at accounts, for what is to be encoded
	tries   *looks // at targets, for what is to be delivered
}

// New returns an outbox; Run sets it going.
func New(o Options) *Outbox {
	b := &Outbox{o: o, metrics: newMetrics()}
	b.looks = newLooks(func(ctx context.Context, k lookKey) time.Duration { return b.encodeAccount(ctx, k.account) })
	b.tries = newLooks(b.deliverTo)
	return b
}

// Wake tells that something was kept in a thread of the account at this node. It does not block, and may be called at any time.
func (o *Outbox) Wake(account chat.AccountID, _ chat.ThreadID) {
	o.looks.wake(lookKey{account: account})
}
