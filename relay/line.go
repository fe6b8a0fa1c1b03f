package relay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

const (
	lineRead = 500 // conversations that wait; whoever stands behind them is told when he gets among them

	waitsKept = 20        // of conversations that were accepted last
	waitsHold = time.Hour // no longer
)

// line is what this node knows of who waits in an account. It is read only if somebody here has to be told; doorbells
// say when what was read is not so any more. Guarded by feed.mu.
type line struct {
	look   bool // somebody here may have to be told
	asking bool // the store was asked
	told   int  // sockets that were told a place above 0

	read   bool                  // places are there, and nothing has changed since they were asked for
	places map[chat.ThreadID]int // from 1
	all    bool                  // nobody waits who is not among places

	begun map[chat.ConversationID]chat.Millis // conversations that nobody has accepted yet, as far as this node has heard
	waits []wait                              // the newest last
}

// wait is how long somebody waited for an agent.
type wait struct {
	until chat.Millis
	took  int64 // milliseconds
}

// lineMoved says that nothing is known of who waits, and lineLook that somebody here has to be told.
func (f *feed) lineMoved() {
	f.mu.Lock()
	f.line.read, f.line.look = false, true
	f.mu.Unlock()
}

func (f *feed) lineLook() {
	f.mu.Lock()
	f.line.look = true
	f.mu.Unlock()
}

// kindWithin is where an entry's kind begins at the latest: before it stand two ids only.
const kindWithin = 200

var conversationKind = []byte(`"kind":"conversation.`)

// lineBell takes an entry's doorbell. What people write is no part of an entry's beginning.
func (f *feed) lineBell(b store.Bell) {
	if !bytes.Contains(b.Data[:min(len(b.Data), kindWithin)], conversationKind) {
		return
	}
	var e chat.Entry
	if err := json.Unmarshal(b.Data, &e); err != nil {
		f.hub.node.o.Log.Error("entry not readable", zap.Error(err))
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l := &f.line
	switch e.Kind {
	case chat.KindConversationStarted:
		if !e.Offline {
			l.begin(e.Conversation, e.At)
		}
	case chat.KindConversationAccepted:
		l.end(e.Conversation, e.At, true)
	case chat.KindConversationClosed:
		l.end(e.Conversation, e.At, false)
	case chat.KindConversationLeft, chat.KindConversationAssigned:
	default:
		return
	}
	l.read = false
	l.look = l.look || l.told > 0 || f.threads[b.Thread] != nil
}

func (l *line) begin(id chat.ConversationID, at chat.Millis) {
	if l.begun == nil {
		l.begun = map[chat.ConversationID]chat.Millis{}
	}
	if len(l.begun) < maxNews {
		l.begun[id] = at
	}
}

// meet takes those whose beginning this node has not heard.
func (l *line) meet(waiting []chat.Conversation) {
	for i := range waiting {
		if c := &waiting[i]; !c.Offline && c.AcceptedAt == 0 {
			l.begin(c.ID, c.StartedAt)
		}
	}
}

func (l *line) end(id chat.ConversationID, at chat.Millis, accepted bool) {
	since, known := l.begun[id]
	delete(l.begun, id)
	if known && accepted {
		l.waits = append(l.waits, wait{at, int64(max(at-since, 0))})
		l.waits = l.waits[max(0, len(l.waits)-waitsKept):]
	}
}

// expect guesses how long somebody will wait, in milliseconds: as long as half of those before him did. 0: who knows.
func (l *line) expect(now chat.Millis) int64 {
	var took []int64
	for _, w := range l.waits {
		if now-w.until <= chat.Millis(waitsHold.Milliseconds()) {
			took = append(took, w.took)
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// stand finds everybody's place: among those of his conversation's group, or among all if it has none. Who left his
// question for later does not wait.
func stand(waiting []chat.Conversation) map[chat.ThreadID]int {
	slices.SortFunc(waiting, func(a, b chat.Conversation) int {
		return cmp.Or(cmp.Compare(a.StartedAt, b.StartedAt), cmp.Compare(a.No, b.No))
	})
	places, ofGroup, all := map[chat.ThreadID]int{}, map[chat.GroupID]int{}, 0
	for i := range waiting {
		c := &waiting[i]
		if c.Offline {
			continue
		}
		all++
		ofGroup[c.Group]++
		places[c.Thread] = all
		if c.Group != "" {
			places[c.Thread] = ofGroup[c.Group]
		}
	}
	return places
}

// tellLines tells visitors where they stand, wherever that may have changed. The sweep calls it, so that nobody is told
// more often than once a second.
func (h *hub) tellLines() {
	for _, f := range h.all() {
		f.tellLine()
	}
}

// tellLine tells the account's visitors, if anybody may have to be told, and reads who waits if that is not known.
func (f *feed) tellLine() {
	f.mu.Lock()
	l := &f.line
	if !l.look || l.asking {
		f.mu.Unlock()
		return
	}
	l.look = false
	if !slices.ContainsFunc(f.members, (*session).isVisitor) {
		f.mu.Unlock()
		return
	}
	if l.read {
		f.tellPlaces()
		f.mu.Unlock()
		return
	}
	l.read, l.asking = true, true // what rings from now on makes it untrue again
	f.mu.Unlock()
	f.hub.node.o.Store.Waiting(f.account, lineRead, f.onWaiting)
}

func (f *feed) onWaiting(waiting []chat.Conversation, all bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := &f.line
	l.asking = false
	if err != nil {
		f.hub.node.o.Log.Warn("visitors not told where they stand, trying again", zap.String("account", string(f.account)), zap.Error(err))
		l.read, l.look = false, true
		return
	}
	if l.read {
		l.meet(waiting)
	}
	l.places, l.all = stand(waiting), all
	f.tellPlaces()
}

// tellPlaces tells those whose place is another than they were told. mu is held.
func (f *feed) tellPlaces() {
	l := &f.line
	l.told = 0
	expect := l.expect(chat.Millis(nowMillis()))
	for _, s := range f.members {
		if !s.isVisitor() {
			continue
		}
		place, waits := l.places[s.thread]
		if !waits && !l.all && s.inLine > 0 {
			place = s.inLine // perhaps behind all that were read
		}
		if s.blocked.Load() {
			place = 0 // a place is a promise that somebody comes
		}
		if place != s.inLine {
			s.inLine = place
			s.conn.send(queueFrame(place, expect), numbered)
		}
		if place > 0 {
			l.told++
		}
	}
}

func (s *session) isVisitor() bool { return s.actor.Kind == chat.Visitor }

func queueFrame(place int, expect int64) []byte {
	if place == 0 {
		expect = 0
	}
	return textFrame(wire.Queue{T: wire.TypeQueue, Position: place, WaitMillis: expect})
}
