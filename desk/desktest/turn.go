// Package desktest has something happen between what a desk decides on and its commit.
package desktest

import (
	"crypto/rand"
	"sync"

	"confab/chat"
)

// drawn are the ids that a desk draws for a decision before the rules speak, each of one read: of a conversation and of an episode.
const drawn = 2

// Turn is where a desk has its ids from. It has the state of the thread by then, and decides next.
type Turn struct {
	mu     sync.Mutex
	before int // reads that are let by
	do     func()
}

// IDs are for desk.Options.
func (t *Turn) IDs() chat.IDs { return chat.NewIDs(t) }

// At has do run, once, within the n-th decision from now on, 1 being the next. Those before must write nothing, for entries draw
// ids too.
func (t *Turn) At(n int, do func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.before, t.do = (n-1)*drawn, do
}

// Came tells whether what At was given last has run.
func (t *Turn) Came() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.do == nil
}

func (t *Turn) Read(p []byte) (int, error) {
	n, err := rand.Read(p)
	for i := range p {
		p[i] %= 220 // none is rejected, so that an id is one read
	}
	if do := t.take(); do != nil {
		do()
	}
	return n, err
}

func (t *Turn) take() func() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.do == nil {
		return nil
	}
	if t.before > 0 {
		t.before--
		return nil
	}
	do := t.do
	t.do = nil
	return do
}
