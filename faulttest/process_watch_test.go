//go:build processes

package faulttest

import (
	"context"
	"encoding/json"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"confab/chat"
	"confab/presence"
	"confab/relay"
	"confab/store"
	"confab/wire"
)

// newWatcher returns an agent with a console: he hears of everybody's presence as long as he is connected, and goes on
// at the other node when he is not.
func (c *crowd) newWatcher(name string, urls []string, agent int) *voice {
	auth := c.house.agentAuth(agent, true)
	w := c.newVoice(name, urls, auth)
	s := &sightings{versions: map[string]int64{}, note: w.note}
	w.equip(urls, auth, s.watching(w.watchful(w.observer())))
	return w
}

// sightings turns rows of visitors and agents into events. Of two rows of one person the one with the higher version
// is right, so an older one that comes later says nothing.
type sightings struct {
	versions map[string]int64
	note     func(Event)
}

func (s *sightings) watching(o relay.Observer) relay.Observer {
	hello, state := o.Hello, o.State
	o.Hello = func(h wire.Hello) { hello(h); s.note(Event{What: Sighted}) }
	o.State = func(now relay.ClientState, err error) {
		state(now, err)
		if now == relay.Disconnected {
			s.note(Event{What: Blinded})
		}
	}
	o.Frame = func(t wire.Type, raw []byte) {
		var f struct{ Visitor, Agent json.RawMessage }
		if t != wire.TypeVisitor && t != wire.TypeAgent || json.Unmarshal(raw, &f) != nil {
			return
		}
		if t == wire.TypeVisitor {
			s.visitor(f.Visitor)
		} else {
			s.agent(f.Agent)
		}
	}
	return o
}

func (s *sightings) visitor(raw []byte) {
	var row presence.LiveVisitor
	if json.Unmarshal(raw, &row) == nil {
		s.saw(chat.Actor{Kind: chat.Visitor, ID: string(row.ID)}, row.Version, row.Online)
	}
}

func (s *sightings) agent(raw []byte) {
	var row presence.LiveAgent
	if json.Unmarshal(raw, &row) == nil {
		s.saw(chat.Actor{Kind: chat.Agent, ID: string(row.ID)}, row.Version, row.Status != presence.Offline)
	}
}

func (s *sightings) saw(who chat.Actor, version int64, there bool) {
	if version < s.versions[who.Key()] {
		return
	}
	s.versions[who.Key()] = version
	what := SawGo
	if there {
		what = SawCome
	}
	s.note(Event{What: what, Who: who})
}

// ear hears all bells of the account beside all nodes, so that nothing is missed while consoles reconnect.
type ear struct {
	*diary
	sightings
}

// listen returns an ear that hears until the test ends.
func (h *house) listen() *ear {
	h.t.Helper()
	e := &ear{diary: newDiary("the ear"), sightings: sightings{versions: map[string]int64{}}}
	e.sightings.note = e.diary.note
	h.auditor.Listen(e)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = h.auditor.Run(ctx) })
	h.t.Cleanup(func() {
		cancel()
		running.Wait()
		_ = h.auditor.Close()
	})
	followed := make(chan error, 1)
	h.auditor.Follow(houseAccount, func(err error) { followed <- err })
	if err := <-followed; err != nil {
		h.t.Fatal(err)
	}
	e.diary.note(Event{What: Sighted})
	return e
}

// Bell is called on the store's goroutine.
func (e *ear) Bell(_ chat.AccountID, b store.Bell) {
	switch b.Kind {
	case store.BellVisitor:
		e.visitor(b.Data)
	case store.BellAgent:
		e.agent(b.Data)
	}
}

// Changed and Verify concern the log, which the auditor reads at the end.
func (e *ear) Changed(chat.AccountID, []chat.ThreadID) {}
func (e *ear) Verify(chat.AccountID)                   {}

// saidGone tells since when the last word about somebody is that he is gone; zero: it is not.
func saidGone(h *ClientHistory, who chat.Actor) time.Time {
	var at time.Time
	for _, e := range h.Events {
		switch {
		case e.Who.Key() != who.Key():
		case e.What == SawGo:
			at = e.At
		case e.What == SawCome:
			at = time.Time{}
		}
	}
	return at
}

func saidThere(h *ClientHistory, who chat.Actor) bool {
	for _, e := range h.Events {
		if e.What == SawCome && e.Who.Key() == who.Key() {
			return true
		}
	}
	return false
}

// muteConn is a connection whose other end can no longer be reached, and never learns that this one is closed.
type muteConn struct {
	net.Conn
	mute *atomic.Bool
	shut chan struct{}
	once sync.Once
}

// muting is a dialer whose connections all fall silent together, and are never closed before the test's end.
func (h *house) muting() (dial func(ctx context.Context, network, addr string) (net.Conn, error), mute *atomic.Bool) {
	mute = &atomic.Bool{}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if mute.Load() {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		h.t.Cleanup(func() { _ = conn.Close() })
		return &muteConn{Conn: conn, mute: mute, shut: make(chan struct{})}, nil
	}, mute
}

func (c *muteConn) Write(p []byte) (int, error) {
	if c.mute.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *muteConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.mute.Load() {
		<-c.shut
		return 0, net.ErrClosed
	}
	return n, err
}

// Close ends this side alone.
func (c *muteConn) Close() error {
	c.once.Do(func() { close(c.shut) })
	return c.Conn.SetReadDeadline(time.Now())
}
