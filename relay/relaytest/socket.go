package relaytest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"confab/chat"
	"confab/wire"
)

// Frame is what a server sent, with all fields of all types.
type Frame struct {
	T            wire.Type            `json:"t"`
	Thread       chat.ThreadID        `json:"thread"`
	Seq          chat.Seq             `json:"seq"`
	EID          chat.EntryID         `json:"eid"`
	CMID         chat.ClientMessageID `json:"cmid"`
	Entry        chat.Entry           `json:"entry"`
	Entries      []Numbered           `json:"entries"`
	History      bool                 `json:"history"`
	Common       *wire.Cursor         `json:"common"`
	From         chat.Seq             `json:"from"`
	Markers      []wire.Marker        `json:"markers"`
	Who          chat.Actor           `json:"who"`
	Delivered    chat.Seq             `json:"delivered"`
	Seen         chat.Seq             `json:"seen"`
	On           bool                 `json:"on"`
	Text         string               `json:"text"`
	Code         chat.Code            `json:"code"`
	Field        string               `json:"field"`
	Ref          wire.Type            `json:"ref"`
	Retryable    bool                 `json:"retryable"`
	AfterMillis  int                  `json:"afterMillis"`
	WindowMillis int                  `json:"windowMillis"`
	Connection   string               `json:"connection"`
	Durability   string               `json:"durability"`
	Account      wire.HelloAccount    `json:"account"`
	Visitor      json.RawMessage      `json:"visitor"`
	Agent        json.RawMessage      `json:"agent"`
	Conversation json.RawMessage      `json:"conversation"`
	Gone         bool                 `json:"gone"`
	Online       bool                 `json:"online"`
	Availability *wire.Availability   `json:"availability"`
	ID           chat.RequestID       `json:"id"`
	User         json.RawMessage      `json:"user"`
	Author       *chat.Actor          `json:"author"`
	Position     int                  `json:"position"`
	WaitMillis   int64                `json:"waitMillis"`
	Raw          string               `json:"-"`
}

// Numbered is an entry of a page.
type Numbered struct {
	Seq   chat.Seq   `json:"seq"`
	Entry chat.Entry `json:"entry"`
}

// Socket is a client that does nothing by itself, except to keep what came.
type Socket struct {
	tb     testing.TB
	WS     *websocket.Conn
	Hello  Frame
	Thread chat.ThreadID // a visitor's own
	Token  string
	count  atomic.Int64

	held   []Frame    // comes once more before frames
	frames chan Frame // filled by its reader; closed when the socket has ended
	closed error      // set before frames is closed
}

// Dial opens a socket; header may be nil. It returns the handshake's status when that fails.
func (n *Node) Dial(header http.Header) (*Socket, int) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	way := n.Client
	if way == nil {
		way = &http.Transport{DisableKeepAlives: true}
	}
	ws, r, err := websocket.Dial(ctx, "ws"+n.URL[len("http"):]+"/ws", &websocket.DialOptions{
		HTTPHeader: header, Subprotocols: []string{wire.Subprotocol}, HTTPClient: &http.Client{Transport: way},
	})
	if err != nil {
		if r == nil {
			n.world.TB.Fatalf("dial: %v", err)
		}
		return nil, r.StatusCode
	}
	ws.SetReadLimit(64 << 20)
	s := &Socket{tb: n.world.TB, WS: ws, frames: make(chan Frame, 10_000)}
	go s.read()
	s.tb.Cleanup(s.Cut)
	return s, http.StatusSwitchingProtocols
}

// MustDial is Dial for handshakes that succeed.
func (n *Node) MustDial() *Socket {
	n.world.TB.Helper()
	s, status := n.Dial(nil)
	if s == nil {
		n.world.TB.Fatalf("dial: status %d", status)
	}
	return s
}

func (s *Socket) read() {
	defer close(s.frames)
	for {
		_, raw, err := s.WS.Read(context.Background())
		if err != nil {
			s.closed = err
			return
		}
		f := Frame{Raw: string(raw)}
		if err := json.Unmarshal(raw, &f); err != nil && f.T == "" {
			s.closed = err
			return
		}
		s.frames <- f
	}
}

// Cut ends the socket without a word, and waits for its reader.
func (s *Socket) Cut() {
	_ = s.WS.CloseNow()
	for range s.frames {
	}
}

// Send writes a frame of package wire, or raw JSON.
func (s *Socket) Send(frame any) {
	s.tb.Helper()
	raw, ok := frame.(string)
	if !ok {
		raw = string(wire.Encode(frame))
	}
	s.Write(websocket.MessageText, []byte(raw))
}

// Write writes a message of any kind. A socket that has ended takes it silently.
func (s *Socket) Write(kind websocket.MessageType, raw []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	_ = s.WS.Write(ctx, kind, raw)
}

