package loadtest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// progress writes a line each second: over the last one on a terminal, below it elsewhere.
type progress struct {
	run   *run
	phase text
}

// text is a string that one goroutine sets and another reads.
type text struct{ p atomic.Pointer[string] }

func (t *text) Store(s string) { t.p.Store(&s) }

func (t *text) load() string {
	if s := t.p.Load(); s != nil {
		return *s
	}
	return "starting"
}

// start writes until ctx ends; the channel closes after the last line.
func (p *progress) start(ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	if p.run.o.Out == nil {
		close(done)
		return done
	}
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		begun := time.Now()
		for {
			select {
			case now := <-ticker.C:
				p.line(now.Sub(begun))
			case <-ctx.Done():
				if p.run.o.Terminal {
					fmt.Fprint(p.run.o.Out, "\r\033[K")
				}
				return
			}
		}
	}()
	return done
}

func (p *progress) line(passed time.Duration) {
	q := p.run.delivery.quantiles()
	line := fmt.Sprintf("%4.0f s  %s  sent %d  delivered %d  p50 %.2f ms  p99 %.2f ms  disconnects %d",
		passed.Seconds(), p.phase.load(), p.run.sent.Load(), p.run.delivered.Load(), q.P50, q.P99, p.run.disconnects.Load())
	if p.run.o.Terminal {
		fmt.Fprintf(p.run.o.Out, "\r\033[K%s", line)
		return
	}
	fmt.Fprintln(p.run.o.Out, line)
}
