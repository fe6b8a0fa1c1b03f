package faulttest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/relay"
)

const (
	idleMinutes = 2
	idleTime    = idleMinutes * time.Minute
	idleLate    = 40 * time.Second // a node that dies over a timer keeps it for 30 s
)

// idleHouse runs a test in a bubble, with nodes, visitors and agents, and an account that closes idle conversations after so
// many minutes.
func idleHouse(t *testing.T, minutes int64, test func(s *sim)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, 1)
		stopStore := s.serveStore()
		s.answerFirst()
		s.prepare()
		s.closeIdleAfter(minutes)
		for i := range simNodes {
			n := &simNode{name: "node" + string(rune('0'+i)), sim: s}
			n.start()
			s.nodes = append(s.nodes, n)
		}
		s.gather()
		test(s)
		for _, p := range s.people {
			p.leave()
		}
		for _, n := range s.nodes {
			n.stop()
		}
		stopStore()
		for _, v := range s.broken {
			t.Error(v)
		}
	})
}

func (s *sim) closeIdleAfter(minutes int64) {
	st, err := s.openStore("operator")
	s.must(err)
	defer st.Close()
	accounts := account.New(account.Options{Store: st, IDs: s.ids, Log: zap.NewNop(), Secret: simSecret})
	_, err = accounts.Update(context.Background(), account.AccountSpec{ID: simAccount, IdleCloseMinutes: &minutes})
	s.must(err)
}

// says sends a message into a thread and returns when it is acknowledged.
func (p *person) says(thread chat.ThreadID, id string, m relay.ClientMessage) time.Time {
	p.note(Event{What: Sent, Thread: thread, CMID: chat.ClientMessageID(id), Text: m.Text, Note: m.Note})
	p.client.SendAs(thread, chat.ClientMessageID(id), m)
	for synctest.Wait(); p.unanswered() > 0; synctest.Wait() {
		time.Sleep(10 * time.Millisecond)
	}
	return time.Now()
}

// closings are the entries that closed a conversation of the thread, as a reader of the store sees them.
func (s *sim) closings(thread chat.ThreadID) (found []chat.Entry) {
	st, err := s.openStore("auditor")
	s.must(err)
	defer st.Close()
	for _, e := range s.readLog(st, thread) {
		if e.Entry.Kind == chat.KindConversationClosed {
			found = append(found, e.Entry)
		}
	}
	return found
}

func (s *sim) wantOpen(thread chat.ThreadID, when string) {
	s.t.Helper()
	if found := s.closings(thread); len(found) != 0 {
		s.t.Fatalf("%s: closed at %v", when, found[0].At.Time())
	}
}

func (s *sim) wantIdle(thread chat.ThreadID, last time.Time) {
	s.t.Helper()
	found := s.closings(thread)
	if len(found) != 1 {
		s.t.Fatalf("closed %d times", len(found))
	}
	if found[0].Reason != chat.Idle || found[0].Author.Kind != chat.System {
		s.t.Errorf("closed by %+v for %q", found[0].Author, found[0].Reason)
	}
	if took := found[0].At.Time().Sub(last); took < idleTime-time.Second || took > idleTime+idleLate {
		s.t.Errorf("closed %v after the last word", took)
	}
}

// killTimekeeper kills the node that works off the timers.
func (s *sim) killTimekeeper() *simNode {
	holder, err := s.embedded.Mini().Get("cfg:{confab}:lease:timers")
	s.must(err)
	for _, n := range s.nodes {
		if n.name == holder {
			n.kill()
			return n
		}
	}
	s.t.Fatalf("nobody holds the timers, but %q", holder)
	return nil
}

func TestAnIdleConversationIsClosedOnceAlsoIfTheNodeThatKeepsTimeDies(t *testing.T) {
	idleHouse(t, idleMinutes, func(s *sim) {
		visitor, agent := s.people[0], s.people[simVisitors]
		unanswered, talk := s.people[1].ownThread(), visitor.ownThread()
		alone := s.people[1].says(unanswered, "message-alone", relay.ClientMessage{Text: "is anybody there?"})
		visitor.says(talk, "message-first", relay.ClientMessage{Text: "hello"})
		time.Sleep(idleTime * 3 / 4)
		agent.says(talk, "message-answer", relay.ClientMessage{Text: "hello, this is Ann"})
		time.Sleep(idleTime / 2)
		s.wantOpen(talk, "a quarter after the answer moved it")
		s.wantIdle(unanswered, alone)
		last := visitor.says(talk, "message-last", relay.ClientMessage{Text: "thanks"})
		time.Sleep(idleTime - 2*time.Second)
		s.wantOpen(talk, "before its time")
		dead := s.killTimekeeper()
		time.Sleep(2*time.Second + idleLate)
		s.wantIdle(talk, last)
		dead.start()
		again := visitor.says(talk, "message-again", relay.ClientMessage{Text: "one more thing"})
		time.Sleep(idleTime + idleLate)
		if found := s.closings(talk); len(found) != 2 || found[1].At.Time().Sub(again) < idleTime-time.Second {
			s.t.Errorf("the next conversation: %+v", found)
		}
	})
}

func TestWhatNobodyDoesLeavesAConversationIdle(t *testing.T) {
	idleHouse(t, idleMinutes, func(s *sim) {
		visitor := s.people[0]
		talk := visitor.ownThread()
		last := visitor.says(talk, "message-first", relay.ClientMessage{Text: "hello"})
		time.Sleep(idleTime / 2)
		visitor.says(talk, "message-auto", relay.ClientMessage{Text: "May I help you?", Auto: true})
		visitor.leave() // ends the episode a minute later
		time.Sleep(idleTime/2 + idleLate)
		s.wantIdle(talk, last)
	})
}

func TestAChangedIdleTimeReachesConversationsThatAreOpen(t *testing.T) {
	idleHouse(t, 0, func(s *sim) {
		visitor := s.people[0]
		talk := visitor.ownThread()
		visitor.says(talk, "message-first", relay.ClientMessage{Text: "hello"})
		time.Sleep(2 * idleTime)
		s.wantOpen(talk, "without a time")
		s.closeIdleAfter(idleMinutes * 60)
		time.Sleep(time.Minute)
		s.wantOpen(talk, "with a long time")
		s.closeIdleAfter(idleMinutes)
		time.Sleep(time.Minute)
		if found := s.closings(talk); len(found) != 1 || found[0].Reason != chat.Idle {
			s.t.Errorf("closed %+v", found)
		}
	})
}
