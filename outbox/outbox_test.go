package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/outbox"
	"confab/store"
	"confab/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// call is one try that an address heard of.
type call struct {
	target, id string
	thread     chat.ThreadID
	seq        chat.Seq
	text       string
}

// addresses is a kind of telling whose targets are the account's webhooks. How one answers is its own affair.
type addresses struct {
	answer func(ctx context.Context, d outbox.Delivery) outbox.Outcome // nil: done

	mu    sync.Mutex
	calls []call
	empty int // batches without entries
	under map[string]int
	twice bool // for overlapped
}

func (a *addresses) AtOnce() int { return 4 }

func (a *addresses) Targets(of *account.Account) []outbox.Target {
	var list []outbox.Target
	for _, w := range of.Webhooks {
		if w.DisabledAt == 0 {
			list = append(list, outbox.Target{ID: w.ID, Since: w.CreatedAt})
		}
	}
	return list
}

// Encode makes an event of each entry; its state counts them.
func (a *addresses) Encode(_ context.Context, b outbox.Batch) (outbox.Encoded, error) {
	var count int
	if b.State != nil {
		if err := json.Unmarshal(b.State, &count); err != nil {
			return outbox.Encoded{}, err
		}
	}
	if len(b.Entries) == 0 {
		a.mu.Lock()
		a.empty++
		a.mu.Unlock()
		return outbox.Encoded{State: b.State}, nil
	}
	var out outbox.Encoded
	for _, e := range b.Entries {
		count++
		if count != int(e.Seq) && !strings.HasPrefix(string(b.Thread), "lost") {
			return out, fmt.Errorf("entry %d is the %d. one", e.Seq, count)
		}
		body, err := json.Marshal(call{seq: e.Seq}.with(e.Text, e.DeletedAt > 0))
		if err != nil {
			return out, err
		}
		out.Events = append(out.Events, outbox.Event{Type: string(e.Kind), Body: body})
	}
	out.State = json.RawMessage(fmt.Sprint(count))
	return out, nil
}

type said struct {
	Seq     chat.Seq
	Text    string
	Deleted bool
}

func (c call) with(text string, deleted bool) said { return said{c.seq, text, deleted} }

func (a *addresses) Deliver(ctx context.Context, _ *account.Account, d outbox.Delivery) outbox.Outcome {
	var s said
	if err := json.Unmarshal(d.Body, &s); err != nil {
		return outbox.Outcome{GiveUp: true, Error: err.Error()}
	}
	key := d.Target + " " + string(d.Thread)
	a.mu.Lock()
	if a.under == nil {
		a.under = map[string]int{}
	}
	a.under[key]++
	a.twice = a.twice || a.under[key] > 1
	a.calls = append(a.calls, call{d.Target, d.ID, d.Thread, s.Seq, s.Text})
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		a.under[key]--
		a.mu.Unlock()
	}()
	if a.answer == nil {
		return outbox.Outcome{Done: true, Status: 200}
	}
	return a.answer(ctx, d)
}

// heard are the tries for a thread, each delivery once, by their first; every call counts for all.
func (a *addresses) heard(target string, thread chat.ThreadID) (once []call, all int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	seen := map[string]bool{}
	for _, c := range a.calls {
		if c.target != target || c.thread != thread {
			continue
		}
		all++
		if !seen[c.id] {
			seen[c.id] = true
			once = append(once, c)
		}
	}
	return once, all
}

// inOrder fails the test unless the thread was told from 1 to n.
func (a *addresses) inOrder(t testing.TB, target string, thread chat.ThreadID, n int) {
	t.Helper()
	once, _ := a.heard(target, thread)
	for i, c := range once {
		if c.seq != chat.Seq(i+1) {
			t.Errorf("%s: %d. was entry %d of %s", target, i+1, c.seq, thread)
			return
		}
	}
	if len(once) != n {
		t.Errorf("%s was told %d entries of %s, not %d", target, len(once), thread, n)
	}
}

// place is a Redis with accounts that have webhooks.
type place struct {
	url   string
	ids   chat.IDs
	reach func(*store.Options) // nil: by its address
}

