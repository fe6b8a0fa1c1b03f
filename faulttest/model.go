package faulttest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"confab/chat"
	"confab/wire"
)

// Model is the simplest server that keeps every promise of the protocol: one process, one lock, all in memory.
// Clients and the load test are tested against it, with Bugs planted to see that they notice. It makes nobody
// present and starts no conversations. Any agent token is good.
type Model struct {
	Heartbeat time.Duration // told in hello
	Bugs      ModelBugs     // set before it serves
	Page      int           // entries in a frame of a catching up

	mu       sync.Mutex
	ids      chat.IDs
	threads  map[chat.ThreadID]*modelThread
	visitors map[string]wire.HelloVisitor // by token
	sessions map[*modelSession]bool
	sends    int
	silent   bool
	running  sync.WaitGroup
}

// ModelBugs are promises that the model breaks. A number n breaks every n-th; zero keeps it.
type ModelBugs struct {
	AckUnkept      int  // acknowledges a message and does not keep it
	KeepTwice      int  // keeps a message under two numbers
	DropEntry      int  // tells no reader of an entry
	DoubleEntry    int  // tells readers twice
	SwapText       int  // readers get the text of the entry before
	DropAck        int  // keeps a message, acknowledges nothing, and closes the socket
	ResumeByNumber bool // believes a cursor's number without looking at its identity
	Refuse         int  // says unavailable first
}

type modelThread struct {
	entries []chat.Entry
	places  map[string]chat.Seq // by author and client message id
}

type modelSession struct {
	who    chat.Actor
	own    chat.ThreadID
	subs   map[chat.ThreadID]bool
	out    chan []byte
	ended  chan struct{}
	finish sync.Once
}

// NewModel returns a server without anything in it.
func NewModel() *Model {
	return &Model{
		Heartbeat: 25 * time.Second, Page: chat.Limits.CatchUpPage, ids: chat.NewIDs(nil),
		threads: map[chat.ThreadID]*modelThread{}, visitors: map[string]wire.HelloVisitor{}, sessions: map[*modelSession]bool{},
	}
}

// ServeHTTP serves /ws and the agents' log-in.
func (m *Model) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method == http.MethodPost {
		fmt.Fprint(w, `{"token":"agent"}`)
		return
	}
	ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		return
	}
	m.running.Add(1)
	defer m.running.Done()
	s := &modelSession{subs: map[chat.ThreadID]bool{}, out: make(chan []byte, 4096), ended: make(chan struct{})}
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write(ws)
	}()
	code := m.read(s, ws)
	m.mu.Lock()
	delete(m.sessions, s)
	m.mu.Unlock()
	s.end()
	<-written
	_ = ws.Close(websocket.StatusCode(code), "")
}

func (s *modelSession) end() { s.finish.Do(func() { close(s.ended) }) }

func (s *modelSession) write(ws *websocket.Conn) {
	for {
		select {
		case raw := <-s.out:
			if ws.Write(context.Background(), websocket.MessageText, raw) != nil {
				return
			}
		case <-s.ended:
			return
		}
	}
}

func (s *modelSession) send(frame any) {
	raw, err := json.Marshal(frame)
	if err != nil {
		panic(err) // frames of package wire always encode
	}
	select {
	case s.out <- raw:
	default:
		s.end() // too slow
	}
}

func (m *Model) read(s *modelSession, ws *websocket.Conn) int {
	for {
		_, raw, err := ws.Read(context.Background())
		if err != nil {
			return wire.Done.Code
		}
		if code := m.handle(s, raw); code != 0 {
			return code
		}
	}
}

// handle acts on a frame; it returns a close code, or zero.
func (m *Model) handle(s *modelSession, raw []byte) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	var head struct {
		T wire.Type `json:"t"`
	}
	if json.Unmarshal(raw, &head) != nil {
		return wire.BadFrames.Code
	}
	if m.silent {
		return 0
	}
	switch head.T {
	case wire.TypeAuth:
		return modelFrame(raw, func(f wire.Auth) int { return m.auth(s, f) })
	case wire.TypeSubscribe:
		return modelFrame(raw, func(f wire.Subscribe) int { m.subscribe(s, f.Thread, f.Cursor, f.Known); return 0 })
	case wire.TypeUnsubscribe:
		return modelFrame(raw, func(f wire.Unsubscribe) int { delete(s.subs, f.Thread); return 0 })
	case wire.TypeSend:
		return modelFrame(raw, func(f wire.Send) int { return m.send(s, f) })
	case wire.TypePing:
		s.send(wire.Ping{T: wire.TypePong})
	}
	return 0
}

