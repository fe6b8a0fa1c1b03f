package relay

import (
	"bytes"
	"math"
	"time"

	"confab/chat"
	"confab/desk"
	"confab/plant"
	"confab/store"
	"confab/wire"
)

// onSend posts a message, or lets it wait: the messages of one socket go to the desk one after another, in the order
// in which they came.
func (s *session) onSend(f wire.Send) {
	if f.Thread == "" {
		f.Thread = s.thread
	}
	ok, wait := s.sends.take(nowMillis(), s.node.limits.SendsPerSecond, s.node.limits.SendsBurst)
	if !ok {
		s.nack(&f, chat.Refuse(chat.RateLimited, "Too many messages; slow down."), wait)
		return
	}
	if s.blocked.Load() {
		s.nack(&f, errBlocked(), 0)
		return
	}
	if err := s.mayWrite(f.Thread); err != nil {
		s.nack(&f, err, 0)
		return
	}
	if !f.Auto {
		s.touch()
	}
	s.mu.Lock()
	first := s.flying == ""
	full := !first && len(s.queue) >= s.node.limits.PendingSends
	switch {
	case full:
	case first:
		s.flying = f.CMID
	default:
		s.queue = append(s.queue, f)
	}
	s.mu.Unlock()
	switch {
	case full:
		s.nack(&f, chat.Refuse(chat.RateLimited, "Too many messages wait for their acknowledgement."), 0)
	case first:
		s.post(f)
	}
}

// touchMillis is how often what a visitor does is told to presence while he goes on, so that most messages cost nothing more.
// What was not told then is before he does anything later, and when he leaves: visits are counted exactly.
const touchMillis = 60_000

// touch lets a visitor's visit go on because he does something.
func (s *session) touch() {
	if s.actor.Kind != chat.Visitor || !s.present {
		return
	}
	now := nowMillis()
	if now-s.touched < touchMillis {
		s.acted = now
		return
	}
	s.catchUp()
	s.touched = now
	s.node.o.Presence.Touch(s.feed.account, chat.VisitorID(s.actor.ID))
}

// catchUp tells presence what the visitor did last, if it was not told yet.
func (s *session) catchUp() {
	if s.acted <= s.touched {
		return
	}
	s.touched = s.acted
	ago := time.Duration(max(nowMillis()-s.acted, 0)) * time.Millisecond
	s.node.o.Presence.TouchLate(s.feed.account, chat.VisitorID(s.actor.ID), ago)
}

// awaits tells whether an entry, as JSON, is the message that the desk has not answered yet. Within JSON text a quote
// is escaped, so nothing else than the field looks like it.
func (s *session) awaits(entry []byte) bool {
	s.mu.Lock()
	id := s.flying
	s.mu.Unlock()
	return id != "" && bytes.Contains(entry, []byte(`"cmid":"`+string(id)+`"`))
}

// mayWrite tells whether the thread is the visitor's own, or one of the agent's account.
func (s *session) mayWrite(thread chat.ThreadID) error {
	switch {
	case thread == "":
		return &chat.Refusal{Code: chat.MissingField, Message: "A field is missing.", Field: "thread"}
	case s.actor.Kind == chat.Visitor && thread != s.thread:
		return errNoThread()
	case s.actor.Kind == chat.Visitor:
		return nil
	}
	if s.subscription(thread) != nil {
		return nil
	}
	ctx, cancel := s.brief()
	defer cancel()
	_, err := s.node.o.People.MayRead(ctx, s.feed.account, s.scope, thread)
	return err
}

func errBlocked() error { return chat.Refuse(chat.Forbidden, "You cannot write here.") }

func errNoThread() error {
	return &chat.Refusal{Code: chat.NotFound, Message: "There is no such thread, or none that you may know of.", Field: "thread"}
}

// post gives the message in flight to the desk, once what it names is known.
func (s *session) post(f wire.Send) {
	draft := chat.Draft{Author: s.author(), CMID: f.CMID, Text: f.Text, Note: f.Note, Auto: f.Auto, Scope: s.scope}
	if s.actor.Kind == chat.Visitor {
		draft.Page, draft.Offline = s.lastPage(), f.Offline
		if f.Group == "" && !f.Auto {
			s.choose("")
		}
	}
	if !s.mustPrepare(&f) {
		s.postDraft(f, draft)
		return
	}
	s.node.task(func() {
		if err := s.prepare(&f, &draft); err != nil {
			s.posted(f, desk.Posted{}, err)
			return
		}
		s.postDraft(f, draft)
	})
}

