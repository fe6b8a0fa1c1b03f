package loadtest

import (
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Faults are the messages that did not arrive as promised.
type Faults struct {
	Lost       int      `json:"lost"`       // never arrived, or never were acknowledged
	Doubled    int      `json:"doubled"`    // arrived more than once
	Reordered  int      `json:"reordered"`  // arrived after a later one
	Unexpected int      `json:"unexpected"` // arrived and were never sent
	Refused    int      `json:"refused"`    // the server refused them for good
	Examples   []string `json:"examples,omitempty"`
}

// Any tells whether there is one.
func (f *Faults) Any() bool {
	return f.Lost+f.Doubled+f.Reordered+f.Unexpected+f.Refused > 0
}

const maxExamples = 20

func (f *Faults) example(format string, args ...any) {
	if len(f.Examples) < maxExamples {
		f.Examples = append(f.Examples, fmt.Sprintf(format, args...))
	}
}

// ledger keeps the account of one stream: what was sent, acknowledged, and received by each of its readers. Safe
// for concurrent use.
type ledger struct {
	mu         sync.Mutex
	name       string
	answers    []answer // of each number sent
	unanswered int
	readers    []reading
	faults     Faults
}

// answer is what the server said of a message.
type answer byte

const (
	none answer = iota
	acknowledged
	refused
)

// reading is one reader's account.
type reading struct {
	next    int          // all below were received or are missing
	missing map[int]bool // below next and not received
}

func newLedger(name string, readers int) *ledger {
	return &ledger{name: name, readers: make([]reading, readers)}
}

// send takes the next number.
func (l *ledger) send() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, none)
	l.unanswered++
	return len(l.answers) - 1
}

func (l *ledger) ack(n int) { l.answer(n, acknowledged) }

func (l *ledger) refuse(n int, why string) {
	if l.answer(n, refused) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.faults.Refused++
		l.faults.example("%s: message %d was refused: %s", l.name, n, why)
	}
}

// answer keeps the first answer to a message and tells whether it was that.
func (l *ledger) answer(n int, a answer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.answers[n] != none {
		return false
	}
	l.answers[n] = a
	l.unanswered--
	return true
}

// receive accounts for number n at a reader and tells whether it is the first time.
func (l *ledger) receive(reader, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &l.readers[reader]
	switch {
	case n < 0 || n >= len(l.answers):
		l.faults.Unexpected++
		l.faults.example("%s: reader %d received message %d, which was never sent", l.name, reader, n)
		return false
	case n >= r.next:
		r.skipTo(n)
		return true
	case r.missing[n]:
		delete(r.missing, n)
		l.faults.Reordered++
		l.faults.example("%s: reader %d received message %d after message %d", l.name, reader, n, r.next-1)
		return true
	}
	l.faults.Doubled++
	l.faults.example("%s: reader %d received message %d twice", l.name, reader, n)
	return false
}

func (r *reading) skipTo(n int) {
	for gap := r.next; gap < n; gap++ {
		if r.missing == nil {
			r.missing = map[int]bool{}
		}
		r.missing[gap] = true
	}
	r.next = n + 1
}

// complete tells that every message was answered and that every reader has all that were acknowledged.
func (l *ledger) complete() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unanswered > 0 {
		return false
	}
	for i := range l.readers {
		if len(l.lacking(i)) > 0 {
			return false
		}
	}
	return true
}

// lacking lists the acknowledged numbers that a reader does not have.
func (l *ledger) lacking(reader int) []int {
	r := &l.readers[reader]
	var list []int
	for _, n := range slices.Sorted(maps.Keys(r.missing)) {
		if l.answers[n] == acknowledged {
			list = append(list, n)
		}
	}
	for n := r.next; n < len(l.answers); n++ {
		if l.answers[n] == acknowledged {
			list = append(list, n)
		}
	}
	return list
}

// close ends the account: what is missing now is lost.
func (l *ledger) close() Faults {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n, a := range l.answers {
		if a == none {
			l.faults.Lost++
			l.faults.example("%s: message %d was never acknowledged", l.name, n)
		}
	}
	for i := range l.readers {
		for _, n := range l.lacking(i) {
			l.faults.Lost++
			l.faults.example("%s: message %d was acknowledged and never reached reader %d", l.name, n, i)
		}
	}
	return l.faults
}

func (f *Faults) add(more Faults) {
	f.Lost += more.Lost
	f.Doubled += more.Doubled
	f.Reordered += more.Reordered
	f.Unexpected += more.Unexpected
	f.Refused += more.Refused
	for _, e := range more.Examples {
		f.example("%s", e)
	}
}

// answered tells that every message was.
func (l *ledger) answered() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unanswered == 0
}
