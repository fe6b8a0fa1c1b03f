package presence

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// keepLease registers the node and renews its lease until ctx ends or the node drains.
func (p *Presence) keepLease(ctx context.Context) error {
	last := time.Now()
	for {
		err := p.renewLease(ctx, time.Since(last))
		if err != nil && ctx.Err() == nil {
			p.o.Log.Warn("presence: lease not renewed", zap.String("node", p.o.Node), zap.Error(err))
		}
		last = time.Now()
		tick := time.NewTimer(p.untilRenewal(err))
		if err == nil {
			p.unsettled.again()
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return nil
		case <-p.drained:
			tick.Stop()
			return nil
		case <-tick.C:
		}
	}
}

// untilRenewal is shorter after a failure: when the store answers again, what is left of the lease may be less than
// the usual time between two renewals.
func (p *Presence) untilRenewal(failed error) time.Duration {
	if failed != nil {
		return p.t.Renew / 10
	}
	return p.t.Renew
}

// renewLease extends the lease, or takes the first or the next one. Away is how long this loop stood still: a node
// that slept longer than its lease has lost it, even if nobody was there to notice.
func (p *Presence) renewLease(ctx context.Context, away time.Duration) error {
	lease := p.gate.current()
	if lease == "" {
		return p.register(ctx, p.former)
	}
	sent := time.Now()
	slept := away > p.t.TTL
	reply, err := p.s.renew.Run(ctx, "", []string{p.nodesKey()}, lease, ms(p.t.TTL), ms(p.t.Blind), flag(slept))
	if err != nil {
		return fmt.Errorf("renew %s: %w", lease, err)
	}
	if reply == int64(1) {
		p.gate.hold(lease, sent)
		return nil
	}
	p.gate.shut()
	p.former = lease
	p.m.leasesLost.Inc()
	p.o.Log.Warn("presence: lease lost, connections count as gone", zap.String("lease", lease), zap.Bool("slept", slept))
	if p.o.LeaseLost != nil {
		p.o.LeaseLost()
	}
	return p.register(ctx, lease)
}

func (p *Presence) register(ctx context.Context, former string) error {
	sent := time.Now()
	reply, err := p.s.register.Run(ctx, "", []string{p.nodesKey()}, p.o.Node, ms(p.t.TTL), former, ms(p.t.Claim))
	if err != nil {
		return fmt.Errorf("register %s: %w", p.o.Node, err)
	}
	lease, ok := reply.(string)
	if !ok {
		return fmt.Errorf("register %s: answer %v", p.o.Node, reply)
	}
	p.former = ""
	p.gate.hold(lease, sent)
	return nil
}

// Drain gives the node's lease back, after the last connection was closed. What still hangs on it counts as gone
// from now, and nobody is announced offline before the grace is over.
func (p *Presence) Drain(ctx context.Context) error {
	p.drainOnce.Do(func() { close(p.drained) })
	select {
	case <-p.keeperDone:
	case <-ctx.Done():
		return ctx.Err()
	}
	lease := p.gate.current()
	if lease == "" {
		return nil
	}
	if _, err := p.s.release.Run(ctx, "", []string{p.nodesKey()}, lease); err != nil {
		return fmt.Errorf("release %s: %w", lease, err)
	}
	p.gate.shut()
	return nil
}

func ms(d time.Duration) int64 { return d.Milliseconds() }

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}
