package loadtest

import (
	"context"
	"errors"
	"time"
)

// reconnect gives visitors a history, cuts all sockets at once, and lets everybody come back with the cursor of the
// first entry: each must get exactly the rest of what it had. While the clock runs the generator only keeps what it
// gets, for it has one core with Redis; when all are back, everything is decoded and compared.
func (r *run) reconnect(ctx context.Context) error {
	returners := make([]*returner, r.o.Connections)
	r.progress.phase.Store("writing the history")
	begun := time.Now()
	doors, err := r.doors(ctx)
	if err != nil {
		return err
	}
	err = r.each(ctx, len(returners), func(ctx context.Context, i int) error {
		returners[i] = &returner{run: r, index: i, pick: r.o.node(i), door: doors[(i+1)%len(doors)]}
		err := returners[i].prepare(ctx)
		var fault *recoveryFault
		if errors.As(err, &fault) {
			returners[i].note(fault)
			return nil
		}
		return err
	})
	defer func() {
		for _, v := range returners {
			if v != nil {
				v.cut()
			}
		}
	}()
	if err != nil {
		return err
	}
	prepared := time.Since(begun)
	for _, v := range returners {
		if err := v.pack(); err != nil {
			return err
		}
	}
	for _, v := range returners {
		v.cut()
	}
	return r.storm(ctx, returners, prepared)
}

func (r *run) storm(ctx context.Context, returners []*returner, prepared time.Duration) error {
	r.progress.phase.Store("recovering")
	gauge := newGauge(r.o)
	gauge.begin()
	each := newLatency()
	bounded, cancel := context.WithTimeout(ctx, r.o.Settle+r.o.Duration)
	defer cancel()
	cut := time.Now()
	err := r.each(bounded, len(returners), func(ctx context.Context, i int) error {
		if err := returners[i].comeBack(ctx); err != nil {
			return err
		}
		each.record(i, time.Since(cut))
		r.delivered.Add(1)
		return nil
	})
	took := time.Since(cut)
	if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
		return err
	}
	u, err := gauge.end()
	if err != nil {
		return err
	}
	recovered, entries := r.compare(returners)
	r.found.Storm = &Recovery{
		Clients: len(returners), Recovered: recovered, Entries: entries,
		Seconds: took.Seconds(), Each: each.quantiles(), FirstConnecting: prepared.Seconds(),
	}
	if u.nodes.cpu > 0 {
		r.found.Storm.PerNodeCPU = float64(recovered) / u.nodes.cpu.Seconds()
	}
	r.found.note(u)
	return nil
}

// compare looks at what everybody got: how many have their whole history again, and how many entries that were.
func (r *run) compare(returners []*returner) (recovered, entries int) {
	for _, v := range returners {
		n, err := v.compare()
		switch {
		case errors.Is(err, errNotBack):
		case err != nil:
			v.note(err)
		default:
			recovered++
			entries += n
		}
	}
	return recovered, entries
}
