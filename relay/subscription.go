package relay

import (
	"slices"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// While a reader catches up, so much of the queue may wait to be written; the log is read on when he has read. One
// frame of entries has about half as much.
const catchUpPart = 4

type subState uint8

const (
	subCatching subState = iota // reads the log up to the top
	subLive                     // gets every entry as it comes
	subStale                    // was told to subscribe anew, and has not yet
	subEnded
)

// subscription is one socket's reading of one thread. It subscribes first, then reads the log, and becomes live under
// the thread's lock when it has got to where the doorbells are, so that nothing falls in between (D9).
//
// All fields but session and thread are guarded by thread.mu.
type subscription struct {
	session *session
	thread  *thread

	view     *view // nil: everything is to be seen
	state    subState
	at       chat.Cursor // what was sent last
	catching *catchUp    // nil unless subCatching

	// The ack of the socket's own message stands for its entry, and so has to be sent in the entry's place. That its
	// number is the next is not enough: only the entry itself proves that it goes on with what the reader holds.
	acks    []waitingAck // their entry's turn has not come
	holding bool         // the entry's turn has come and its ack has not: frames gather in held
	mine    []byte       // that entry's frame, for the case that its author is not told of success
	held    []byte
}

type waitingAck struct {
	at    chat.Cursor
	frame []byte
	since int64  // milliseconds
	lost  func() // answers in its place when the log does not have the entry after all

	sought bool // the log is being read, which was asked for it when the ack was there
}

// catchUp is what reading up to the top needs.
type catchUp struct {
	cursor  *chat.Cursor // nil: begin with the last page
	known   []chat.Cursor
	arrived bool             // a page has
	rest    []store.Numbered // of the page, not sent yet
	more    bool             // the log went on after the page
	top     chat.Cursor      // of the log when the page was read
	wanted  chat.Cursor      // the thread's top when the page was asked for
	again   bool             // something may have been missed since then
	stalled bool             // the store did not answer
	anew    bool             // the client is to drop what it has first
	marked  bool             // markers are there
	markers []wire.Marker
}

func (s *subscription) visitor() bool { return s.session.actor.Kind == chat.Visitor }

func (s *session) subscription(thread chat.ThreadID) *subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sub := range s.subs {
		if sub.thread.id == thread {
			return sub
		}
	}
	return nil
}

func (s *session) onSubscribe(f *wire.Subscribe) {
	if err := s.mayRead(f.Thread); err != nil {
		s.refuse(f.T, err)
		return
	}
	s.follow(f.Thread, f.Cursor, f.Known)
}

func (s *session) mayRead(thread chat.ThreadID) error {
	s.mu.Lock()
	count := len(s.subs)
	s.mu.Unlock()
	if s.subscription(thread) == nil && count >= s.node.limits.Subscriptions {
		return &chat.Refusal{Code: chat.TooLong, Message: "This socket reads too many threads.", Field: "thread"}
	}
	return s.mayWrite(thread)
}

// follow subscribes the socket to a thread that it may read, in the place of an earlier subscription.
func (s *session) follow(thread chat.ThreadID, cursor *wire.Cursor, known []wire.Cursor) {
	sub := &subscription{session: s, catching: &catchUp{cursor: (*chat.Cursor)(cursor)}}
	if cursor != nil {
		sub.at = chat.Cursor(*cursor)
	}
	if s.scope != nil {
		// What he was shown before may be more or less than he may see now.
		sub.view = newView()
		sub.at, sub.catching.cursor, sub.catching.anew, known = chat.Cursor{}, nil, cursor != nil, nil
	}
	for _, k := range known {
		sub.catching.known = append(sub.catching.known, chat.Cursor(k))
	}
	if old := s.subscription(thread); old != nil {
		sub.acks = old.takeAcks()
		s.unsubscribe(thread)
	}
	s.feed.attach(thread, sub)
	s.mu.Lock()
	s.subs = append(s.subs, sub)
	s.mu.Unlock()
	s.feed.whenFollowed(sub.begin)
}

func (s *session) unsubscribe(thread chat.ThreadID) {
	sub := s.subscription(thread)
	if sub == nil {
		return
	}
	s.drop(sub)
}

// drop ends one subscription, if it is still the socket's.
func (s *session) drop(sub *subscription) {
	s.mu.Lock()
	s.subs = slices.DeleteFunc(s.subs, func(o *subscription) bool { return o == sub })
	s.mu.Unlock()
	s.feed.detach(sub)
}

func (s *session) unsubscribeAll() {
	s.mu.Lock()
	subs := s.subs
	s.subs = nil
	s.mu.Unlock()
	for _, sub := range subs {
		s.feed.detach(sub)
	}
}

