package faulttest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing/synctest"
	"time"

	"confab/chat"
	"confab/relay"
	"confab/store"
	"confab/wire"
)

// person is somebody with a client, who writes down everything.
type person struct {
	name     string
	sim      *sim
	client   *relay.Client
	threads  []chat.ThreadID // where the person writes
	versions map[chat.VisitorID]int64
	random   *rand.Rand // of the client's goroutine
	cancel   context.CancelFunc
	done     chan struct{} // nil: away

	mu       sync.Mutex
	record   ClientHistory
	lives    []Life
	own      chat.ThreadID
	node     string // dialed last
	open     map[chat.ClientMessageID]bool
	have     map[chat.ThreadID]chat.Seq
	count    int
	online   bool
	watching bool // of presence
}

func (s *sim) newPerson(name string, node int, auth func(context.Context) (wire.Auth, error)) *person {
	number := uint64(len(s.people))
	p := &person{
		name: name, sim: s, open: map[chat.ClientMessageID]bool{}, have: map[chat.ThreadID]chat.Seq{},
		versions: map[chat.VisitorID]int64{}, random: rand.New(rand.NewPCG(s.seed, 600+number)),
	}
	p.record.Name = name
	var urls []string
	for i := range simNodes {
		urls = append(urls, fmt.Sprintf("ws://node%d:80", (node+i)%simNodes))
	}
	p.client = relay.NewClient(relay.ClientOptions{
		URLs: urls, Dial: p.dialer(s.net.Dialer(name)), Auth: auth, Renew: 4 * time.Minute,
		Rand: rand.New(rand.NewPCG(s.seed, 500+number)), Observer: p.observer(),
	})
	s.people = append(s.people, p)
	return p
}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

func (p *person) dialer(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		p.mu.Lock()
		p.node = Host(addr)
		p.mu.Unlock()
		return dial(ctx, network, addr)
	}
}

func (p *person) observer() relay.Observer {
	return relay.Observer{
		Hello: p.onHello,
		Frame: p.onFrame,
		State: func(s relay.ClientState, _ error) {
			if s != relay.Connecting && s != relay.Connected { // hello says who it is, State does not
				p.onState(false)
			}
		},
		Entry: p.onEntry,
		Ack: func(a wire.Ack) {
			p.note(Event{What: Acked, Thread: a.Thread, CMID: a.CMID, Place: chat.Cursor{Seq: a.Seq, EID: a.EID}})
		},
		Refused: func(n wire.Nack) {
			p.note(Event{What: Refused, Thread: n.Thread, CMID: n.CMID, Text: string(n.Code)})
		},
		Repair: func(thread chat.ThreadID, id chat.ClientMessageID) {
			p.note(Event{What: Repaired, Thread: thread, CMID: id})
		},
		Reset: func(thread chat.ThreadID, common chat.Cursor) {
			p.note(Event{What: Reset, Thread: thread, Place: common})
		},
		Truncated: func(thread chat.ThreadID, from chat.Seq) {
			p.note(Event{What: Truncated, Thread: thread, Place: chat.Cursor{Seq: from}})
		},
		Marker: p.onMarker,
		CaughtUp: func(c wire.CaughtUp) {
			p.rebase(c.Thread)
			for _, m := range c.Markers {
				p.onMarker(c.Thread, m)
			}
		},
	}
}

// onEntry keeps an entry and says so now and then, at times of more than there is.
func (p *person) onEntry(a relay.Applied) {
	p.note(Event{What: Applied, Thread: a.Thread, Place: chat.Cursor{Seq: a.Seq, EID: a.Entry.EID}, Entry: a.Entry})
	switch p.random.IntN(12) {
	case 0:
		p.client.Seen(a.Thread, a.Seq+1000)
	case 1, 2:
		p.client.Seen(a.Thread, a.Seq)
	case 3:
		p.client.Delivered(a.Thread, a.Seq)
	}
}

func (p *person) onMarker(thread chat.ThreadID, m wire.Marker) {
	p.note(Event{What: Marked, Thread: thread, Who: m.Who, Marker: MarkerPair{m.Delivered, m.Seen}})
}

