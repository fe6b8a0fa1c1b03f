package relay

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"go.uber.org/zap"

	"confab/calls"
	"confab/chat"
	"confab/wire"
)

const (
	smallFrame   = 4 << 10 // most frames of clients fit
	maxFragments = 256     // of one frame
)

// guest is what must be known of a socket until it has authenticated, and of an agent's to renew its token.
type guest struct {
	address string
	agent   string // User-Agent
	origin  string // "" if the client named none
	own     bool   // origin is one of the node's own
}

// session is one socket. One goroutine at a time owns reading; frames leave on whatever goroutine has them.
type session struct {
	conn    conn
	reading atomic.Int32 // who reads
	node    *Node
	slot    int         // in Node.sessions; guarded by Node.mu
	place   int         // in feed.members; guarded by feed.mu
	inLine  int         // where the visitor was told that he stands; 0: nowhere; guarded by feed.mu
	deaf    func()      // looks at what changed before it rang here, nil: nothing did; guarded by feed.mu
	ring    *calls.News // what the visitor was told last of a call; guarded by feed.mu

	// Owned by who reads.
	ws       *websocket.Conn // nil until a frame comes that needs it
	buffered *bufio.Reader   // ws's: tells whether a frame has begun to arrive
	guest    *guest          // nil for visitors who have authenticated
	frames   bucket
	sends    bucket
	bad      int
	typing   bool  // said so last
	typedAt  int64 // milliseconds
	pagedAt  int64
	touched  int64      // when presence was told last that the visitor does something
	acted    int64      // when he last did something
	says     bucket     // of what is said of the visitor
	page     *chat.Page // where the visitor is, as far as it may be known

	// Written by who reads before authed is set, read-only afterwards.
	id      string
	opened  int64 // milliseconds
	feed    *feed // of the account
	actor   chat.Actor
	thread  chat.ThreadID  // a visitor's own
	channel string         // widget id of the channel that a visitor's page named, "" if none
	contact chat.ContactID // a visitor's who has proven who he is
	level   string         // a visitor's
	present bool           // told to presence
	inbox   bool           // hears of the whole account
	scope   *chat.Scope    // which conversations an agent sees; nil: all

	authed  atomic.Bool
	blocked atomic.Bool  // a visitor who may not write
	expires atomic.Int64 // milliseconds; when an agent's token runs out, 0 for visitors

	called  atomic.Pointer[calling] // nil until what is known of a visitor has changed
	news    atomic.Int32            // whether the visitor has to be told anew what is known of him
	arrival sync.Mutex              // held while presence is told of a visitor's name or leaving
	gone    bool                    // he has left; guarded by arrival

	mu     sync.Mutex
	token  string               // an agent's
	subs   []*subscription      // few
	queue  []wire.Send          // messages that wait for the one in flight
	flying chat.ClientMessageID // the message that is at the desk, "" if none is
	group  chat.GroupID         // that the visitor chose last
}

var frameBuffers = sync.Pool{New: func() any { b := make([]byte, smallFrame); return &b }}

func newSession(n *Node, g *guest) *session {
	s := &session{node: n, id: n.o.IDs.New(), guest: g, opened: nowMillis()}
	s.conn.limits, s.conn.tally, s.conn.flusher = n.limits, n.tally, &n.flushers
	s.conn.drained, s.conn.ending = s.onDrained, s.takeOver
	s.conn.heard.Store(s.opened)
	s.conn.unknown = true
	return s
}

// meet waits for the first frame, if it is not taken as a plain one.
func (s *session) meet() {
	var f *wire.Auth
	var fault error
	if !s.receive(func(raw []byte) bool { f, fault = s.authOf(raw); return true }) {
		s.forget()
		return
	}
	s.greet(f, fault)
}

