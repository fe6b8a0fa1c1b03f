package loadtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"confab/chat"
	"confab/wire"
)

// Posts is what posting by REST came to.
type Posts struct {
	Conversations int     `json:"conversations"`
	Accounts      int     `json:"accounts"`
	PerSecond     float64 `json:"perSecond"` // answered while the time was measured
	NodeMicros    float64 `json:"nodeMicrosPerPost,omitempty"`
	RedisMicros   float64 `json:"redisMicrosPerPost,omitempty"`
	Read          int64   `json:"read"` // messages found in the logs afterwards

	// With every connection posting as soon as it is answered.
	MostSeconds    float64   `json:"mostSeconds,omitempty"`
	MostPerSecond  float64   `json:"mostPerSecond,omitempty"`
	Most           Quantiles `json:"most"`
	MostNodeMicros float64   `json:"mostNodeMicrosPerPost,omitempty"`
	MostGenerator  float64   `json:"mostGeneratorCpuSeconds,omitempty"`
}

// talk is a conversation that a key of its account writes into.
type talk struct {
	stream int
	id     chat.ConversationID
	key    string
	log    *ledger
}

// poster posts over one connection, one message after the other: its conversations are nobody else's, so that their order is
// the one in which it sent.
type poster struct {
	run    *run
	caller *caller
	talks  []*talk
	queue  chan post
	body   []byte
}

type post struct {
	talk *talk
	due  time.Time
}

// posting posts messages with the keys of one or more accounts: by the clock, then as many as are taken, and reads all of them
// back.
func (r *run) posting(ctx context.Context) error {
	r.progress.phase.Store("opening conversations")
	talks, err := r.talks(ctx)
	if err != nil {
		return err
	}
	posters := r.posters(talks)
	defer func() {
		for _, p := range posters {
			p.caller.close()
		}
	}()
	posts := &Posts{Conversations: len(talks), Accounts: len(r.o.ServerKeys)}
	r.found.Posts = posts
	if err := r.postByTheClock(ctx, posters, talks, posts); err != nil {
		return err
	}
	if r.o.Saturate > 0 {
		if err := r.postAsTaken(ctx, posters, posts); err != nil {
			return err
		}
	}
	r.progress.phase.Store("reading the logs")
	return r.readBack(ctx, posters, posts)
}

// talks opens the conversations: a visitor says one thing and leaves.
func (r *run) talks(ctx context.Context) ([]*talk, error) {
	finding := newCaller(&r.o, r.o.URLs[0])
	defer finding.close()
	accounts := make([]chat.AccountID, len(r.o.ServerKeys))
	for i, key := range r.o.ServerKeys {
		var a struct {
			ID chat.AccountID `json:"id"`
		}
		if err := finding.ask(ctx, key, "GET", "/account", nil, &a); err != nil {
			return nil, fmt.Errorf("whose server key number %d is: %w", i+1, err)
		}
		accounts[i] = a.ID
	}
	talks := make([]*talk, r.o.Conversations)
	for i := range talks {
		talks[i] = &talk{stream: i, key: r.o.ServerKeys[i%len(accounts)], log: r.ledger(fmt.Sprintf("conversation %d", i), 1)}
	}
	return talks, r.each(ctx, len(talks), func(ctx context.Context, i int) error {
		thread, err := r.speakOnce(ctx, i, accounts[i%len(accounts)])
		if err != nil {
			return err
		}
		var list struct {
			Data []struct {
				ID chat.ConversationID `json:"id"`
			} `json:"data"`
		}
		if err := finding.ask(ctx, talks[i].key, "GET", "/conversations?thread="+url.QueryEscape(string(thread)), nil, &list); err != nil {
			return fmt.Errorf("the conversation of visitor %d: %w", i, err)
		}
		if len(list.Data) != 1 {
			return fmt.Errorf("visitor %d has %d conversations", i, len(list.Data))
		}
		talks[i].id = list.Data[0].ID
		return nil
	})
}

// speakOnce is a visitor who says one thing and leaves; it returns his thread.
func (r *run) speakOnce(ctx context.Context, i int, account chat.AccountID) (chat.ThreadID, error) {
	s, err := dialSocket(ctx, &r.o, r.o.node(i))
	if err != nil {
		return "", err
	}
	defer s.cut()
	hello, err := s.greet(visitor(account, ""))
	if err != nil {
		return "", fmt.Errorf("visitor %d: %w", i, err)
	}
	if err := s.send(wire.Send{T: wire.TypeSend, CMID: chat.ClientMessageID(r.id + "hello"), Text: "Hello"}); err != nil {
		return "", err
	}
	var done wire.Ack
	_ = s.conn.SetReadDeadline(time.Now().Add(socketTimeout))
	if err := s.await(wire.TypeAck, &done); err != nil {
		return "", fmt.Errorf("visitor %d: %w", i, err)
	}
	return hello.Visitor.Thread, nil
}