// onDrained goes on with catching up when the socket has taken what waited. Runs on the flusher.
func (s *session) onDrained() {
	s.mu.Lock()
	subs := slices.Clone(s.subs)
	s.mu.Unlock()
	for _, sub := range subs {
		sub.thread.mu.Lock()
		if c := sub.catching; c != nil && c.arrived && len(c.rest) > 0 {
			sub.pump(nil)
		}
		sub.thread.unlock()
	}
}

// begin reads markers and log, once the feed is followed.
func (s *subscription) begin(err error) {
	s.thread.mu.Lock()
	defer s.thread.unlock()
	switch {
	case s.catching == nil:
	case err != nil:
		s.stall()
	default:
		f := s.thread.feed
		if !s.catching.marked {
			s.thread.todo = append(s.thread.todo, func() { f.hub.node.o.Store.Markers(f.account, s.thread.id, s.onMarkers) })
		}
		s.ask()
	}
}

// stall has the sweep try again; what is known already may leave meanwhile. thread.mu is held.
func (s *subscription) stall() {
	s.catching.stalled = true
	s.thread.feed.hub.addLate(s.thread)
	s.session.conn.uncork()
}

// ask reads the next page. thread.mu is held.
func (s *subscription) ask() {
	c, t := s.catching, s.thread
	c.again, c.wanted = false, t.top
	from := c.cursor
	if c.arrived {
		at := s.at
		from = &at
	}
	known := c.known
	t.todo = append(t.todo, func() { t.feed.hub.node.o.Store.Since(t.feed.account, t.id, from, known, s.onPage) })
}

func (s *subscription) onMarkers(markers []store.Marker, err error) {
	s.thread.mu.Lock()
	defer s.thread.unlock()
	c := s.catching
	switch {
	case c == nil:
		return
	case err != nil:
		s.stall()
		return
	}
	c.marked = true
	for _, m := range markers {
		c.raise(wire.Marker(m))
	}
	if c.arrived && len(c.rest) == 0 && !c.more {
		s.pump(nil)
	}
}

func (s *subscription) onPage(p store.Page, err error) {
	s.thread.mu.Lock()
	defer s.thread.unlock()
	c := s.catching
	switch {
	case c == nil:
		return
	case err != nil:
		s.stall()
		return
	case s.view != nil:
		s.thread.todo = append(s.thread.todo, func() { s.session.node.task(func() { s.look(c, p) }) })
		return
	}
	s.take(p)
}

// take sends a page that was read. thread.mu is held.
func (s *subscription) take(p store.Page) {
	c := s.catching
	var out []byte
	if c.anew {
		c.anew = false
		out = appendFrame(out, wire.Reset{T: wire.TypeReset, Thread: s.thread.id, Common: &wire.Cursor{}, Anew: true})
	}
	if p.Reset {
		common := wire.Cursor(p.Common)
		out = appendFrame(out, wire.Reset{T: wire.TypeReset, Thread: s.thread.id, Common: &common})
		s.at = p.Common
		s.thread.feed.hub.node.tally.resets.Inc()
	}
	if p.Truncated > 0 {
		out = appendFrame(out, wire.Truncated{T: wire.TypeTruncated, Thread: s.thread.id, From: p.Truncated})
	}
	if c.cursor == nil && !c.arrived && len(p.Entries) == 0 {
		s.at = p.Top
	}
	c.arrived, c.rest, c.more, c.top = true, p.Entries, p.More, p.Top
	s.pump(out)
}

// raise merges a marker into those that caught_up will name. thread.mu is held.
func (c *catchUp) raise(m wire.Marker) {
	i := slices.IndexFunc(c.markers, func(was wire.Marker) bool { return was.Who.Key() == m.Who.Key() })
	if i < 0 {
		c.markers = append(c.markers, m)
		return
	}
	was := &c.markers[i]
	was.Delivered, was.Seen = max(was.Delivered, m.Delivered), max(was.Seen, m.Seen)
}

// pump sends as much of the page as the socket has room for, then reads on or goes live. thread.mu is held.
func (s *subscription) pump(out []byte) {
	c, conn := s.catching, &s.session.conn
	room := conn.limits.QueueBytes / catchUpPart
	for len(c.rest) > 0 && conn.room(room) > 0 {
		var n int
		out, n = appendEntries(out, s.thread.id, false, s.visitor(), c.rest, room/2)
		s.at = chat.Cursor{Seq: c.rest[n-1].Seq, EID: c.rest[n-1].EID}
		c.rest = c.rest[n:]
		if len(out) >= room/2 {
			conn.send(out, numbered)
			conn.uncork()
			out = nil
		}
	}
	if len(c.rest) == 0 {
		c.rest = nil
		out = s.arrive(out)
	}
	if len(out) > 0 {
		conn.send(out, numbered)
	}
	if s.catching == nil || c.arrived && (c.more || len(c.rest) > 0) {
		conn.uncork()
	}
}

