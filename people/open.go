package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/store"
	"confab/wire"
)

// Open finds the visitor that a proof speaks of, or makes a new one. A proof that is wrong is logged and counts as
// a mere claim; it is no error. A token opens the visitor it was made for as long as he is nobody in particular: who
// was proven once proves it again or is a stranger. Errors: the store does not answer.
func (p *People) Open(ctx context.Context, a *account.Account, proof wire.Proof, device wire.Device, userAgent, address string) (Opened, error) {
	now := time.Now()
	at := p.located(address) // by the whole of it, which goes no further
	address = a.Privacy.Address(address)
	e := p.weigh(a, proof, now)
	p.note(a.ID, e, address)
	o := opening{p: p, ctx: ctx, account: a.ID, e: e, device: p.look(device, userAgent, address, at), now: chat.At(now), tells: len(a.Credentials) > 0}
	asked := p.askVisits(a.ID, proof.Token)
	for range maxTries {
		opened, err := o.try(proof.Token)
		if errors.Is(err, store.ErrVisitorMoved) {
			continue // another tab of his was first
		}
		if err != nil {
			return Opened{}, fmt.Errorf("open visitor: %w", err)
		}
		if o.person != nil {
			opened.Contact = o.person.ID
		}
		if opened.User, err = userOf(opened.Visitor, opened.Level, o.person); err != nil {
			return Opened{}, err
		}
		visits, err := o.visits(&opened.Visitor, asked)
		if err != nil {
			return Opened{}, fmt.Errorf("open visitor: %w", err)
		}
		if !device.Absent {
			visits = visits.Coming(o.now)
		}
		opened.User.came(visits)
		visits.Place = or(opened.Visitor.Place, visits.Place) // where presence will know him to be
		entered := o.news && p.overhear(ctx, a.ID, &opened.Visitor, &visits)
		if !device.Absent && !entered {
			o.count(&opened, visits)
		}
		return opened, nil
	}
	return Opened{}, chat.Refuse(chat.Unavailable, "Too many come as this visitor at once.")
}

// note writes down a proof that does not hold. One that was tried is for the security log: somebody may be guessing.
func (p *People) note(a chat.AccountID, e evidence, address string) {
	fields := []zap.Field{zap.String("account", string(a)), zap.String("reason", e.wrong), zap.String("level", e.level)}
	switch e.wrong {
	case "":
	case reasonHMAC, reasonJWT:
		p.o.Log.Named("security").Warn("a visitor's proof is wrong", append(fields, zap.String("key", e.key), zap.String("address", address))...)
	default:
		p.o.Log.Info("visitor without a valid proof", fields...)
	}
}

func (o *opening) try(token string) (Opened, error) {
	if err := o.identify(token); err != nil {
		return Opened{}, err
	}
	if o.e.proven() {
		return o.proven()
	}
	return o.unproven()
}

// identify finds the visitor whose token it is.
func (o *opening) identify(token string) error {
	o.current, o.shown = nil, shown{}
	id, secret, made, ok := parseToken(token)
	if !ok {
		return nil
	}
	v, err := o.p.o.Store.GetVisitor(o.ctx, o.account, id)
	if isCode(err, chat.NotFound) {
		if made {
			o.shown = shown{secret: secret, first: id}
		}
		return nil
	}
	if err != nil {
		return err
	}
	if opens, former := parseTokens(v.Tokens).opens(secret, o.now); opens {
		o.current, o.shown = &v, shown{secret: secret, former: former}
	}
	return nil
}

// look is what a connection shows of the device. Only what it shows: the rest stays empty.
func (p *People) look(d wire.Device, userAgent, address, at string) store.Visitor {
	s := p.agents.look(userAgent)
	short := func(text string) string { return chat.Clean(text, maxDeviceRunes) }
	return store.Visitor{
		Language: short(d.Language), Timezone: short(d.Timezone), Screen: short(d.Screen),
		Browser: s.browser, OS: s.os, Address: address, Channel: d.Channel,
		UserAgent: chat.Clean(userAgent, maxAgentBytes), Place: at,
	}
}

// opening is one Open under way.
type opening struct {
	p       *People
	ctx     context.Context
	account chat.AccountID
	e       evidence
	device  store.Visitor
	now     chat.Millis
	tells   bool // the account has systems of its own that know visitors by their clientId

	current *store.Visitor // whom the token opens, nil if nobody
	shown   shown
	person  *document // who was proven, nil if nobody
	news    bool      // he says something that was not heard before
}

func (o *opening) unproven() (Opened, error) {
	was := ""
	if o.current != nil {
		was = o.current.Said
	}
	opened, err := o.claim()
	o.news = err == nil && (opened.Visitor.Said != was || o.current != nil && opened.Visitor.Contact != o.current.Contact)
	return opened, err
}

