package relay

import (
	"context"
	"errors"
	"time"

	"confab/account"
	"confab/chat"
	"confab/people"
	"confab/presence"
	"confab/store"
	"confab/wire"
)

var errNoAuth = &chat.Refusal{Code: chat.Unauthorized, Message: "The first frame is auth."}

// authOf decodes the first frame.
func (s *session) authOf(raw []byte) (*wire.Auth, error) {
	t, frame, err := wire.Decode(raw)
	s.node.tally.framed(t, frame != nil)
	if f, ok := frame.(*wire.Auth); ok {
		return f, err
	}
	return nil, errNoAuth
}

// authenticate answers the first frame with hello, or closes.
func (s *session) authenticate(f *wire.Auth, fault error) bool {
	if fault == nil {
		fault = s.open(context.Background(), f) // the store answers each question within 2 s, and the sweep ends what takes longer than authMillis
	}
	if fault != nil {
		s.turnAway(fault)
		return false
	}
	return true
}

func (s *session) open(ctx context.Context, f *wire.Auth) error {
	switch {
	case (f.Agent == nil) == (f.Account == ""):
		return &chat.Refusal{Code: chat.Unauthorized, Message: "Name an account, or show an agent's token; one of them."}
	case f.Agent != nil:
		return s.openAgent(ctx, f)
	}
	return s.openVisitor(ctx, f)
}

// turnAway closes a socket that may not come in, telling why.
func (s *session) turnAway(err error) {
	r := s.refusal(err)
	s.node.tally.refused(string(r.Code))
	s.conn.uncork()
	s.conn.answer(textFrame(wire.Error{T: wire.TypeError, Code: r.Code, Message: r.Message, Field: r.Field, Ref: wire.TypeAuth}))
	switch r.Code {
	case chat.Forbidden, chat.NotFound:
		s.conn.close(wire.NotAllowed, "not_allowed")
	case chat.Unavailable, chat.RateLimited, chat.Draining:
		s.conn.close(wire.Busy, "busy")
	case chat.Internal:
		s.conn.close(wire.InternalErr, "internal")
	default:
		s.conn.close(wire.AuthFailed, "not_authenticated")
	}
}

func (s *session) openVisitor(ctx context.Context, f *wire.Auth) error {
	a, channel, err := s.node.o.Accounts.Named(ctx, string(f.Account))
	if err != nil {
		return err
	}
	if g := s.guest; g.origin != "" && !g.own && !a.Origins().Allows(g.origin) {
		return chat.Refuse(chat.Forbidden, "This page's origin is not on the account's list of allowed origins.")
	}
	var proof wire.Proof
	if f.Visitor != nil {
		proof = *f.Visitor
	}
	var device wire.Device
	if f.Device != nil {
		device = *f.Device
	}
	device.Channel, device.Absent = channel.WidgetID, f.Presence != nil && !*f.Presence
	began, hearing := nowMillis(), s.node.hub.hearing(a.ID)
	o, err := s.node.o.People.Open(ctx, a, proof, device, s.guest.agent, s.guest.address)
	if err != nil {
		return err
	}
	s.actor = chat.Actor{Kind: chat.Visitor, ID: string(o.Visitor.ID), Name: o.Visitor.Name}
	page := chat.PageView{}
	if f.Page != nil {
		page = a.Privacy.View(*f.Page)
	}
	s.thread, s.page, s.channel = o.Thread, page.Page(), channel.WidgetID
	s.contact, s.level, s.group = o.Contact, o.Level, o.Visitor.Group
	s.blocked.Store(o.Visitor.Blocked)
	s.feed = s.node.hub.join(a.ID, s)
	s.feed.missed(s, began)
	s.feed.privacy.Store(&a.Privacy)
	shown, err := s.feed.availability(ctx)
	if err != nil {
		s.node.hub.leave(s)
		return err
	}
	if !device.Absent {
		s.come()
		s.arrive(&o.Visitor, page)
	}
	s.conn.cork() // hello and what the visitor has missed leave in one write
	s.conn.answer(s.visitorHello(a, &o, shown))
	s.follow(o.Thread, f.Cursor, f.Known)
	s.feed.lineLook()
	rings := s.node.o.Calls != nil && a.CallsIn(account.Channel{})
	switch {
	case hearing != s.feed:
		s.feed.whenHeard(s, func() {
			s.lookUser(&o.User)
			if rings {
				s.recall()
			}
		})
	case rings:
		s.node.task(s.recall)
	}
	return nil
}

// come makes a visitor present.
func (s *session) come() {
	s.arrival.Lock()
	s.present = true
	s.arrival.Unlock()
}

// arrive tells presence of a visitor who is present, on a page or, without one, as he is called now.
func (s *session) arrive(v *store.Visitor, page chat.PageView) {
	s.arrival.Lock()
	defer s.arrival.Unlock()
	if !s.present || s.gone {
		return
	}
	s.node.o.Presence.Enter(presence.Arrival{
		Account: s.feed.account, Person: presence.Person{Kind: chat.Visitor, ID: string(v.ID)}, Connection: s.id,
		Visitor: &presence.VisitorInfo{
			Name: v.Name, Email: v.Email, Level: s.level, Thread: s.thread, Page: page, Contact: people.VisitsOf(v), Place: v.Place,
			Device: presence.Device{Language: v.Language, Timezone: v.Timezone, Screen: v.Screen, Browser: v.Browser, OS: v.OS},
		},
	}, s.noted)
}

