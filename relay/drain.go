package relay

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/wire"
)

// Drain empties the node before it stops. It takes no new sockets from now on and is not ready; it tells all clients
// to reconnect elsewhere within the first half of the drain time, and closes those who have not gone, spread over the
// second. Who leaves by himself is away for one handshake; who is closed first waits. Messages under way are answered. Nobody is announced as gone: whoever does not come back elsewhere is noticed there.
//
// It returns when all sockets have ended, or with ctx's error if they have not by then.
func (n *Node) Drain(ctx context.Context) error {
	if n.drain.Swap(true) {
		return nil
	}
	n.o.Log.Info("draining", zap.Int("sockets", len(n.all())), zap.Duration("over", n.o.DrainTime))
	window := n.o.DrainTime / 2
	frame := textFrame(wire.ReconnectFrame{T: wire.TypeReconnect, WindowMillis: int(window.Milliseconds())})
	open := n.all()
	for _, s := range open {
		s.conn.send(frame, numbered)
	}
	if err := n.closeSpread(ctx, open, window); err != nil {
		return err
	}
	for _, s := range n.all() { // those whose handshake was under way
		s.conn.close(wire.Restart, "drained")
	}
	return n.waitEmpty(ctx)
}

// closeSpread waits for the window, then closes one socket after the other, evenly over the rest of the drain time. Who
// leaves by himself is passed over, and if all have left nobody waits.
func (n *Node) closeSpread(ctx context.Context, open []*session, window time.Duration) error {
	begun, rest := time.Now(), n.o.DrainTime-window
	tick := time.NewTicker(max(n.o.DrainTime/200, time.Millisecond))
	defer tick.Stop()
	for closed := 0; closed < len(open); {
		select {
		case <-ctx.Done():
			return fmt.Errorf("drain: %w", ctx.Err())
		case <-tick.C:
		}
		due := len(open)
		if passed := max(time.Since(begun)-window, 0); passed < rest {
			due = int(int64(len(open)) * int64(passed) / int64(rest))
		}
		for ; closed < due; closed++ {
			open[closed].conn.close(wire.Restart, "drained")
		}
		if n.count() == 0 {
			return nil
		}
	}
	return nil
}

func (n *Node) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.sessions)
}

func (n *Node) waitEmpty(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n.count() > 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("drain: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}