// arrive decides what follows a page that was sent: the next one, or life. thread.mu is held.
func (s *subscription) arrive(out []byte) []byte {
	c, t := s.catching, s.thread
	if c.more {
		s.ask()
		return out
	}
	if s.behind() && c.wanted == t.top {
		t.fork(c.top) // the log was asked for the top, and does not have it
	}
	if s.behind() || c.again {
		s.ask()
		return out
	}
	if !c.marked {
		return out
	}
	return s.goLive(out)
}

// behind tells whether doorbells spoke of more than was sent. thread.mu is held.
func (s *subscription) behind() bool {
	top := s.thread.top
	return top.Seq > s.at.Seq || top.Seq == s.at.Seq && top.EID != s.at.EID
}

func (s *subscription) goLive(out []byte) []byte {
	c, t := s.catching, s.thread
	if !t.live() {
		t.top = s.at
	}
	s.state, s.catching = subLive, nil
	out = appendCaughtUp(out, t.id, s.at, c.markers)
	return append(out, s.dueAcks()...)
}

// dueAcks takes those whose turn has come. thread.mu is held.
func (s *subscription) dueAcks() []byte {
	var out []byte
	for len(s.acks) > 0 && s.acks[0].at.Seq <= s.at.Seq {
		out = append(out, s.acks[0].frame...)
		s.acks = s.acks[1:]
	}
	switch {
	case len(s.acks) == 0:
		s.acks = nil
	case s.state == subLive:
		s.thread.awaitAcked()
	}
	return out
}

// seekAcked notes that the log is read now.
func (s *subscription) seekAcked() {
	for i := range s.acks {
		s.acks[i].sought = true
	}
}

// loseAcks gives up acks of entries above the top of a log that was read for them: the store acknowledged them and then
// fell back. Their authors try again.
func (s *subscription) loseAcks(top chat.Seq) {
	s.acks = slices.DeleteFunc(s.acks, func(a waitingAck) bool {
		gone := a.sought && a.at.Seq > top
		if gone {
			a.lost()
		}
		return gone
	})
}

// advance sends the next entry to a live reader. mine tells that it is the message whose answer the socket awaits.
// thread.mu is held.
func (s *subscription) advance(at chat.Cursor, frame []byte, mine bool) {
	conn := &s.session.conn
	acked := len(s.acks) > 0 && s.acks[0].at == at
	s.at = at
	switch {
	case mine && !acked:
		s.holding, s.mine = true, frame
		return
	case s.holding:
		s.held = append(s.held, frame...)
		return
	case len(s.acks) == 0:
		conn.send(frame, numbered)
		return
	case acked && len(s.acks) == 1:
		conn.send(s.acks[0].frame, numbered)
		s.acks = nil
		return
	}
	var out []byte
	if !acked {
		out = append(out, frame...)
	}
	conn.send(append(out, s.dueAcks()...), numbered)
}

// acknowledge places the ack of the socket's own message, which was kept at this number, among the entries. False if
// it has no place there and may be sent at once.
func (s *subscription) acknowledge(at chat.Cursor, ack []byte, lost func()) bool {
	s.thread.mu.Lock()
	defer s.thread.unlock()
	switch {
	case s.holding:
		s.session.conn.send(append(ack, s.held...), numbered)
		s.holding, s.mine, s.held = false, nil, nil
		return true
	case s.state == subEnded, s.state != subStale && at.Seq <= s.at.Seq, len(s.acks) >= s.session.node.limits.PendingSends:
		return false
	}
	s.acks = append(s.acks, waitingAck{at: at, frame: ack, since: nowMillis(), lost: lost})
	if s.state == subLive {
		s.thread.awaitAcked()
	}
	return true
}

// disown lets those frames go that waited for an ack which does not come.
func (s *subscription) disown(nack func()) {
	s.thread.mu.Lock()
	if s.holding {
		s.session.conn.send(append(append([]byte(nil), s.mine...), s.held...), numbered)
		s.holding, s.mine, s.held = false, nil, nil
	}
	s.thread.unlock()
	nack()
}

// stale stops a live reader whose history is not the log's. His acks wait until he reads anew: before that they would
// stand among entries of another history. thread.mu is held.
func (s *subscription) stale(reset []byte) {
	s.state = subStale
	s.holding, s.mine, s.held = false, nil, nil
	s.session.conn.send(reset, numbered)
	s.thread.feed.hub.node.tally.resets.Inc()
}

// end stops sending. An ack that still waits is sent, for its message is kept. thread.mu is held.
func (s *subscription) end() {
	for _, a := range s.acks {
		s.session.conn.send(a.frame, numbered)
	}
	s.state, s.catching, s.acks = subEnded, nil, nil
	s.holding, s.mine, s.held = false, nil, nil
}

func (s *subscription) takeAcks() []waitingAck {
	s.thread.mu.Lock()
	defer s.thread.unlock()
	acks := s.acks
	s.acks = nil
	return acks
}
