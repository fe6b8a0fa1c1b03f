package faulttest

import (
	"fmt"
	"strings"
	"testing/synctest"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"

	"confab/chat"
)

// kept is one key of the store as it was.
type kept struct {
	kind   string
	text   string
	fields map[string]string
	scores map[string]float64
	log    []miniredis.StreamEntry
}

// failOver makes the store lose what it has acknowledged from now until the end of the fault, as when a copy that
// lagged behind takes over: logs, markers, states, lists, and the feed with them.
func (s *sim) failOver() func() {
	var was map[string]kept
	s.still(func() { was = s.copyLogs() })
	return func() {
		s.still(func() {
			s.restore(was)
			s.noteFork()
			if s.random.IntN(2) == 0 { // else the same connections go on, with another history behind them
				s.net.CutHost(storeHost)
			}
		})
	}
}

// answerInfo says which process answers and whose copy it is, for after a failover it is another one.
func (s *sim) answerInfo(c *server.Peer, name string, args []string) bool {
	if name != "INFO" || len(args) != 1 {
		return false
	}
	s.mu.Lock()
	forks := s.forks
	s.mu.Unlock()
	switch strings.ToLower(args[0]) {
	case "server":
		c.WriteBulk(fmt.Sprintf("# Server\r\nrun_id:process-%d\r\n", forks))
	case "replication":
		c.WriteBulk(fmt.Sprintf("# Replication\r\nmaster_replid:history-%d\r\n", forks))
	default:
		return false
	}
	return true
}

// still runs f while the store does nothing.
func (s *sim) still(f func()) {
	s.net.Freeze(storeHost)
	synctest.Wait()
	f()
	s.net.Thaw(storeHost)
}

// ofLogs tells the keys that commits write.
func ofLogs(key string) bool {
	rest, ok := strings.CutPrefix(key, "cf:{"+string(simAccount)+"}:")
	return ok && (rest == "f" || rest == "inbox" || strings.HasPrefix(rest, "t:") || strings.HasPrefix(rest, "c:") ||
		strings.HasPrefix(rest, "cs:") || strings.HasPrefix(rest, "v:") && strings.HasSuffix(rest, ":cs"))
}

func (s *sim) copyLogs() map[string]kept {
	was := map[string]kept{}
	for _, key := range s.embedded.Mini().Keys() {
		if ofLogs(key) {
			was[key] = s.copyKey(key)
		}
	}
	return was
}

// copyKey reads a key whose kind says which of the fields are filled; the others' errors say just that.
func (s *sim) copyKey(key string) kept {
	m := s.embedded.Mini()
	k := kept{kind: m.Type(key)}
	switch k.kind {
	case "string":
		k.text, _ = m.Get(key)
	case "hash":
		names, _ := m.HKeys(key)
		k.fields = map[string]string{}
		for _, name := range names {
			k.fields[name] = m.HGet(key, name)
		}
	case "zset":
		k.scores, _ = m.SortedSet(key)
	case "stream":
		k.log, _ = m.Stream(key)
	default:
		s.t.Fatalf("key %s is a %s, which the simulation cannot copy", key, k.kind)
	}
	return k
}

func (s *sim) restore(was map[string]kept) {
	m := s.embedded.Mini()
	for _, key := range m.Keys() {
		if ofLogs(key) {
			m.Del(key)
		}
	}
	for key, k := range was {
		switch k.kind {
		case "string":
			s.must(m.Set(key, k.text))
		case "hash":
			for name, value := range k.fields {
				m.HSet(key, name, value)
			}
		case "zset":
			for member, score := range k.scores {
				_, err := m.ZAdd(key, score, member)
				s.must(err)
			}
		case "stream":
			for _, e := range k.log {
				_, err := m.XAdd(key, e.ID, e.Values)
				s.must(err)
			}
		}
	}
}

func (s *sim) must(err error) {
	if err != nil {
		s.t.Fatal(err)
	}
}

// noteFork writes into everybody's history that markers may fall.
func (s *sim) noteFork() {
	s.mu.Lock()
	s.forks++
	s.mu.Unlock()
	for _, p := range s.people {
		for thread := range p.tops() {
			p.note(Event{What: Forked, Thread: thread})
		}
	}
}

func (s *sim) hasForked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forks > 0
}

// rebase notes that the markers which follow may be below those before. Only after a fork.
func (p *person) rebase(thread chat.ThreadID) {
	if p.sim.hasForked() {
		p.note(Event{What: Forked, Thread: thread})
	}
}
