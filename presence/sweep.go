package presence

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/plant"
)

const (
	sweepJob   = "presence"
	sweepStep  = 200 // connections or persons in one step
	sweepLimit = 500 // leases and accounts in one sweep
)

// keepSweeping removes, each second and as long as this node has the job, who is gone.
func (p *Presence) keepSweeping(ctx context.Context) error {
	tick := time.NewTicker(p.t.Sweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := p.sweep(ctx); err != nil && ctx.Err() == nil {
			p.m.sweeps.WithLabelValues("failed").Inc()
			p.o.Log.Warn("presence: sweep not finished, will be taken up again", zap.Error(err))
		}
	}
}

func (p *Presence) sweep(ctx context.Context) error {
	held, err := p.o.Store.Lease(ctx, sweepJob, p.o.Node, p.t.Job)
	if err != nil || !held {
		return err
	}
	reply, err := p.s.sweep.Run(ctx, "", []string{p.nodesKey()}, ms(p.t.Blind), ms(p.t.TTL), ms(p.t.Claim), sweepLimit)
	if err != nil {
		return fmt.Errorf("look at what is due: %w", err)
	}
	due, ok := reply.([]any)
	if !ok || len(due) != 2 {
		return fmt.Errorf("look at what is due: answer %T", reply)
	}
	p.m.sweeps.WithLabelValues("done").Inc()
	var failed error
	for _, lease := range texts(due[0]) {
		if plant.Is(plant.NeverReap) {
			continue
		}
		failed = errors.Join(failed, p.reap(ctx, lease))
	}
	for _, account := range texts(due[1]) {
		failed = errors.Join(failed, p.lookThrough(ctx, chat.AccountID(account), "k:"+account))
	}
	return failed
}

// reap removes all that hangs on a dead lease. Whoever had nothing else counts as gone after his grace.
func (p *Presence) reap(ctx context.Context, lease string) error {
	accounts, err := p.o.Store.AccountIDs(ctx)
	if err != nil {
		return fmt.Errorf("reap %s: %w", lease, err)
	}
	p.o.Log.Info("presence: removing the connections of a lost node", zap.String("lease", lease))
	for _, account := range accounts {
		if err := p.reapAccount(ctx, account, lease); err != nil {
			return fmt.Errorf("reap %s in %s: %w", lease, account, err)
		}
	}
	return p.finish(ctx, "d:"+lease)
}

func (p *Presence) reapAccount(ctx context.Context, account chat.AccountID, lease string) error {
	for {
		// '!' follows the blank after the lease: all members that begin with it.
		reply, err := p.o.Store.Command(ctx, account, "ZRANGEBYLEX", p.connsKey(account),
			"["+lease+" ", "("+lease+"!", "LIMIT", 0, sweepStep)
		if err != nil {
			return err
		}
		members := texts(reply)
		if err := p.removeAll(ctx, account, members); err != nil {
			return err
		}
		if len(members) < sweepStep {
			return p.lookAgain(ctx, account)
		}
	}
}

func (p *Presence) removeAll(ctx context.Context, account chat.AccountID, members []string) error {
	return each(ctx, len(members), func(i int, done func(error)) {
		person, connection, ok := parseConn(members[i])
		if !ok {
			done(fmt.Errorf("not a connection: %q", members[i]))
			return
		}
		p.m.reaped.Inc()
		p.remove(account, person, connection, done)
	})
}

// lookAgain makes sure that somebody looks at the account when the next person counts as gone: the node that should
// have seen to it may have died before it could.
func (p *Presence) lookAgain(ctx context.Context, account chat.AccountID) error {
	_, next, err := p.due(ctx, account, 1)
	if err != nil {
		return err
	}
	return p.lookNext(ctx, account, next)
}

// lookThrough says of everybody in the account who counts as gone that he is.
func (p *Presence) lookThrough(ctx context.Context, account chat.AccountID, claim string) error {
	for {
		who, next, err := p.due(ctx, account, sweepStep)
		if err != nil {
			return err
		}
		if err := p.departAll(ctx, account, who); err != nil {
			return fmt.Errorf("departures in %s: %w", account, err)
		}
		if len(who) < sweepStep {
			if err := p.lookNext(ctx, account, next); err != nil {
				return err
			}
			return p.finish(ctx, claim)
		}
	}
}

// due returns who counts as gone by now, and when the next one will: 0 if nobody.
func (p *Presence) due(ctx context.Context, account chat.AccountID, limit int) (who []string, next int64, err error) {
	reply, err := p.s.due.Run(ctx, account, []string{p.dueKey(account)}, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("who is due in %s: %w", account, err)
	}
	pair, ok := reply.([]any)
	if !ok || len(pair) != 2 {
		return nil, 0, fmt.Errorf("who is due in %s: answer %T", account, reply)
	}
	next, _ = pair[1].(int64)
	return texts(pair[0]), max(next, 0), nil
}

func (p *Presence) departAll(ctx context.Context, account chat.AccountID, who []string) error {
	return each(ctx, len(who), func(i int, done func(error)) {
		person, ok := parsePerson(who[i])
		if !ok {
			done(fmt.Errorf("not a person: %q", who[i]))
			return
		}
		p.depart(account, person, done)
	})
}

func (p *Presence) depart(account chat.AccountID, person Person, done func(error)) {
	heard := func(reply any, err error) {
		if err == nil {
			err = p.announce(account, person, reply)
		}
		done(err)
	}
	if person.Kind == chat.Agent {
		away := max(p.o.VisitorGrace-p.t.AgentQuiet, 0)
		p.s.departAgent.Do(account, []string{p.personKey(account, person), p.dueKey(account), p.o.Store.TimersKey(account)},
			[]any{person.String(), p.awayTimer(person), ms(away)}, heard)
		return
	}
	keys := []string{p.personKey(account, person), p.dueKey(account), p.rosterKey(account), p.o.Store.TimersKey(account), p.threadsKey(account), p.talksKey(account, person.ID)}
	away := max(p.o.VisitorGrace-p.t.VisitorQuiet, 0)
	timer := p.o.Store.TimerMember(chat.TimerVisitorGone, "")
	p.s.departVisitor.Do(account, keys, []any{person.String(), person.ID, timer, ms(away), ms(keepBriefly)}, heard)
}
