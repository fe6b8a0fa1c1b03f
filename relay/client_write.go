package relay

import (
	"time"

	"confab/chat"
	"confab/wire"
)

func (c *Client) post(t *clientThread, m outgoing) {
	t.out.add(m)
	c.pump(t)
}

func (c *Client) follow(t *clientThread) {
	if t.wanted {
		return
	}
	t.wanted = true
	c.ask(t)
}

func (c *Client) unfollow(t *clientThread) {
	if !t.wanted {
		return
	}
	c.write(wire.Unsubscribe{T: wire.TypeUnsubscribe, Thread: t.id})
	t.leave()
}

// ask subscribes from the position that the thread has.
func (c *Client) ask(t *clientThread) {
	if c.hello == nil {
		return // hello will
	}
	t.askAt = time.Time{}
	t.awaiting, t.asked = true, time.Now()
	cursor, known := t.subscription()
	c.write(wire.Subscribe{T: wire.TypeSubscribe, Thread: t.id, Cursor: cursor, Known: known})
}

// askLater subscribes again because something is missing or wrong: at once, but not more often than betweenAsks.
// While a catching up is under way it waits for its end, which looks again.
func (c *Client) askLater(t *clientThread) {
	if t.awaiting || !t.askAt.IsZero() {
		return
	}
	c.askAt(t, t.asked.Add(betweenAsks))
}

func (c *Client) askAt(t *clientThread, at time.Time) {
	t.askAt = at
	c.pump(t)
}

// pump does what is due in a thread: a subscription, then the next message.
func (c *Client) pump(t *clientThread) {
	if c.hello == nil {
		return
	}
	now := time.Now()
	if isDue(t.askAt, now) || t.awaiting && now.Sub(t.asked) >= unansweredAsks {
		c.ask(t)
	}
	if t.settled() {
		c.sendNext(t, now)
	}
	if t.due().IsZero() {
		delete(c.waiting, t)
	} else {
		c.waiting[t] = struct{}{}
	}
}

func (c *Client) sendNext(t *clientThread, now time.Time) {
	m, ok := t.out.next(now)
	if !ok {
		return
	}
	if c.o.Observer.Offered != nil {
		c.o.Observer.Offered(t.id, m.id)
	}
	c.write(wire.Send{T: wire.TypeSend, Thread: t.id, CMID: m.id, Text: m.message.Text, Note: m.message.Note, Auto: m.message.Auto})
}

// onAck ends the message's way, and stands for its entry in a thread that is followed.
func (c *Client) onAck(a wire.Ack) {
	t := c.thread(a.Thread)
	m, mine := t.out.acked(a.CMID, chat.Cursor{Seq: a.Seq, EID: a.EID}, a.At)
	if c.o.Observer.Ack != nil {
		c.o.Observer.Ack(a)
	}
	if mine && t.wanted {
		c.place(t, a.Seq, heldEntry{entry: c.ownEntry(m, a), own: true})
	}
	c.pump(t)
}

func (c *Client) ownEntry(m outgoing, a wire.Ack) chat.Entry {
	return chat.Entry{
		EID: a.EID, CMID: m.id, Kind: chat.KindMessage, Author: c.me(), At: a.At,
		Text: m.message.Text, Note: m.message.Note, Auto: m.message.Auto,
	}
}

func (c *Client) onNack(n wire.Nack) {
	t := c.thread(n.Thread)
	if c.o.Observer.Nack != nil {
		c.o.Observer.Nack(n)
	}
	if n.Retryable {
		t.out.retry(n.CMID, time.Now().Add(c.retryWait(n.AfterMillis)))
	} else if t.out.refused(n.CMID) && c.o.Observer.Refused != nil {
		c.o.Observer.Refused(n)
	}
	c.pump(t)
}

// retryWait is what the server asked for, or a second, and up to half as much again so that many do not come at once.
func (c *Client) retryWait(afterMillis int) time.Duration {
	wait := defaultRetry
	if afterMillis > 0 {
		wait = time.Duration(afterMillis) * time.Millisecond
	}
	return wait + c.random(wait/2)
}
