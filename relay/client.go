package relay

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/wire"
)

// ClientOptions says where a Client connects and as whom. URLs and Auth are required.
type ClientOptions struct {
	// URLs are the nodes, ws:// or wss://; "/ws" is added where there is no path. Each reconnect takes the next one.
	URLs []string
	// Dial opens the byte stream; nil stands for net.Dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	TLS  *tls.Config // for wss://; nil: the defaults

	// Auth makes the first frame of each connection; cursor, known and the visitor's token of an earlier hello are
	// filled in by the client. An error counts as a failed try.
	Auth func(ctx context.Context) (wire.Auth, error)
	// Renew is how long an agent's credentials are used on one connection before Auth is asked for fresh ones; zero: for ever.
	Renew time.Duration

	Origin   string // header of the handshake; empty: none, as native clients do
	Observer Observer
	// Backoff replaces the wait before reconnect number try (from 0, back to 0 after each hello).
	Backoff func(try int) time.Duration
	Rand    *rand.Rand // of jitter and client message ids; nil: from the runtime's. The client's alone from here on
	Log     *zap.Logger
}

// Client is a complete client of the protocol for native programs: it keeps messages until they are acknowledged,
// reconnects, resumes, and applies entries strictly one number after the other. The outbox lives as long as the
// Client does. All methods are safe for concurrent use and none of them blocks, except Run.
type Client struct {
	o   ClientOptions
	log *zap.Logger

	mu    sync.Mutex
	rand  *rand.Rand
	queue []func() // what callers asked for; run in order on Run's goroutine
	wake  chan struct{}

	// Owned by Run's goroutine.
	next    int // index of the URL of the next try
	try     int
	token   string // the visitor's, from hello
	hello   *wire.Hello
	own     *clientThread // the visitor's thread
	threads map[chat.ThreadID]*clientThread
	link    *clientLink                // nil while not connected
	agent   bool                       // what the last hello said
	waiting map[*clientThread]struct{} // threads in which something is due later
	page    *chat.Page
	window  time.Time // end of the window of a reconnect frame; zero: none
	refused int       // closes with 4001 in a row
}

// NewClient returns a client that connects when Run is called.
func NewClient(o ClientOptions) *Client {
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	return &Client{
		o: o, log: o.Log, rand: o.Rand,
		wake:    make(chan struct{}, 1),
		own:     &clientThread{wanted: true},
		threads: map[chat.ThreadID]*clientThread{},
		waiting: map[*clientThread]struct{}{},
	}
}

// ClientMessage is what a person writes. Note is for agents only, Auto for texts that a rule sends.
type ClientMessage struct {
	Text       string
	Note, Auto bool
}

// Send puts a message into the outbox and returns the id under which it will be acknowledged. An empty thread is
// the visitor's own.
func (c *Client) Send(thread chat.ThreadID, m ClientMessage) chat.ClientMessageID {
	id := c.newMessageID()
	c.SendAs(thread, id, m)
	return id
}

// SendAs is Send under an id that the caller made and kept.
func (c *Client) SendAs(thread chat.ThreadID, id chat.ClientMessageID, m ClientMessage) {
	c.do(func() { c.post(c.thread(thread), outgoing{id: id, message: m}) })
}

// Subscribe follows a thread, over reconnects too, until Unsubscribe.
func (c *Client) Subscribe(thread chat.ThreadID) {
	c.do(func() { c.follow(c.thread(thread)) })
}

// Unsubscribe ends it and forgets the position.
func (c *Client) Unsubscribe(thread chat.ThreadID) {
	c.do(func() { c.unfollow(c.thread(thread)) })
}

// Seen says that all up to seq was shown; Delivered that it was kept. Lost ones are not repeated.
func (c *Client) Seen(thread chat.ThreadID, seq chat.Seq) { c.mark(wire.TypeSeen, thread, seq) }

// Delivered is described at Seen.
func (c *Client) Delivered(thread chat.ThreadID, seq chat.Seq) {
	c.mark(wire.TypeDelivered, thread, seq)
}

// Typing tells the others of the thread; text is the draft that agents may see.
func (c *Client) Typing(thread chat.ThreadID, on bool, text string) {
	c.do(func() {
		c.write(wire.Typing{T: wire.TypeTyping, Thread: c.thread(thread).id, On: on, Text: text})
	})
}

// Page says where the visitor is now; after a reconnect the last one is said again.
func (c *Client) Page(p chat.Page) {
	c.do(func() {
		c.page = &p
		c.write(wire.Page{T: wire.TypePage, Page: p})
	})
}

// History asks for entries before a number; they come to Observer.History.
func (c *Client) History(thread chat.ThreadID, before chat.Seq, limit int) {
	c.do(func() {
		c.write(wire.History{T: wire.TypeHistory, Thread: c.thread(thread).id, Before: before, Limit: limit})
	})
}

// Cut drops the connection without a word, as a dying network does. The client reconnects.
func (c *Client) Cut() {
	c.do(func() {
		if c.link != nil {
			c.link.cut()
		}
	})
}

func (c *Client) mark(t wire.Type, thread chat.ThreadID, seq chat.Seq) {
	c.do(func() { c.write(wire.Mark{T: t, Thread: c.thread(thread).id, Seq: seq}) })
}

func (c *Client) newMessageID() chat.ClientMessageID {
	var raw [16]byte
	c.mu.Lock()
	binary.LittleEndian.PutUint64(raw[:8], c.rand.Uint64())
	binary.LittleEndian.PutUint64(raw[8:], c.rand.Uint64())
	c.mu.Unlock()
	return chat.ClientMessageID(base64.RawURLEncoding.EncodeToString(raw[:]))
}

// random returns a part of d, evenly spread.
func (c *Client) random(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(c.rand.Int64N(int64(d)))
}

// do queues f for Run's goroutine.
func (c *Client) do(f func()) {
	c.mu.Lock()
	c.queue = append(c.queue, f)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Client) runQueue() {
	c.mu.Lock()
	queue := c.queue
	c.queue = nil
	c.mu.Unlock()
	for _, f := range queue {
		f()
	}
}

func (c *Client) thread(id chat.ThreadID) *clientThread {
	if id == "" || id == c.own.id {
		return c.own
	}
	t := c.threads[id]
	if t == nil {
		t = &clientThread{id: id}
		c.threads[id] = t
	}
	return t
}
