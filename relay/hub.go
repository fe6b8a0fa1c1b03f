package relay

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/plant"
	"confab/store"
	"confab/wire"
)

// unfollowAfter is how long an account's feed is followed after its last socket went, so that a reload of the only
// page costs no new subscription.
const unfollowAfter = 30 * time.Second

// hub knows which socket reads what, and passes on what the feeds of their accounts bring.
//
// Locks, outer first: hub.mu, feed.mu, thread.mu, conn.mu. session.mu is held for no call.
type hub struct {
	node *Node

	mu    sync.RWMutex
	feeds map[chat.AccountID]*feed

	wake chan struct{} // capacity 1; there is news. Never closed

	lateMu  sync.Mutex
	late    []*thread // the store refused them something
	unacked []*thread // have acks that wait for their entries
}

// feed is what this node holds of one account.
type feed struct {
	hub     *hub
	account chat.AccountID

	mu       sync.Mutex
	members  []*session // all sockets of the account, in no order
	threads  map[chat.ThreadID]*thread
	follow   followState
	waiting  []func(error) // for the feed to be followed
	emptied  int64         // milliseconds; when the last member left
	consoles int           // members with inbox
	limited  int           // those of them who do not see everything
	placed   *placed       // what is told to them; nil if there are none
	moved    news          // what members have to be told
	shown    []byte        // availability as last read: JSON of wire.Availability
	shownAt  int64         // milliseconds; 0: agents have come or gone since
	toldAt   int64         // milliseconds; when visitors were last told
	changes  []lateChange  // of what is known of visitors, rising by time

	speakers      voices // in whose names pages speak, as last read; empty: nothing is known
	speakersAt    int64  // milliseconds; when they were read
	speakersMoves int    // how often they have changed
	line          line

	privacy atomic.Pointer[chat.Privacy] // what may be known of visitors' pages; nil until one has come
}

type followState uint8

const (
	notFollowed followState = iota
	followAsked
	following
)

func newHub(n *Node) *hub {
	return &hub{node: n, feeds: map[chat.AccountID]*feed{}, wake: make(chan struct{}, 1)}
}

func (h *hub) feed(account chat.AccountID) *feed {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.feeds[account]
}

// hearing returns an account's feed if whatever rings there comes to this node, or nil.
func (h *hub) hearing(account chat.AccountID) *feed {
	f := h.feed(account)
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.follow != following {
		return nil
	}
	return f
}

func (h *hub) all() []*feed {
	h.mu.RLock()
	defer h.mu.RUnlock()
	feeds := make([]*feed, 0, len(h.feeds))
	for _, f := range h.feeds {
		feeds = append(feeds, f)
	}
	return feeds
}

// join adds a socket to its account, and begins to follow the account's feed with the first.
func (h *hub) join(account chat.AccountID, s *session) *feed {
	h.mu.Lock()
	f := h.feeds[account]
	if f == nil {
		f = &feed{hub: h, account: account, threads: map[chat.ThreadID]*thread{}}
		h.feeds[account] = f
	}
	f.mu.Lock()
	h.mu.Unlock()
	s.place = len(f.members)
	f.members = append(f.members, s)
	if s.inbox {
		f.consoles++
	}
	if s.narrow() {
		f.limited++
	}
	ask := f.follow == notFollowed
	if ask {
		f.follow = followAsked
	}
	f.mu.Unlock()
	if ask {
		h.node.o.Store.Follow(account, f.onFollowed)
	}
	return f
}

func (h *hub) leave(s *session) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.members[len(f.members)-1]
	f.members[s.place], last.place = last, s.place
	f.members[len(f.members)-1] = nil
	f.members = f.members[:len(f.members)-1]
	if s.inbox {
		f.consoles--
	}
	if s.narrow() {
		if f.limited--; f.limited == 0 {
			f.placed = nil
		}
	}
	if len(f.members) == 0 {
		f.emptied = nowMillis()
	}
}

// forgetEmpty stops following accounts that have had no socket for a while.
func (h *hub) forgetEmpty(now int64) {
	for _, f := range h.all() {
		h.mu.Lock()
		f.mu.Lock()
		idle := len(f.members) == 0 && f.follow != followAsked && now-f.emptied > unfollowAfter.Milliseconds()
		followed := f.follow == following
		if idle {
			delete(h.feeds, f.account)
		}
		f.mu.Unlock()
		h.mu.Unlock()
		if idle && followed {
			h.node.o.Store.Unfollow(f.account)
		}
	}
}

func (f *feed) onFollowed(err error) {
	f.mu.Lock()
	f.follow = following
	if err != nil {
		f.follow = notFollowed
	}
	waiting := f.waiting
	f.waiting = nil
	f.mu.Unlock()
	if err == nil {
		f.hub.node.o.Accounts.Invalidate(f.account) // nobody told of what has changed until now
		f.speakersMoved()
		f.lineMoved()
		for _, learn := range f.hears() {
			f.hub.node.task(learn)
		}
	}
	for _, w := range waiting {
		w(err)
	}
}

// whenFollowed calls done once the store has confirmed that this node hears of whatever happens from now on (D9).
func (f *feed) whenFollowed(done func(error)) {
	f.mu.Lock()
	if f.follow == following {
		f.mu.Unlock()
		done(nil)
		return
	}
	f.waiting = append(f.waiting, done)
	ask := f.follow == notFollowed
	if ask {
		f.follow = followAsked
	}
	f.mu.Unlock()
	if ask {
		f.hub.node.o.Store.Follow(f.account, f.onFollowed)
	}
}