// greet answers the first frame. What it needs is more stack than reading does, so reading goes on elsewhere.
func (s *session) greet(f *wire.Auth, fault error) {
	if s.conn.closed() != "" || !s.authenticate(f, fault) {
		s.forget()
		return
	}
	s.known()
	s.node.tally.open(s.actor.Kind).Inc()
	if s.actor.Kind == chat.Visitor {
		s.guest = nil
	}
	s.authed.Store(true)
	if !s.rest() {
		go s.run()
	}
}

// known stops counting the socket among those of whom nothing is known.
func (s *session) known() {
	s.node.tally.unauthenticated.Dec()
	s.node.release(s.guest.address)
}

// forget ends a session that has not authenticated, once the peer has answered the close.
func (s *session) forget() {
	s.known()
	for s.conn.lingering() && s.step() {
	}
	s.end()
}

// run reads until the socket is at rest, or has ended.
func (s *session) run() {
	for s.step() {
		if s.rest() {
			return
		}
	}
	s.finish()
}

// finish ends the session after its last frame.
func (s *session) finish() {
	if !s.authed.Load() {
		s.forget()
		return
	}
	s.node.tally.open(s.actor.Kind).Dec()
	s.depart()
	s.end()
}

// step reads and handles one frame; false ends the socket.
func (s *session) step() bool {
	return s.receive(func(raw []byte) bool {
		if s.conn.closed() != "" {
			return true // only the peer's answer to our close is waited for
		}
		s.handle(raw)
		return true
	})
}

// receive waits for a frame and gives it to use, which must not keep it. A buffer is taken only when a frame has
// begun to arrive, so that an idle socket holds none.
func (s *session) receive(use func(raw []byte) bool) bool {
	if s.library() != nil {
		return false
	}
	if _, err := s.buffered.Peek(1); err != nil {
		return false // the library would wrap it in five errors, which nobody reads
	}
	kind, r, err := s.ws.Reader(context.Background())
	if err != nil {
		return false
	}
	if kind == websocket.MessageBinary {
		s.conn.close(wire.Binary, "binary")
		return false
	}
	buf := frameBuffers.Get().(*[]byte)
	defer func() {
		if cap(*buf) <= 2*chat.Limits.FrameBytes {
			frameBuffers.Put(buf)
		}
	}()
	raw, err := s.read(r, buf)
	return err == nil && use(raw)
}

// read reads a frame to its end, into buf. If it fails the close frame is on its way.
func (s *session) read(r io.Reader, buf *[]byte) ([]byte, error) {
	b := (*buf)[:cap(*buf)]
	size := 0
	for reads := 0; ; reads++ {
		n, err := r.Read(b[size:])
		size += n
		switch {
		case errors.Is(err, io.EOF):
			s.conn.whole(s.buffered.Buffered() > 0)
			*buf = b
			return s.checked(b[:size])
		case err != nil:
			return nil, err
		case size > s.node.limits.FrameBytes:
			s.conn.close(wire.TooBig, "too_big")
			return nil, io.ErrUnexpectedEOF
		case reads > maxFragments:
			s.conn.close(wire.TooFast, "fragments")
			return nil, io.ErrUnexpectedEOF
		case size == len(b):
			b = append(b, make([]byte, min(len(b), s.node.limits.FrameBytes+1-len(b)))...)
		}
	}
}

func (s *session) checked(raw []byte) ([]byte, error) {
	if !utf8.Valid(raw) {
		s.conn.close(wire.NotUTF8, "not_utf8")
		return nil, io.ErrUnexpectedEOF
	}
	if !s.allowed() {
		return nil, io.ErrUnexpectedEOF
	}
	return raw, nil
}

// allowed takes a token for a frame of any kind; without one left the socket is closed.
func (s *session) allowed() bool {
	ok, _ := s.frames.take(nowMillis(), s.node.limits.FramesPerSecond, s.node.limits.FramesBurst)
	if !ok {
		s.conn.close(wire.TooFast, "too_fast")
	}
	return ok
}

// onControl and onPong run inside the library's reading, on the reading goroutine.
func (s *session) onControl(context.Context, []byte) bool {
	s.conn.whole(s.buffered.Buffered() > 0)
	return s.allowed()
}