// noted takes the outcome of what is repeated or may be lost.
func (s *session) noted(err error) {
	if err != nil {
		s.node.tally.dropped("presence")
	}
}

func (s *session) openAgent(ctx context.Context, f *wire.Auth) error {
	if g := s.guest; g.origin != "" && !g.own {
		return chat.Refuse(chat.Forbidden, "Agents connect from the node's own pages only.")
	}
	agent, until, err := s.node.o.Accounts.VerifyAgent(ctx, f.Agent.Token)
	if err != nil {
		return err
	}
	a, err := s.node.o.Accounts.Account(ctx, agent.Account)
	if err != nil {
		return err
	}
	s.actor = agent.Actor()
	s.token = f.Agent.Token
	s.expires.Store(until.UnixMilli())
	s.inbox, s.scope = f.Inbox, agent.Scope()
	live, err := s.node.o.Presence.Agent(ctx, agent.Account, agent.ID)
	if err != nil {
		return err
	}
	s.feed = s.node.hub.join(agent.Account, s)
	if err := s.confirm(ctx); err != nil {
		s.node.hub.leave(s)
		return err
	}
	if err := s.feed.place(ctx, s); err != nil {
		s.node.hub.leave(s)
		return err
	}
	status := live.Status
	if f.Presence == nil || *f.Presence {
		status = s.enterAgent(agent, live)
	}
	h := s.hello(a, s.node.limits.AgentHeartbeatMillis)
	h.Agent = &wire.HelloAgent{ID: agent.ID, Account: agent.Account, Name: agent.Name, Role: string(agent.Role), Status: status}
	s.conn.answer(textFrame(h))
	return nil
}

// confirm looks at an agent's token once more when the socket hears of revocations: from one of a moment ago it was told
// of none.
func (s *session) confirm(ctx context.Context) error {
	if err := s.feed.followed(ctx); err != nil {
		return err
	}
	_, _, err := s.node.o.Accounts.VerifyAgent(ctx, s.token)
	return err
}

// enterAgent makes the agent present and returns the status that he will be seen with.
func (s *session) enterAgent(agent account.Agent, live presence.LiveAgent) string {
	s.present = true
	s.node.o.Presence.Enter(presence.Arrival{
		Account: agent.Account, Person: presence.Person{Kind: chat.Agent, ID: string(agent.ID)}, Connection: s.id,
		Agent: &presence.AgentInfo{Name: agent.Name},
	}, s.noted)
	if live.Status != presence.Offline {
		return live.Status
	}
	if live.Chosen != "" {
		return live.Chosen
	}
	return presence.Online
}

// onAuthAgain keeps an agent connected with a fresh token of the same person.
func (s *session) onAuthAgain(f *wire.Auth) {
	if s.actor.Kind != chat.Agent || f.Agent == nil {
		s.refuse(wire.TypeAuth, chat.Refuse(chat.Forbidden, "Only agents authenticate again."))
		return
	}
	ctx, cancel := s.brief()
	defer cancel()
	agent, until, err := s.node.o.Accounts.VerifyAgent(ctx, f.Agent.Token)
	switch {
	case errors.Is(err, &chat.Refusal{Code: chat.Unauthorized}):
		s.conn.close(wire.AuthFailed, "not_authenticated")
	case err != nil:
		s.refuse(wire.TypeAuth, err)
	case string(agent.ID) != s.actor.ID || agent.Account != s.feed.account:
		s.conn.close(wire.AuthFailed, "other_agent")
	case !agent.Scope().Same(s.scope):
		s.conn.close(wire.Revoked, "limit_changed")
	default:
		s.mu.Lock()
		s.token = f.Agent.Token
		s.mu.Unlock()
		s.expires.Store(until.UnixMilli())
	}
}

// reverify ends the socket of an agent whose token was revoked. It reads from the store if nothing is cached.
func (s *session) reverify() {
	s.mu.Lock()
	token := s.token
	s.mu.Unlock()
	ctx, cancel := s.brief()
	defer cancel()
	_, _, err := s.node.o.Accounts.VerifyAgent(ctx, token)
	if err == nil {
		return
	}
	var r *chat.Refusal
	if errors.As(err, &r) && r.Code == chat.Unauthorized {
		s.conn.close(wire.Revoked, "revoked")
		return
	}
	s.conn.close(wire.Busy, "busy") // whether the token holds cannot be told, and a revocation may not wait
}

// brief bounds a read from the store on behalf of one frame (two seconds, so that the client hears in time).
func (s *session) brief() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 2*time.Second)
}

// depart undoes what authenticating did.
func (s *session) depart() {
	s.unsubscribeAll()
	s.node.hub.leave(s)
	s.arrival.Lock()
	defer s.arrival.Unlock()
	s.gone = true
	if s.present {
		s.catchUp()
	}
	if s.present && !s.node.drain.Load() {
		s.node.o.Presence.Leave(s.feed.account, presence.Person{Kind: s.actor.Kind, ID: s.actor.ID}, s.id)
	}
}