// mustPrepare tells whether something that the message names has to be looked up, which may ask the store.
func (s *session) mustPrepare(f *wire.Send) bool {
	return f.File != "" || s.actor.Kind == chat.Visitor && (f.Group != "" || f.Auto)
}

// prepare looks up what the message names. A group that the account does not have is passed over.
func (s *session) prepare(f *wire.Send, draft *chat.Draft) error {
	ctx, cancel := s.brief()
	defer cancel()
	var err error
	if draft.File, err = s.fileOf(ctx, f); err != nil || s.actor.Kind != chat.Visitor {
		return err
	}
	owner, err := s.node.o.Accounts.Account(ctx, s.feed.account)
	if err != nil {
		return err
	}
	if _, ok := owner.Group(f.Group); ok {
		draft.Group = f.Group
	}
	if !f.Auto {
		s.choose(draft.Group)
		return nil
	}
	draft.Sender = s.author()
	draft.Author, err = s.feed.voice(ctx, owner, draft.Group)
	return err
}

// choose keeps which group the visitor writes to, if that is another than before.
func (s *session) choose(group chat.GroupID) {
	s.mu.Lock()
	before := s.group
	s.group = group
	s.mu.Unlock()
	if group == before {
		return
	}
	s.node.task(func() {
		ctx, cancel := s.brief()
		defer cancel()
		if err := s.node.o.People.Choose(ctx, s.speaker(), group); err != nil {
			s.node.tally.dropped("group")
		}
	})
}

func (s *session) postDraft(f wire.Send, draft chat.Draft) {
	p := desk.Post{Account: s.feed.account, Thread: f.Thread, Origin: s.id, Draft: draft}
	if s.actor.Kind == chat.Visitor {
		p.Visitor = chat.VisitorID(s.actor.ID)
	}
	if plant.Is(plant.AckEarly) {
		s.conn.send(ackFrame(f.Thread, f.CMID, chat.Cursor{Seq: 1, EID: "early"}, chat.Millis(nowMillis()), nil), numbered)
	}
	if plant.Is(plant.DoubleSend) {
		again := p
		again.Draft.CMID += "-again"
		s.node.o.Desk.Post(again, func(desk.Posted, error) {})
	}
	s.node.o.Desk.Post(p, func(done desk.Posted, err error) { s.posted(f, done, err) })
}

// posted answers a message and lets the next one go. Runs on a goroutine of the store.
func (s *session) posted(f wire.Send, done desk.Posted, err error) {
	sub := s.subscription(f.Thread)
	if plant.Is(plant.AckOnError) {
		err = nil
	}
	switch {
	case err != nil && sub != nil:
		sub.disown(func() { s.nack(&f, err, 0) })
	case err != nil:
		s.nack(&f, err, 0)
	default:
		ack := ackFrame(f.Thread, f.CMID, done.Cursor, done.At, s.other(done.Author))
		if sub == nil || !sub.acknowledge(done.Cursor, ack, func() { s.nack(&f, errLost(), 0) }) {
			s.conn.send(ack, numbered)
		}
	}
	s.mu.Lock()
	if len(s.queue) == 0 {
		s.flying, s.queue = "", nil
		s.mu.Unlock()
		return
	}
	next := s.queue[0]
	s.queue, s.flying = s.queue[1:], next.CMID
	s.mu.Unlock()
	s.post(next)
}

// other returns the author of a message that the socket sent, if that is another person.
func (s *session) other(author chat.Actor) *chat.Actor {
	if author.Kind == "" || author.Kind == s.actor.Kind && author.ID == s.actor.ID {
		return nil
	}
	other := author // a copy of its own, for most messages need none
	return &other
}

func errLost() error {
	return chat.Refuse(chat.Unavailable, "The store has lost this message just after it took it; try again.")
}