func modelFrame[F any](raw []byte, act func(F) int) int {
	var f F
	if json.Unmarshal(raw, &f) != nil {
		return wire.BadFrames.Code
	}
	return act(f)
}

func (m *Model) auth(s *modelSession, a wire.Auth) int {
	hello := wire.Hello{T: wire.TypeHello, Connection: m.ids.New(), HeartbeatMillis: int(m.Heartbeat.Milliseconds()), Durability: "memory",
		Account: wire.HelloAccount{ID: "acme", Name: "Acme"}}
	if a.Agent != nil {
		if a.Agent.Token == "" {
			return wire.AuthFailed.Code
		}
		s.who = chat.Actor{Kind: chat.Agent, ID: "agent", Name: "Agent"}
		hello.Agent = &wire.HelloAgent{ID: "agent", Name: "Agent", Role: "agent"}
	} else {
		hello.Visitor = m.visitor(a.Visitor)
		s.who = chat.Actor{Kind: chat.Visitor, ID: string(hello.Visitor.ID)}
		s.own = hello.Visitor.Thread
	}
	m.sessions[s] = true
	s.send(hello)
	if s.own != "" {
		m.subscribe(s, s.own, a.Cursor, a.Known)
	}
	return 0
}

func (m *Model) visitor(p *wire.Proof) *wire.HelloVisitor {
	if p != nil {
		if v, ok := m.visitors[p.Token]; ok {
			return &v
		}
	}
	v := wire.HelloVisitor{ID: chat.VisitorID(m.ids.New()), Token: m.ids.New(), Thread: chat.ThreadID(m.ids.New()), Level: "anonymous"}
	m.visitors[v.Token] = v
	return &v
}

func (m *Model) thread(id chat.ThreadID) *modelThread {
	t := m.threads[id]
	if t == nil {
		t = &modelThread{places: map[string]chat.Seq{}}
		m.threads[id] = t
	}
	return t
}

func (t *modelThread) holds(c wire.Cursor, byNumber bool) bool {
	if c.Seq == 0 {
		return c.EID == ""
	}
	if c.Seq > chat.Seq(len(t.entries)) {
		return false
	}
	return byNumber || t.entries[c.Seq-1].EID == c.EID
}

func (m *Model) subscribe(s *modelSession, id chat.ThreadID, cursor *wire.Cursor, known []wire.Cursor) {
	t := m.thread(id)
	s.subs[id] = true
	from := max(0, len(t.entries)-chat.Limits.HistoryPage)
	if cursor != nil {
		common := *cursor
		if !t.holds(common, m.Bugs.ResumeByNumber) {
			common = wire.Cursor{}
			for _, k := range known {
				if t.holds(k, false) && k.Seq > common.Seq {
					common = k
				}
			}
			s.send(wire.Reset{T: wire.TypeReset, Thread: id, Common: &common})
		}
		from = int(common.Seq)
	}
	for from < len(t.entries) {
		end := min(len(t.entries), from+m.Page)
		page := wire.Entries{T: wire.TypeEntries, Thread: id}
		for i := from; i < end; i++ {
			page.Entries = append(page.Entries, wire.Numbered{Seq: chat.Seq(i + 1), Raw: encodeEntry(t.entries[i])})
		}
		s.send(page)
		from = end
	}
	s.send(wire.CaughtUp{T: wire.TypeCaughtUp, Thread: id, Seq: chat.Seq(len(t.entries)), EID: t.top(), Markers: []wire.Marker{}})
}

func (t *modelThread) top() chat.EntryID {
	if n := len(t.entries); n > 0 {
		return t.entries[n-1].EID
	}
	return ""
}

func encodeEntry(e chat.Entry) []byte {
	raw, err := json.Marshal(e)
	if err != nil {
		panic(err) // an entry always encodes
	}
	return raw
}

func every(n, count int) bool { return n > 0 && count%n == 0 }

