package presence

import (
	"encoding/json"
	"fmt"
	"time"

	"confab/chat"
	"confab/plant"
)

const keepVisitor = 400 * 24 * time.Hour // pages of a visitor, after his last act

// Enter makes a person present through a connection. A visitor's page is recorded as viewed. done gets an error if
// the store could not be told; it is told again until Leave. Never blocks; done may run on any goroutine.
func (p *Presence) Enter(a Arrival, done func(error)) {
	t := p.unsettled.begin(a.Connection, func(t *task) { p.tryEnter(a, t, func(error) {}) })
	p.tryEnter(a, t, done)
}

func (p *Presence) tryEnter(a Arrival, t *task, done func(error)) {
	p.enter(a, func(err error) {
		if p.unsettled.settle(a.Connection, t, err) {
			p.Leave(a.Account, a.Person, a.Connection)
		}
		done(err)
	})
}

func (p *Presence) enter(a Arrival, done func(error)) {
	p.gate.pass(func(lease string, err error) {
		switch {
		case err != nil:
			done(err)
		case a.Person.Kind == chat.Agent:
			p.enterAgent(a, lease, done)
		default:
			p.enterVisitor(a, lease, done)
		}
	})
}

func (p *Presence) enterVisitor(a Arrival, lease string, done func(error)) {
	v := a.Visitor
	if v == nil {
		v = &VisitorInfo{}
	}
	info, err := json.Marshal(v.kept())
	if err != nil {
		done(fmt.Errorf("enter %s: %w", a.Person, err))
		return
	}
	page, _ := shownOf(v.Page)
	own := p.visitsKey(a.Account, chat.ContactID(a.Person.ID))
	p.counting(a.Account, chat.VisitorID(a.Person.ID), v.Contact, func(whose chat.ContactID, done func(any, error)) {
		keys := []string{p.personKey(a.Account, a.Person), p.connsKey(a.Account), p.dueKey(a.Account),
			p.rosterKey(a.Account), p.o.Store.TimersKey(a.Account), p.trailKey(a.Account, a.Person.ID),
			p.threadsKey(a.Account), own, p.visitsKey(a.Account, whose)}
		args := []any{a.Person.String(), a.Person.ID, a.Connection, lease, p.o.Node, info, string(v.Thread),
			p.o.Store.TimerMember(chat.TimerVisitorGone, ""), ms(keepVisitor), maxTrail,
			page.URL, page.Title, page.Referrer, page.encoded, ms(p.o.VisitorGrace), page.utm, string(whose), v.Place}
		p.s.enterVisitor.Do(a.Account, keys, args, done)
	}, func(reply any, err error) { done(p.entered(a, reply, err)) })
}

func (p *Presence) enterAgent(a Arrival, lease string, done func(error)) {
	name := ""
	if a.Agent != nil {
		name = chat.Clean(a.Agent.Name, chat.Limits.NameRunes)
	}
	keys := []string{p.personKey(a.Account, a.Person), p.connsKey(a.Account), p.dueKey(a.Account), p.agentsKey(a.Account), p.o.Store.TimersKey(a.Account)}
	args := []any{a.Person.String(), a.Person.ID, a.Connection, lease, name, p.awayTimer(a.Person)}
	p.s.enterAgent.Do(a.Account, keys, args, func(reply any, err error) {
		done(p.entered(a, reply, err))
	})
}

func (p *Presence) entered(a Arrival, reply any, err error) error {
	if err == nil {
		err = p.announce(a.Account, a.Person, reply)
	}
	if err != nil {
		return fmt.Errorf("enter %s: %w", a.Person, err)
	}
	p.m.entered.WithLabelValues(string(a.Person.Kind)).Inc()
	return nil
}

// Leave ends a connection. Never blocks; if the store cannot be told, it is told again.
func (p *Presence) Leave(account chat.AccountID, person Person, connection string) {
	try := func(t *task) {
		p.leave(account, person, connection, func(err error) { p.unsettled.settle(connection, t, err) })
	}
	try(p.unsettled.begin(connection, try))
}

func (p *Presence) leave(account chat.AccountID, person Person, connection string, done func(error)) {
	p.gate.pass(func(_ string, err error) {
		if err != nil {
			done(err)
			return
		}
		p.remove(account, person, connection, done)
	})
}

// remove takes a connection out, in whatever node's name it was there, and has somebody look when the person counts
// as gone.
func (p *Presence) remove(account chat.AccountID, person Person, connection string, done func(error)) {
	keys := []string{p.personKey(account, person), p.connsKey(account), p.dueKey(account)}
	p.s.leave.Do(account, keys, []any{person.String(), connection, ms(p.quiet(person))}, func(reply any, err error) {
		gone, _ := reply.(int64)
		if err != nil || gone == 0 {
			done(err)
			return
		}
		p.lookAt(account, gone, done)
	})
}

func (p *Presence) quiet(person Person) time.Duration {
	if plant.Is(plant.NoGrace) {
		return 0
	}
	if person.Kind == chat.Agent {
		return p.t.AgentQuiet
	}
	return p.t.VisitorQuiet
}