// followed waits for the same.
func (f *feed) followed(ctx context.Context) error {
	result := make(chan error, 1)
	f.whenFollowed(func(err error) { result <- err })
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// thread returns a thread that somebody here reads, or nil.
func (f *feed) thread(id chat.ThreadID) *thread {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.threads[id]
}

// attach adds a reader to a thread.
func (f *feed) attach(id chat.ThreadID, s *subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.threads[id]
	if t == nil {
		t = &thread{id: id, feed: f}
		f.threads[id] = t
	}
	s.thread = t
	t.mu.Lock()
	t.subs = append(t.subs, s)
	t.mu.Unlock()
}

// detach removes a reader; a thread without readers is forgotten.
func (f *feed) detach(s *subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := s.thread
	t.mu.Lock()
	defer t.unlock()
	if i := slices.Index(t.subs, s); i >= 0 {
		t.subs = slices.Delete(t.subs, i, i+1)
	}
	s.end()
	if len(t.subs) == 0 && f.threads[t.id] == t {
		delete(f.threads, t.id)
	}
}

// Bell implements store.Listener.
func (h *hub) Bell(account chat.AccountID, b store.Bell) {
	f := h.feed(account)
	if f == nil {
		return
	}
	switch b.Kind {
	case store.BellEntry:
		if t := f.thread(b.Thread); t != nil {
			t.entry(b)
		}
		f.lineBell(b)
		f.conversationMoved(b.Conversation)
	case store.BellMarker:
		if t := f.thread(b.Thread); t != nil {
			t.marker(b)
		}
		f.threadMoved(b.Thread)
	case store.BellTyping:
		if t := f.thread(b.Thread); t != nil {
			t.typing(b)
		}
	case store.BellVisitor:
		f.tellConsoles(func() []byte { return visitorFrame(b.Data) })
		f.visitorMoved(b.Data)
	case store.BellAgent:
		f.tellAgent(b.Data)
		f.speakersMoved()
		f.availabilityMoved()
	case store.BellSettings:
		h.node.o.Accounts.Invalidate(account)
		f.speakersMoved()
		h.node.task(f.readPrivacy)
	case store.BellRevoked:
		h.node.o.Accounts.Invalidate(account)
		f.speakersMoved()
		f.revoked(chat.AgentID(b.Data))
	case store.BellPerson:
		f.personMoved(b.Data)
	case store.BellCall:
		f.tellCall(b)
	}
}

// Changed implements store.Listener: doorbells were lost.
func (h *hub) Changed(account chat.AccountID, ids []chat.ThreadID) {
	f := h.feed(account)
	if f == nil {
		return
	}
	for _, id := range ids {
		if t := f.thread(id); t != nil {
			t.lookAgain("bell_lost")
		}
		f.threadMoved(id)
	}
	f.lineMoved()
	f.callsMoved()
}

// Verify implements store.Listener: the history may be another one than before, and bells were lost that no number tells of.
func (h *hub) Verify(account chat.AccountID) {
	f := h.feed(account)
	if f == nil {
		return
	}
	for _, s := range f.withInbox() {
		s.conn.send(textFrame(wire.Stale{T: wire.TypeStale}), listed)
	}
	f.speakersMoved()
	f.availabilityMoved()
	f.lineMoved()
	f.callsMoved()
	h.node.task(f.readPrivacy)
	if !plant.Is(plant.NoVerify) {
		h.node.task(f.verify)
	}
}

// verify compares the tops of all threads that somebody reads live, and reads on where they differ.
func (f *feed) verify() {
	f.mu.Lock()
	threads := make([]*thread, 0, len(f.threads))
	for _, t := range f.threads {
		threads = append(threads, t)
	}
	f.mu.Unlock()
	tops := make(map[chat.ThreadID]chat.Cursor, len(threads))
	for _, t := range threads {
		t.mu.Lock()
		tops[t.id] = t.top
		t.mu.Unlock()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	moved, forked, err := f.hub.node.o.Store.VerifyTops(ctx, f.account, tops)
	if err != nil {
		f.hub.node.o.Log.Warn("history not verified; reading on in all threads", zap.String("account", string(f.account)), zap.Error(err))
		for _, t := range threads {
			t.lookAgain("verify_failed")
		}
		return
	}
	for _, id := range append(moved, forked...) {
		if t := f.thread(id); t != nil {
			t.lookAgain("verify")
		}
	}
}

// revoked has the tokens of an agent's sockets looked at again.
func (f *feed) revoked(agent chat.AgentID) {
	for _, s := range f.sockets(func(s *session) bool { return s.actor.Kind == chat.Agent && s.actor.ID == string(agent) }) {
		f.hub.node.task(s.reverify)
	}
}

// sockets returns the account's sockets that suit.
func (f *feed) sockets(suits func(*session) bool) []*session {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []*session
	for _, s := range f.members {
		if suits(s) {
			found = append(found, s)
		}
	}
	return found
}

// addLate has the next sweep ask the store again.
func (h *hub) addLate(t *thread) {
	h.lateMu.Lock()
	h.late = append(h.late, t)
	h.lateMu.Unlock()
}

func (h *hub) addUnacked(t *thread) {
	h.lateMu.Lock()
	h.unacked = append(h.unacked, t)
	h.lateMu.Unlock()
}

// retryLate asks the store again for what it refused.
func (h *hub) retryLate() {
	h.lateMu.Lock()
	late := h.late
	h.late = nil
	h.lateMu.Unlock()
	for _, t := range late {
		t.retry()
	}
}

// readUnacked looks for entries whose acks wait too long.
func (h *hub) readUnacked(now int64) {
	h.lateMu.Lock()
	unacked := h.unacked
	h.unacked = nil
	h.lateMu.Unlock()
	for _, t := range unacked {
		t.overdue(now)
	}
}
