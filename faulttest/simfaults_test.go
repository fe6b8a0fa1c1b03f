package faulttest

import (
	"strings"
	"time"
)

// faults lists what a schedule may break. Nodes are shared out, so that two schedules do not kill one node.
func (s *sim) faults(share int) []Fault {
	list := []Fault{
		{"doorbells dropped", s.ring(Doorbells{Drop: 0.5}), 8 * time.Second},
		{"doorbells doubled", s.ring(Doorbells{Double: 0.5}), 8 * time.Second},
		{"doorbells delayed", s.ring(Doorbells{Delay: 0.5, MaxDelay: 5 * time.Second}), 8 * time.Second},
		{"all doorbells dropped", s.ring(Doorbells{Drop: 1}), 2500 * time.Millisecond},
		{"sockets cut", s.cut(func(_, to string) bool { return strings.HasPrefix(to, "node") }), 0},
	}
	if share == 0 {
		list = append(list, Fault{"store stalled", s.freeze(storeHost), 6 * time.Second},
			Fault{"store fails over", s.failOver, 5 * time.Second})
	}
	for i := share; i < len(s.nodes); i += 2 {
		n := s.nodes[i]
		list = append(list,
			Fault{n.name + " killed", func() func() { n.kill(); return n.start }, 4 * time.Second},
			Fault{n.name + " frozen", s.freeze(n.name), 9 * time.Second},
			Fault{n.name + " loses the store", s.cut(func(from, to string) bool { return from == n.name && to == storeHost }), 0},
		)
	}
	return list
}

func (s *sim) ring(d Doorbells) func() func() {
	return func() func() {
		s.setRinging(d)
		return func() { s.setRinging(Doorbells{}) }
	}
}

func (s *sim) ringing() Doorbells {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rings
}

func (s *sim) setRinging(d Doorbells) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rings, s.blurred = d, true
}

func (s *sim) blurry() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blurred
}

func (s *sim) freeze(host string) func() func() {
	return func() func() {
		s.net.Freeze(host)
		return func() { s.net.Thaw(host) }
	}
}

func (s *sim) cut(match func(from, to string) bool) func() func() {
	return func() func() {
		s.net.Cut(match)
		return func() {}
	}
}