func (r *run) posters(talks []*talk) []*poster {
	posters := make([]*poster, min(r.o.Connections, len(talks)))
	each := int(r.o.Rate*(r.o.Warmup+r.o.Duration).Seconds())/len(posters) + len(talks) // so that the clock never waits
	for i := range posters {
		posters[i] = &poster{run: r, caller: newCaller(&r.o, r.o.node(i)), queue: make(chan post, each)}
	}
	for i, t := range talks {
		p := posters[i%len(posters)]
		p.talks = append(p.talks, t)
	}
	return posters
}

func (r *run) postByTheClock(ctx context.Context, posters []*poster, talks []*talk, found *Posts) error {
	var posting errgroup.Group
	var inTime atomic.Int64
	for _, p := range posters {
		posting.Go(func() error {
			for next := range p.queue {
				if p.post(ctx, next.talk, next.due) && r.measured(time.Now()) {
					inTime.Add(1)
				}
			}
			return nil
		})
	}
	err := r.pace(ctx, func(n int, due time.Time) {
		posters[n%len(talks)%len(posters)].queue <- post{talks[n%len(talks)], due}
	})
	for _, p := range posters {
		close(p.queue)
	}
	_ = posting.Wait() // none fails: what is refused stands in the ledger
	if n := float64(inTime.Load()); n > 0 {
		found.PerSecond = n / r.o.Duration.Seconds()
		found.NodeMicros = r.found.NodeCPUSeconds * 1e6 / n
		found.RedisMicros = r.found.RedisCPUSeconds * 1e6 / n
	}
	return err
}

// postAsTaken has every connection post as soon as it is answered.
func (r *run) postAsTaken(ctx context.Context, posters []*poster, found *Posts) error {
	r.progress.phase.Store("posting as many as are taken")
	sleep(ctx, time.Until(r.window.Load().to)) // what is posted now is not of the measured time
	var posting errgroup.Group
	most, gauge := newLatency(), newGauge(r.o)
	gauge.begin()
	began := time.Now()
	end := began.Add(r.o.Saturate)
	for _, p := range posters {
		posting.Go(func() error {
			for i := 0; ctx.Err() == nil; i++ {
				due := time.Now()
				if !due.Before(end) {
					return nil
				}
				r.sent.Add(1)
				if p.post(ctx, p.talks[i%len(p.talks)], due) {
					most.record(i, time.Since(due))
				}
			}
			return ctx.Err()
		})
	}
	err := posting.Wait()
	took := time.Since(began)
	used, usedErr := gauge.end()
	if err := errors.Join(err, usedErr); err != nil {
		return err
	}
	found.Most = most.quantiles()
	found.MostSeconds, found.MostGenerator = took.Seconds(), used.own.Seconds()
	if n := float64(found.Most.Count); n > 0 {
		found.MostPerSecond = n / took.Seconds()
		found.MostNodeMicros = used.nodes.cpu.Seconds() * 1e6 / n
	}
	return nil
}

// post says one thing and tells whether it was taken.
func (p *poster) post(ctx context.Context, t *talk, due time.Time) bool {
	m := payload{stream: t.stream, n: t.log.send(), due: due}
	p.body = append(p.body[:0], `{"text":"`...)
	p.body = append(m.appendText(p.body, p.run.o.Size), `"}`...)
	id := string(m.appendID(nil, p.run.id))
	err := p.caller.call(ctx, t.key, "POST", "/conversations/"+string(t.id)+"/messages", id, p.body, nil)
	if err != nil {
		t.log.refuse(m.n, err.Error())
		return false
	}
	p.run.answered(t.log, m.n, due)
	return true
}

// readBack reads every conversation from its beginning.
func (r *run) readBack(ctx context.Context, posters []*poster, found *Posts) error {
	var read atomic.Int64
	var reading errgroup.Group
	for _, p := range posters {
		reading.Go(func() error {
			for _, t := range p.talks {
				n, err := p.read(ctx, t)
				if err != nil {
					return fmt.Errorf("%s: %w", t.log.name, err)
				}
				read.Add(n)
			}
			return nil
		})
	}
	err := reading.Wait()
	found.Read = read.Load()
	return err
}

// read reads a conversation and puts what was said by this run into the ledger.
func (p *poster) read(ctx context.Context, t *talk) (found int64, err error) {
	for after := ""; ; {
		var page struct {
			Data []struct {
				Text string `json:"text"`
			} `json:"data"`
			Next *string `json:"next"`
		}
		path := "/conversations/" + string(t.id) + "/messages?limit=200"
		if after != "" {
			path += "&after=" + url.QueryEscape(after)
		}
		if err := p.caller.ask(ctx, t.key, "GET", path, nil, &page); err != nil {
			return found, err
		}
		for _, entry := range page.Data {
			if m, ok := parsePayload([]byte(entry.Text)); ok && m.stream == t.stream {
				t.log.receive(0, m.n)
				found++
			}
		}
		if page.Next == nil {
			return found, nil
		}
		after = *page.Next
	}
}
