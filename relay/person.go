package relay

import (
	"bytes"
	"context"
	"slices"

	"confab/chat"
	"confab/people"
	"confab/wire"
)

// What is said of a visitor, at most so often on one socket. A page says a few things when it is loaded.
const (
	saysPerSecond = 10
	saysBurst     = 50
)

func (s *session) onPerson(f *wire.Person) {
	s.say(f.Request, func(ctx context.Context, who people.Speaker) error {
		return s.node.o.People.Say(ctx, who, f.Layer, f.Replace, f.Data)
	})
}

func (s *session) onEvent(f *wire.Event) {
	s.touch()
	s.say(f.Request, func(ctx context.Context, who people.Speaker) error {
		return s.node.o.People.Event(ctx, who, f.ID, f.Name, f.Data)
	})
}

func (s *session) onConsent(f *wire.Consent) {
	s.say(f.Request, func(ctx context.Context, who people.Speaker) error {
		return s.node.o.People.Consent(ctx, who, f.ID, f.Kind, f.Value)
	})
}

func (s *session) onFeedback(f *wire.Feedback) {
	s.touch()
	s.say(f.Request, func(ctx context.Context, who people.Speaker) error {
		return s.node.o.People.Feedback(ctx, who, f.ID, f.Text, s.lastPage())
	})
}

// say carries out what a visitor says of himself, unless he says too much.
func (s *session) say(r wire.Request, work func(context.Context, people.Speaker) error) {
	if ok, wait := s.says.take(nowMillis(), saysPerSecond, saysBurst); !ok {
		s.refuseRequestFor(r, chat.Refuse(chat.RateLimited, "Too much is said at once; slow down."), wait)
		return
	}
	s.request(r, func() error {
		ctx, cancel := s.brief()
		defer cancel()
		return work(ctx, s.speaker())
	})
}

func (s *session) speaker() people.Speaker {
	return people.Speaker{Account: s.feed.account, Visitor: chat.VisitorID(s.actor.ID), Contact: s.contact}
}

// calling is what a visitor is called in lists.
type calling struct{ name, email string }

// author is who writes here, by the name that he has now.
func (s *session) author() chat.Actor {
	who := s.actor
	if now := s.called.Load(); now != nil {
		who.Name = now.name
	}
	return who
}

// lately is for how long a change is remembered for those who are just coming: longer than the store may take.
const (
	lately    = 5_000 // milliseconds
	maxLately = 256
)

// lateChange is a change of what is known of somebody.
type lateChange struct {
	at   int64 // milliseconds
	what people.Changed
}

// personMoved has the sockets of a person told what is known of him now, and consoles that there is something to read.
func (f *feed) personMoved(data []byte) {
	changed, ok := people.ParseChanged(data)
	if !ok {
		f.hub.node.tally.dropped("person_bell")
		return
	}
	f.remember(lateChange{nowMillis(), changed})
	frame := func() []byte {
		return textFrame(wire.ContactFrame{T: wire.TypeContact, ID: changed.Person(), Visitors: changed.Visitors})
	}
	f.tellConsoles(frame)
	f.tellWhoTalks(changed.Visitors, frame)
	for _, s := range f.sockets(func(s *session) bool { return s.concerned(changed) }) {
		s.userMoved()
	}
}

func (s *session) concerned(c people.Changed) bool {
	return s.actor.Kind == chat.Visitor && c.Concerns(chat.VisitorID(s.actor.ID), s.contact)
}

func (f *feed) remember(c lateChange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := slices.DeleteFunc(f.changes, func(old lateChange) bool { return c.at-old.at > lately })
	if len(kept) >= maxLately {
		kept = slices.Delete(kept, 0, 1)
	}
	f.changes = append(kept, c)
}

// missed has a socket that has joined told what changed while it was being opened, since a moment of nowMillis.
func (f *feed) missed(s *session, since int64) {
	f.mu.Lock()
	changed := slices.ContainsFunc(f.changes, func(c lateChange) bool { return c.at >= since && s.concerned(c.what) })
	f.mu.Unlock()
	if changed {
		s.userMoved()
	}
}

// whenHeard has a visitor look again once this node hears of the account: what changed before has rung for nobody here.
func (f *feed) whenHeard(s *session, look func()) {
	f.mu.Lock()
	deaf := f.follow != following
	if deaf {
		s.deaf = look
	}
	f.mu.Unlock()
	if !deaf {
		f.hub.node.task(look)
	}
}

// hears takes from the members what they have to look at.
func (f *feed) hears() (looks []func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.members {
		if s.deaf != nil {
			looks = append(looks, s.deaf)
			s.deaf = nil
		}
	}
	return looks
}

// lookUser has the visitor told what is known of him if it is not what he was told.
func (s *session) lookUser(told *people.User) {
	ctx, cancel := s.brief()
	defer cancel()
	now, _, err := s.node.o.People.User(ctx, s.speaker(), s.level)
	if err != nil || !bytes.Equal(lasting(*told), lasting(now)) {
		s.userMoved()
	}
}

// lasting is what is known of a visitor, but for what his coming changes.
func lasting(u people.User) []byte {
	u.TotalVisits, u.LastVisitAt, u.LastActiveAt = 0, 0, 0
	return wire.Encode(u)
}

// States of session.news. Changes that come while one is being told are told together.
const (
	newsNone int32 = iota
	newsTold
	newsMore
)

// userMoved has the visitor told what is known of him, once more if that is under way.
func (s *session) userMoved() {
	if s.news.Swap(newsMore) == newsNone {
		s.node.task(s.tellUser)
	}
}

func (s *session) tellUser() {
	for {
		s.news.Store(newsTold)
		if err := s.showUser(); err != nil {
			s.node.tally.dropped("user")
		}
		if s.news.CompareAndSwap(newsTold, newsNone) {
			return
		}
	}
}

// showUser reads what is known of the visitor, and tells him and, under his new name, everybody.
func (s *session) showUser() error {
	ctx, cancel := s.brief()
	defer cancel()
	user, v, err := s.node.o.People.User(ctx, s.speaker(), s.level)
	if err != nil {
		return err
	}
	was := s.blocked.Swap(v.Blocked)
	s.conn.send(textFrame(wire.UserFrame{T: wire.TypeUser, User: wire.Encode(user)}), numbered)
	if was != v.Blocked {
		s.feed.lineLook()
	}
	now := calling{v.Name, v.Email}
	if before := s.called.Swap(&now); before == nil || *before != now {
		s.arrive(&v, chat.PageView{})
	}
	return nil
}