func (m *Model) send(s *modelSession, f wire.Send) int {
	id := f.Thread
	if id == "" {
		id = s.own
	}
	m.sends++
	if every(m.Bugs.Refuse, m.sends) {
		s.send(wire.Nack{T: wire.TypeNack, Thread: id, CMID: f.CMID, Code: chat.Unavailable, Retryable: true, AfterMillis: 100})
		return 0
	}
	t := m.thread(id)
	key := s.who.Key() + "|" + string(f.CMID)
	seq, known := t.places[key]
	if !known {
		seq = m.commit(t, s, id, f, key)
	} else if t.entries[seq-1].Text != f.Text {
		s.send(wire.Nack{T: wire.TypeNack, Thread: id, CMID: f.CMID, Code: chat.Conflict})
		return 0
	}
	if !known && every(m.Bugs.DropAck, m.sends) {
		return wire.InternalErr.Code
	}
	ack := wire.Ack{T: wire.TypeAck, Thread: id, CMID: f.CMID, Seq: seq, EID: chat.EntryID(m.ids.New()), At: chat.At(time.Now())}
	if int(seq) <= len(t.entries) {
		ack.EID, ack.At = t.entries[seq-1].EID, t.entries[seq-1].At
	}
	s.send(ack)
	return 0
}

// commit keeps the message and tells the readers. It returns its number.
func (m *Model) commit(t *modelThread, s *modelSession, id chat.ThreadID, f wire.Send, key string) chat.Seq {
	entry := chat.Entry{
		EID: chat.EntryID(m.ids.New()), CMID: f.CMID, Kind: chat.KindMessage, Author: s.who, At: chat.At(time.Now()), Text: f.Text,
	}
	if every(m.Bugs.AckUnkept, m.sends) {
		return chat.Seq(len(t.entries) + 1)
	}
	t.entries = append(t.entries, entry)
	seq := chat.Seq(len(t.entries))
	t.places[key] = seq
	m.tell(t, s, id, seq, entry)
	if every(m.Bugs.KeepTwice, m.sends) {
		entry.EID = chat.EntryID(m.ids.New())
		t.entries = append(t.entries, entry)
		m.tell(t, nil, id, seq+1, entry)
	}
	return seq
}

func (m *Model) tell(t *modelThread, author *modelSession, id chat.ThreadID, seq chat.Seq, entry chat.Entry) {
	if every(m.Bugs.SwapText, m.sends) && seq > 1 {
		entry.Text = t.entries[seq-2].Text
	}
	frame := wire.Entry{T: wire.TypeEntry, Thread: id, Seq: seq, Raw: encodeEntry(entry)}
	for s := range m.sessions {
		if s == author || !s.subs[id] || every(m.Bugs.DropEntry, m.sends) {
			continue
		}
		s.send(frame)
		if every(m.Bugs.DoubleEntry, m.sends) {
			s.send(frame)
		}
	}
}

// Post appends a message of the agent's, as if another client had sent it.
func (m *Model) Post(thread chat.ThreadID, text string) chat.Cursor {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sends++
	id := chat.ClientMessageID(m.ids.New())
	author := &modelSession{who: chat.Actor{Kind: chat.Agent, ID: "another"}}
	t := m.thread(thread)
	seq := m.commit(t, author, thread, wire.Send{CMID: id, Text: text}, author.who.Key()+"|"+string(id))
	return chat.Cursor{Seq: seq, EID: t.entries[seq-1].EID}
}

// Forget cuts a thread's log after entry last, as a failover to a lagging copy does. With told, readers hear of it.
func (m *Model) Forget(thread chat.ThreadID, last chat.Seq, told bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.thread(thread)
	t.entries = t.entries[:last]
	for key, seq := range t.places {
		if seq > last {
			delete(t.places, key)
		}
	}
	for s := range m.sessions {
		if told && s.subs[thread] {
			s.send(wire.Reset{T: wire.TypeReset, Thread: thread})
		}
	}
}

// Silence makes the model read and answer nothing, as a frozen process does.
func (m *Model) Silence(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.silent = on
}

// Broadcast sends a frame to every session.
func (m *Model) Broadcast(frame any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for s := range m.sessions {
		s.send(frame)
	}
}

// Log returns a thread's entries.
func (m *Model) Log(thread chat.ThreadID) []Logged {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []Logged
	for i, e := range m.thread(thread).entries {
		list = append(list, Logged{chat.Seq(i + 1), e})
	}
	return list
}

// Sessions tells how many sockets have authenticated and are open.
func (m *Model) Sessions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sessions)
}

// Wait returns when all sockets have ended.
func (m *Model) Wait() { m.running.Wait() }

// Texts lists what a log says, for comparisons in tests.
func Texts(log []Logged) string {
	var list []string
	for _, l := range log {
		list = append(list, l.Entry.Text)
	}
	return strings.Join(list, " ")
}