func (p place) open(t testing.TB, change ...func(*store.Options)) *store.Store {
	t.Helper()
	if p.reach != nil {
		change = append([]func(*store.Options){p.reach}, change...)
	}
	return storetest.Open(t, p.url, nil, change...)
}

func embedded(t testing.TB) place {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return place{e.URL(), chat.NewIDs(nil), nil}
}

func real(t testing.TB) place {
	t.Helper()
	return place{storetest.Start(t).URL(), chat.NewIDs(nil), nil}
}

// node is a node that runs nothing but an outbox.
type node struct {
	*outbox.Outbox
	store    *store.Store
	accounts *account.Accounts
	stop     func()
}

func accountsOf(s *store.Store) *account.Accounts {
	return account.New(account.Options{
		Store: s, IDs: chat.NewIDs(nil), Log: zap.NewNop(), Secret: []byte(strings.Repeat("s", 32)), HashCost: auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1},
	})
}

func (p place) node(t testing.TB, name string, kind outbox.Kind, pace store.Pace, change ...func(*store.Options)) *node {
	t.Helper()
	n := &node{store: p.open(t, change...)}
	n.accounts = accountsOf(n.store)
	n.Outbox = outbox.New(outbox.Options{
		Store: n.store, Accounts: n.accounts, Kinds: map[string]outbox.Kind{"test": kind}, IDs: p.ids, Log: zap.NewNop(), Node: name, Pace: pace,
	})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := n.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	n.stop = func() { cancel(); running.Wait() }
	t.Cleanup(n.stop)
	return n
}

// account makes one with so many webhooks, and returns their ids.
func (p place) account(t testing.TB, id chat.AccountID, webhooks int) []string {
	t.Helper()
	spec := account.AccountSpec{ID: id}
	for i := range webhooks {
		spec.Webhooks = append(spec.Webhooks, account.WebhookSpec{Dialect: "jivo", URL: fmt.Sprintf("https://%s-%d.example/", id, i)})
	}
	a, err := accountsOf(p.open(t)).Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, w := range a.Webhooks {
		ids = append(ids, w.ID)
	}
	return ids
}

// say writes n messages into a thread.
func say(t testing.TB, s *store.Store, a chat.AccountID, thread chat.ThreadID, from, n int) {
	t.Helper()
	if err := s.OpenThread(context.Background(), a, thread, "visitor"); err != nil {
		t.Fatal(err)
	}
	for i := from; i < from+n; i++ {
		storetest.MustAppend(t, s, storetest.Note(a, thread, "visitor", fmt.Sprintf("%s-%d", thread, i), fmt.Sprint("text ", i)))
	}
}

const acme = chat.AccountID("acme")

func TestWhatIsKeptIsToldAtOnceAndInOrder(t *testing.T) {
	for name, p := range map[string]place{"embedded": embedded(t), "redis": real(t)} {
		t.Run(name, func(t *testing.T) {
			targets, kind := p.account(t, acme, 2), &addresses{}
			n := p.node(t, "node", kind, store.Pace{})
			for i := range 5 {
				thread := chat.ThreadID(fmt.Sprint("thread-", i))
				say(t, n.store, acme, thread, 1, 7)
				n.Wake(acme, thread)
			}
			storetest.Eventually(t, "all are told", func() bool { return kind.count() == 2*5*7 })
			for i := range 5 {
				for _, target := range targets {
					kind.inOrder(t, target, chat.ThreadID(fmt.Sprint("thread-", i)), 7)
				}
			}
		})
	}
}

// overlapped tells whether two tries of a thread for a target were under way at once.
func (a *addresses) overlapped() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.twice
}

func (a *addresses) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.calls)
}

// severed is a way to Redis that ends after so many writes, and for ever: what the process does after that does not exist.
type severed struct {
	way  func(ctx context.Context, network, addr string) (net.Conn, error)
	left atomic.Int64
	mu   sync.Mutex
	open []net.Conn
}

func newSevered() *severed {
	s := &severed{way: new(net.Dialer).DialContext}
	s.left.Store(1 << 40)
	return s
}

