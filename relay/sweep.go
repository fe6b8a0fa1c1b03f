package relay

import (
	"context"
	"time"

	"confab/chat"
	"confab/wire"
)

const (
	sweepInterval = time.Second
	ackInterval   = 100 * time.Millisecond
)

// sweepLoop is the one clock of all sockets: none has a timer of its own.
func (n *Node) sweepLoop(ctx context.Context) {
	tick, acks := time.NewTicker(sweepInterval), time.NewTicker(ackInterval)
	defer tick.Stop()
	defer acks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			n.sweep(nowMillis())
		case <-acks.C:
			n.hub.readUnacked(nowMillis())
		}
	}
}

func (n *Node) sweep(now int64) {
	for _, s := range n.all() {
		n.inspect(s, now)
	}
	n.hub.retryLate()
	n.hub.tellLines()
	n.hub.forgetEmpty(now)
}

// inspect ends a socket that is late with something.
func (n *Node) inspect(s *session, now int64) {
	l := n.limits
	began := s.conn.began.Load()
	switch authed := s.authed.Load(); {
	case !authed && now-s.opened >= int64(l.AuthMillis):
		s.conn.close(wire.AuthFailed, "auth_late")
	case began != 0 && now-began >= int64(l.FrameMillis):
		s.conn.close(wire.GoingAway, "frame_late")
	case !authed:
	case now-s.conn.heard.Load() >= n.silence(s.actor.Kind):
		s.conn.closeWithin(wire.GoingAway, "silent", silentTime)
	case s.actor.Kind == chat.Agent && now >= s.expires.Load():
		s.conn.close(wire.AuthFailed, "token_expired")
	}
}

// silence is after how many milliseconds without a byte a person's socket counts as dead.
func (n *Node) silence(kind chat.ActorKind) int64 {
	heartbeat := n.limits.VisitorHeartbeatMillis
	if kind == chat.Agent {
		heartbeat = n.limits.AgentHeartbeatMillis
	}
	return int64(float64(heartbeat) * n.limits.SilentHeartbeats)
}
