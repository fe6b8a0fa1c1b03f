package faulttest

import (
	"encoding/json"
	"testing/synctest"
	"time"

	"confab/chat"
	"confab/presence"
	"confab/wire"
)

const (
	simBack  = 5 * time.Second  // an absence within the grace of visitors
	simWatch = 26 * time.Second // for all that is due to be told
)

func simBounds(end time.Time) PresenceBounds {
	return PresenceBounds{ComeWithin: 3 * time.Second, Grace: 10 * time.Second, AgentGrace: 4 * time.Second, GoWithin: 23 * time.Second, End: end}
}

// comeAndGo has one visitor leave, one come back within the grace, one come newly, and one vanish together with a
// node; it waits until the agents must have heard of all of it.
func (s *sim) comeAndGo() {
	visitors, agents := s.people[:simVisitors], s.people[simVisitors:]
	time.Sleep(simBounds(time.Time{}).GoWithin / 2) // what trouble left over is told by then
	for _, p := range agents {
		p.watch()
	}
	last := visitors[2]
	for _, n := range s.nodes {
		if n.name == last.host() && n.name != agents[0].host() {
			n.kill()
			defer n.start()
		}
	}
	last.leave()
	visitors[0].leave()
	visitors[1].leave()
	newcomer := s.newPerson("newcomer", 0, s.visitorAuth)
	newcomer.arrive()
	time.Sleep(simBack)
	visitors[1].arrive()
	time.Sleep(simWatch)
	synctest.Wait()
}

// watch begins to hold the person to have heard whatever is told from now on.
func (p *person) watch() {
	p.mu.Lock()
	p.watching = true
	online := p.online
	p.mu.Unlock()
	if online {
		p.note(Event{What: Sighted})
	}
}

// onState follows the connection: without one nothing is heard, and nobody is there.
func (p *person) onState(connected bool) {
	p.mu.Lock()
	was, watching := p.online, p.watching
	p.online = connected
	now := time.Now()
	switch {
	case connected && !was:
		p.lives = append(p.lives, Life{Who: p.record.Person, From: now})
	case was && !connected:
		p.lives[len(p.lives)-1].To = now
	}
	p.mu.Unlock()
	switch {
	case was && !connected:
		p.note(Event{What: Blinded})
	case connected && !was && watching:
		p.note(Event{What: Sighted})
	}
}

// onFrame notes who is said to come and go. Of two words about one visitor the one with the higher version is right.
func (p *person) onFrame(t wire.Type, raw []byte) {
	if t != wire.TypeVisitor {
		return
	}
	var f struct {
		Visitor presence.LiveVisitor `json:"visitor"`
		Gone    bool                 `json:"gone"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		p.sim.fail("%s got a visitor that cannot be read: %v", p.name, err)
		return
	}
	if f.Visitor.Version <= p.versions[f.Visitor.ID] {
		return
	}
	p.versions[f.Visitor.ID] = f.Visitor.Version
	what := SawCome
	if f.Gone {
		what = SawGo
	}
	p.mu.Lock()
	heard := p.watching || !p.sim.blurry()
	p.mu.Unlock()
	if heard {
		p.note(Event{What: what, Who: chat.Actor{Kind: chat.Visitor, ID: string(f.Visitor.ID)}})
	}
}