// lead has a store go this way, to where it would go without.
func (s *severed) lead(o *store.Options) {
	if o.Dialer != nil {
		s.way = o.Dialer
	}
	o.Dialer = s.dial
}

// now ends it.
func (s *severed) now() { s.left.Store(0); s.sever() }

func (s *severed) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if s.left.Load() <= 0 {
		return nil, net.ErrClosed
	}
	c, err := s.way(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, c)
	return &severedConn{c, s}, nil
}

type severedConn struct {
	net.Conn
	way *severed
}

func (c *severedConn) Write(b []byte) (int, error) {
	switch left := c.way.left.Add(-1); {
	case left == 0: // it arrives, but the answer does not
		n, err := c.Conn.Write(b)
		c.way.sever()
		return n, err
	case left < 0:
		c.way.sever()
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

func (s *severed) sever() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		c.Close()
	}
}

// A node ends between any two of its steps, and right after any of them: what it had not told, another does.
func TestEveryMessageIsToldWhateverStepItsNodeDiesAt(t *testing.T) {
	pace := store.Pace{Claim: time.Second}
	var died atomic.Int64
	t.Run("steps", func(t *testing.T) {
		for step := range 34 {
			t.Run(fmt.Sprint(step), func(t *testing.T) {
				t.Parallel()
				p := embedded(t)
				if step%4 == 0 {
					p = real(t)
				}
				thread := chat.ThreadID("thread")
				target, kind := p.account(t, acme, 1)[0], &addresses{}
				writer := storetest.Open(t, p.url, nil)
				way := newSevered()
				first := p.node(t, "node", kind, pace, way.lead)
				say(t, writer, acme, thread, 1, 1)
				first.Wake(acme, thread)
				storetest.Eventually(t, "the first is told", func() bool { return kind.count() >= 1 })

				way.left.Store(int64(step))
				say(t, writer, acme, thread, 2, 3)
				first.Wake(acme, thread)
				storetest.Eventually(t, "it dies, or is through", func() bool { return way.left.Load() <= 0 || kind.count() >= 4 })
				if way.left.Load() <= 0 {
					died.Add(1)
				}
				first.stop()
				p.node(t, "node", kind, pace)
				storetest.Eventually(t, "all are told", func() bool {
					once, _ := kind.heard(target, thread)
					return len(once) >= 4
				})
				kind.inOrder(t, target, thread, 4)
				if kind.overlapped() {
					t.Error("two tries of the thread were under way at once")
				}
			})
		}
	})
	if died.Load() < 12 {
		t.Errorf("only %d of the nodes died before they were through", died.Load())
	}
	t.Logf("%d nodes died on their way", died.Load())
}

func TestAPollTakesOverWhatADeadNodeLeft(t *testing.T) {
	p := embedded(t)
	target, kind := p.account(t, acme, 1)[0], &addresses{}
	// Nobody is woken: the messages come from a node that died right after.
	writer := storetest.Open(t, p.url, nil)
	say(t, writer, acme, "thread", 1, 3)
	p.node(t, "other", kind, store.Pace{})
	storetest.Eventually(t, "all are told", func() bool { return kind.count() == 3 })
	kind.inOrder(t, target, "thread", 3)
	say(t, writer, acme, "thread", 4, 2)
	storetest.Eventually(t, "all are told", func() bool { return kind.count() == 5 })
	kind.inOrder(t, target, "thread", 5)
}

