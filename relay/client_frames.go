package relay

import (
	"encoding/json"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/wire"
)

// onFrame acts on one frame of the server. Types it does not know are ignored.
func (c *Client) onFrame(raw []byte) {
	c.link.beat.heard()
	var head struct {
		T wire.Type `json:"t"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		c.log.Warn("a frame of the server is not JSON", zap.Error(err))
		return
	}
	if c.o.Observer.Frame != nil {
		c.o.Observer.Frame(head.T, raw)
	}
	if err := c.dispatch(head.T, raw); err != nil {
		c.log.Warn("a frame of the server cannot be read", zap.String("type", string(head.T)), zap.Error(err))
	}
}

func (c *Client) dispatch(t wire.Type, raw []byte) error {
	switch t {
	case wire.TypeHello:
		return decoded(raw, c.onHello)
	case wire.TypeEntry:
		return decoded(raw, c.onEntry)
	case wire.TypeEntries:
		return decoded(raw, c.onEntries)
	case wire.TypeCaughtUp:
		return decoded(raw, c.onCaughtUp)
	case wire.TypeReset:
		return decoded(raw, c.onReset)
	case wire.TypeTruncated:
		return decoded(raw, c.onTruncated)
	case wire.TypeAck:
		return decoded(raw, c.onAck)
	case wire.TypeNack:
		return decoded(raw, c.onNack)
	case wire.TypeMarker:
		return decoded(raw, c.onMarker)
	case wire.TypeError:
		return decoded(raw, c.onError)
	case wire.TypeReconnect:
		return decoded(raw, c.onReconnect)
	}
	return nil
}

func decoded[F any](raw []byte, handle func(F)) error {
	var frame F
	if err := json.Unmarshal(raw, &frame); err != nil {
		return err
	}
	handle(frame)
	return nil
}

func (c *Client) onHello(h wire.Hello) {
	now := time.Now()
	fresh := c.hello == nil
	c.hello, c.agent = &h, h.Agent != nil
	c.try, c.refused, c.window = 0, 0, time.Time{}
	c.link.greeted = time.Time{}
	if !fresh {
		return // the answer to renewed credentials
	}
	interval := time.Duration(h.HeartbeatMillis) * time.Millisecond
	if interval <= 0 {
		interval = time.Duration(chat.Limits.VisitorHeartbeatMillis) * time.Millisecond
	}
	c.link.beat.start(now, interval, c.random(interval))
	if c.agent && c.o.Renew > 0 {
		c.link.renew = now.Add(c.o.Renew)
	}
	if h.Visitor != nil {
		c.ownThread(*h.Visitor, now)
	}
	c.tell(Connected, nil)
	if c.o.Observer.Hello != nil {
		c.o.Observer.Hello(h)
	}
	for _, t := range c.all() {
		if t != c.own && t.wanted {
			c.ask(t)
		}
		c.pump(t)
	}
}

// ownThread takes the visitor's thread from hello: the server has subscribed this socket to it by itself.
func (c *Client) ownThread(v wire.HelloVisitor, now time.Time) {
	if v.Token != "" {
		c.token = v.Token
	}
	if c.own.id != "" && c.own.id != v.Thread { // the visitor became another person
		c.own.forget()
		c.own.out.kept = nil
	}
	c.own.id = v.Thread
	if early := c.threads[v.Thread]; early != nil { // somebody named it before hello did
		c.own.out.pending = append(c.own.out.pending, early.out.pending...)
		delete(c.threads, v.Thread)
		delete(c.waiting, early)
	}
	c.own.awaiting, c.own.asked = true, now
}

func (c *Client) onEntry(f wire.Entry) {
	t := c.thread(f.Thread)
	if !t.wanted {
		return
	}
	c.take(t, f.Seq, f.Raw)
	c.pump(t)
}

func (c *Client) onEntries(f wire.Entries) {
	if f.History {
		if c.o.Observer.History != nil {
			c.o.Observer.History(f.Thread, f.Entries)
		}
		return
	}
	t := c.thread(f.Thread)
	if !t.wanted || len(f.Entries) == 0 {
		return
	}
	if !t.started {
		t.startAt(f.Entries[0].Seq)
	}
	for _, e := range f.Entries {
		c.take(t, e.Seq, e.Raw)
	}
	c.pump(t)
}

// take decodes an entry and puts it into its place.
func (c *Client) take(t *clientThread, seq chat.Seq, raw []byte) {
	var entry chat.Entry
	if err := json.Unmarshal(raw, &entry); err != nil {
		c.log.Warn("an entry cannot be read", zap.Int64("seq", int64(seq)), zap.Error(err))
		entry.Kind = chat.KindDamaged // its number counts all the same
	}
	c.place(t, seq, heldEntry{entry: entry})
}

func (c *Client) place(t *clientThread, seq chat.Seq, h heldEntry) {
	switch t.judge(seq, h.entry.EID) {
	case apply:
		c.apply(t, seq, h)
		for seq, h, ok := t.nextHeld(); ok; seq, h, ok = t.nextHeld() {
			c.apply(t, seq, h)
		}
	case hold:
		t.keep(seq, h)
		c.askLater(t)
	case forked:
		c.askLater(t)
	}
}

func (c *Client) apply(t *clientThread, seq chat.Seq, h heldEntry) {
	t.take(seq, h.entry.EID)
	if h.entry.CMID != "" && !h.own && c.isMe(h.entry.Author) {
		t.out.found(h.entry.CMID, t.trail.last())
	}
	if c.o.Observer.Entry != nil {
		c.o.Observer.Entry(Applied{Thread: t.id, Seq: seq, Entry: h.entry, Own: h.own})
	}
}

func (c *Client) onCaughtUp(f wire.CaughtUp) {
	t := c.thread(f.Thread)
	t.awaiting, t.markers = false, nil
	for _, m := range f.Markers {
		t.raise(m)
	}
	if !t.started {
		t.started = true
		t.trail.jump(chat.Cursor{Seq: f.Seq, EID: f.EID})
	}
	t.dropPassed()
	if t.behind(chat.Cursor{Seq: f.Seq, EID: f.EID}) {
		c.askLater(t)
	} else {
		c.repair(t)
	}
	if c.o.Observer.CaughtUp != nil {
		c.o.Observer.CaughtUp(f)
	}
	c.pump(t)
}

// repair offers again what was acknowledged and is not in the log any more.
func (c *Client) repair(t *clientThread) {
	t.out.compare(&t.trail)
	for _, id := range t.out.reoffer() {
		if c.o.Observer.Repair != nil {
			c.o.Observer.Repair(t.id, id)
		}
	}
}

func (c *Client) onReset(f wire.Reset) {
	t := c.thread(f.Thread)
	if !t.wanted {
		return
	}
	if f.Gone {
		c.lose(t)
		return
	}
	if f.Common == nil {
		t.awaiting = false
		c.ask(t)
		return
	}
	common := chat.Cursor(*f.Common)
	if f.Anew { // the log has lost nothing
		t.forget()
	} else {
		t.cutBack(common)
		t.out.cutBack(common.Seq)
	}
	if c.o.Observer.Reset != nil {
		c.o.Observer.Reset(t.id, common)
	}
}

// lose ends the reading of a thread that the server does not show any more.
func (c *Client) lose(t *clientThread) {
	t.leave()
	if c.o.Observer.Gone != nil {
		c.o.Observer.Gone(t.id)
	}
	c.pump(t)
}

func (c *Client) onTruncated(f wire.Truncated) {
	t := c.thread(f.Thread)
	if !t.wanted || t.started && t.trail.last().Seq >= f.From-1 {
		return
	}
	t.startAt(f.From)
	t.dropPassed()
	if c.o.Observer.Truncated != nil {
		c.o.Observer.Truncated(t.id, f.From)
	}
}

// onMarker takes what rose; an older marker that comes late says nothing.
func (c *Client) onMarker(f wire.MarkerFrame) {
	t := c.thread(f.Thread)
	if !t.wanted {
		return
	}
	if m, rose := t.raise(f.Marker); rose && c.o.Observer.Marker != nil {
		c.o.Observer.Marker(f.Thread, m)
	}
}

func (c *Client) onError(f wire.Error) {
	if c.o.Observer.Error != nil {
		c.o.Observer.Error(f)
	}
	if f.Ref != wire.TypeSubscribe || !f.Code.Retryable() {
		return
	}
	for _, t := range c.all() { // the frame does not say which one
		if t.awaiting {
			t.awaiting = false
			c.askAt(t, time.Now().Add(c.retryWait(f.AfterMillis)))
		}
	}
}

// onReconnect chooses the moment to leave a node that stops.
func (c *Client) onReconnect(f wire.ReconnectFrame) {
	window := time.Duration(f.WindowMillis) * time.Millisecond
	c.window = time.Now().Add(window)
	c.link.leave = time.Now().Add(c.random(window))
}