func (s *session) onPong(ctx context.Context, payload []byte) { s.onControl(ctx, payload) }

func (s *session) handle(raw []byte) {
	if frame, ok := s.decode(raw); ok {
		s.dispatch(frame)
	}
}

// decode returns the frame, or answers that it cannot be used.
func (s *session) decode(raw []byte) (frame any, ok bool) {
	t, frame, err := wire.Decode(raw)
	s.node.tally.framed(t, frame != nil)
	if err != nil {
		s.reject(t, frame, err)
		return nil, false
	}
	return frame, true
}

func (s *session) dispatch(frame any) {
	switch f := frame.(type) {
	case *wire.Send:
		s.onSend(*f)
	case *wire.Ping:
		s.conn.send(s.node.pong, numbered)
	case *wire.Mark:
		s.onMark(f)
	case *wire.Typing:
		s.onTyping(f)
	case *wire.Page:
		s.onPage(f)
	case *wire.Subscribe:
		s.onSubscribe(f)
	case *wire.Unsubscribe:
		s.unsubscribe(f.Thread)
	case *wire.History:
		s.onHistory(f)
	case *wire.Auth:
		s.onAuthAgain(f)
	case *wire.Person:
		s.onPerson(f)
	case *wire.Event:
		s.onEvent(f)
	case *wire.Consent:
		s.onConsent(f)
	case *wire.Rate:
		s.onRate(f)
	case *wire.Feedback:
		s.onFeedback(f)
	case *wire.Upload:
		s.onUpload(f)
	case *wire.Call:
		s.onCall(f)
	}
}

// reject answers a frame that cannot be used, and ends the socket when there were too many of them. A message and a
// request are refused under their id, for an answer to that is waited for.
func (s *session) reject(t wire.Type, frame any, err error) {
	send, isSend := frame.(*wire.Send)
	asking, isRequest := frame.(interface{ Asked() wire.Request })
	switch {
	case isSend && chat.CheckCMID(send.CMID) == nil:
		s.nack(send, err, 0)
	case isRequest && chat.CheckRequestID(asking.Asked().ID) == nil:
		s.refuseRequest(asking.Asked(), err)
	default:
		s.refuse(t, err)
	}
	if s.bad++; s.bad >= s.node.limits.BadFrames {
		s.conn.close(wire.BadFrames, "bad_frames")
	}
}

// refuse answers with an error frame.
func (s *session) refuse(t wire.Type, err error) {
	r := s.refusal(err)
	s.node.tally.refused(string(r.Code))
	s.conn.send(textFrame(wire.Error{T: wire.TypeError, Code: r.Code, Message: r.Message, Field: r.Field, Ref: t, AfterMillis: after(r.Code, 0)}), numbered)
}

// refusal returns what a client is told of an error. What is not meant for it is logged here.
func (s *session) refusal(err error) *chat.Refusal {
	var r *chat.Refusal
	if errors.As(err, &r) {
		return r
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return chat.Refuse(chat.Unavailable, "The store does not answer; try again.")
	}
	s.node.o.Log.Error("frame failed", zap.String("connection", s.id), zap.Error(err))
	return chat.Refuse(chat.Internal, "Something went wrong.")
}

// after tells in how many milliseconds to try again; 0 if that would not help.
func after(code chat.Code, wait time.Duration) int {
	if !code.Retryable() {
		return 0
	}
	return int(max(wait, time.Second) / time.Millisecond)
}

// end waits for the peer's answer to a close, if one was sent, and frees what the socket held.
func (s *session) end() {
	s.conn.discard()
	if s.ws != nil {
		_ = s.ws.CloseNow()
	} else {
		_ = s.conn.Close()
	}
	reason := s.conn.closed()
	s.node.tally.closed(reason)
	s.node.o.Log.Debug("socket ended", zap.String("connection", s.id), zap.String("reason", reason))
	s.node.leave(s)
}