func TestTwoNodesTellAThreadInOrderAndNeverTwiceAtOnce(t *testing.T) {
	p := real(t)
	targets, kind := p.account(t, acme, 3), &addresses{}
	var calls atomic.Int64
	kind.answer = func(context.Context, outbox.Delivery) outbox.Outcome {
		switch calls.Add(1) % 5 {
		case 0:
			return outbox.Outcome{Again: time.Millisecond, Status: 500, Error: "It fails now and then."}
		case 1:
			return outbox.Outcome{Again: time.Millisecond, Untried: true}
		}
		return outbox.Outcome{Done: true}
	}
	nodes := []*node{p.node(t, "a", kind, store.Pace{Fails: 1 << 20}), p.node(t, "b", kind, store.Pace{Fails: 1 << 20})}
	const threads, each = 12, 15
	var writing sync.WaitGroup
	for i := range threads {
		writing.Go(func() {
			thread := chat.ThreadID(fmt.Sprint("thread-", i))
			for k := range each {
				n := nodes[k%2]
				say(t, n.store, acme, thread, k+1, 1)
				n.Wake(acme, thread)
			}
		})
	}
	writing.Wait()
	told := func() (n int) {
		for i := range threads {
			for _, target := range targets {
				once, _ := kind.heard(target, chat.ThreadID(fmt.Sprint("thread-", i)))
				n += len(once)
			}
		}
		return n
	}
	storetest.Eventually(t, "all are told", func() bool { return told() == threads*each*len(targets) })
	for i := range threads {
		for _, target := range targets {
			kind.inOrder(t, target, chat.ThreadID(fmt.Sprint("thread-", i)), each)
		}
	}
	if kind.overlapped() {
		t.Error("two tries of a thread for a target were under way at once")
	}
}

// One address hangs for ever, with more threads than may be under way. Fifty others do not notice.
func TestAnAddressThatHangsDelaysNoOther(t *testing.T) {
	p := embedded(t)
	targets, kind := p.account(t, acme, 51), &addresses{}
	hanging := targets[0]
	kind.answer = func(ctx context.Context, d outbox.Delivery) outbox.Outcome {
		if d.Target == hanging {
			<-ctx.Done()
			return outbox.Outcome{Again: time.Second, Error: "It hangs."}
		}
		return outbox.Outcome{Done: true}
	}
	n := p.node(t, "node", kind, store.Pace{})
	const threads = 10
	began := time.Now()
	for i := range threads {
		thread := chat.ThreadID(fmt.Sprint("thread-", i))
		say(t, n.store, acme, thread, 1, 2)
		n.Wake(acme, thread)
	}
	healthy := func() (n int) {
		kind.mu.Lock()
		defer kind.mu.Unlock()
		for _, c := range kind.calls {
			if c.target != hanging {
				n++
			}
		}
		return n
	}
	storetest.Eventually(t, "all others are told all", func() bool { return healthy() == 50*threads*2 })
	t.Logf("%d deliveries beside one that hangs in %v", 50*threads*2, time.Since(began))
	kind.mu.Lock()
	under := 0
	for key, n := range kind.under {
		if strings.HasPrefix(key, hanging) {
			under += n
		}
	}
	kind.mu.Unlock()
	if under != kind.AtOnce() {
		t.Errorf("%d tries hang, not %d", under, kind.AtOnce())
	}
}

func TestATargetRestsAfterFailuresInManyThreadsAndOneTryWakesIt(t *testing.T) {
	p := embedded(t)
	target, kind := p.account(t, acme, 1)[0], &addresses{}
	var dead atomic.Bool
	dead.Store(true)
	kind.answer = func(context.Context, outbox.Delivery) outbox.Outcome {
		if dead.Load() {
			return outbox.Outcome{Again: time.Millisecond, Error: "It is dead."}
		}
		return outbox.Outcome{Done: true}
	}
	pace := store.Pace{Fails: 4, Rest: time.Hour}
	n := p.node(t, "node", kind, pace)
	for i := range 12 {
		thread := chat.ThreadID(fmt.Sprint("thread-", i))
		say(t, n.store, acme, thread, 1, 1)
		n.Wake(acme, thread)
	}
	storetest.Eventually(t, "it rests", func() bool {
		h, err := n.Health(t.Context(), acme, target)
		return err == nil && h.Resting && h.Waiting == 12 && h.Error == "It is dead." && n.idle(t, target)
	})
	tries := kind.count()
	n.stop()
	if kind.count() != tries {
		t.Error("it was asked while it rests")
	}
	other := p.node(t, "node", kind, store.Pace{Fails: 4, Rest: 50 * time.Millisecond})
	say(t, other.store, acme, "one-more", 1, 1)
	other.Wake(acme, "one-more")
	// The rest that was begun goes on for an hour; what is waited for here is that nobody asks meanwhile.
	storetest.Eventually(t, "the new one waits too", func() bool {
		h, err := other.Health(t.Context(), acme, target)
		return err == nil && h.Waiting == 13
	})
	if kind.count() != tries {
		t.Error("another node asked it")
	}
	dead.Store(false)
	endRest(t, other.store, target)
	storetest.Eventually(t, "all are told", func() bool {
		h, err := other.Health(t.Context(), acme, target)
		return err == nil && !h.Resting && h.Waiting == 0
	})
}

