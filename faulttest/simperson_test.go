package faulttest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"confab/chat"
	"confab/relay"
	"confab/store"
	"confab/wire"
)

// person is somebody with a client, who writes down everything.
type person struct {
	name    string
	client  *relay.Client
	threads []chat.ThreadID // where the person writes
	cancel  context.CancelFunc
	done    chan struct{}

	mu     sync.Mutex
	record ClientHistory
	own    chat.ThreadID
	open   map[chat.ClientMessageID]bool
	have   map[chat.ThreadID]chat.Seq
	count  int
}

func (s *sim) newPerson(name string, node int, seed uint64, auth func(context.Context) (wire.Auth, error)) *person {
	p := &person{name: name, done: make(chan struct{}), open: map[chat.ClientMessageID]bool{}, have: map[chat.ThreadID]chat.Seq{}}
	p.record.Name = name
	var urls []string
	for i := range simNodes {
		urls = append(urls, fmt.Sprintf("ws://node%d:80", (node+i)%simNodes))
	}
	p.client = relay.NewClient(relay.ClientOptions{
		URLs: urls, Dial: s.net.Dialer(name), Auth: auth, Renew: 4 * time.Minute,
		Rand: rand.New(rand.NewPCG(seed, 500+uint64(len(s.people)))), Observer: p.observer(),
	})
	s.people = append(s.people, p)
	return p
}

func (p *person) observer() relay.Observer {
	return relay.Observer{
		Hello: p.onHello,
		Entry: func(a relay.Applied) {
			p.note(Event{What: Applied, Thread: a.Thread, Place: chat.Cursor{Seq: a.Seq, EID: a.Entry.EID}, Entry: a.Entry})
			p.client.Seen(a.Thread, a.Seq)
		},
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
		Marker: func(thread chat.ThreadID, m wire.Marker) {
			p.note(Event{What: Marked, Thread: thread, Who: m.Who, Marker: MarkerPair{m.Delivered, m.Seen}})
		},
	}
}

func (p *person) note(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.At = time.Now()
	p.record.Events = append(p.record.Events, e)
	switch e.What {
	case Sent:
		p.open[e.CMID] = true
	case Acked, Refused:
		delete(p.open, e.CMID)
	case Repaired:
		p.open[e.CMID] = true
	case Applied, Reset:
		p.have[e.Thread] = e.Place.Seq
	}
}

func (p *person) onHello(h wire.Hello) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h.Visitor != nil {
		p.own = h.Visitor.Thread
		p.threads = []chat.ThreadID{p.own}
		p.record.Person = chat.Actor{Kind: chat.Visitor, ID: string(h.Visitor.ID)}
	} else {
		p.record.Person = chat.Actor{Kind: chat.Agent, ID: string(h.Agent.ID)}
	}
}

// arrive runs the client and waits until it was greeted.
func (p *person) arrive(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	for _, thread := range p.threads {
		p.note(Event{What: Followed, Thread: thread})
		p.client.Subscribe(thread)
	}
	go func() {
		defer close(p.done)
		if err := p.client.Run(ctx); err != nil {
			t.Errorf("%s was sent away: %v", p.name, err)
		}
	}()
	for begun := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		synctest.Wait()
		p.mu.Lock()
		there := p.record.Person.ID != ""
		p.mu.Unlock()
		if there {
			return
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("%s was not greeted within a minute", p.name)
		}
	}
}

func (p *person) leave() {
	p.cancel()
	<-p.done
}

// write sends messages at random moments until ctx ends.
func (p *person) write(ctx context.Context, random *rand.Rand) {
	for {
		select {
		case <-time.After(time.Duration(random.Int64N(int64(4 * time.Second)))):
		case <-ctx.Done():
			return
		}
		p.mu.Lock()
		p.count++
		thread := p.threads[random.IntN(len(p.threads))]
		id := chat.ClientMessageID(fmt.Sprintf("%s-message-%d", p.name, p.count))
		text := fmt.Sprintf("%s says %d", p.name, p.count)
		p.mu.Unlock()
		p.note(Event{What: Sent, Thread: thread, CMID: id, Text: text})
		p.client.SendAs(thread, id, relay.ClientMessage{Text: text})
	}
}

func (p *person) ownThread() chat.ThreadID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.own
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

func (p *person) history() *ClientHistory {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.record
	h.Events = append([]Event(nil), h.Events...)
	return &h
}

// readLog reads a whole thread.
func readLog(t *testing.T, st *store.Store, thread chat.ThreadID) []Logged {
	var list []Logged
	cursor := &chat.Cursor{}
	for {
		pages := make(chan store.Page, 1)
		st.Since(simAccount, thread, cursor, nil, func(p store.Page, err error) {
			if err != nil {
				t.Errorf("read the log of %s: %v", thread, err)
			}
			pages <- p
		})
		page := <-pages
		for _, e := range page.Entries {
			var entry chat.Entry
			if err := json.Unmarshal(e.Raw, &entry); err != nil {
				t.Errorf("entry %d of %s: %v", e.Seq, thread, err)
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