func (p *person) note(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.At = time.Now()
	p.record.Events = append(p.record.Events, e)
	switch e.What {
	case Sent, Repaired:
		p.open[e.CMID] = true
	case Acked, Refused:
		delete(p.open, e.CMID)
	case Applied, Reset:
		p.have[e.Thread] = e.Place.Seq
	}
}

func (p *person) onHello(h wire.Hello) {
	p.mu.Lock()
	if h.Visitor != nil {
		p.own = h.Visitor.Thread
		p.threads = []chat.ThreadID{p.own}
		p.record.Person = chat.Actor{Kind: chat.Visitor, ID: string(h.Visitor.ID)}
	} else {
		p.record.Person = chat.Actor{Kind: chat.Agent, ID: string(h.Agent.ID)}
	}
	p.mu.Unlock()
	p.onState(true)
}

// arrive runs the client and waits until it was greeted.
func (p *person) arrive() {
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel, p.done = cancel, make(chan struct{})
	for _, thread := range p.threads {
		if thread != p.ownThread() {
			p.note(Event{What: Followed, Thread: thread})
			p.client.Subscribe(thread)
		}
	}
	go func() {
		defer close(p.done)
		if err := p.client.Run(ctx); err != nil {
			p.sim.fail("%s was sent away: %v", p.name, err)
		}
	}()
	for begun := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		synctest.Wait()
		if p.connected() {
			return
		}
		if time.Since(begun) > time.Minute {
			p.sim.fail("%s was not greeted within a minute", p.name)
			return
		}
	}
}

// leave ends the client, as closing the page does. Outbox and positions stay for the next arrival.
func (p *person) leave() {
	if p.done == nil {
		return
	}
	p.cancel()
	<-p.done
	p.done = nil
}

// write sends messages at random moments until ctx ends. Agents write notes among them.
func (p *person) write(ctx context.Context, random *rand.Rand) {
	for {
		select {
		case <-time.After(time.Duration(random.Int64N(int64(3 * time.Second)))):
		case <-ctx.Done():
			return
		}
		p.mu.Lock()
		p.count++
		thread := p.threads[random.IntN(len(p.threads))]
		id := chat.ClientMessageID(fmt.Sprintf("%s-message-%d", p.name, p.count))
		text := fmt.Sprintf("%s says %d", p.name, p.count)
		note := p.record.Person.Kind == chat.Agent && random.IntN(5) == 0
		p.mu.Unlock()
		p.note(Event{What: Sent, Thread: thread, CMID: id, Text: text, Note: note})
		p.client.SendAs(thread, id, relay.ClientMessage{Text: text, Note: note})
	}
}

func (p *person) ownThread() chat.ThreadID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.own
}

// host is the node that the person is, or was last, connected to.
func (p *person) host() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.node
}

func (p *person) connected() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.online
}

func (p *person) tops() map[chat.ThreadID]chat.Seq {
	p.mu.Lock()
	defer p.mu.Unlock()
	tops := map[chat.ThreadID]chat.Seq{}
	for _, thread := range p.threads {
		tops[thread] = p.have[thread]
	}
	return tops
}

func (p *person) unanswered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

func (p *person) history() (*ClientHistory, []Life) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.record
	h.Events = append([]Event(nil), h.Events...)
	if h.Person.Kind != chat.Visitor {
		return &h, nil
	}
	return &h, append([]Life(nil), p.lives...)
}

// readLog reads a whole thread.
func (s *sim) readLog(st *store.Store, thread chat.ThreadID) []Logged {
	var list []Logged
	cursor := &chat.Cursor{}
	for {
		pages := make(chan store.Page, 1)
		st.Since(simAccount, thread, cursor, nil, func(p store.Page, err error) {
			if err != nil {
				s.fail("read the log of %s: %v", thread, err)
			}
			pages <- p
		})
		page := <-pages
		for _, e := range page.Entries {
			var entry chat.Entry
			if err := json.Unmarshal(e.Raw, &entry); err != nil {
				s.fail("entry %d of %s: %v", e.Seq, thread, err)
			}
			entry.EID = e.EID
			list = append(list, Logged{e.Seq, entry})
			cursor = &chat.Cursor{Seq: e.Seq, EID: e.EID}
		}
		if !page.More {
			return list
		}
	}
}