// idle tells that nothing is under way.
func (n *node) idle(t testing.TB, target string) bool {
	got, err := n.store.Target(t.Context(), acme, target)
	return err == nil && got.Busy == 0
}

func endRest(t testing.TB, s *store.Store, target string) {
	t.Helper()
	if _, err := s.Command(t.Context(), acme, "HSET", s.Key(acme, "to", target), "probe", 1); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasNotTriedCountsAsNoTryAndWhatIsGivenUpLetsTheNextGo(t *testing.T) {
	p := embedded(t)
	target, kind := p.account(t, acme, 1)[0], &addresses{}
	var calls atomic.Int64
	kind.answer = func(_ context.Context, d outbox.Delivery) outbox.Outcome {
		switch n := calls.Add(1); {
		case n <= 3:
			return outbox.Outcome{Untried: true, Again: time.Millisecond, Error: "It rests."}
		case n == 4:
			if d.Tries != 0 {
				t.Errorf("%d tries", d.Tries)
			}
			return outbox.Outcome{Again: time.Millisecond, Status: 503, Error: "Not now."}
		case n == 5:
			if d.Tries != 1 {
				t.Errorf("%d tries", d.Tries)
			}
			return outbox.Outcome{GiveUp: true, Status: 400, Error: "Never."}
		}
		return outbox.Outcome{Done: true, Status: 204}
	}
	n := p.node(t, "node", kind, store.Pace{})
	say(t, n.store, acme, "thread", 1, 2)
	n.Wake(acme, "thread")
	storetest.Eventually(t, "both are over", func() bool {
		h, err := n.Health(t.Context(), acme, target)
		return err == nil && h.Waiting == 0 && calls.Load() == 6
	})
	list, _, err := n.Deliveries(t.Context(), acme, store.DeliveryFilter{}, "", 10)
	if err != nil || len(list) != 2 || list[1].Status != store.DeliveryParked || list[1].Tries != 2 || list[1].Error != "Never." ||
		list[1].Answer != 400 || list[0].Status != store.DeliveryDone || list[0].Tries != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	kind.inOrder(t, target, "thread", 2)
}

func TestMessagesAreToldAsTheyAreByNow(t *testing.T) {
	p := embedded(t)
	p.account(t, acme, 1)
	writer := storetest.Open(t, p.url, nil)
	say(t, writer, acme, "thread", 1, 3)
	log := storetest.Log(t, writer, acme, "thread")
	for i, e := range []chat.Entry{
		{Kind: chat.KindMessageEdited, Target: log[0].EID, Text: "another text"},
		{Kind: chat.KindMessageDeleted, Target: log[1].EID},
	} {
		e.EID, e.CMID, e.At = chat.EntryID(p.ids.New()), chat.ClientMessageID(fmt.Sprint("amend-", i)), chat.At(time.Now())
		e.Author = chat.Actor{Kind: chat.Agent, ID: "agent"}
		storetest.MustAppend(t, writer, store.Commit{Account: acme, Thread: "thread", Entries: []chat.Entry{e}})
	}
	kind := &addresses{}
	n := p.node(t, "node", kind, store.Pace{})
	n.Wake(acme, "thread")
	storetest.Eventually(t, "all are told", func() bool { return kind.count() == 5 })
	if c := kind.calls; c[0].text != "another text" || c[1].text != "" || c[2].text != "text 3" {
		t.Errorf("%+v", c)
	}
}

func TestAKindIsAskedWhenWhatIsKnownOfAVisitorChanges(t *testing.T) {
	p := embedded(t)
	p.account(t, acme, 1)
	kind := &addresses{}
	n := p.node(t, "node", kind, store.Pace{})
	say(t, n.store, acme, "thread", 1, 1)
	n.Wake(acme, "thread")
	storetest.Eventually(t, "it is told", func() bool { return kind.count() == 1 })
	kind.mu.Lock()
	was := kind.empty
	kind.mu.Unlock()
	if err := n.store.LookOut(t.Context(), acme, "thread"); err != nil {
		t.Fatal(err)
	}
	n.Wake(acme, "thread")
	storetest.Eventually(t, "it is asked", func() bool {
		kind.mu.Lock()
		defer kind.mu.Unlock()
		return kind.empty > was
	})
	if kind.count() != 1 {
		t.Error("a log was told twice")
	}
}

// A store that lost what it had acknowledged may come back with another history. The log is not told twice for that: it goes
// on after the last entry that both histories have.
func TestAnotherHistoryIsToldFromTheLastCommonEntryOn(t *testing.T) {
	p := embedded(t)
	target, kind := p.account(t, acme, 1)[0], &addresses{}
	n := p.node(t, "node", kind, store.Pace{})
	thread := chat.ThreadID("lost-thread")
	for i := range 4 { // one by one, so that each is a position of its own
		say(t, n.store, acme, thread, i+1, 1)
		n.Wake(acme, thread)
		storetest.Eventually(t, "it is told", func() bool { return kind.count() == i+1 })
	}
	told, err := n.store.Told(t.Context(), acme, target, thread)
	if err != nil || told.Cursor.Seq != 4 || len(told.Known) != 3 {
		t.Fatalf("%+v, %v", told, err)
	}
	if _, err := n.store.Command(t.Context(), acme, "HSET", n.store.Key(acme, "told", target, string(thread)), "eid", "of-another-history"); err != nil {
		t.Fatal(err)
	}
	say(t, n.store, acme, thread, 5, 1)
	n.Wake(acme, thread)
	storetest.Eventually(t, "it goes on", func() bool { return kind.count() >= 6 })
	var seqs []chat.Seq
	kind.mu.Lock()
	defer kind.mu.Unlock()
	for _, c := range kind.calls {
		seqs = append(seqs, c.seq)
	}
	if fmt.Sprint(seqs) != "[1 2 3 4 4 5]" {
		t.Errorf("told %v", seqs)
	}
}

func TestNothingOfAnErasedThreadIsLeft(t *testing.T) {
	p := embedded(t)
	p.account(t, acme, 2)
	kind := &addresses{}
	var fail atomic.Bool
	kind.answer = func(_ context.Context, d outbox.Delivery) outbox.Outcome {
		if fail.Load() {
			return outbox.Outcome{Again: time.Hour, Error: "Not now."}
		}
		return outbox.Outcome{Done: true}
	}
	n := p.node(t, "node", kind, store.Pace{})
	say(t, n.store, acme, "canary-thread", 1, 2)
	n.Wake(acme, "canary-thread")
	storetest.Eventually(t, "they are told", func() bool { return kind.count() == 4 })
	fail.Store(true)
	say(t, n.store, acme, "canary-thread", 3, 2)
	n.Wake(acme, "canary-thread")
	storetest.Eventually(t, "others wait", func() bool {
		list, _, err := n.Deliveries(t.Context(), acme, store.DeliveryFilter{State: store.DeliveryWaiting}, "", 10)
		return err == nil && len(list) == 4 && kind.count() == 6
	})
	if err := n.store.EraseThread(t.Context(), acme, "canary-thread"); err != nil {
		t.Fatal(err)
	}
	n.Wake(acme, "canary-thread")
	list, _, err := n.Deliveries(t.Context(), acme, store.DeliveryFilter{}, "", 10)
	if err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	n.stop()
	keys, err := n.store.Command(t.Context(), acme, "KEYS", "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys.([]any) {
		if k := key.(string); strings.Contains(k, "canary") && !strings.HasSuffix(k, "t:canary-thread:h") || strings.Contains(k, ":delivery:") {
			t.Errorf("%s is left", k)
		}
	}
}
