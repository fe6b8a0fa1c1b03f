package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/zap"

	"confab/chat"
	"confab/wire"
)

// Run connects and stays connected until ctx ends, then says goodbye and returns nil. It returns a *ClosedError
// when the server says not to come back. Run may be called again after it returned; the outbox and all positions stay.
func (c *Client) Run(ctx context.Context) error {
	if len(c.o.URLs) == 0 || c.o.Auth == nil {
		return errors.New("a client needs the address of a node and credentials")
	}
	for {
		c.tell(Connecting, nil)
		err := c.session(ctx)
		if ctx.Err() != nil {
			c.tell(Stopped, nil)
			return nil
		}
		wait, again := c.comeBack(err)
		if !again {
			c.tell(Stopped, err)
			return err
		}
		c.tell(Disconnected, err)
		c.log.Debug("disconnected", zap.Error(err), zap.Duration("wait", wait))
		c.next++
		c.pause(ctx, wait)
	}
}

func (c *Client) tell(s ClientState, err error) {
	if c.o.Observer.State != nil {
		c.o.Observer.State(s, err)
	}
}

// pause waits, and meanwhile takes in what callers ask for.
func (c *Client) pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		case <-c.wake:
			c.runQueue()
		}
	}
}

// session is one connection from dialing to its end; it returns why it ended.
func (c *Client) session(ctx context.Context) error {
	auth, err := c.o.Auth(ctx)
	if err != nil {
		return &dialError{err: fmt.Errorf("credentials: %w", err)}
	}
	link, err := c.dial(ctx)
	if err != nil {
		return err
	}
	c.link = link
	go link.read()
	c.writeNow(c.completeAuth(auth))
	err = c.serve(ctx)
	ended := link.finish(ctx.Err() != nil)
	c.unlink()
	if errors.Is(err, errUnwritten) && websocket.CloseStatus(ended) != -1 {
		err = ended // nothing could be written because the server has closed, and it says why
	}
	return closeReason(err)
}

// unlink forgets what belonged to the connection.
func (c *Client) unlink() {
	c.link, c.hello = nil, nil
	for _, t := range c.all() {
		t.awaiting, t.askAt = false, time.Time{}
		t.out.disconnected()
	}
}

// all lists the threads in an order that does not change from run to run.
func (c *Client) all() []*clientThread {
	list := []*clientThread{c.own}
	for _, id := range slices.Sorted(maps.Keys(c.threads)) {
		list = append(list, c.threads[id])
	}
	return list
}

// completeAuth adds what the client knows: the token of an earlier hello and the position in the own thread.
func (c *Client) completeAuth(a wire.Auth) wire.Auth {
	a.T = wire.TypeAuth
	if a.Agent != nil {
		return a
	}
	if c.token != "" {
		proof := wire.Proof{}
		if a.Visitor != nil {
			proof = *a.Visitor
		}
		if proof.Token == "" {
			proof.Token = c.token
		}
		a.Visitor = &proof
	}
	if a.Page == nil {
		a.Page = c.page
	}
	a.Cursor, a.Known = c.own.subscription()
	return a
}

// serve handles one event after the other until the connection is over.
func (c *Client) serve(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for c.link.doomedBy == nil {
		timer.Reset(time.Until(c.nextTick()))
		select {
		case raw := <-c.link.frames:
			c.onFrame(raw)
		case err := <-c.link.failed:
			c.link.failed <- err // finish waits for it
			return err
		case <-c.wake:
			c.runQueue()
		case now := <-timer.C:
			c.tick(ctx, now)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return c.link.doomedBy
}

// nextTick is the earliest moment at which something is due.
func (c *Client) nextTick() time.Time {
	l := c.link
	earliest := l.greeted
	for _, at := range []time.Time{l.beat.due, l.renew, l.leave} {
		earliest = sooner(earliest, at)
	}
	for t := range c.waiting {
		earliest = sooner(earliest, t.due())
	}
	return earliest
}

// sooner treats the zero time as never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func isDue(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

func (c *Client) tick(ctx context.Context, now time.Time) {
	l := c.link
	switch {
	case isDue(l.greeted, now):
		l.doomedBy = errDead
		return
	case isDue(l.leave, now):
		l.doomedBy = errMoved
		return
	case isDue(l.renew, now):
		c.renew(ctx, now)
	}
	if isDue(l.beat.due, now) {
		c.beat(now)
	}
	for t := range c.waiting {
		if isDue(t.due(), now) {
			c.pump(t)
		}
	}
}

func (c *Client) beat(now time.Time) {
	if err := c.link.beat.beat(now); err != nil {
		c.link.doomedBy = err
		return
	}
	c.write(wire.Ping{T: wire.TypePing})
}

// renew shows fresh credentials on the same connection.
func (c *Client) renew(ctx context.Context, now time.Time) {
	c.link.renew = now.Add(c.o.Renew)
	auth, err := c.o.Auth(ctx)
	if err != nil {
		c.log.Warn("no fresh credentials", zap.Error(err))
		c.link.renew = now.Add(min(c.o.Renew, 10*time.Second))
		return
	}
	auth.T = wire.TypeAuth
	c.write(auth)
}

// write sends a frame if there is a greeted connection; else it is dropped, for the caller repeats what matters.
func (c *Client) write(frame any) bool {
	if c.hello == nil {
		return false
	}
	return c.writeNow(frame)
}

func (c *Client) writeNow(frame any) bool {
	raw, err := json.Marshal(frame)
	if err != nil {
		c.log.Error("encode a frame", zap.Error(err))
		return false
	}
	if err := c.link.write(raw); err != nil {
		c.link.doomedBy = err
		return false
	}
	return true
}

// closeReason turns the socket's own error into ours.
func closeReason(err error) error {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return &ClosedError{int(closed.Code), closed.Reason}
	}
	return err
}

// isMe tells whether the author is this client's person.
func (c *Client) isMe(a chat.Actor) bool {
	me := c.me()
	return a.Kind == me.Kind && a.ID == me.ID
}

func (c *Client) me() chat.Actor {
	switch {
	case c.hello == nil:
		return chat.Actor{}
	case c.hello.Agent != nil:
		return chat.Actor{Kind: chat.Agent, ID: string(c.hello.Agent.ID), Name: c.hello.Agent.Name}
	case c.hello.Visitor != nil:
		return chat.Actor{Kind: chat.Visitor, ID: string(c.hello.Visitor.ID), Name: c.hello.Visitor.Name}
	}
	return chat.Actor{}
}