// Next returns the next frame of one of the types, passing over others. Without types it returns any.
func (s *Socket) Next(types ...wire.Type) Frame {
	s.tb.Helper()
	limit := time.After(Patience)
	for {
		if f := s.next(types, limit); len(types) == 0 || slices.Contains(types, f.T) {
			return f
		}
	}
}

func (s *Socket) next(types []wire.Type, limit <-chan time.Time) Frame {
	s.tb.Helper()
	if len(s.held) > 0 {
		f := s.held[0]
		s.held = s.held[1:]
		return f
	}
	select {
	case f, open := <-s.frames:
		if !open {
			s.tb.Fatalf("waiting for %v: the socket ended: %v", types, s.closed)
		}
		return f
	case <-limit:
		s.tb.Fatalf("waiting for %v: nothing came", types)
	}
	return Frame{}
}

// Answer returns the answer to a request. What came before it is still to come: news of what was asked for may be first.
func (s *Socket) Answer(r wire.Request) Frame {
	s.tb.Helper()
	frames := s.Until(func(f Frame) bool { return f.ID == r.ID })
	last := len(frames) - 1
	s.held = append(frames[:last:last], s.held...)
	return frames[last]
}

// Until passes over frames until one suits, and returns all of them.
func (s *Socket) Until(suits func(Frame) bool) []Frame {
	s.tb.Helper()
	var all []Frame
	for {
		f := s.Next()
		if all = append(all, f); suits(f) {
			return all
		}
	}
}

// Closed waits for the end and returns the close code, -1 if there was none.
func (s *Socket) Closed() websocket.StatusCode {
	s.tb.Helper()
	limit := time.After(Patience)
	for {
		select {
		case _, open := <-s.frames:
			if !open {
				return websocket.CloseStatus(s.closed)
			}
		case <-limit:
			s.tb.Fatal("the socket did not end")
		}
	}
}

// Ping has the server answer: whatever it sent to this socket before has come.
func (s *Socket) Ping() []Frame {
	s.tb.Helper()
	s.Send(wire.Ping{T: wire.TypePing})
	return s.Until(func(f Frame) bool { return f.T == wire.TypePong })
}

// welcome returns hello, which comes before everything else.
func (s *Socket) welcome() Frame {
	s.tb.Helper()
	f := s.Next()
	if f.T != wire.TypeHello {
		s.tb.Fatalf("the first frame is %s", f.Raw)
	}
	return f
}

// Visitor connects a new visitor of Acme.
func (n *Node) Visitor() *Socket {
	n.world.TB.Helper()
	return n.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: Acme})
}

// VisitorAs connects a visitor with this auth frame.
func (n *Node) VisitorAs(a wire.Auth) *Socket {
	n.world.TB.Helper()
	s := n.MustDial()
	s.Send(a)
	s.Hello = s.welcome()
	var v wire.HelloVisitor
	if err := json.Unmarshal(s.Hello.Visitor, &v); err != nil {
		n.world.TB.Fatalf("hello: %v", err)
	}
	s.Thread, s.Token = v.Thread, v.Token
	return s
}

// Agent connects an agent.
func (n *Node) Agent(email string, inbox bool) *Socket {
	n.world.TB.Helper()
	s := n.MustDial()
	s.Send(wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: n.token(email)}, Inbox: inbox})
	s.Hello = s.welcome()
	return s
}

// Subscribe reads a thread from the cursor on, until it has caught up. It returns the entries on the way.
func (s *Socket) Subscribe(thread chat.ThreadID, cursor *wire.Cursor) []Numbered {
	s.tb.Helper()
	s.Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: thread, Cursor: cursor})
	return s.CatchUp()
}

// CatchUp reads until caught_up and returns the entries on the way.
func (s *Socket) CatchUp() []Numbered {
	s.tb.Helper()
	var all []Numbered
	for {
		f := s.Next(wire.TypeEntries, wire.TypeEntry, wire.TypeCaughtUp)
		switch f.T {
		case wire.TypeCaughtUp:
			return all
		case wire.TypeEntry:
			all = append(all, Numbered{f.Seq, f.Entry})
		default:
			all = append(all, f.Entries...)
		}
	}
}

// Post sends a message and waits for its acknowledgement.
func (s *Socket) Post(thread chat.ThreadID, text string) Frame {
	s.tb.Helper()
	s.Send(wire.Send{T: wire.TypeSend, Thread: thread, CMID: s.cmid(), Text: text})
	f := s.Next(wire.TypeAck, wire.TypeNack)
	if f.T == wire.TypeNack {
		s.tb.Fatalf("refused: %s", f.Raw)
	}
	return f
}

func (s *Socket) cmid() chat.ClientMessageID {
	return chat.ClientMessageID(s.Hello.Connection+"-") + CMID(int(s.count.Add(1)))
}