func (s *session) nack(f *wire.Send, err error, wait time.Duration) {
	r := s.refusal(err)
	s.node.tally.refused(string(r.Code))
	s.conn.send(textFrame(wire.Nack{
		T: wire.TypeNack, Thread: f.Thread, CMID: f.CMID, Code: r.Code, Retryable: r.Code.Retryable(),
		AfterMillis: after(r.Code, wait), Message: r.Message, Field: r.Field,
	}), numbered)
}

// own resolves the thread of a frame that may leave it out, and checks that it is one the socket reads.
func (s *session) own(t wire.Type, thread chat.ThreadID) (chat.ThreadID, bool) {
	if thread == "" {
		thread = s.thread
	}
	if s.subscription(thread) == nil {
		s.refuse(t, errNoThread())
		return "", false
	}
	return thread, true
}

// aside tells that what is said in the thread now is not for the agent: he gives no signs there either.
func (s *session) aside(thread chat.ThreadID) bool {
	if s.scope == nil {
		return false
	}
	sub := s.subscription(thread)
	return sub == nil || sub.aside()
}

func (s *session) onMark(f *wire.Mark) {
	thread, ok := s.own(f.T, f.Thread)
	if !ok {
		return
	}
	if s.aside(thread) {
		s.node.tally.dropped("aside")
		return
	}
	seen := f.Seq
	if f.T == wire.TypeDelivered {
		seen = 0
	}
	s.node.o.Desk.Mark(s.feed.account, thread, s.actor, f.Seq, seen, func(err error) {
		if err != nil {
			s.refuse(f.T, err)
		}
	})
}

func (s *session) onTyping(f *wire.Typing) {
	thread, ok := s.own(f.T, f.Thread)
	if !ok {
		return
	}
	if s.aside(thread) {
		s.node.tally.dropped("aside")
		return
	}
	now := nowMillis()
	if f.On && tooSoon(now, s.typedAt, s.node.limits.TypingGapMillis) || !f.On && !s.typing {
		s.node.tally.dropped("typing_too_often")
		return
	}
	if s.typing = f.On; f.On {
		s.typedAt = now
		s.touch()
	}
	who := s.actor
	f.Thread, f.Who = thread, &who
	if s.actor.Kind != chat.Visitor {
		f.Text = ""
	}
	s.node.o.Desk.Typing(s.feed.account, thread, s.id, *f)
}

// tooSoon tells whether a frame of a kind that comes at most every gap must be dropped. Half of the gap is forgiven: the
// network pushes together what a client sent a gap apart, and the one dropped could be the last, which counts.
func tooSoon(now, last int64, gapMillis int) bool { return now-last < int64(gapMillis)/2 }

func (s *session) onPage(f *wire.Page) {
	if s.actor.Kind != chat.Visitor {
		s.refuse(f.T, chat.Refuse(chat.Forbidden, "Only visitors are on pages."))
		return
	}
	now := nowMillis()
	if tooSoon(now, s.pagedAt, s.node.limits.PageGapMillis) {
		s.node.tally.dropped("page_too_often")
		return
	}
	s.pagedAt = now
	page := s.feed.privacy.Load().View(f.Page)
	s.setPage(page.Page())
	if s.present {
		s.catchUp()
		s.node.o.Presence.View(s.feed.account, chat.VisitorID(s.actor.ID), page, s.noted)
	}
}

// setPage notes where the visitor is. A page that is told again, for he does something on it, has come from where it came from at first.
func (s *session) setPage(p *chat.Page) {
	s.mu.Lock()
	if was := s.page; was != nil && p != nil && p.URL == was.URL && p.Referrer == "" {
		p.Referrer = was.Referrer
	}
	s.page = p
	s.mu.Unlock()
}

func (s *session) lastPage() *chat.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.page
}

func (s *session) onHistory(f *wire.History) {
	thread, ok := s.own(f.T, f.Thread)
	if !ok {
		return
	}
	visitor := s.actor.Kind == chat.Visitor
	s.node.o.Store.Before(s.feed.account, thread, f.Before, f.Limit, func(entries []store.Numbered, err error) {
		if err != nil {
			s.refuse(f.T, err)
			return
		}
		if s.scope != nil {
			s.node.task(func() { s.coverHistory(f, thread, entries) })
			return
		}
		frame, _ := appendEntries(nil, thread, true, visitor, entries, math.MaxInt)
		s.conn.send(frame, numbered)
	})
}