func (o *opening) claim() (Opened, error) {
	waiting, err := o.awaited()
	if err != nil {
		return Opened{}, err
	}
	if o.current == nil || !unproven(o.current.Level) || o.other() {
		if waiting != nil {
			return o.inPlaceOf(*waiting)
		}
		return o.create(document{})
	}
	v := *o.current
	if o.e.level == Claimed {
		v.Level = Claimed
		v.Claim = or(o.e.key, v.Claim)
		v.Name, v.Email = or(o.e.name, v.Name), or(o.e.email, v.Email)
		if err := o.say(&v); err != nil {
			return Opened{}, err
		}
	}
	if err := o.enrol(&v); err != nil {
		return Opened{}, err
	}
	if waiting != nil {
		if err := o.moveIn(&v, *waiting); err != nil {
			return Opened{}, err
		}
	}
	opened, err := o.keep(v, *o.current, false)
	if err == nil && v.Said != o.current.Said {
		o.p.ring(o.account, v.Contact, []chat.VisitorID{v.ID})
	}
	return opened, err
}

// say keeps the name and the e-mail of a claim as what this browser said.
func (o *opening) say(v *store.Visitor) error {
	if o.e.name == "" && o.e.email == "" {
		return nil
	}
	f, err := parseFacts(v.Said)
	if err != nil {
		return err
	}
	f.Name, f.Email = or(o.e.name, f.Name), or(o.e.email, f.Email)
	v.Said = f.encode()
	return nil
}

func unproven(level string) bool { return level != Bound && level != Verified }

// other tells whether the visitor said before that he is somebody else.
func (o *opening) other() bool {
	was := o.current.Claim
	return was != "" && o.e.said != "" && was != o.e.said && was != keyOfEmailOf(o.e.email)
}

// create makes a new visitor, of the contact if there is one.
func (o *opening) create(d document) (Opened, error) {
	no, err := o.p.o.Store.NextNo(o.ctx, o.account, "visitor")
	if err != nil {
		return Opened{}, err
	}
	v, secret, token := o.device, o.shown.secret, ""
	v.ID, v.No, v.CreatedAt = o.shown.first, no, o.now
	if v.ID == "" {
		v.ID, secret = chat.VisitorID(o.p.o.IDs.New()), auth.NewSecretToken()
		token = tokenOf(v.ID, secret)
	}
	v.Tokens = issue(secret, o.now).String()
	v.Level, v.Claim, v.Email = o.e.level, o.e.key, or(o.e.email, d.Email)
	v.Name = or(or(o.e.name, d.Name), guestName(v))
	v.Contact, v.Thread, v.Blocked = d.ID, d.Thread, d.Blocked
	if v.Thread == "" {
		v.Thread = chat.ThreadID(o.p.o.IDs.New())
	}
	if !o.e.proven() {
		if err := o.say(&v); err != nil {
			return Opened{}, err
		}
	}
	return o.write(v, store.Visitor{Tokens: store.NoVisitor}, token)
}

// keep opens a visitor who is known and was read as was, on what device he is now. With anew he gets another token.
func (o *opening) keep(v, was store.Visitor, anew bool) (Opened, error) {
	d := o.device
	token := o.renew(&v, anew)
	v.Language, v.Timezone, v.Screen = or(d.Language, v.Language), or(d.Timezone, v.Timezone), or(d.Screen, v.Screen)
	v.Browser, v.OS, v.UserAgent = or(d.Browser, v.Browser), or(d.OS, v.OS), or(d.UserAgent, v.UserAgent)
	if d.Address != "" {
		v.Address, v.Place = d.Address, d.Place
	}
	v.Channel = or(d.Channel, v.Channel)
	if o.current != nil && v == *o.current {
		opened := o.touch(v)
		opened.Token = token
		return opened, nil
	}
	return o.write(v, was, token)
}

// touch notes only that the visitor is here again. Nobody waits for that: when all visitors of a node that died come
// back at once, their way to their messages must be short.
func (o *opening) touch(v store.Visitor) Opened {
	v.SeenAt = o.now
	o.p.o.Store.TouchVisitor(o.account, v.ID, v.SeenAt, o.p.touched)
	return Opened{Visitor: v, Thread: v.Thread, Level: v.Level}
}

func (p *People) touched(err error) {
	if err != nil {
		p.o.Log.Debug("a visit was not noted", zap.Error(err))
	}
}

func (o *opening) write(v, was store.Visitor, token string) (Opened, error) {
	v.SeenAt = o.now
	if err := o.p.o.Store.OpenVisitor(o.ctx, o.account, v, was, v.Level == Claimed && v.Claim != ""); err != nil {
		return Opened{}, err
	}
	return Opened{Visitor: v, Thread: v.Thread, Token: token, Level: v.Level}, nil
}
